"""Fields that a source brings and nobody said the meaning of: counted, given one, and for the past too."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from prospects import audit, configuration, formerly, outbox, words
from prospects.ids import parse_id
from prospects.rows import AccountRow, ProspectRow
from prospects.store import on_sqlite
from prospects.topics import Topic
from webhooks.again import IN_ONE_QUERY, latest
from webhooks.documents import spoken
from webhooks.leads import country_of, zone_of
from webhooks.meanings import COMPANY, KEPT, KIND, Meanings
from webhooks.rows import CaptureRow, CaptureState, DeliveryRow
from webhooks.sources import Source

LOOKED_AT = 300
"""Deliveries, the newest first, whose people are looked at."""
AT_ONCE = 200
"""Deliveries of the past whose people are looked at in one unit of work."""
ONCE_MORE = timedelta(minutes=1)
OF_OURS = ("email_given", "country_given", "zone_given")
"""Fields that we keep ourselves what did not fit in."""


@dataclass(frozen=True, slots=True)
class Unmapped:
    """A field by its name: of how many people, and what one of them said."""

    name: str
    count: int
    example: str


def of(session: Session, source: Source) -> list[Unmapped]:
    """What the latest people of a source said under names that mean nothing yet, the most frequent first."""
    known = {each.removeprefix("fields.") for each in source.map.values()} | {*OF_OURS}
    known |= set(meanings(session, source.slug))
    counts: Counter[str] = Counter()
    examples: dict[str, str] = {}
    for said in _said(session, source.slug):
        strange = [name for name in said if name not in known]
        counts.update(strange)
        examples |= {name: spoken(said[name]) for name in strange}
    return [Unmapped(name, count, examples[name]) for name, count in counts.most_common()]


def _said(session: Session, slug: str) -> Iterator[Mapping[str, Any]]:
    """The fields of everybody who came by the latest deliveries, each once."""
    seen: set[UUID] = set()
    for some in latest(session, slug, LOOKED_AT):
        captured = select(CaptureRow.prospect_id).where(
            CaptureRow.delivery_id.in_(some), CaptureRow.state == CaptureState.RECORDED
        )
        people = {each for each in session.execute(captured).scalars() if each} - seen
        seen |= people
        for start in range(0, len(people), IN_ONE_QUERY):
            part = sorted(people)[start : start + IN_ONE_QUERY]
            fields = select(ProspectRow.fields).where(ProspectRow.id.in_(part))
            yield from session.execute(fields).scalars()


def meanings(session: Session, slug: str) -> Meanings:
    """What was said in the browser or a file of this source's fields."""
    document = configuration.read(session, KIND).get(slug)
    found: Meanings = document.body["fields"] if document else {}
    return found


def say(
    session: Session, slug: str, field: str, target: str | None, now: datetime, *, by: str
) -> None:
    """From now on `field` means `target`, for the past as well; None: it means nothing any more."""
    configuration.lock(session)
    said = {name: each for name, each in meanings(session, slug).items() if name != field}
    said |= {field: target} if target else {}
    body = {"slug": slug, "fields": said}
    configuration.write(session, KIND, slug, body, now, by=by, owner="browser")
    audit.note(session, "field mapped", slug, now, who=by)
    if target:
        look_back(session, slug, {field: target}, now)


def look_back(session: Session, slug: str, said: Meanings, now: datetime) -> None:
    """Promise that people of the past get what their fields are now said to mean."""
    if all(target == KEPT for target in said.values()):
        return
    first = [f"{slug}/{UUID(int=0)}"]
    outbox.post(session, Topic.MEANING, first, now)
    # Once more, for what was being read meanwhile by what was known before.
    outbox.post(session, Topic.MEANING, first, now, due_at=now + ONCE_MORE)


def go_on(session: Session, ref: str, now: datetime) -> None:
    """Give the fields of some people of the past their meaning, and promise the next.

    `ref` is `source/the last delivery that is done`.
    """
    slug, _, done = ref.partition("/")
    said = {name: each for name, each in meanings(session, slug).items() if each != KEPT}
    after = parse_id(done)
    if not said or after is None:
        return
    deliveries = session.execute(
        select(DeliveryRow.id)
        .where(DeliveryRow.source == slug, DeliveryRow.id > after)
        .order_by(DeliveryRow.id)
        .limit(AT_ONCE)
    ).scalars()
    some = list(deliveries)
    if not some:
        return
    _give(session, some, said, now)
    outbox.post(session, Topic.MEANING, [f"{slug}/{some[-1]}"], now)


def _give(session: Session, deliveries: Sequence[UUID], said: Meanings, now: datetime) -> None:
    theirs = select(CaptureRow.prospect_id).where(
        CaptureRow.delivery_id.in_(deliveries), CaptureRow.state == CaptureState.RECORDED
    )
    people = select(ProspectRow).where(
        ProspectRow.id.in_(theirs.scalar_subquery()), ProspectRow.erased_at.is_(None)
    )
    rows, accounts = _locked(session, [row.id for row in session.execute(people).scalars()])
    before = formerly.facts(rows)
    fields = {row.id: row.fields for row in accounts.values()}
    changed = [row for row in rows if _moved(row, accounts, said)]
    formerly.note_accounts(session, fields, accounts.values(), now)
    for row in changed:
        row.changed_at = now
    session.flush()
    formerly.note(session, before, changed, now)
    words.keep(session, changed)
    heads = {row.absorbed_by or row.id for row in changed}
    outbox.post(session, Topic.REACT, sorted(heads), now)


def _locked(
    session: Session, people: Sequence[UUID]
) -> tuple[list[ProspectRow], Mapping[UUID, AccountRow]]:
    """These people and their companies: companies first, each in the order of ids, as everywhere."""
    theirs = select(ProspectRow.account_id).where(ProspectRow.id.in_(people))
    companies = select(AccountRow).where(AccountRow.id.in_(theirs)).order_by(AccountRow.id)
    query = select(ProspectRow).where(ProspectRow.id.in_(people)).order_by(ProspectRow.id)
    if not on_sqlite(session):
        companies, query = companies.with_for_update(), query.with_for_update()
    fresh = {"populate_existing": True}
    accounts = session.execute(companies.execution_options(**fresh)).scalars()
    found = {row.id: row for row in accounts}
    return list(session.execute(query.execution_options(**fresh)).scalars()), found


def _moved(row: ProspectRow, accounts: Mapping[UUID, AccountRow], said: Meanings) -> bool:
    """Move what this person said to where it belongs; what stands there already stays."""
    left = dict(row.fields)
    for name, target in said.items():
        if name in left and _put(row, accounts, target, left[name]):
            del left[name]
    if left == row.fields:
        return False
    row.fields = left
    return True


def _put(row: ProspectRow, accounts: Mapping[UUID, AccountRow], target: str, value: object) -> bool:
    if target.startswith(COMPANY):
        account, name = accounts.get(row.account_id or UUID(int=0)), target.removeprefix(COMPANY)
        if account is None:
            return False
        account.fields = {name: value, **account.fields}
        return True
    text = _fitting(target, spoken(value))
    if not text or getattr(row, target):
        return False
    setattr(row, target, text)
    return True


def _fitting(target: str, text: str) -> str | None:
    match target:
        case "country":
            return country_of(text)
        case "zone":
            return zone_of(text)
        case _:
            return text.strip() or None
