"""Asks services outside about the companies we know, one at a time and no faster than each bears: prepare, call, settle."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from prospects import details, formerly, outbox
from prospects.details import Told
from prospects.ids import AccountId, first_id
from prospects.reading import UnreadableError
from prospects.rows import AccountRow, ProspectRow
from prospects.store import on_sqlite
from prospects.topics import Topic
from webhooks import endpoints, known, outbound, poll_hours
from webhooks.adapter import Reply, Trouble
from webhooks.asking import SOON
from webhooks.conversions import endpoint_of
from webhooks.destinations import Destination
from webhooks.lookups.lookup import Finding
from webhooks.lookups.registry import LOOKUPS
from webhooks.outbound import Networks, NoAnswer
from webhooks.poll_rows import SourcePollRow
from webhooks.polling import GRACE
from webhooks.waits import wish

PREFIX = "lookup:"
"""How the name of a lookup begins where sources and destinations stand side by side."""
IDLE = timedelta(seconds=15)
"""So long it rests where there is no further company."""
MOST_PEOPLE = 200
"""Of a company of which something was found out, those with most points are looked at again."""


@dataclass(frozen=True, slots=True)
class Question:
    """One company to ask about; `after` is the one that was asked about before."""

    lookup: Destination = field(repr=False)
    account_id: AccountId
    domain: str
    after: str | None


def plan(session: Session, now: datetime, *, secret: str) -> None:
    """Promise a call to each lookup whose time has come; safe to repeat, and from several machines.

    A new lookup is asked about the companies that are known from then on.
    """
    for slug in _due(session, now, secret=secret):
        name = f"{PREFIX}{slug}"
        if poll_hours.take(session, name, now, since=now - GRACE, until=now + SOON):
            outbox.post(session, Topic.RESEARCH, [slug], now)


def due(session: Session, now: datetime, *, secret: str) -> bool:
    """Whether `plan` has anything to do."""
    return bool(_due(session, now, secret=secret))


def prepare(session: Session, slug: str, now: datetime, *, secret: str) -> Question | None:
    """The next company to ask about; None if there is none, or nobody to ask, for now."""
    lookup = _asked(session, secret).get(slug)
    row = session.get(SourcePollRow, f"{PREFIX}{slug}")
    if lookup is None or row is None:
        return None
    if rest := endpoints.shut_until(session, endpoint_of(slug), now):
        row.due_at = rest
        return None
    after = row.cursor["after"] if row.cursor else None
    # What is younger may have a neighbour that is not committed yet, and would be passed by.
    found = session.execute(
        select(AccountRow.id, AccountRow.domain)
        .where(AccountRow.domain.is_not(None))
        .where(AccountRow.id > (UUID(after) if after else first_id(row.since)))
        .where(AccountRow.id < first_id(now - GRACE))
        .order_by(AccountRow.id)
        .limit(1)
    ).first()
    if found is None:
        row.due_at = now + IDLE
        return None
    return Question(lookup, AccountId(found.id), found.domain, after)


def call(question: Question, *, allow: Networks) -> Sequence[Finding] | Trouble:
    """Ask; no transaction is open here."""
    kind = LOOKUPS[question.lookup.kind]
    wanted = kind.ask(question.domain, question.lookup)
    answer = outbound.get(wanted.url, wanted.headers, allow=allow)
    if isinstance(answer, NoAnswer):
        return Trouble(answer.reason, final=False, ours=answer.forbidden)
    try:
        return kind.read(Reply(answer.status, answer.body, wish(answer.headers)), question.lookup)
    except UnreadableError as error:
        return Trouble(error.reason, final=True)


def settle(
    session: Session, question: Question, result: Sequence[Finding] | Trouble, now: datetime
) -> None:
    """Keep what was found out, and promise the next question no sooner than the lookup bears it."""
    slug = question.lookup.slug
    row = poll_hours.locked(session, f"{PREFIX}{slug}")
    if row is None or (row.cursor["after"] if row.cursor else None) != question.after:
        return  # somebody else went on meanwhile
    if isinstance(result, Trouble):
        _troubled(session, row, result, slug, now)
        if not result.final:
            return
    else:
        endpoints.worked(session, endpoint_of(slug), now)
        row.tries, row.reason, row.asked_at = 0, None, now
        if result:
            row.found, row.found_at = row.found + len(result), now
            _keep(session, question, result, now)
    row.cursor = {"after": str(question.account_id)}
    pace = timedelta(minutes=1) / question.lookup.per_minute
    row.due_at = now + SOON
    outbox.post(session, Topic.RESEARCH, [slug], now, due_at=now + pace)


def _troubled(
    session: Session, row: SourcePollRow, trouble: Trouble, slug: str, now: datetime
) -> None:
    """What can never work for one company is passed by; else the same one is asked about later."""
    row.reason = trouble.reason
    if trouble.final:
        return
    row.tries += 1
    pause = timedelta(seconds=trouble.wait) if trouble.wait else outbox.backoff(row.tries)
    row.due_at = now + pause
    endpoints.failed(session, endpoint_of(slug), trouble.reason, now, wish=pause)


def _keep(session: Session, question: Question, found: Sequence[Finding], now: datetime) -> None:
    """Each thing with its source and date; what nobody told of the company counts, and is acted on."""
    query = select(AccountRow).where(AccountRow.id == question.account_id)
    query = query if on_sqlite(session) else query.with_for_update()
    account = session.execute(query.execution_options(populate_existing=True)).scalar_one()
    told = [
        Told(question.account_id, each.name, str(each.value), question.lookup.slug)
        for each in found
    ]
    details.keep(session, told, now)
    fresh = {each.name: each.value for each in found if each.name not in (account.fields or {})}
    if not fresh:
        return
    formerly.keep_of_accounts(session, {account.id: account.fields}, now)
    account.fields = {**account.fields, **fresh}
    session.flush()
    people = session.execute(
        select(ProspectRow.id)
        .where(ProspectRow.account_id == account.id)
        .where(ProspectRow.erased_at.is_(None), ProspectRow.absorbed_by.is_(None))
        .order_by(ProspectRow.points.desc(), ProspectRow.id)
        .limit(MOST_PEOPLE)
    )
    outbox.post(session, Topic.REACT, people.scalars().all(), now)


def _asked(session: Session, secret: str) -> Mapping[str, Destination]:
    found = known.destinations(session, secret=secret).destinations
    return {slug: each for slug, each in found.items() if each.active and each.is_lookup}


def _due(session: Session, now: datetime, *, secret: str) -> list[str]:
    names = [f"{PREFIX}{slug}" for slug in _asked(session, secret)]
    return [name.removeprefix(PREFIX) for name in poll_hours.come(session, names, now)]
