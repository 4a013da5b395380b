"""Each team's turn in the database, locked last, so that writers at the same instant take it one by one."""

from collections.abc import Iterable, Mapping, Sequence
from fractions import Fraction

from sqlalchemy import select
from sqlalchemy.orm import Session

from prospects.ids import MemberId
from prospects.store import insert_new, on_sqlite, upsert
from routing.pointers import Pointer, Pointers
from routing.rows import PointerRow, TeamTurnRow


def lock(session: Session, teams: Iterable[str]) -> dict[str, Pointers]:
    """The turns of these teams, ours until the transaction ends; nothing else may be locked after them."""
    wanted = sorted(set(teams))
    if not wanted:
        return {}
    # The row must exist before it can be locked; in order of name, so that two batches cannot deadlock.
    missing = [{"team": team, "turn": 0, "floor": "0"} for team in wanted]
    insert_new(session, TeamTurnRow, missing, on=["team"])
    return _read(session, wanted, hold=not on_sqlite(session))


def look_at(session: Session, teams: Iterable[str]) -> dict[str, Pointers]:
    """The turns of these teams as they stand, held for nobody; a team without any is left out."""
    return _read(session, sorted(set(teams)), hold=False)


def _read(session: Session, teams: Sequence[str], *, hold: bool) -> dict[str, Pointers]:
    query = select(TeamTurnRow.team, TeamTurnRow.turn, TeamTurnRow.floor)
    query = query.where(TeamTurnRow.team.in_(teams)).order_by(TeamTurnRow.team)
    if hold:
        query = query.with_for_update()
    rows = session.execute(query).all()
    of = _pointers(session, teams)
    return {
        row.team: Pointers(row.team, row.turn, Fraction(row.floor), of[row.team]) for row in rows
    }


def keep(session: Session, before: Mapping[str, Pointers], after: Mapping[str, Pointers]) -> None:
    """Write what has moved since `lock`: one row a team, one row for each member who had a turn."""
    moved = [turns for team, turns in sorted(after.items()) if turns != before.get(team)]
    upsert(
        session,
        TeamTurnRow,
        [{"team": each.team, "turn": each.turn, "floor": str(each.floor)} for each in moved],
        on=["team"],
    )
    rows = [
        {
            "team": turns.team,
            "member_id": member_id,
            "level": str(pointer.level),
            "last_turn": pointer.last_turn,
        }
        for turns in moved
        for member_id, pointer in turns.of.items()
        if before[turns.team].of.get(member_id) != pointer
    ]
    upsert(session, PointerRow, rows, on=["team", "member_id"])


def _pointers(session: Session, teams: Iterable[str]) -> dict[str, dict[MemberId, Pointer]]:
    found: dict[str, dict[MemberId, Pointer]] = {team: {} for team in teams}
    rows = session.execute(
        select(PointerRow.team, PointerRow.member_id, PointerRow.level, PointerRow.last_turn).where(
            PointerRow.team.in_(list(found))
        )
    )
    for row in rows:
        found[row.team][MemberId(row.member_id)] = Pointer(Fraction(row.level), row.last_turn)
    return found
