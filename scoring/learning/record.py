"""Every lead that was put to sales, read from the timeline at once, with what became of it by an instant."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import groupby
from uuid import UUID

from sqlalchemy import CompoundSelect, Row, func, select, text, union
from sqlalchemy.orm import Session

from prospects.ids import ProspectId
from prospects.kinds import Kind
from prospects.lead_acts import TOLD_OF_LEADS
from prospects.rows import ActivityRow, ProspectRow
from scoring.learning import answering
from scoring.learning.answering import Doubted
from scoring.learning.labels import Aim, Lead, Told, leads

AT_ONCE = 2_000


@dataclass(frozen=True, slots=True)
class Put:
    """A lead, and whose it was; who absorbed somebody stands for them."""

    prospect_id: ProspectId
    lead: Lead


def put_to_sales(
    session: Session, aim: Aim, as_of: datetime, *, since: datetime | None = None
) -> list[Put]:
    """Every lead by what was known at `as_of`, in order of offers; of those offered `since` then only.

    Who was forgotten has no lead: what became of it is gone with the rest.
    """
    found = [
        Put(ProspectId(who), lead)
        for who, acts in groupby(_told(session, as_of, since), key=lambda row: row.who)
        for lead in leads([_of_row(row) for row in acts], aim, as_of)
        if since is None or lead.offered_at >= since
    ]
    return sorted(found, key=lambda put: (put.lead.offered_at, put.lead.handoff))


def heeded(puts: Sequence[Put], as_of: datetime) -> tuple[list[Put], dict[str, Doubted]]:
    """These leads, with how much each finding counts by who gave it; and who is doubted."""
    by = answering.doubted([put.lead for put in puts], as_of)
    return [replace(put, lead=answering.heeded(put.lead, by)) for put in puts], by


def newest(session: Session, now: datetime) -> datetime | None:
    """When anything was last learned of a lead; what is learned from the record is as of then."""
    query = select(func.max(ActivityRow.learned_at)).where(
        text(TOLD_OF_LEADS), ActivityRow.learned_at <= now
    )
    return session.execute(query).scalar_one_or_none()


def findings(session: Session) -> int:
    """How many findings of reps there are."""
    # As text, so that an index of nothing but findings is counted: it is asked for twice a minute.
    query = select(func.count()).select_from(ActivityRow).where(text("kind = 'verdict'"))
    return session.execute(query).scalar_one()


def _told(
    session: Session, as_of: datetime, since: datetime | None
) -> Iterator[Row[tuple[UUID, ...]]]:
    """The acts that tell of leads, by person, each person's together: of all, or of whom sales got `since` then."""
    who = func.coalesce(ProspectRow.absorbed_by, ProspectRow.id).label("who")
    query = (
        select(
            who,
            ActivityRow.kind,
            ActivityRow.happened_at,
            ActivityRow.learned_at,
            ActivityRow.key,
            ActivityRow.body,
        )
        .join(ProspectRow, ProspectRow.id == ActivityRow.prospect_id)
        .where(text(TOLD_OF_LEADS), ActivityRow.learned_at <= as_of)
        .where(ProspectRow.erased_at.is_(None))
        .order_by(who)
        .execution_options(yield_per=AT_ONCE)
    )
    if since is not None:
        query = query.where(ActivityRow.prospect_id.in_(_offered(since, as_of)))
    yield from session.execute(query)


def _offered(since: datetime, as_of: datetime) -> CompoundSelect[tuple[UUID]]:
    """Everybody in a group of whom somebody was offered since then: all that is told of their leads counts."""
    who = func.coalesce(ProspectRow.absorbed_by, ProspectRow.id).label("who")
    offered = (
        select(who)
        .join(ActivityRow, ActivityRow.prospect_id == ProspectRow.id)
        .where(text(TOLD_OF_LEADS), ActivityRow.kind == Kind.OFFERED)
        # Nothing is learned before it happens; an index knows the few that were learned since.
        .where(ActivityRow.learned_at.between(since, as_of), ActivityRow.happened_at >= since)
        .cte("offered")
    )
    heads = select(offered.c.who)
    others = select(ProspectRow.id).join(offered, offered.c.who == ProspectRow.absorbed_by)
    return union(heads, others)


def _of_row(row: Row[tuple[UUID, ...]]) -> Told:
    return Told(
        kind=Kind(row.kind),
        happened_at=row.happened_at,
        learned_at=row.learned_at,
        key=row.key,
        body=row.body or {},
    )
