"""Who was one with whom at an instant in the past, going by every merge and its undoing."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from prospects.merge_rows import MergeRow
from prospects.store import among


def merges(session: Session, people: Collection[UUID]) -> list[MergeRow]:
    """Every merge these people were ever in, and those that followed, the oldest first."""
    found: dict[UUID, MergeRow] = {}
    known: set[UUID] = set()
    wanted = set(people)
    while wanted - known:
        query = select(MergeRow).where(
            or_(
                among(session, MergeRow.prospect_id, wanted - known),
                among(session, MergeRow.kept_id, wanted - known),
            )
        )
        known |= wanted
        rows = session.execute(query).scalars().all()
        found |= {row.id: row for row in rows}
        wanted |= {each for row in rows for each in (row.prospect_id, row.kept_id)}
    return [found[each] for each in sorted(found)]


def group(among_merges: Sequence[MergeRow], who: UUID, at: datetime) -> list[UUID]:
    """All who were one with this person at an instant; who stood for them comes first."""
    stood_for: dict[UUID, UUID] = {}
    for row in among_merges:
        if row.at <= at and (row.undone_at is None or row.undone_at > at):
            stood_for |= {UUID(each): row.kept_id for each in row.members}
    head = stood_for.get(who, who)
    while head in stood_for:
        head = stood_for[head]
    return [head, *sorted(each for each in stood_for if _last(stood_for, each) == head)]


def _last(stood_for: Mapping[UUID, UUID], who: UUID) -> UUID:
    while who in stood_for:
        who = stood_for[who]
    return who
