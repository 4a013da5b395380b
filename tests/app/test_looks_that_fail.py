"""A look at everybody comes to its end, whatever fails in it; who could not be looked at is named, and waits."""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from app import pipeline
from app.database import Database
from app.door import reading, unit_of_work
from app.jobs import reassess, topics
from app.merge import merge, undo
from app.settings import Settings
from prospects import outbox, people
from prospects.identity import Identity, Lead
from prospects.ids import ProspectId
from prospects.merges import Said
from prospects.message import MessageRow
from prospects.message import State as Message
from prospects.outbox import Leased
from prospects.rows import ProspectRow
from prospects.topics import Queue, Topic
from prospects.values import Person
from scoring.changes import failing, rules_changes
from scoring.changes.rows import CrossingRow, RulesChangeRow, State
from scoring.models import By
from tests.app.test_releases import came, promised, ruled, warm

HOUR = timedelta(hours=1)
TICK = timedelta(seconds=5)
MIA = By("mia@acme.example", None)
NO_SETTINGS: Any = None


@pytest.fixture
def before(session: Session, now: datetime) -> list[ProspectId]:
    """Eight people with 40 points each, under rules that ask for 60."""
    ruled(session, now - HOUR, 60)
    return sorted(came(session, now - HOUR, *"abcdefgh"))


class Poison:
    """Somebody whose history nobody can be shown."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.who: set[ProspectId] = set()
        believed = reassess.believe

        def believe(session: Session, people: list[ProspectId], *rest: Any) -> Any:
            if self.who & set(people):
                raise ValueError("poison")
            return believed(session, people, *rest)

        monkeypatch.setattr(reassess, "believe", believe)


@pytest.fixture
def poison(monkeypatch: pytest.MonkeyPatch) -> Poison:
    return Poison(monkeypatch)


def work(session: Session, now: datetime) -> None:
    """One turn of a worker that is told of what is due in the look, one promise after the other."""
    leased = [
        each
        for each in outbox.lease(session, Queue.INSIDE, now, limit=200)
        if each.topic is Topic.REASSESS
    ]
    for each in leased:
        _one(session, each, now)


def _one(session: Session, leased: Leased, now: datetime) -> None:
    try:
        with session.begin_nested():
            reassess.look(session, [leased.ref], now, NO_SETTINGS)
            outbox.done(session, [leased])
    except ValueError:
        outbox.put_off(session, [leased], now, error="ValueError")


def until_over(
    session: Session, now: datetime, *, turns: int = 200
) -> tuple[RulesChangeRow, datetime]:
    """Workers and sweep, second by second, until the look is over."""
    session.query(MessageRow).filter(MessageRow.topic != Topic.REASSESS).delete()
    seen = 0
    for _ in range(turns):
        if reassess.due(session, now):
            reassess.plan(session, now)
        work(session, now)
        session.expire_all()
        change = rules_changes.changes(session)[0]
        assert seen <= change.looked <= change.people
        seen = change.looked
        if change.state != State.LOOKING:
            return change, now
        now += TICK
    raise AssertionError("it never came to its end")


def test_whom_nobody_can_look_at_stops_nobody_else(
    session: Session, before: list[ProspectId], poison: Poison, now: datetime
) -> None:
    poison.who = {before[3]}
    ruled(session, now, 30)
    change, now = until_over(session, now)
    assert (change.state, change.people, change.looked) == (State.WAITING, 8, 7)
    assert failing.alone(session, change.version, now) == 1
    assert {row.prospect_id for row in session.execute(select(CrossingRow)).scalars()} == {
        *before
    } - poison.who
    # Once what is wrong with them is mended they are looked at like all others.
    poison.who = set()
    work(session, now + HOUR)
    session.expire_all()
    assert change.looked == 8
    assert failing.alone(session, change.version, now) == 0
    assert session.get_one(CrossingRow, before[3]).up
    assert warm(session) == set()


def test_who_is_looked_at_late_does_not_cross_by_the_change_alone(
    session: Session, before: list[ProspectId], poison: Poison, now: datetime
) -> None:
    poison.who = set(before)
    ruled(session, now, 30)
    change, now = until_over(session, now)
    assert (change.state, change.looked) == (State.RELEASED, 0), "nobody waits yet"
    pipeline.react(session, before[:1], now)
    session.expire_all()
    assert change.state == State.WAITING
    assert warm(session) == set()
    rules_changes.release(session, change.version, now, by=MIA, pace=None)
    reassess.let_over(session, [str(change.version)], now, NO_SETTINGS)
    pipeline.react(session, before[:1], now)
    assert warm(session) == set(before[:1])


def test_who_is_looked_at_late_is_promised_a_look_for_when_time_changes_them(
    session: Session, before: list[ProspectId], poison: Poison, now: datetime
) -> None:
    poison.who = {before[3]}
    ruled(session, now, 30)
    _, now = until_over(session, now)
    unpromised = update(ProspectRow).where(ProspectRow.id == before[3])
    session.execute(unpromised.values(look_due_at=None))
    poison.who = set()
    work(session, now + HOUR)
    session.expire_all()
    assert session.get_one(ProspectRow, before[3]).look_due_at is not None


def test_a_part_that_was_given_up_is_tried_in_pieces(
    session: Session, before: list[ProspectId], now: datetime
) -> None:
    ruled(session, now, 30)
    reassess.plan(session, now)
    session.execute(
        update(MessageRow)
        .where(MessageRow.topic == Topic.REASSESS)
        .values(state=Message.DEAD, attempt=3, crashes=3)
    )
    change, _ = until_over(session, now)
    assert (change.state, change.looked) == (State.WAITING, 8)
    left = select(MessageRow.id).where(MessageRow.topic == Topic.REASSESS)
    assert session.execute(left).all() == []


def test_a_part_that_was_given_up_holds_nothing_up_once_nobody_of_it_is_left(
    session: Session, before: list[ProspectId], now: datetime
) -> None:
    ruled(session, now, 30)
    reassess.plan(session, now)
    work(session, now)
    given_up = update(MessageRow).where(MessageRow.topic == Topic.REASSESS)
    session.execute(given_up.values(state=Message.DEAD))
    pipeline.react(session, before, now)
    change, _ = until_over(session, now)
    assert (change.state, change.looked) == (State.WAITING, 8)
    assert waits(session, change) == set(before)


def test_the_sweep_only_reads_to_see_whether_a_look_goes_on(
    database: Database, now: datetime
) -> None:
    with unit_of_work(database) as session:
        ruled(session, now - HOUR, 60)
        came(session, now - HOUR, "ann", "ben")
        ruled(session, now, 30)
        reassess.plan(session, now)
    with reading(database) as session:
        assert not reassess.due(session, now)
        assert not reassess.due(session, now - timedelta(days=1)), "a clock was put back"


def test_a_look_of_which_nothing_is_promised_goes_on(
    session: Session, before: list[ProspectId], now: datetime
) -> None:
    ruled(session, now, 30)
    reassess.plan(session, now)
    session.query(MessageRow).delete()
    change, _ = until_over(session, now)
    assert (change.state, change.looked) == (State.WAITING, 8)


def test_a_release_that_was_given_up_goes_on(
    session: Session, before: list[ProspectId], now: datetime
) -> None:
    ruled(session, now, 30)
    change, now = until_over(session, now)
    rules_changes.release(session, change.version, now, by=MIA, pace=3)
    dead = update(MessageRow).where(MessageRow.topic == Topic.RELEASE)
    session.execute(dead.values(state=Message.DEAD))
    assert reassess.due(session, now)
    reassess.plan(session, now)
    assert not reassess.due(session, now)
    (row,) = session.query(MessageRow).filter_by(topic=Topic.RELEASE)
    assert (row.state, row.attempt) == (Message.WAITING, 0)


def test_what_newer_rules_took_the_place_of_is_not_among_what_was_given_up(
    session: Session, before: list[ProspectId], poison: Poison, now: datetime
) -> None:
    poison.who = {before[3]}
    ruled(session, now, 30)
    until_over(session, now)
    session.query(MessageRow).update({"state": Message.DEAD})
    ruled(session, now + HOUR, 20)
    reassess.plan(session, now + HOUR)
    assert [row.state for row in session.query(MessageRow)] == [Message.WAITING]


@pytest.mark.parametrize("during", [False, True])
def test_who_was_absorbed_while_everybody_was_looked_at_waits_too_once_they_are_parted(
    session: Session, before: list[ProspectId], now: datetime, *, during: bool
) -> None:
    ann, bob = before[:2]
    others = before[2:]
    if during:
        ruled(session, now, 30)
        reassess.plan(session, now)
    row = merge(session, ann, bob, Said(by="mia"), now + TICK if during else now - TICK)
    if not during:
        ruled(session, now, 30)
    change, now = until_over(session, now)
    assert change.looked == change.people == (8 if during else 7)
    gone = row.prospect_id
    assert waits(session, change) == {row.kept_id, *others}
    undo(session, row.id, "mia", now + TICK)
    pipeline.react(session, [ann, bob], now + TICK)
    session.expire_all()
    assert waits(session, change) == set(before), gone
    assert warm(session) == set()


def test_who_waits_and_is_absorbed_waits_as_who_stands_for_them(
    session: Session, before: list[ProspectId], now: datetime
) -> None:
    ruled(session, now, 30)
    change, now = until_over(session, now)
    row = merge(session, *before[:2], Said(by="mia"), now + TICK)
    pipeline.react(session, before, now + TICK)
    assert waits(session, change) == {row.kept_id, *before[2:]}
    assert rules_changes.tallies(session, [change.version])[change.version].up == 7
    rules_changes.release(session, change.version, now + TICK, by=MIA, pace=None)
    reassess.let_over(session, [str(change.version)], now + TICK, NO_SETTINGS)
    pipeline.react(session, before, now + TICK)
    assert warm(session) == {row.kept_id, *before[2:]}


def test_who_absorbs_somebody_that_waits_waits_in_their_place_and_no_longer_once_parted(
    session: Session, now: datetime
) -> None:
    ruled(session, now - 2 * HOUR, 60)
    lead = Lead(
        ref="zoe",
        identities=(Identity("email", "zoe@z.example"),),
        person=Person(email="zoe@z.example"),
        happened_at=now,
    )
    (found,) = people.resolve(session, [lead], now - 2 * HOUR, secret="s")
    assert found.prospect_id is not None
    zoe = found.prospect_id
    pipeline.react(session, [zoe], now - 2 * HOUR)
    (ann,) = came(session, now - HOUR, "ann")
    ruled(session, now, 30)
    change, now = until_over(session, now)
    assert waits(session, change) == {ann}
    row = merge(session, ann, zoe, Said(by="mia"), now + TICK)
    assert row.kept_id == zoe
    pipeline.react(session, [zoe], now + TICK)
    assert (waits(session, change), warm(session)) == ({zoe}, set())
    undo(session, row.id, "mia", now + 2 * TICK)
    pipeline.react(session, [ann, zoe], now + 2 * TICK)
    assert (waits(session, change), warm(session)) == ({ann}, set())


def test_two_who_are_merged_and_parted_wait_as_before(
    session: Session, before: list[ProspectId], now: datetime
) -> None:
    ruled(session, now, 30)
    change, now = until_over(session, now)
    row = merge(session, *before[:2], Said(by="mia"), now + TICK)
    undo(session, row.id, "mia", now + TICK)
    pipeline.react(session, before, now + TICK)
    assert waits(session, change) == set(before)
    assert warm(session) == set()


@pytest.mark.parametrize("during", [False, True])
def test_who_is_forgotten_waits_no_longer_and_holds_nothing_up(
    session: Session, before: list[ProspectId], now: datetime, tmp_path: Any, *, during: bool
) -> None:
    ruled(session, now, 30)
    reassess.plan(session, now)
    if not during:
        until_over(session, now)
    settings = Settings(secret_key="s" * 40, data=tmp_path, database_url="")
    topics.erase(session, [str(before[0])], now, settings)
    session.flush()
    change, _ = until_over(session, now + TICK)
    assert (change.state, change.looked, change.people) == (State.WAITING, 8, 8)
    assert waits(session, change) == set(before[1:])
    assert promised(session, Topic.RELEASE) == []


def waits(session: Session, change: RulesChangeRow) -> set[UUID]:
    rows = rules_changes.waiting(session, change.version, up=True, below=None, limit=99)
    return {row.prospect_id for row in rows}
