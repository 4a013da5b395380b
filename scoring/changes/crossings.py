"""Who waits before the warm line because rules changed, and what becomes of that when people become one or are parted."""

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from prospects.ids import ProspectId
from prospects.rows import ProspectRow
from prospects.store import among, table_of, upsert
from scoring.changes.crossing import CrossingState, Held
from scoring.changes.rows import CrossingRow, RulesChangeRow, State


def note(session: Session, kept: Collection[Held], version: int, now: datetime) -> None:
    """Write down who is held, and on which side."""
    rows: list[dict[str, Any]] = [
        {
            "prospect_id": one.seen.prospect_id,
            "version": version,
            "state": CrossingState.HELD,
            "up": one.up,
            "points_before": one.seen.points,
            "points_after": one.points_after,
            "at": now,
            "released_at": None,
        }
        for one in kept
    ]
    rows.sort(key=lambda row: row["prospect_id"])
    upsert(session, CrossingRow, rows, on=["prospect_id"])


def drop(session: Session, who: Collection[ProspectId]) -> None:
    """Hold these people no longer; who was let over stays noted."""
    if who:
        session.execute(
            delete(CrossingRow)
            .where(among(session, CrossingRow.prospect_id, who))
            .where(CrossingRow.state == CrossingState.HELD)
        )


def of(session: Session, prospect_ids: Collection[ProspectId]) -> Mapping[ProspectId, CrossingRow]:
    """What is noted of these people."""
    rows = session.execute(
        select(CrossingRow).where(among(session, CrossingRow.prospect_id, prospect_ids))
    ).scalars()
    return {ProspectId(row.prospect_id): row for row in rows}


def absorb(session: Session, kept: ProspectId, gone: Collection[ProspectId]) -> None:
    """One person stands for the others, and waits if one of them would have crossed the same way.

    The others' rows stay, hidden, for when they are parted. Whom a look that is under way has not come
    to it will not come to while they are absorbed.
    """
    noted = of(session, [kept, *gone])
    held = [each for each in noted.values() if each.state == CrossingState.HELD]
    same = [each for each in held if each.up != session.get_one(ProspectRow, kept).warm]
    if same and kept not in noted:
        first = min(same, key=lambda each: each.prospect_id)
        row = {each.name: getattr(first, each.name) for each in table_of(CrossingRow).c}
        upsert(session, CrossingRow, [row | {"prospect_id": kept}], on=["prospect_id"])
    newest = _newest(session)
    if newest is not None and newest.state == State.LOOKING:
        _judge_anew(session, gone, but=newest.version)
    passed_over = select(ProspectRow.id).where(
        among(session, ProspectRow.id, gone),
        ProspectRow.rules_version.is_(None),
        ProspectRow.grade.is_not(None),
    )
    if session.execute(passed_over.limit(1)).first() is not None:
        # What comes in with them nobody has judged.
        _judge_anew(session, [kept])


def part(session: Session, kept: ProspectId, gone: ProspectId, since: datetime) -> None:
    """They are people of their own again; whoever was judged as one, or by no rules that changed since, is judged anew."""
    newest = _newest(session)
    row = of(session, [kept]).get(kept)
    if row is not None and row.state == CrossingState.HELD:
        drop(session, [kept])
        _judge_anew(session, [kept])
    if newest is not None and newest.at >= since:
        _judge_anew(session, [kept, gone])


def forget(session: Session, who: ProspectId) -> None:
    """Nothing is left of it when somebody is forgotten."""
    session.execute(delete(CrossingRow).where(CrossingRow.prospect_id == who))


def _judge_anew(session: Session, people: Collection[ProspectId], *, but: int = -1) -> None:
    row = ProspectRow
    query = update(row).where(among(session, row.id, people), row.grade.is_not(None))
    session.execute(query.where(row.rules_version != but).values(rules_version=None))


def _newest(session: Session) -> RulesChangeRow | None:
    query = select(RulesChangeRow).order_by(RulesChangeRow.version.desc()).limit(1)
    return session.execute(query).scalar_one_or_none()
