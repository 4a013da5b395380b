"""Asks a CRM what has changed, one call at a time: prepare, call, settle. A pass goes on where it stood."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from prospects import outbox
from prospects.reading import UnreadableError
from prospects.topics import Topic
from webhooks import (
    crm_companies,
    crm_deals,
    crm_links,
    crm_people,
    crm_recheck,
    known,
    poll_hours,
    tokens,
)
from webhooks.adapter import Trouble
from webhooks.asking import SOON
from webhooks.crm_speaking import speak
from webhooks.crms.dialect import FIRST, Brought, Company, Contact, Deal, Owner, Thing
from webhooks.crms.registry import DIALECTS
from webhooks.destinations import Destination
from webhooks.outbound import Networks
from webhooks.poll_rows import SourcePollRow
from webhooks.polling import OVERLAP, Cursor, read_cursor

PREFIX = "crm:"
"""How the name of a CRM begins where sources and destinations stand side by side."""
LONGEST_ID = 60
AT_LEAST = timedelta(seconds=5)


@dataclass(frozen=True, slots=True)
class Question:
    """One call of a pass."""

    cursor: Cursor
    crm: Destination = field(repr=False)
    begins: bool = False


def plan(session: Session, now: datetime, *, secret: str) -> None:
    """Promise a call to each CRM whose hour has come; safe to repeat, and from several machines."""
    for slug in _due(session, now, secret=secret):
        if poll_hours.take(session, f"{PREFIX}{slug}", now, since=FIRST, until=now + SOON):
            outbox.post(session, Topic.ASK_CRM, [slug], now)


def due(session: Session, now: datetime, *, secret: str) -> bool:
    """Whether `plan` has anything to do."""
    return bool(_due(session, now, secret=secret))


def prepare(session: Session, slug: str, now: datetime, *, secret: str) -> Question | None:
    """The next call of this CRM's pass; None if it is no longer to be asked."""
    crm = _asked(session, secret).get(slug)
    row = session.get(SourcePollRow, f"{PREFIX}{slug}")
    if crm is None or row is None:
        return None
    if row.cursor is not None:
        return Question(read_cursor(row.cursor), crm)
    since = max(row.since - OVERLAP, FIRST)
    tasks = tuple(DIALECTS[crm.kind].begin(crm, since))
    return Question(Cursor(tasks, since, now), crm, begins=True)


def call(question: Question, moment: float, *, allow: Networks) -> Brought | Trouble:
    """Ask; no transaction is open here."""
    dialect = DIALECTS[question.crm.kind]
    reply = speak(dialect.ask(question.cursor, question.crm), question.crm, moment, allow=allow)
    if isinstance(reply, tokens.Refused):
        return Trouble(reply.reason, final=False, ours=reply.ours)
    try:
        return dialect.read(question.cursor, reply, question.crm)
    except UnreadableError as error:
        return Trouble(error.reason, final=False)


def settle(
    session: Session, question: Question, result: Brought | Trouble, now: datetime, *, secret: str
) -> None:
    """Take over what was brought and keep where the pass stands; the next call is promised."""
    crm = question.crm
    row = poll_hours.locked(session, f"{PREFIX}{crm.slug}")
    stands = None if question.begins else question.cursor.written()
    if row is None or row.cursor != stands:
        return  # somebody else went on with the pass meanwhile
    if isinstance(result, Trouble):
        _troubled(row, question, result, now)
        return
    take(session, crm, result.things, now, secret=secret)
    row.found, row.tries, row.reason = row.found + len(result.things), 0, None
    if result.things:
        row.found_at = now
    cursor = question.cursor.moved(result)
    if cursor is not None:
        row.cursor, row.due_at = cursor.written(), now + SOON
        outbox.post(session, Topic.ASK_CRM, [crm.slug], now)
        return
    crm_recheck.recheck(session, crm.slug, row.asked_at, now)
    row.cursor, row.since, row.asked_at = None, question.cursor.until, now
    row.due_at = now + max(crm.ask_every, AT_LEAST)


def take(
    session: Session, crm: Destination, things: Sequence[Thing], now: datetime, *, secret: str
) -> None:
    """What a CRM says is taken over, by sort; an id that none of its kind has is passed over."""
    things = [each for each in things if 0 < len(each.id) <= LONGEST_ID]
    owners = [each for each in things if isinstance(each, Owner)]
    companies = [each for each in things if isinstance(each, Company)]
    contacts = [each for each in things if isinstance(each, Contact)]
    deals = [each for each in things if isinstance(each, Deal)]
    if owners:
        crm_links.meet(session, crm.slug, owners, now)
    if companies:
        crm_companies.take(session, crm, companies, now)
    if contacts:
        crm_people.take(session, crm, contacts, now, secret=secret)
    if deals:
        crm_deals.take(session, crm, deals, now, secret=secret)


def _troubled(row: SourcePollRow, question: Question, trouble: Trouble, now: datetime) -> None:
    row.tries, row.reason = row.tries + 1, trouble.reason
    # What can never work is begun anew with its next hour; else the pass goes on where it stood.
    row.cursor = None if trouble.final else question.cursor.written()
    every = max(question.crm.ask_every, AT_LEAST)
    pause = timedelta(seconds=trouble.wait) if trouble.wait else outbox.backoff(row.tries)
    row.due_at = now + (every if trouble.final else max(min(pause, every), AT_LEAST))
    if trouble.wait:
        row.due_at = now + pause


def _asked(session: Session, secret: str) -> dict[str, Destination]:
    there = known.destinations(session, secret=secret).destinations
    return {slug: each for slug, each in there.items() if each.active and each.reads}


def _due(session: Session, now: datetime, *, secret: str) -> list[str]:
    names = [f"{PREFIX}{slug}" for slug in _asked(session, secret)]
    return [name.removeprefix(PREFIX) for name in poll_hours.come(session, names, now)]
