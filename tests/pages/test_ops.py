"""The page of operations: who works, what waits, what was given up and why, and trying it once more."""

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from app import signs_of_life
from app.database import Database
from app.door import perform, reading
from app.pages import ops_views, ops_words
from app.pages.views import Tone
from app.signs_of_life import Sign
from nurture import switches
from nurture.rows import SendRow
from nurture.sending import RESTORED
from prospects import configuration, given_up, outbox
from prospects.audit import AuditRow
from prospects.backlog import by_topic
from prospects.member import Role
from prospects.message import MessageRow
from prospects.topics import Queue, Topic
from tests.pages.conftest import Visitor
from tests.pages.test_office import mail_to
from tests.prospects.test_timeline import known

GONE = "SMTPServerDisconnected"
NOON = datetime(2026, 3, 3, 12, tzinfo=UTC)
PERSON = "01900000-0000-7000-8000-000000000001"


@pytest.fixture
def olu(hire: Callable[..., str], visitor: Callable[[], Visitor]) -> Visitor:
    return visitor().sign_in(hire("olu@us.example", Role.ADMIN))


def give_up(session: Session, now: datetime, topic: Topic, reason: str, count: int = 1) -> None:
    early = now - timedelta(hours=1)
    outbox.post(session, topic, [f"{PERSON}/{n}" for n in range(count)], early)
    queue = Queue.OUTSIDE if topic is Topic.NOTICE else Queue.INSIDE
    for each in outbox.lease(session, queue, early, limit=count):
        outbox.bury(session, [each], error=reason)


def sign(now: datetime, **more: object) -> Sign:
    plain = Sign(
        host="box-7",
        folder="/srv",
        part="inside worker 1",
        queue=Queue.INSIDE,
        pid=4100,
        started_at=now - timedelta(hours=2),
        seen_at=now - timedelta(seconds=3),
    )
    return replace(plain, **more)  # type: ignore[arg-type]


def waiting(database: Database) -> list[str]:
    with reading(database) as session:
        found = select(MessageRow.ref).where(MessageRow.state == "waiting").order_by(MessageRow.ref)
        return list(session.execute(found).scalars())


def test_what_a_restore_keeps_back_is_let_go_by_an_administrator_and_the_audit_keeps_it(
    olu: Visitor, database: Database, now: datetime
) -> None:
    def restored(session: Session) -> None:
        (who,) = known(session, now, "ann")
        mail_to(session, who, now)
        session.execute(update(SendRow).values(state="held", reason=RESTORED))
        configuration.write(session, switches.SWITCH, switches.COPY, {"on": True}, now, by="x")

    assert "Kept back" not in olu.see("/ops")
    assert olu.client.get("/ops/mail-again").status_code == 302
    perform(database, restored)
    assert "1 mail is held" in olu.see("/ops")
    assert "Send the 1 held as well" in olu.see("/ops/mail-again")
    olu.send("/ops/mail-again", "/ops/mail-again")
    page = olu.see("/ops")
    assert "This was restored" not in page
    assert "1 mail is held" in page, "what was held is let go by a word of its own"
    olu.send("/ops/mail-again", "/ops/mail-again", held="release")
    assert "Kept back" not in olu.see("/ops")
    assert waiting(database)
    with reading(database) as session:
        acts = session.execute(select(AuditRow.act).order_by(AuditRow.id)).scalars().all()
    assert acts[-2:] == ["switch restored off", "restored mails released"]


def test_every_topic_has_words() -> None:
    assert set(ops_words.TOPICS) == set(Topic)


def test_a_fresh_engine_says_that_nobody_works_yet_and_what_to_start(olu: Visitor) -> None:
    page = olu.see("/ops")
    assert "No process gives a sign of life" in page
    assert "Nothing is due." in page
    assert "Nothing was given up." in page
    assert "No request was refused within a day" in page
    assert re.search(r"SQLite, [\d.]+ [kM]B|PostgreSQL \d+(\.\d+)?, [\d.]+ MB", page)
    assert "The sweep does all the work" in page


def test_each_process_is_shown_with_its_number_and_what_it_does(
    olu: Visitor, database: Database, now: datetime
) -> None:
    def work(session: Session) -> None:
        signs_of_life.give(session, sign(now, taken=1204))
        busy = sign(now, part="outside worker 1", queue=Queue.OUTSIDE, pid=4101)
        signs_of_life.give(session, replace(busy, busy_since=now - timedelta(seconds=2)))
        signs_of_life.give(session, sign(now, part="sweep", queue=None, pid=4102))
        late = now - timedelta(seconds=40)
        signs_of_life.give(session, sign(now, part="inside worker 2", pid=4103, seen_at=late))

    perform(database, work)
    page = olu.see("/ops")
    assert "process 4100" in page
    assert "Waits for the bell; 1204 pieces of work" in page
    assert "At work for 2 s" in page
    assert "does everything itself" in page
    assert page.count("It has ended, or cannot reach the database") == 1
    assert "3 s ago" in page


def test_a_worker_that_was_killed_is_seen_to_be_back(
    olu: Visitor, database: Database, now: datetime
) -> None:
    perform(database, lambda s: signs_of_life.give(s, sign(now)))
    born = now - timedelta(seconds=1)
    perform(
        database,
        lambda s: signs_of_life.first(s, sign(now, pid=4200, started_at=born, seen_at=born)),
    )
    page = olu.see("/ops")
    assert "process 4200" in page
    assert "Took over 1 s ago from process 4100, last heard 3 s ago." in page


def test_what_waits_is_counted_by_kind_of_work_and_lateness_is_said(
    olu: Visitor, database: Database, now: datetime
) -> None:
    def work(session: Session) -> None:
        outbox.post(session, Topic.MAIL, ["a", "b"], now - timedelta(minutes=5))
        outbox.post(session, Topic.MAIL, ["c"], now, due_at=now + timedelta(days=1))
        outbox.post(session, Topic.REACT, ["d", "e", "f"], now - timedelta(seconds=2))
        outbox.lease(session, Queue.INSIDE, now, limit=2)

    perform(database, work)
    page = olu.see("/ops")
    assert "Late. The oldest due work has waited 5 min." in page
    assert "Keeps up. The oldest due work has waited 2 s." in page
    assert "Work is late: outside." in page
    assert "Nothing is promised of: fetch leads" in page
    with reading(database) as session:
        mail, react = (
            next(each for each in by_topic(session, now) if each.topic is topic)
            for topic in (Topic.MAIL, Topic.REACT)
        )
    assert (mail.due, mail.later, mail.leased, mail.dead) == (2, 1, 0, 0)
    assert (react.due, react.later, react.leased, react.dead) == (1, 0, 2, 0)


def test_all_that_was_given_up_for_one_reason_is_tried_once_more_and_nothing_else(
    olu: Visitor, database: Database, now: datetime
) -> None:
    perform(database, lambda s: give_up(s, now, Topic.NOTICE, GONE, 3))
    perform(database, lambda s: give_up(s, now, Topic.NOTICE, "refused by the server"))
    perform(database, lambda s: give_up(s, now, Topic.REACT, GONE))
    page = olu.see("/ops")
    assert f"Tell colleagues: <bdi>{GONE}</bdi>" in page
    assert "Try all 3 once more" in page
    sent = olu.send("/ops", "/ops/given-up/replay", topic="notice", reason=GONE)
    assert sent.location == "/ops"
    assert "3 pieces of work are tried once more" in olu.see("/ops")
    assert waiting(database) == [f"{PERSON}/{n}" for n in range(3)]
    with reading(database) as session:
        (noted,) = session.execute(select(AuditRow).where(AuditRow.act.like("given-up%"))).scalars()
        assert given_up.count(session) == 2
    assert noted.detail == {"topic": "notice", "count": 3}
    again = olu.send("/ops", "/ops/given-up/replay", topic="notice", reason=GONE)
    assert "That was tried again meanwhile" in olu.see(again.location)


def test_one_piece_is_looked_at_and_tried_once_more(
    olu: Visitor, database: Database, now: datetime
) -> None:
    perform(database, lambda s: give_up(s, now, Topic.NOTICE, GONE, 52))
    where = f"/ops/given-up?topic=notice&reason={GONE}"
    page = olu.see(where)
    assert page.count(f'href="/people/{PERSON}"') == 50
    assert page.count("Try it once more") == 50
    later = re.search(r'href="(/ops/given-up\?[^"]+)"', page)
    assert later
    rest = olu.see(later[1].replace("&amp;", "&"))
    ids = re.findall(r'name="id" value="([^"]+)"', rest)
    assert len(ids) == 2
    olu.send("/ops", "/ops/given-up/replay", topic="notice", id=ids[0])
    assert len(waiting(database)) == 1
    assert "51 pieces of work" in olu.see("/ops")


def test_the_worst_is_said_first() -> None:
    well = ops_words.redis("ok")
    live = ops_words.worker(sign(NOON), NOON, has_redis=True)
    dead = ops_words.worker(sign(NOON - timedelta(hours=1)), NOON, has_redis=True)
    behind = ops_views.QueueBoard(queue="inside", words="", late="", tone=Tone.BAD, lines=[])
    old = ops_words.tables("0001", "0002")
    says = ops_words.summary
    assert says([live], [], [well], 0) == (Tone.GOOD, "All that is due gets done.")
    assert says([live], [], [well], 1) == (Tone.SOON, "1 piece of work was given up. Look below.")
    assert says([dead], [], [well], 1)[1].startswith("No process gives a sign of life.")
    assert says([live], [], [well, old], 1)[1] == "Look below at: Tables."
    assert says([live], [behind], [old], 1)[1] == "Work is late: inside."


def test_when_everything_was_last_backed_up_is_said() -> None:
    hours, days = timedelta(hours=3), timedelta(days=4)
    assert ops_words.backup(None, NOON).state == "never"
    assert ops_words.backup(NOON - hours, NOON).tone is Tone.GOOD
    late = ops_words.backup(NOON - days, NOON)
    assert (late.state, late.tone) == ("4 days ago", Tone.SOON)
    assert "warmline backup" in late.means


def test_a_reason_nothing_was_given_up_for_leads_back(olu: Visitor) -> None:
    for asked in ("topic=notice&reason=x", "topic=nonsense&reason=x", "topic=notice&reason=%00"):
        answer = olu.client.get(f"/ops/given-up?{asked}")
        assert (answer.status_code, answer.location) == (302, "/ops")
    assert olu.send("/ops", "/ops/given-up/replay", topic="nonsense").status_code == 400


def test_a_refused_request_is_explained(
    olu: Visitor, site: Flask, database: Database, now: datetime
) -> None:
    from tests.pages.test_sources import WAYS, set_up

    set_up(database, now, "site", **WAYS["hmac"])
    site.test_client().post("/webhooks/site", data=b"{}", headers={"X-Sign": "forged"})
    site.extensions["intake"].flush()
    page = olu.see("/ops")
    assert "the signature or the secret did not match" in page
    assert 'href="/sources/site"' in page
