"""What went wrong in other systems, by the number of its thread, and does not go wrong here."""

import threading
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.database import Database
from app.door import perform, reading
from app.jobs import mail
from nurture.proceed import proceed
from nurture.rows import EnrollmentRow, SendRow
from prospects import configuration, timeline
from prospects.ids import ProspectId
from prospects.rows import ProspectRow
from tests.nurture.flows_for_tests import CONSIDERED
from tests.nurture.mail_server import MailServer
from tests.nurture.post import Post
from tests.nurture.world import World

DAY = timedelta(days=1)
NEWSLETTER = {
    "flow": "news",
    "enter": {"activity": "form"},
    "steps": [
        {"id": "issue", "mail": {"template": "issue"}},
        {"id": "week", "wait": "7d", "next": "issue"},
    ],
}


@pytest.fixture
def world(session: Session, now: datetime) -> World:
    return World(session, now)


@pytest.fixture
def post(database: Database, folder: Path) -> Iterator[Post]:
    with MailServer() as (url, sink):
        found = Post(database, folder, url, sink)
        found.live()
        yield found
        mail.transport.cache_clear()


def test_mautic_2215_3669_two_workers_at_the_same_person_mail_once(
    database: Database, now: datetime
) -> None:
    """Crons that overlapped sent the same mail twice."""

    def begin(session: Session) -> ProspectId:
        world = World(session, now)
        world.flow(CONSIDERED)
        who = world.somebody()
        world.happens(who, "form", form="guide")
        return who

    who = perform(database, begin)
    start = threading.Barrier(6)

    def look(session: Session) -> bool:
        seen = timeline.lock_and_see(session, [who], now)
        proceed(session, seen.snapshots, now)
        return not seen.busy

    def work() -> None:
        start.wait()
        while not perform(database, look):
            pass

    workers = [threading.Thread(target=work) for _ in range(6)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    with reading(database) as session:
        counted = [
            session.execute(select(func.count()).select_from(row)).scalar_one()
            for row in (EnrollmentRow, SendRow)
        ]
    assert counted == [1, 1]


def test_mautic_9797_coming_again_makes_one_enrollment_each_time(world: World) -> None:
    """Re-entering scheduled two logs, and stalled people."""
    world.flow(
        {
            **NEWSLETTER,
            "enter": {"activity": "form", "again": "always"},
            "exits": [{"if": {"activity": "unsubscribed"}, "reason": "left"}],
        }
    )
    who = world.somebody()
    for _ in range(3):
        world.happens(who, "form")
        world.react(who, after=timedelta(minutes=1))
    assert len(world.rows(EnrollmentRow, who)) == 1


def test_notifuse_two_events_at_once_enroll_once(world: World) -> None:
    """ "Once" was checked before an insert that nobody looked at."""
    world.flow({**NEWSLETTER, "enter": {"activity": "form", "again": "never"}})
    who = world.somebody()
    world.happens(who, "form")
    world.happens(who, "form")
    world.react(who)
    world.react(who, after=DAY)
    assert len(world.rows(EnrollmentRow, who)) == 1


def test_posthog_55652_a_resumed_wait_is_no_duplicate(world: World) -> None:
    """Keyed by the queue's job, every legitimate resume was thrown away as a duplicate."""
    world.flow(NEWSLETTER)
    who = world.somebody()
    world.happens(who, "form")
    world.react(who)
    for _ in range(3):
        world.react(who, after=7 * DAY)
        world.react(who)
    sends = sorted(world.rows(SendRow, who), key=lambda send: send.visit)
    assert [(send.step, send.visit) for send in sends] == [("issue", n) for n in (1, 2, 3, 4)]


def test_mautic_16262_parcelvoy_432_a_deleted_step_strands_and_repeats_nobody(
    world: World,
) -> None:
    """Deleting a step sent its mail for ever, or left people waiting for nothing."""
    world.flow(CONSIDERED)
    who = world.somebody()
    world.happens(who, "form", form="guide")
    world.react(who)
    world.react(who, after=2 * DAY)
    world.flow({**CONSIDERED, "steps": [{"id": "end", "exit": {"reason": "stopped"}}]})
    for _ in range(5):
        world.react(who, after=5 * DAY)
    assert world.steps_mailed(who) == ["hello", "nudge"]
    assert world.enrollment(who).state == "exited"


def test_mautic_6054_adding_and_removing_steps_processes_nobody_again(world: World) -> None:
    """Deleting steps also deleted the log that said who had passed them."""
    world.flow(CONSIDERED)
    who = world.somebody()
    world.happens(who, "form", form="guide")
    world.react(who)
    for name in ("a", "b", "c"):
        extra = {"id": name, "mail": {"template": name}}
        world.flow({**CONSIDERED, "steps": [extra, *CONSIDERED["steps"]]})
        world.react(who, after=timedelta(hours=1))
    assert world.steps_mailed(who) == ["hello"]


def test_mautic_7226_8802_one_bad_address_repeats_nobody_elses_mail(post: Post) -> None:
    """One 554 in a batch sent the whole batch again, for ever."""
    refs = [post.planned(f"p{n}@buyer.example") for n in range(5)]
    post.sink.script["RCPT"] = ["554 no"]
    for _ in range(3):
        post.drain()
    states = sorted(post.send(ref).state for ref in refs)
    assert states == ["refused", "sent", "sent", "sent", "sent"]
    assert len(post.sink.raw) == 4


def test_parcelvoy_434_a_mail_that_fails_does_not_stop_the_flow(world: World) -> None:
    """A send that failed stalled the whole journey."""
    world.flow(CONSIDERED)
    who = world.somebody()
    world.happens(who, "form", form="guide")
    world.react(who)
    (send,) = world.rows(SendRow, who)
    send.state = "refused"
    world.react(who, after=2 * DAY)
    world.react(who, after=5 * DAY)
    assert world.steps_mailed(who) == ["hello", "nudge"]


def test_listmonk_2313_3022_a_broken_connection_repeats_nobody_and_forgets_nobody(
    post: Post, monkeypatch: pytest.MonkeyPatch
) -> None:
    """After a drop the run began from the top: three copies for most, none for the rest."""
    refs = [post.planned(f"p{n}@buyer.example") for n in range(6)]
    post.sink.script["DATA"] = ["250 kept", "250 kept", "reset"]
    for _ in range(3):
        post.drain()
    states = sorted(post.send(ref).state for ref in refs)
    assert states == ["sent"] * 5 + ["unknown"]
    assert sorted(post.sink.recipients) == [f"p{n}@buyer.example" for n in range(6)]


def test_mautic_4494_a_suppressed_mail_is_not_tried_again_and_again(post: Post) -> None:
    """Mails for people who had unsubscribed were retried by every cron: four million notifications."""
    ref = post.planned()

    def forget_address(session: Session) -> None:
        row = session.get(ProspectRow, ref.prospect_id)
        assert row is not None
        row.email = None

    perform(post.database, forget_address)
    post.drain()
    assert (post.send(ref).state, post.send(ref).reason) == ("suppressed", "no_address")
    assert post.messages() == []


def test_mautic_5605_a_mail_that_is_not_there_skips_nobody_in_silence(post: Post) -> None:
    """An unpublished mail was passed over without a word."""

    def remove(session: Session) -> None:
        configuration.remove(session, "mail", "hello")

    perform(post.database, remove)
    ref = post.planned()
    post.drain()
    assert post.send(ref).reason == "there is no mail hello"


def test_lettermint_cve_2026_27492_no_field_of_one_mail_is_in_the_next(post: Post) -> None:
    """One client object kept the last recipient's fields."""
    for name in ("ada", "bob"):
        post.planned(f"{name}@buyer.example")
        post.drain()
    first, second = (raw.decode() for raw in post.sink.raw)
    assert "ada@buyer.example" in first
    assert "bob@buyer.example" not in first
    assert "ada@buyer.example" not in second


def test_parcelvoy_607_a_minute_is_a_minute(world: World) -> None:
    """One minute became 24 hours."""
    steps: list[dict[str, Any]] = [
        {"id": "w", "wait": "1m"},
        {"id": "m", "mail": {"template": "m"}},
    ]
    world.flow({**NEWSLETTER, "steps": steps})
    who = world.somebody()
    world.happens(who, "form")
    assert world.react(who)[who].wake_at == world.now + timedelta(minutes=1)
    world.react(who, after=timedelta(minutes=1))
    assert world.steps_mailed(who) == ["m"]
