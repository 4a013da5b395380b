"""Some rows of a file into the record: leads and past acts as a delivery, refusals as suppressions."""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.importing import changes
from app.importing.columns import Column, ColumnsError, item_of
from app.importing.rows import BatchRow, Holds
from app.importing.sheet import Row
from prospects import consents
from prospects.identities import normalise_email
from prospects.ids import ProspectId
from prospects.rows import SuppressionRow
from webhooks import importing
from webhooks.adapter import Came
from webhooks.decide import CAME_BEFORE
from webhooks.fates import Fate
from webhooks.importing import read, take
from webhooks.rows import CaptureState

LISTED = "listed"
"""Why an address is suppressed that stood on an imported list of refusals."""
NO_ADDRESS = "this is no e-mail address"


@dataclass(frozen=True, slots=True)
class Refusal:
    """A row that was not taken: the line it begins at, why, and its cells."""

    line: int
    reason: str
    cells: Sequence[str] = ()


@dataclass(slots=True)
class Tally:
    """What became of some rows."""

    rows: int = 0
    leads: int = 0
    activities: int = 0
    came_before: int = 0
    people: int = 0
    unwanted: int = 0
    refused: list[Refusal] = field(default_factory=list)


@dataclass(frozen=True, slots=True, kw_only=True)
class How:
    """How rows are to be brought in: as of which source, by which columns, since when, for which import."""

    source: str
    columns: Sequence[Column]
    came: Came
    holds: Holds = Holds.LEADS
    import_id: UUID | None = None
    arrived_at: datetime | None = None
    secret: str = field(repr=False)


def bring(session: Session, rows: Sequence[Row], how: How, now: datetime, *, n: int) -> Tally:
    """Bring these rows in as batch `n` of their import; what became of them."""
    tally = Tally(rows=len(rows))
    items = list(_items(rows, how.columns, tally))
    delivery_id = None
    if how.holds is Holds.REFUSALS:
        _suppress(session, items, how, now, tally)
    elif items:
        delivery_id = _record(session, items, how, now, tally)
    tally.refused.sort(key=lambda each: each.line)
    if how.import_id:
        refused = written(tally.refused)
        session.add(
            BatchRow(import_id=how.import_id, n=n, delivery_id=delivery_id, refused=refused)
        )
        session.flush()
    return tally


def written(refused: Sequence[Refusal]) -> list[list[Any]]:
    """Refused rows as their batch keeps them."""
    return [[each.line, each.reason, *each.cells] for each in refused]


def foresee(session: Session, rows: Sequence[Row], how: How, now: datetime) -> Tally:
    """What would become of these rows; nothing is written."""
    tally = Tally(rows=len(rows))
    items = list(_items(rows, how.columns, tally))
    if how.holds is Holds.REFUSALS:
        _count_refusals(session, items, how, tally)
    elif items:
        given = [item for _, item in items]
        at = how.arrived_at or now
        fates, tally.people = importing.foresee(
            session, given, how.source, at, came=how.came, secret=how.secret
        )
        _count(tally, items, fates)
    tally.refused.sort(key=lambda each: each.line)
    return tally


def _items(
    rows: Sequence[Row], columns: Sequence[Column], tally: Tally
) -> Iterator[tuple[Row, dict[str, Any]]]:
    """Each row with its item; a row that cannot be one is refused."""
    for line, cells in rows:
        try:
            yield (line, cells), item_of(columns, cells)
        except ColumnsError as error:
            reason = "; ".join(map(str, error.faults))
            tally.refused.append(Refusal(line, reason, cells))


Items = Sequence[tuple[Row, dict[str, Any]]]


def _suppress(session: Session, items: Items, how: How, now: datetime, tally: Tally) -> None:
    digests = _count_refusals(session, items, how, tally)
    consents.suppress(session, digests, now, reason=LISTED)


def _count_refusals(session: Session, items: Items, how: How, tally: Tally) -> Collection[str]:
    """The addresses in these rows, as they are kept, once it is counted which of them are new."""
    digests: dict[str, None] = {}
    for (line, cells), item in items:
        email = normalise_email(str(item.get("email", "")))
        if email is None:
            tally.refused.append(Refusal(line, NO_ADDRESS, cells))
            continue
        digests[consents.address_digest(how.secret, email)] = None
    known = _suppressed(session, list(digests))
    tally.unwanted = len(digests) - len(known)
    bad = sum(1 for each in tally.refused if each.reason == NO_ADDRESS)
    tally.came_before = len(items) - bad - tally.unwanted
    return digests


def _suppressed(session: Session, digests: Sequence[str]) -> set[str]:
    query = select(SuppressionRow.digest).where(
        SuppressionRow.digest.in_(digests), SuppressionRow.topic == consents.EVERYTHING
    )
    return set(session.execute(query).scalars())


def _record(session: Session, items: Items, how: How, now: datetime, tally: Tally) -> UUID | None:
    given = [item for _, item in items]
    at = how.arrived_at or now
    stood, said = {}, None
    if how.import_id:
        said = read(session, given, how.source, at, came=how.came, secret=how.secret)
        stood = changes.before(session, said)
    taken = take(
        session,
        given,
        how.source,
        now,
        came=how.came,
        secret=how.secret,
        arrived_at=at,
        said=said,
    )
    people = _count(tally, items, taken.fates)
    if how.import_id:
        tally.people = changes.note(session, how.import_id, stood, people, now)
    # The same rows again are a delivery of the import that brought them first.
    return taken.delivery_id if taken.fresh else None


def _count(tally: Tally, items: Items, fates: Sequence[Fate]) -> set[ProspectId]:
    """Add up what became of each; the people of those that were new."""
    people: set[ProspectId] = set()
    for ((line, cells), item), fate in zip(items, fates, strict=True):
        if fate.state is not CaptureState.RECORDED:
            tally.refused.append(Refusal(line, fate.reason or f"it is {fate.state}", cells))
        elif fate.reason == CAME_BEFORE:
            tally.came_before += 1
        else:
            tally.activities += "activity" in item
            tally.leads += "activity" not in item
            people |= {fate.prospect_id} if fate.prospect_id else set()
    return people
