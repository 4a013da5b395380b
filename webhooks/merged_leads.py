"""Leads that ended because two people are one, and that go on because they are not: what programs are told of these."""

from collections.abc import Collection, Iterator
from uuid import UUID, uuid5

from sqlalchemy import select
from sqlalchemy.orm import Session

from prospects import groups
from prospects.ids import ProspectId
from prospects.kinds import Kind
from prospects.merge_rows import MergeRow
from prospects.rows import ActivityRow
from webhooks.events import Happening, Row

Keys = Collection[tuple[UUID, UUID]]
"""(whose lead, lead)."""


def ended(session: Session, keys: Keys) -> Iterator[Happening]:
    """Each of these leads is recycled; who its person is now may have another, which goes on."""
    latest = _latest(session, keys)
    heads = groups.heads(session, {who for who, _ in keys})
    for who, lead in keys:
        merge = latest.get(who)
        if merge is not None:
            into = heads.get(ProspectId(who), merge.kept_id)
            yield Happening(
                prospect_id=ProspectId(who),
                id=uuid5(merge.id, f"merged/{lead}"),
                what=Row.MERGED,
                at=merge.at,
                source="merge",
                body={"handoff": str(lead), "merged_into": str(into)},
            )


def going_on(session: Session, keys: Keys) -> Iterator[Happening]:
    """Each of these leads is with whom it was: its offer, or that it was taken, is told anew."""
    latest = _latest(session, keys)
    rows = session.execute(
        select(ActivityRow)
        .where(ActivityRow.prospect_id.in_({who for who, _ in keys}))
        .where(ActivityRow.kind.in_((Kind.OFFERED, Kind.ACCEPTED)))
        .order_by(ActivityRow.happened_at, ActivityRow.id)
    ).scalars()
    last = {(row.prospect_id, str(row.body.get("handoff"))): row for row in rows} if keys else {}
    for who, lead in keys:
        merge, told = latest.get(who), last.get((who, str(lead)))
        if merge is not None and merge.undone_at is not None and told is not None:
            yield Happening(
                prospect_id=ProspectId(who),
                id=uuid5(merge.id, f"parted/{lead}"),
                what=Kind(told.kind),
                at=merge.undone_at,
                source="merge",
                body=told.body,
            )


def _latest(session: Session, keys: Keys) -> dict[UUID, MergeRow]:
    """The latest merge of each of these people."""
    query = select(MergeRow).where(MergeRow.prospect_id.in_({who for who, _ in keys}))
    rows = session.execute(query.order_by(MergeRow.at, MergeRow.id)).scalars() if keys else ()
    return {row.prospect_id: row for row in rows}
