"""A promise is kept once, whatever dies on the way."""

from datetime import datetime, timedelta

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.database import Database
from app.door import perform
from prospects import due, given_up, outbox
from prospects.message import MessageRow, State
from prospects.topics import Queue, Topic

INSIDE = Queue.INSIDE


def waiting(session: Session) -> int:
    return session.execute(select(func.count()).select_from(MessageRow)).scalar_one()


def test_a_promise_made_in_a_lost_transaction_was_never_made(
    database: Database, now: datetime
) -> None:
    with pytest.raises(ZeroDivisionError):
        perform(database, lambda session: (outbox.post(session, Topic.REACT, ["a"], now), 1 / 0))
    assert perform(database, waiting) == 0


def test_a_leased_message_is_nobody_elses_until_the_lease_ends(
    session: Session, now: datetime
) -> None:
    outbox.post(session, Topic.REACT, ["a", "b", "a"], now)
    first = outbox.lease(session, INSIDE, now, limit=10)
    assert sorted(each.ref for each in first) == ["a", "b"]
    assert outbox.lease(session, INSIDE, now, limit=10) == []
    assert outbox.lease_suspect(session, INSIDE, now + outbox.LEASE - timedelta(seconds=1)) == []
    again = outbox.lease_suspect(session, INSIDE, now + outbox.LEASE)
    assert len(again) == 1, "what outlived its holder is tried alone"


def test_an_erasure_is_taken_alone_and_before_a_backlog(session: Session, now: datetime) -> None:
    outbox.post(session, Topic.REACT, range(20_000), now - timedelta(hours=1))
    outbox.post(session, Topic.ERASE, ["ada", "bob"], now)
    assert sorted(each.ref for each in outbox.lease(session, INSIDE, now, limit=200)) == [
        "ada",
        "bob",
    ]
    assert {each.topic for each in outbox.lease(session, INSIDE, now, limit=200)} == {Topic.REACT}


def test_an_erasure_that_is_not_due_yet_waits(session: Session, now: datetime) -> None:
    outbox.post(session, Topic.ERASE, ["ada"], now, due_at=now + timedelta(days=1))
    assert outbox.lease(session, INSIDE, now, limit=200) == []


def test_a_holder_that_comes_back_late_cannot_keep_its_work(
    session: Session, now: datetime
) -> None:
    outbox.post(session, Topic.REACT, ["a"], now)
    slow = outbox.lease(session, INSIDE, now, limit=1)
    quick = outbox.lease_suspect(session, INSIDE, now + outbox.LEASE)
    with pytest.raises(outbox.LeaseLostError):
        outbox.done(session, slow)
    outbox.done(session, quick)
    assert waiting(session) == 0


def test_what_ends_its_process_three_times_is_dead_and_harms_no_other(
    session: Session, now: datetime
) -> None:
    outbox.post(session, Topic.REACT, ["poison", "fine"], now)
    outbox.lease(session, INSIDE, now, limit=10)
    at = now
    for _turn in range(6):
        at += outbox.LEASE
        for message in outbox.lease_suspect(session, INSIDE, at):
            if message.ref == "fine":
                outbox.done(session, [message])
    (left,) = session.execute(select(MessageRow)).scalars()
    assert (left.ref, left.state, left.crashes) == ("poison", State.DEAD, 3)
    assert given_up.replay(session, [left.id], at) == 1
    assert [each.ref for each in outbox.lease(session, INSIDE, at, limit=1)] == ["poison"]


def test_failures_back_off_and_end_dead_with_the_reason(session: Session, now: datetime) -> None:
    outbox.post(session, Topic.FETCH, ["x"], now)
    at, delays = now, []
    while leased := outbox.lease(session, Queue.OUTSIDE, at, limit=1):
        outbox.put_off(session, leased, at, error="429 from the platform")
        row = session.execute(
            select(MessageRow).execution_options(populate_existing=True)
        ).scalar_one()
        delays.append((row.due_at - at).total_seconds())
        at = row.due_at
        if row.state == State.DEAD:
            break
    assert delays[:4] == [2, 4, 8, 16]
    assert max(delays) <= 3600
    assert (row.state, row.last_error, row.attempt) == (State.DEAD, "429 from the platform", 14)


def test_being_busy_costs_no_attempt(session: Session, now: datetime) -> None:
    outbox.post(session, Topic.REACT, ["x"], now)
    leased = outbox.lease(session, INSIDE, now, limit=1)
    outbox.give_back(session, leased, now, after=timedelta(milliseconds=200))
    row = session.execute(select(MessageRow).execution_options(populate_existing=True)).scalar_one()
    assert (row.attempt, row.crashes, row.lease) == (0, 0, None)


def test_only_what_is_due_rings(session: Session, now: datetime) -> None:
    outbox.post(session, Topic.REACT, ["x"], now, due_at=now + timedelta(days=3))
    assert not session.info.get("rung")
    assert due.queues_due(session, now) == set()
    assert due.queues_due(session, now + timedelta(days=3)) == {INSIDE}
    outbox.post(session, Topic.MAIL, ["y"], now)
    assert session.info["rung"] == {Queue.OUTSIDE}
