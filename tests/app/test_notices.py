"""Reps hear of their leads by mail: once, in their own time, and never how to reach the buyer."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from app import clock
from app.database import Database
from app.door import perform, reading, unit_of_work
from app.jobs import mail
from app.jobs.drain import drain
from app.notices import Occasion, told
from app.settings import Settings
from nurture.headers import one_line
from prospects.ids import MemberId, new_id
from prospects.member import Member
from prospects.topics import Queue
from routing.lives import NoticeKind
from routing.rows import HandoffRow, NoticeRow
from tests.nurture.mail_server import MailServer, Sink
from tests.routing import office


@pytest.fixture
def sink(database: Database, folder: Path) -> Iterator[tuple[Settings, Sink]]:
    with MailServer() as (url, found):
        settings = Settings(
            data=folder,
            database_url=str(database.engine.url),
            secret_key="s" * 40,
            base_url="https://warm.example",
            smtp_url=url,
            mail_from="Acme <hello@acme.example>",
        )
        yield settings, found
        mail.transport.cache_clear()


def offered(database: Database) -> HandoffRow:
    """A warm person, offered to ann."""

    def work(session: Session) -> HandoffRow:
        now = clock.now()
        office.three_reps(session, now)
        ids = office.arrive(session, now, "ada@buyer.example", phone="+49 30 123456")
        office.look(session, now, *ids)
        return office.handoff(session, ids[0])

    return perform(database, work)


def states(database: Database) -> list[tuple[str, str]]:
    with reading(database) as session:
        rows = session.execute(select(NoticeRow).order_by(NoticeRow.id)).scalars()
        return [(row.kind, row.state) for row in rows]


def test_a_rep_is_told_of_an_offer_once_and_not_how_to_reach_the_buyer(
    database: Database, sink: tuple[Settings, Sink]
) -> None:
    settings, arrived = sink
    handoff = offered(database)
    for _ in range(2):
        drain(database, settings, Queue.OUTSIDE)
    (told_,) = arrived.mails
    assert told_["Subject"] == "A lead for you: Ada at buyer.example"
    assert told_["To"] == "ann@us.example"
    body = told_.get_payload(decode=True).decode()  # type: ignore[union-attr]
    assert f"https://warm.example/handoffs/{handoff.prospect_id}/{handoff.id}" in body
    assert "evaluation" in body.lower()
    assert b"ada@buyer.example" not in arrived.raw[0]
    assert b"123456" not in arrived.raw[0]
    assert "List-Unsubscribe" not in told_
    assert states(database) == [("offered", "sent")]


def test_what_no_longer_matters_is_not_told(
    database: Database, sink: tuple[Settings, Sink]
) -> None:
    settings, arrived = sink
    offered(database)
    with unit_of_work(database) as session:
        session.execute(update(HandoffRow).values(state="accepted"))
    drain(database, settings, Queue.OUTSIDE)
    assert arrived.raw == []
    assert states(database) == [("offered", "dropped")]


def test_a_mail_server_that_is_busy_is_asked_again(
    database: Database, sink: tuple[Settings, Sink]
) -> None:
    settings, arrived = sink
    arrived.script["RCPT"] = ["451 later"]
    offered(database)
    drain(database, settings, Queue.OUTSIDE)
    assert states(database) == [("offered", "waiting")]


def test_a_notice_whose_worker_was_killed_on_the_way_is_not_told_twice(
    database: Database, sink: tuple[Settings, Sink]
) -> None:
    settings, arrived = sink
    offered(database)
    with unit_of_work(database) as session:
        session.execute(update(NoticeRow).values(state="handing_over"))
    drain(database, settings, Queue.OUTSIDE)
    assert arrived.raw == []
    assert states(database) == [("offered", "unknown")]


@pytest.mark.parametrize("kind", list(NoticeKind))
@pytest.mark.parametrize(
    "name", ["Ada", None, "=?utf-8?q?Hi=0ABcc:_x@y.example?=", "Ada\r\nBcc: x@y.example", "x" * 999]
)
def test_every_notice_has_a_subject_that_is_one_line(
    kind: NoticeKind, name: str | None, now: datetime
) -> None:
    rep = Member(
        id=MemberId(new_id(now)),
        email="ann@us.example",
        name="Ann",
        roles=frozenset(),
        zone="Europe/Berlin",
    )
    occasion = Occasion(
        kind=kind,
        to=rep,
        paper={"who": {"name": name}} if name else {},
        reason="everybody was asked",
        until=now + timedelta(hours=1),
        url="https://warm.example/handoffs/1/2",
    )
    content = told(occasion, now)
    assert one_line("subject", content.subject) == content.subject
    assert "https://warm.example/handoffs/1/2" in content.text
