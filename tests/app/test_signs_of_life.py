"""Every process that works says so in the database: its place, its number, how it is getting on."""

import os
import threading
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy.orm import Session

from app import clock, pulse, signs_of_life, sweep
from app.bell import Bell
from app.database import Database
from app.door import perform, reading
from app.pulse import Pulse
from app.settings import Settings, read_settings
from app.signs_of_life import Sign
from prospects import outbox
from prospects.topics import Queue, Topic
from tests.support.running import until


@pytest.fixture
def settings(database_url: str, tmp_path: Path) -> Settings:
    return read_settings({"DATABASE_URL": database_url}, data=tmp_path / "data")


@pytest.fixture
def lately(database: Database) -> Callable[[], list[Sign]]:
    def look() -> list[Sign]:
        with reading(database) as session:
            return list(signs_of_life.lately(session, clock.now()))

    return look


def sign(at: datetime, pid: int, part: str = "inside worker 1") -> Sign:
    return Sign(
        host="one",
        folder="/data",
        part=part,
        queue=Queue.INSIDE,
        pid=pid,
        started_at=at,
        seen_at=at,
    )


def test_whoever_is_started_in_a_place_knows_who_was_there_before(
    session: Session, now: datetime
) -> None:
    signs_of_life.first(session, sign(now, 100))
    later = now + timedelta(minutes=1)
    signs_of_life.first(session, sign(later, 200))
    (found,) = signs_of_life.lately(session, later)
    assert (found.pid, found.starts) == (200, 2)
    assert (found.pid_before, found.seen_before) == (100, now)


def test_who_ends_gives_up_their_own_place_only(session: Session, now: datetime) -> None:
    old = signs_of_life.first(session, sign(now, 100))
    signs_of_life.first(session, sign(now, 200))
    signs_of_life.leave(session, old)
    assert [each.pid for each in signs_of_life.lately(session, now)] == [200]
    signs_of_life.leave(session, sign(now, 200))
    assert signs_of_life.lately(session, now) == []


def test_a_queue_is_attended_by_its_workers_and_without_redis_by_the_sweep(
    session: Session, now: datetime
) -> None:
    def attended(at: datetime, *, has_redis: bool = True) -> set[Queue]:
        return signs_of_life.attended(session, at, has_redis=has_redis)

    assert attended(now, has_redis=False) == set()
    signs_of_life.give(session, replace(sign(now, 1, "sweep"), queue=None))
    assert attended(now) == set()
    assert attended(now, has_redis=False) == set(Queue)
    signs_of_life.give(session, sign(now, 2))
    assert attended(now) == {Queue.INSIDE}
    assert attended(now + timedelta(seconds=30)) == set()


def test_a_place_that_is_silent_is_shown_for_an_hour_and_then_forgotten(
    session: Session, now: datetime
) -> None:
    signs_of_life.first(session, sign(now, 100))
    soon = now + timedelta(minutes=59)
    (found,) = signs_of_life.lately(session, soon)
    assert found.is_silent(soon)
    assert not found.is_silent(now + timedelta(seconds=15))
    late = now + timedelta(minutes=61)
    assert signs_of_life.lately(session, late) == []
    signs_of_life.first(session, sign(late, 300, part="sweep"))
    assert session.get(signs_of_life.SignRow, ("one", "/data", "inside worker 1")) is None


def test_a_process_says_what_it_does_until_it_ends(
    database: Database,
    settings: Settings,
    lately: Callable[[], list[Sign]],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(pulse, "BEAT", 0.05)
    heart = Pulse(database, settings, Queue.OUTSIDE)
    heart.start()
    (found,) = until(lately, 10, what="the first sign")
    assert (found.pid, found.queue, found.taken) == (os.getpid(), Queue.OUTSIDE, 0)
    with heart.at_work():
        heart.took(3)
        until(lambda: [one for one in lately() if one.busy_since], 10, what="work")
    until(lambda: [one for one in lately() if one.taken == 3 and not one.busy_since], 10)
    heart.stop()
    assert lately() == []


def test_a_forgotten_place_is_taken_again_with_the_next_sign(
    session: Session, now: datetime
) -> None:
    mine = signs_of_life.first(session, sign(now, 100))
    session.query(signs_of_life.SignRow).delete()
    signs_of_life.give(session, replace(mine, taken=7))
    assert [each.taken for each in signs_of_life.lately(session, now)] == [7]


def test_the_sweep_counts_what_it_does_alone(
    database: Database,
    settings: Settings,
    lately: Callable[[], list[Sign]],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(pulse, "BEAT", 0.05)
    nobody = "01900000-0000-7000-8000-000000000000"
    perform(database, lambda s: outbox.post(s, Topic.REACT, [nobody], clock.now()))
    stop = threading.Event()
    running = threading.Thread(target=sweep.run, args=(database, settings, Bell(None), stop))
    running.start()
    (found,) = until(lambda: [one for one in lately() if one.taken], 20, what="the work")
    stop.set()
    running.join()
    assert (found.queue, found.taken) == (None, 1)
