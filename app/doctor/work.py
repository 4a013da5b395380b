"""What the doctor finds of the work: who does it, what is late, what was given up, when it was last backed up."""

from collections.abc import Iterator
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from app import signs_of_life
from app.backup import last
from app.doctor.diagnosis import Diagnosis, broken, warning, well
from app.settings import Settings
from app.up import valkey
from nurture import switches
from prospects import due, given_up
from prospects.topics import Queue
from scoring.changes import failing, rules_changes
from scoring.changes.rows import State

LATE = timedelta(seconds=60)
OLD = timedelta(days=7)
"""A backup that is older than this would cost more than a week."""


def redis(read: Settings) -> Diagnosis:
    """Whether the bell can be rung."""
    if read.redis_url is None:
        return well("redis", "REDIS_URL is not set: `up` brings its own, or goes without.")
    if valkey.answers(read.redis_url, within=2.0):
        return well("redis", "It answers.")
    line = "It does not answer; the sweep does all the work, more slowly."
    return warning("redis", line, "see that it runs, and that REDIS_URL names it and its password")


def workers(session: Session, now: datetime) -> Diagnosis:
    """Whether anybody works."""
    alive = [sign for sign in signs_of_life.lately(session, now) if not sign.is_silent(now)]
    if alive:
        return well("workers", f"{len(alive)} gave a sign of life just now.")
    line = "Nothing works here: no process gave a sign of life lately."
    return warning("workers", line, "run `warmline up`, or worker and sweep where they belong")


def lateness(session: Session, now: datetime) -> Iterator[Diagnosis]:
    """Work that has been due for long."""
    for queue in Queue:
        since = due.oldest_due(session, queue, now)
        if since is None or now - since <= LATE:
            yield well(f"work {queue}", "Nothing is late.")
            continue
        minutes = (now - since) / timedelta(minutes=1)
        line = f"The oldest has been due for {minutes:.0f} min, and nobody does it."
        mend = f"start `warmline worker --queue {queue}` or the sweep; their logs say what is wrong"
        yield broken(f"work {queue}", line, mend)


def looks(session: Session, now: datetime) -> Iterator[Diagnosis]:
    """How a change of the rules gets on."""
    for change in rules_changes.changes(session, limit=1):
        failed = failing.alone(session, change.version, now)
        whom = "1 person" if failed == 1 else f"{failed} people"
        mend = "read the reasons with `warmline work given-up` and in the workers' logs; once mended, `warmline work replay --all`"
        if failed:
            yield warning("changed rules", f"{whom} could not be looked at by them.", mend)
        elif change.state == State.LOOKING:
            line = f"{change.looked} of {change.people} people were looked at by them so far."
            yield well("changed rules", line)


def dead(session: Session) -> Diagnosis:
    """Work that was given up."""
    count = given_up.count(session)
    if not count:
        return well("given up", "Nothing.")
    mend = (
        "read the reasons with `warmline work given-up`; once mended, `warmline work replay --all`"
    )
    return warning("given up", f"{count} wait for a person.", mend)


def backup(session: Session, now: datetime) -> Diagnosis:
    """When everything was last backed up."""
    at = last.backed_up_at(session)
    mend = "run `warmline backup FILE` every night; docs/how-to/back-up-and-restore.md shows how"
    if at is None:
        return warning("backup", "There was never one.", mend)
    line = f"The last was made {at:%Y-%m-%d %H:%M} UTC."
    return warning("backup", line, mend) if now - at > OLD else well("backup", line)


def restored(session: Session) -> Iterator[Diagnosis]:
    """Whether this is a copy whose mail waits."""
    at = switches.restored_at(session)
    if at is not None:
        line = f"This was restored {at:%Y-%m-%d %H:%M} UTC; mail to people from before is held."
        mend = "look through the outbox, then `warmline work mail-again`"
        yield warning("restored", line, mend)
