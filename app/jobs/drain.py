"""Leases what is due, has it done, and puts off what failed."""

import random
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from functools import partial

import structlog
from sqlalchemy.orm import Session

from app.database import Database
from app.door import perform
from app.jobs.errand import Done, Errand, GiveUp, PutOff
from app.jobs.topics import ERRANDS, INSIDE
from app.settings import Settings
from prospects import outbox
from prospects.outbox import Leased, LeaseLostError
from prospects.topics import Queue, Topic

log = structlog.get_logger(__name__)

BATCH = 200
"""Messages leased together inside: enough to be set-based, few enough to end well within a lease."""
ABROAD_AT_ONCE = 8
"""Calls to the outside at the same time in one worker; each must end within its lease."""
SUSPECTS_A_ROUND = 20
"""Messages a process died over that are tried, each alone, between two batches."""
BUSY_PAUSE = timedelta(milliseconds=150)


def drain(
    database: Database, settings: Settings, queue: Queue, enough: Callable[[], bool] = lambda: False
) -> int:
    """Do all that is due in `queue`, or as much as `enough` allows; returns how many were taken up.

    What a process died over is tried alone, after everything else.
    """
    taken = 0
    while not enough():
        fresh = _take_fresh(database, queue)
        _see_to(database, settings, queue, fresh)
        # A few each round, so that neither a steady stream starves them nor they the stream.
        suspects = [
            _see_to(database, settings, queue, suspect)
            for suspect in _take_suspects(database, queue)
        ]
        if not fresh and not suspects:
            break
        taken += len(fresh) + sum(suspects)
    return taken


def _see_to(database: Database, settings: Settings, queue: Queue, leased: Sequence[Leased]) -> int:
    if leased:
        (_inside if queue is Queue.INSIDE else _outside)(database, settings, leased)
    return len(leased)


def _take_fresh(database: Database, queue: Queue) -> list[Leased]:
    now = database.clock.now()
    limit = BATCH if queue is Queue.INSIDE else ABROAD_AT_ONCE
    return perform(database, lambda session: outbox.lease(session, queue, now, limit=limit))


def _take_suspects(database: Database, queue: Queue) -> Iterator[list[Leased]]:
    """One by one, each leased only when the one before it is done."""
    for _turn in range(SUSPECTS_A_ROUND):
        now = database.clock.now()
        suspect = perform(database, partial(outbox.lease_suspect, queue=queue, now=now))
        if not suspect:
            return
        yield suspect


def _inside(database: Database, settings: Settings, leased: Sequence[Leased]) -> None:
    by_topic: defaultdict[Topic, list[Leased]] = defaultdict(list)
    for message in leased:
        by_topic[message.topic].append(message)
    for topic in sorted(by_topic):
        _batch(database, settings, topic, by_topic[topic])


def _batch(database: Database, settings: Settings, topic: Topic, leased: Sequence[Leased]) -> None:
    """One transaction for the batch; if it fails, each subject singly, so that poison stops nobody else."""
    try:
        _together(database, settings, topic, leased)
    except LeaseLostError:
        log.info("lease lost", topic=topic, messages=len(leased))
    except Exception as error:
        subjects = _by_ref(leased)
        if len(subjects) == 1:
            log.exception("work failed", topic=topic, attempt=leased[0].attempt)
            _put_off(database, leased, error)
            return
        log.warning("a batch failed, going on singly", topic=topic, error=type(error).__name__)
        for one in subjects.values():
            _batch(database, settings, topic, one)


def _together(
    database: Database, settings: Settings, topic: Topic, leased: Sequence[Leased]
) -> None:
    """All waiting rows of one ref are one piece of work; busy subjects are given back."""
    subjects = _by_ref(leased)
    now = database.clock.now()

    def work(session: Session) -> None:
        busy = INSIDE[topic](session, list(subjects), now, settings)
        waiting = [message for message in leased if message.ref in busy]
        kept = [message for message in leased if message.ref not in busy]
        outbox.give_back(session, waiting, now, after=BUSY_PAUSE)
        outbox.done(session, kept)

    perform(database, work)


def _by_ref(leased: Sequence[Leased]) -> dict[str, list[Leased]]:
    subjects: dict[str, list[Leased]] = {}
    for message in leased:
        subjects.setdefault(message.ref, []).append(message)
    return subjects


def _outside(database: Database, settings: Settings, leased: Sequence[Leased]) -> None:
    subjects = list(_by_ref(leased).values())
    if len(subjects) == 1:
        _abroad(database, settings, subjects[0])
        return
    with ThreadPoolExecutor(min(len(subjects), ABROAD_AT_ONCE)) as pool:
        list(pool.map(lambda same: _abroad(database, settings, same), subjects))


def _abroad(database: Database, settings: Settings, leased: Sequence[Leased]) -> None:
    try:
        _run_errand(database, settings, ERRANDS[leased[0].topic], leased)
    except LeaseLostError:
        log.info("lease lost", topic=leased[0].topic)
    except Exception as error:
        log.exception("errand failed", topic=leased[0].topic, attempt=leased[0].attempt)
        _put_off(database, leased, error)


def _run_errand(
    database: Database, settings: Settings, errand: Errand, leased: Sequence[Leased]
) -> None:
    ref, now = leased[0].ref, database.clock.now()
    call = perform(database, lambda session: errand.prepare(session, ref, now, settings))
    if call is None:
        perform(database, lambda session: outbox.done(session, leased))
        return
    result = errand.act(call, settings)
    after = database.clock.now()

    def settle(session: Session) -> None:
        match errand.settle(session, call, result, after, settings):
            case Done():
                outbox.done(session, leased)
            case PutOff(reason, delay):
                jitter = random.random()  # noqa: S311 - spreads retries
                outbox.put_off(session, leased, after, error=reason, jitter=jitter, after=delay)
            case GiveUp(reason):
                outbox.bury(session, leased, error=reason)

    perform(database, settle)


def _put_off(database: Database, leased: Sequence[Leased], error: Exception) -> None:
    # Only the kind of error is kept: its text may quote what a prospect typed.
    now, jitter = database.clock.now(), random.random()  # noqa: S311 - spreads retries
    reason = type(error).__name__
    perform(
        database,
        lambda session: outbox.put_off(session, leased, now, error=reason, jitter=jitter),
    )
