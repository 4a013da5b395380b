"""Opened mails are seen of those who agreed to it alone, and earn nothing by themselves."""

import re
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from uuid import uuid4

import pytest
from sqlalchemy import select

from app import clock
from app.database import Database
from app.door import perform, reading
from app.jobs import mail
from app.web import create_app
from nurture.opens import TOPIC
from nurture.sending import SendRef
from prospects import consents
from prospects.consents import Consent
from prospects.kinds import Kind
from prospects.rows import ActivityRow
from tests.nurture.mail_server import MailServer
from tests.nurture.post import Post

READER = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"
APPLE = "Mozilla/5.0"
GMAIL = "Mozilla/5.0 (Windows NT 5.1; rv:11.0) Gecko Firefox/11.0 (via ggpht.com GoogleImageProxy)"
DOT = re.compile(r'<img src="https://warm\.example(/o/[^"]+)" width="1" height="1" alt="">')


@pytest.fixture
def post(database: Database, folder: Path) -> Iterator[Post]:
    with MailServer() as (url, sink):
        yield Post(database, folder, url, sink)
        mail.transport.cache_clear()


def say(post: Post, ref: SendRef, given: bool, at: datetime) -> None:
    said = Consent(
        prospect_id=ref.prospect_id, topic=TOPIC, given=given, text=None, at=at, source="t", key=uuid4().hex
    )  # fmt: skip
    perform(post.database, lambda s: consents.record(s, [said], at))


def opened(post: Post) -> list[tuple[str, bool]]:
    with reading(post.database) as session:
        asked = select(ActivityRow).where(ActivityRow.kind == Kind.OPEN)
        rows = session.execute(asked.order_by(ActivityRow.happened_at)).scalars()
        return [(each.body["template"], each.suspect_robot) for each in rows]


def test_a_mail_to_who_has_not_agreed_has_no_dot(post: Post) -> None:
    post.live()
    ref = post.planned()
    say(post, ref, True, clock.now() - timedelta(days=2))
    say(post, ref, False, clock.now() - timedelta(days=1))
    post.drain()
    assert "/o/" not in (post.send(ref).html or "")


def test_a_fetched_dot_is_an_opening_once_a_day_until_the_consent_is_taken_back(post: Post) -> None:
    post.live()
    ref = post.planned()
    say(post, ref, True, clock.now() - timedelta(days=1))
    post.drain()
    found = DOT.search(post.send(ref).html or "")
    assert found
    at = clock.now() + timedelta(minutes=5)
    client = create_app(post.settings, database=post.database, now=lambda: at).test_client()
    for agent, method in ((APPLE, "GET"), (READER, "HEAD"), (READER, "GET"), (GMAIL, "GET")):
        answer = client.open(found[1], method=method, headers={"User-Agent": agent})
        assert (answer.status_code, answer.mimetype) == (200, "image/gif")
        assert "Set-Cookie" not in answer.headers
    assert sorted(opened(post)) == [("hello", False), ("hello", True)]
    say(post, ref, False, at)
    tomorrow = at + timedelta(days=1)
    later = create_app(post.settings, database=post.database, now=lambda: tomorrow).test_client()
    assert later.get(found[1], headers={"User-Agent": READER}).data.startswith(b"GIF89a")
    assert len(opened(post)) == 2
    assert client.get("/o/made-up").status_code == 404
