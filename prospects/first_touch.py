"""By what each person came: kept with their first act, so that no report reads every history.

A row is a fold over the timeline and can be made anew from it at any time (`rebuild`).
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import UTC
from typing import Any
from uuid import UUID

from sqlalchemy import Select, and_, case, delete, func, insert, literal, or_, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session, aliased

from prospects.kinds import BUYERS_OWN, Kind
from prospects.rows import ActivityRow, ProspectRow
from prospects.spans import month_of
from prospects.store import on_sqlite, table_of
from prospects.touch_rows import FirstTouchRow

HANDED = frozenset(
    {
        Kind.OFFERED, Kind.ACCEPTED, Kind.DECLINED, Kind.OFFER_EXPIRED, Kind.CONTACT_ATTEMPT,
        Kind.VERDICT, Kind.PROMISE, Kind.OUTCOME,
    }
)  # fmt: skip
"""Acts by which it is known that somebody is or was on the way to a rep."""
LONGEST = 200
"""Characters of a campaign's name that count; whoever sends more means no campaign."""
_TOUCH = ("activity_id", "at", "month", "source", "campaign")

Act = Mapping[str, Any]


def note(session: Session, acts: Sequence[Act]) -> None:
    """Take what was just recorded (columns of `activity`) into account: two statements at most."""
    telling = [act for act in acts if _is_touch(act) or act["kind"] in HANDED]
    if not telling:
        return
    known = _known(session, {act["prospect_id"] for act in telling})
    merged = {known[each].head for each in known if known[each].grouped}
    rows: dict[UUID, dict[str, Any]] = {}
    for act in sorted(telling, key=lambda act: (act["happened_at"], act["id"])):
        about = known[act["prospect_id"]]
        if about.grouped:
            continue
        row = rows.setdefault(act["prospect_id"], _nothing(act["prospect_id"]))
        if act["kind"] in HANDED:
            row["handed"] = True
        elif row["at"] is None:
            row |= _touch(act)
    _write(session, [row for who, row in sorted(rows.items()) if _is_news(row, known[who])])
    rebuild(session, merged)


def rebuild(session: Session, heads: Collection[UUID] | None = None) -> None:
    """Make the rows of these people, and of whom they absorbed, anew; None: of everybody.

    Whoever merges people or undoes it calls this with all who are or were together.
    """
    if heads is not None and not heads:
        return
    table = table_of(FirstTouchRow)
    theirs = []
    if heads is not None:
        theirs = [or_(ProspectRow.id.in_(heads), ProspectRow.absorbed_by.in_(heads))]
    group = select(ProspectRow.id).where(*theirs)
    session.execute(
        delete(FirstTouchRow)
        .where(*([] if heads is None else [FirstTouchRow.prospect_id.in_(group)]))
        .execution_options(synchronize_session=False)
    )
    session.execute(insert(table).from_select(["prospect_id", *_TOUCH, "handed"], _firsts(theirs)))
    _mark_handed(session, theirs)
    _give_to_joined(session, theirs)


def _is_touch(act: Act) -> bool:
    return act["kind"] in BUYERS_OWN and not act["suspect_robot"]


def _known(session: Session, people: Collection[UUID]) -> Mapping[UUID, Any]:
    """By person: their group's head, whether there is a group at all, and what is written of them."""
    other = aliased(ProspectRow)
    absorber = select(other.id).where(other.absorbed_by == ProspectRow.id).exists()
    rows = session.execute(
        select(
            ProspectRow.id,
            func.coalesce(ProspectRow.absorbed_by, ProspectRow.id).label("head"),
            or_(ProspectRow.absorbed_by.is_not(None), absorber).label("grouped"),
            FirstTouchRow.at,
            FirstTouchRow.activity_id,
            FirstTouchRow.handed,
        )
        .outerjoin(FirstTouchRow, FirstTouchRow.prospect_id == ProspectRow.id)
        .where(ProspectRow.id.in_(people))
    )
    return {row.id: row for row in rows}


def _is_news(row: Act, known: Any) -> bool:
    first = row["at"] is not None and (
        known.at is None or (row["at"], row["activity_id"]) < (known.at, known.activity_id)
    )
    return first or (row["handed"] and not known.handed)


def _nothing(prospect_id: UUID) -> dict[str, Any]:
    row: dict[str, Any] = dict.fromkeys(_TOUCH)
    return {**row, "prospect_id": prospect_id, "campaign": "", "handed": False}


def _touch(act: Act) -> dict[str, Any]:
    at, campaign = act["happened_at"].astimezone(UTC), act["body"].get("campaign")
    return {
        "activity_id": act["id"],
        "at": act["happened_at"],
        "month": f"{at.year:04}-{at.month:02}",
        "source": act["source"],
        "campaign": campaign[:LONGEST] if isinstance(campaign, str) else "",
    }


def _write(session: Session, rows: Sequence[Act]) -> None:
    """Whoever writes second keeps what is earlier, so two that record at once end up with the same."""
    if not rows:
        return
    table = table_of(FirstTouchRow)
    statement = (sqlite if on_sqlite(session) else postgresql).insert(table)
    new, old = statement.excluded, table.c
    same = and_(new.at == old.at, new.activity_id < old.activity_id)
    earlier = and_(new.at.is_not(None), or_(old.at.is_(None), new.at < old.at, same))
    changes: dict[str, Any] = {name: case((earlier, new[name]), else_=old[name]) for name in _TOUCH}
    changes["handed"] = or_(old.handed, new.handed)
    session.execute(
        statement.on_conflict_do_update(index_elements=["prospect_id"], set_=changes), list(rows)
    )


def _firsts(theirs: Iterable[Any]) -> Select[Any]:
    whose = func.coalesce(ProspectRow.absorbed_by, ProspectRow.id)
    order, said = (
        (ActivityRow.happened_at, ActivityRow.id),
        ActivityRow.body["campaign"].as_string(),
    )
    touch = (
        select(
            whose.label("whose"),
            ActivityRow.id,
            ActivityRow.happened_at,
            ActivityRow.source,
            func.substr(func.coalesce(said, ""), 1, LONGEST).label("campaign"),
            func.row_number().over(partition_by=whose, order_by=order).label("n"),
        )
        .join(ProspectRow, ProspectRow.id == ActivityRow.prospect_id)
        .where(ActivityRow.kind.in_(sorted(BUYERS_OWN)), ActivityRow.suspect_robot.is_(False))
        .where(*theirs)
        .subquery()
    )
    month = month_of(touch.c.happened_at)
    return select(
        *(touch.c.whose, touch.c.id, touch.c.happened_at, month, touch.c.source, touch.c.campaign),
        literal(value=False),
    ).where(touch.c.n == 1)


def _mark_handed(session: Session, theirs: Iterable[Any]) -> None:
    """With them whoever absorbed them, so that a group's head is marked."""
    acts = select(ActivityRow.prospect_id).where(ActivityRow.kind.in_(sorted(HANDED)))
    handed = select(ProspectRow.id).where(ProspectRow.id.in_(acts), *theirs)
    heads = select(ProspectRow.absorbed_by).where(ProspectRow.id.in_(acts), *theirs)
    people = select(ProspectRow.id, literal(value=""), literal(value=True)).where(
        or_(ProspectRow.id.in_(handed), ProspectRow.id.in_(heads))
    )
    table = table_of(FirstTouchRow)
    statement = (sqlite if on_sqlite(session) else postgresql).insert(table)
    marked = statement.from_select(["prospect_id", "campaign", "handed"], people)
    session.execute(
        marked.on_conflict_do_update(index_elements=["prospect_id"], set_={"handed": True})
    )


def _give_to_joined(session: Session, theirs: Iterable[Any]) -> None:
    """Write the group's first touch on the rows of those who were absorbed."""
    head = aliased(FirstTouchRow)
    session.execute(
        update(FirstTouchRow)
        .where(FirstTouchRow.prospect_id == ProspectRow.id, *theirs)
        .where(head.prospect_id == ProspectRow.absorbed_by)
        .values(joined_id=head.prospect_id, **{name: getattr(head, name) for name in _TOUCH})
        .execution_options(synchronize_session=False)
    )
