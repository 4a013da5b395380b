"""The sweep: looks every second for due work, rings for it, and without Redis does it itself."""

import threading
from dataclasses import dataclass
from datetime import datetime
from functools import partial

import structlog

from app.bell import Bell
from app.database import Database
from app.demo_state.watch import DemoWatch
from app.door import perform, reading
from app.garbage import look_seldom
from app.jobs import drain as jobs
from app.jobs import folding, reassess, training
from app.never_again import Scribe
from app.pulse import Pulse
from app.settings import Settings
from prospects import due
from prospects.topics import Queue
from webhooks import asking, crm_asking, finding_out

log = structlog.get_logger(__name__)

PERIOD = 1.0
PERIOD_OF_LIST = 60.0
PERIOD_OF_ASKING = 5.0
PERIOD_OF_FOLDING = 20.0
PERIOD_OF_LEARNING = 30.0
ASKERS = (asking, crm_asking, finding_out)
"""Who has platforms, CRMs and lookups asked, each at its hour."""
PERIOD_ALONE = 0.25
"""Seconds between looks where no bell is rung and the sweep is all there is."""


@dataclass(frozen=True, slots=True)
class Sweep:
    """What both threads of a sweep share."""

    database: Database
    watch: DemoWatch
    bell: Bell
    pulse: Pulse


def run(database: Database, settings: Settings, bell: Bell, stop: threading.Event) -> None:
    """Look until `stop` is set; each queue in a thread of its own, so a slow one delays no other."""
    watch = DemoWatch(database, settings)
    watch.look_soon()
    sweep = Sweep(database, watch, bell, Pulse(database, settings, None))
    threads = [
        threading.Thread(target=_watch, args=(sweep, queue, stop), name=f"sweep-{queue}")
        for queue in Queue
    ]
    threads.append(threading.Thread(target=_plan_asking, args=(sweep, stop), name="asking"))
    threads.append(threading.Thread(target=_plan_folding, args=(sweep, stop), name="folding"))
    threads.append(threading.Thread(target=_plan_learning, args=(sweep, stop), name="learning"))
    scribe = Scribe(settings.data)
    threads.append(threading.Thread(target=_keep_list, args=(sweep, scribe, stop), name="scribe"))
    look_seldom()
    sweep.pulse.start()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    sweep.pulse.stop()


def is_left_to_us(database: Database, bell: Bell, queue: Queue, now: datetime) -> bool:
    """Whether something is due in `queue` and Redis will not wake a worker for it."""
    with reading(database) as session:
        waits = queue in due.queues_due(session, now)
    return waits and not bell.ring_now(queue)


def _watch(sweep: Sweep, queue: Queue, stop: threading.Event) -> None:
    while not stop.wait(PERIOD if sweep.bell.has_redis else PERIOD_ALONE):
        try:
            settings = sweep.watch.settings()
            if is_left_to_us(sweep.database, sweep.bell, queue, sweep.database.clock.now()):
                _do_it(sweep, settings, queue, stop)
            log.debug("looked", queue=queue)
        except Exception:
            # The database may be away for a while; the sweep is what brings the rest back.
            log.exception("the sweep could not look", queue=queue)


def _plan_asking(sweep: Sweep, stop: threading.Event) -> None:
    """Platforms are asked for what they never delivered, CRMs for what has changed, each at its hour.

    Changed rules are noticed here as well: everybody is looked at by them.
    """
    while not stop.wait(PERIOD_OF_ASKING):
        try:
            now, secret = sweep.database.clock.now(), sweep.watch.settings().secret_key
            with reading(sweep.database) as session:
                due = [each for each in ASKERS if each.due(session, now, secret=secret)]
                changed = reassess.due(session, now)
            if changed:
                perform(sweep.database, partial(reassess.plan, now=now))
            for asker in due:
                perform(sweep.database, partial(asker.plan, now=now, secret=secret))
        except Exception:
            log.exception("no platform could be asked")


def _plan_folding(sweep: Sweep, stop: threading.Event) -> None:
    """Old page views are folded soon after their time has come."""
    while not stop.wait(PERIOD_OF_FOLDING):
        try:
            now = sweep.database.clock.now()
            with reading(sweep.database) as session:
                due = folding.due(session, now)
            if due:
                perform(sweep.database, partial(folding.plan, now=now))
        except Exception:
            log.exception("no old views could be folded")


def _plan_learning(sweep: Sweep, stop: threading.Event) -> None:
    """A training when there is enough to learn, a model's take-over, the daily look whether people have changed."""
    while not stop.wait(PERIOD_OF_LEARNING):
        try:
            now, settings = sweep.database.clock.now(), sweep.watch.settings()
            with reading(sweep.database) as session:
                # A demo is told a story, and its clock runs through weeks in a minute.
                due = not settings.demo and training.due(session, now)
            if due:
                perform(sweep.database, partial(training.plan, now=now))
        except Exception:
            log.exception("nothing could be learned")


def _keep_list(sweep: Sweep, scribe: Scribe, stop: threading.Event) -> None:
    """Who wants no mail, and who was forgotten by whichever machine, goes on this machine's list."""
    while not stop.is_set():
        try:
            with reading(sweep.database) as session:
                scribe.catch_up(session, sweep.database.clock.now())
        except Exception:
            log.exception("the list of who was forgotten could not be kept")
        stop.wait(PERIOD_OF_LIST)


def _do_it(sweep: Sweep, settings: Settings, queue: Queue, stop: threading.Event) -> None:
    with sweep.pulse.at_work():
        sweep.pulse.took(jobs.drain(sweep.database, settings, queue, stop.is_set))
