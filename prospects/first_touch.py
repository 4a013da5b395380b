"""By what each person came and how far: kept with their acts, so that no report reads every history.

A row is a fold over the timeline; `prospects.first_touch_anew` makes it from the timeline again.
"""

from collections.abc import Collection, Mapping, Sequence
from datetime import UTC
from functools import cache
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Executable, and_, bindparam, case, func, or_, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session, aliased

from prospects.first_touch_anew import FINDING, FIRSTS, LONGEST, TOUCH, WON, rebuild
from prospects.kinds import BUYERS_OWN, Kind
from prospects.rows import ProspectRow
from prospects.store import on_sqlite, table_of
from prospects.touch_rows import DRAWN, FirstTouchRow

Act = Mapping[str, Any]


def note(session: Session, acts: Sequence[Act]) -> None:
    """Take what was just recorded (columns of `activity`) into account: two statements at most."""
    told = [(act, news) for act in acts if (news := _told(act))]
    if not told:
        return
    known = _known(session, {act["prospect_id"] for act, _ in told})
    rows: dict[UUID, dict[str, Any]] = {}
    for act, news in sorted(told, key=lambda each: (each[0]["happened_at"], each[0]["id"])):
        who = act["prospect_id"]
        if not known[who].grouped:
            rows[who] = _joined(rows.get(who) or _nothing(who), news)
    _write(session, [row for who, row in sorted(rows.items()) if _is_news(row, known[who])])
    rebuild(session, {each.head for each in known.values() if each.grouped})


def _told(act: Act) -> dict[str, Any]:
    """What an act says of how somebody came or how far; empty for most."""
    kind, at, body = act["kind"], act["happened_at"], act["body"]
    if body.get(DRAWN):
        return {}
    if kind in FIRSTS:
        return {FIRSTS[kind]: at}
    if kind == Kind.OUTCOME:
        return {"won_at": at} if body.get("result") == WON else {}
    if kind == Kind.VERDICT:
        said = {name: body.get(name) for name in ("verdict", "claimed", "stage_found")}
        return {"finding_id": act["id"], "found_at": at, **said}
    return _touch(act) if kind in BUYERS_OWN and not act["suspect_robot"] else {}


def _touch(act: Act) -> dict[str, Any]:
    at, campaign = act["happened_at"].astimezone(UTC), act["body"].get("campaign")
    return {
        "activity_id": act["id"],
        "at": act["happened_at"],
        "month": f"{at.year:04}-{at.month:02}",
        "source": act["source"],
        "campaign": campaign[:LONGEST] if isinstance(campaign, str) else "",
    }


def _nothing(prospect_id: UUID) -> dict[str, Any]:
    row = dict.fromkeys((*TOUCH, *FIRSTS.values(), "won_at", *FINDING))
    return {**row, "prospect_id": prospect_id, "campaign": "", "handed": False}


def _joined(row: Act, news: Act) -> dict[str, Any]:
    """Both, where what came before keeps its place, but a finding gives way to a later record."""
    if "finding_id" in news:
        later = row["finding_id"] is None or row["finding_id"] < news["finding_id"]
        return {**row, **(news if later else {}), "handed": True}
    if "activity_id" in news:
        return {**row, **(news if row["at"] is None else {})}
    return {**row, **{name: row[name] or at for name, at in news.items()}, "handed": True}


def _known(session: Session, people: Collection[UUID]) -> Mapping[UUID, Any]:
    """By person: their group's head, whether there is a group at all, and their first touch as written."""
    return {row.id: row for row in session.execute(_KNOWN, {"people": list(people)})}


def _is_known() -> Executable:
    other = aliased(ProspectRow)
    absorber = select(other.id).where(other.absorbed_by == ProspectRow.id).exists()
    return (
        select(
            ProspectRow.id,
            func.coalesce(ProspectRow.absorbed_by, ProspectRow.id).label("head"),
            or_(ProspectRow.absorbed_by.is_not(None), absorber).label("grouped"),
            FirstTouchRow.at,
            FirstTouchRow.activity_id,
        )
        .outerjoin(FirstTouchRow, FirstTouchRow.prospect_id == ProspectRow.id)
        .where(ProspectRow.id.in_(bindparam("people", expanding=True)))
    )


def _is_news(row: Act, known: Any) -> bool:
    if row["handed"] or known.at is None:
        return True
    return row["at"] is not None and (row["at"], row["activity_id"]) < (known.at, known.activity_id)


def _write(session: Session, rows: Sequence[Act]) -> None:
    if rows:
        session.execute(_keeping(on_sqlite(session)), list(rows))


@cache
def _keeping(sqlites: bool) -> Executable:
    """Whoever writes second keeps what is earlier, so two that record at once end up with the same."""
    table = table_of(FirstTouchRow)
    statement = (sqlite if sqlites else postgresql).insert(table)
    new, old = statement.excluded, table.c
    same = and_(new.at == old.at, new.activity_id < old.activity_id)
    earlier = and_(new.at.is_not(None), or_(old.at.is_(None), new.at < old.at, same))
    found = and_(
        new.finding_id.is_not(None),
        or_(old.finding_id.is_(None), new.finding_id > old.finding_id),
    )
    changes: dict[str, Any] = {name: case((earlier, new[name]), else_=old[name]) for name in TOUCH}
    changes |= {name: case((found, new[name]), else_=old[name]) for name in FINDING}
    changes |= {name: _first(new[name], old[name]) for name in (*FIRSTS.values(), "won_at")}
    changes["handed"] = or_(old.handed, new.handed)
    kept: Executable = statement.on_conflict_do_update(index_elements=["prospect_id"], set_=changes)
    return kept


def _first(new: ColumnElement[Any], old: ColumnElement[Any]) -> ColumnElement[Any]:
    """The earlier of two instants, either of which may be none."""
    return case((or_(old.is_(None), new < old), func.coalesce(new, old)), else_=old)


# Made once: with acts written one by one, making them took twice as long as the database did.
_KNOWN = _is_known()
