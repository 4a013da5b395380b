"""Reads how the engine is running: processes, queues, what was given up, what was refused, what is around."""

import os
import socket
from collections.abc import Sequence
from datetime import datetime, timedelta
from urllib.parse import urlencode
from uuid import UUID

from sqlalchemy.orm import Session

from app import signs_of_life
from app.database import Database
from app.pages import around, ops_words, out_alarms, source_list, source_words, turning
from app.pages.ops_views import (
    CauseLine,
    DeadLine,
    GivenUpPage,
    KeptBack,
    Ops,
    QueueBoard,
    TopicLine,
    Worker,
)
from app.pages.views import Tone
from app.pages.words import several
from app.settings import Settings
from nurture import switches
from prospects import backlog, given_up
from prospects.backlog import MOST_COUNTED, Backlog
from prospects.due import oldest_due
from prospects.given_up import Cause, GivenUp
from prospects.topics import Queue, Topic
from webhooks import health, known

MOST_CAUSES = 50
REFUSALS_SHOWN = timedelta(days=1)
OF_A_PERSON = frozenset(
    {Topic.REACT, Topic.HANDOFF, Topic.TRANSFER, Topic.PROMISE, Topic.ERASE}
    | {Topic.ANNOUNCE, Topic.MAIL, Topic.NOTICE, Topic.CALL}
)


def read(session: Session, database: Database, settings: Settings, now: datetime) -> Ops:
    """Everything on the page."""
    facts = around.facts(session, database, settings, now)
    found = signs_of_life.lately(session, now)
    has_redis = settings.redis_url is not None
    workers = [ops_words.worker(each, now, has_redis=has_redis) for each in found]
    queues = _queues(session, now)
    lost = given_up.count(session)
    tone, summary = ops_words.summary(workers, queues, facts, lost)
    return Ops(
        summary=summary,
        tone=tone,
        workers=workers,
        queues=queues,
        causes=[line_of(each) for each in given_up.causes(session, limit=MOST_CAUSES)],
        refusals=source_words.refusals(health.refusing(session, now - REFUSALS_SHOWN)),
        facts=facts,
        at=now,
        served_by=f"process {os.getpid()} on {socket.gethostname()}",
        hint=_hint(workers),
        given_up=lost,
        kept=kept_back(session),
        alarms=source_list.alarming(
            session, known.sources(session, secret=settings.secret_key), now
        ),
        outside=out_alarms.alarming(session, now, secret=settings.secret_key),
    )


def kept_back(session: Session) -> KeptBack | None:
    """What waits since a restore for a person's word; None if nothing does."""
    kept = switches.kept_back(session)
    mails = several(kept.held, "mail is", "mails are")
    return KeptBack(since=kept.since, mails=mails, held=kept.held) if kept else None


def pieces(session: Session, cause: Cause, after: UUID | None) -> GivenUpPage:
    """What was given up for this reason, the oldest first."""
    found = given_up.of_cause(
        session, cause.topic, cause.reason, after=after, limit=turning.PAGE + 1
    )
    rows, last = turning.one_page(found)
    asked = {"topic": cause.topic, "reason": cause.reason}
    return GivenUpPage(
        cause=line_of(cause),
        lines=[_dead(each) for each in rows],
        next_url=turning.next_url("/ops/given-up", asked, last.id) if last else None,
    )


def line_of(cause: Cause) -> CauseLine:
    """A cause as the page shows it."""
    asked = urlencode({"topic": cause.topic, "reason": cause.reason})
    return CauseLine(
        url=f"/ops/given-up?{asked}",
        topic=cause.topic,
        words=ops_words.topic(cause.topic),
        reason=cause.reason,
        count=cause.count,
        first_at=cause.first_at,
        last_at=cause.last_at,
    )


def _queues(session: Session, now: datetime) -> list[QueueBoard]:
    counted = backlog.by_topic(session, now)
    boards = []
    for queue in Queue:
        tone, late = ops_words.late(oldest_due(session, queue, now), now)
        ours = [each for each in counted if each.queue is queue]
        boards.append(
            QueueBoard(
                queue=queue,
                words=ops_words.QUEUES[queue],
                late=late,
                tone=tone,
                lines=[_topic(each) for each in ours if each.has_any],
                idle=[ops_words.topic(each.topic) for each in ours if not each.has_any],
            )
        )
    return boards


def _topic(each: Backlog) -> TopicLine:
    later = f"{each.later:,}" + (f" of the first {MOST_COUNTED:,}" if each.more else "")
    return TopicLine(
        topic=each.topic,
        words=ops_words.topic(each.topic),
        later=later,
        due=each.due,
        leased=each.leased,
        dead=each.dead,
    )


def _dead(each: GivenUp) -> DeadLine:
    first = each.ref.partition("/")[0]
    about, url = ("a person", f"/people/{first}") if each.topic in OF_A_PERSON else ("", None)
    if each.topic is Topic.INGEST:
        about, url = "a delivery", f"/received/{first}"
    return DeadLine(
        id=str(each.id),
        at=each.posted_at,
        tries=several(each.attempts, "try", "tries"),
        about=about or each.ref,
        url=url,
    )


def _hint(workers: Sequence[Worker]) -> str | None:
    """How to see that nothing is lost: a worker of this machine, and how it is ended."""
    here = socket.gethostname()
    ours = [each for each in workers if each.host == here and each.tone is not Tone.BAD]
    return f"kill -9 {ours[0].pid}" if ours else None
