"""Makes first touches and how far people came anew from the timeline, for groups that were merged or parted."""

from collections.abc import Collection, Iterable
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, case, delete, func, literal, or_, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session, aliased

from prospects.kinds import BUYERS_OWN, Kind
from prospects.rows import ActivityRow, ProspectRow
from prospects.spans import month_of
from prospects.store import on_sqlite, table_of
from prospects.touch_rows import DRAWN, FirstTouchRow

LONGEST = 200
"""Characters of a campaign's name that count; whoever sends more means no campaign."""
TOUCH = ("activity_id", "at", "month", "source", "campaign")
FINDING = ("finding_id", "found_at", "verdict", "claimed", "stage_found")
FIRSTS = {Kind.OFFERED: "offered_at", Kind.ACCEPTED: "taken_at"}
WON = "won"
"""The `result` in an outcome's body."""

Conditions = Iterable[ColumnElement[bool]]

_NOT_DRAWN = ActivityRow.body[DRAWN].as_string().is_(None)


def rebuild(session: Session, heads: Collection[UUID] | None = None) -> None:
    """Make the rows of these people, and of whom they absorbed, anew; None: of everybody.

    Whoever merges people or undoes it calls this with all who are or were together. Of the forgotten
    neither campaign nor finding can be had again.
    """
    if heads is not None and not heads:
        return
    theirs: list[ColumnElement[bool]] = []
    if heads is not None:
        theirs = [or_(ProspectRow.id.in_(heads), ProspectRow.absorbed_by.in_(heads))]
    group = select(ProspectRow.id).where(*theirs)
    session.execute(
        delete(FirstTouchRow)
        .where(*([] if heads is None else [FirstTouchRow.prospect_id.in_(group)]))
        .execution_options(synchronize_session=False)
    )
    _insert(session, TOUCH, _firsts(theirs), handed=False)
    _insert(session, (*FIRSTS.values(), "won_at"), _steps(theirs), handed=True)
    _insert(session, FINDING, _findings(theirs), handed=True)
    _join(session, theirs)


def _insert(session: Session, names: Iterable[str], rows: Select[Any], *, handed: bool) -> None:
    """Add what `rows` say of each person: their id, then these columns."""
    names = list(names)
    campaign = [] if "campaign" in names else ["campaign"]
    rows = rows.add_columns(*(literal("") for _ in campaign), literal(handed))
    statement = (sqlite if on_sqlite(session) else postgresql).insert(table_of(FirstTouchRow))
    filled = statement.from_select(["prospect_id", *names, *campaign, "handed"], rows)
    changes = {name: statement.excluded[name] for name in (*names, "handed")}
    session.execute(filled.on_conflict_do_update(index_elements=["prospect_id"], set_=changes))


def _whose() -> ColumnElement[UUID]:
    return func.coalesce(ProspectRow.absorbed_by, ProspectRow.id)


def _firsts(theirs: Conditions) -> Select[Any]:
    order, said = (
        (ActivityRow.happened_at, ActivityRow.id),
        ActivityRow.body["campaign"].as_string(),
    )
    touch = (
        select(
            _whose().label("whose"),
            ActivityRow.id,
            ActivityRow.happened_at,
            ActivityRow.source,
            func.substr(func.coalesce(said, ""), 1, LONGEST).label("campaign"),
            func.row_number().over(partition_by=_whose(), order_by=order).label("n"),
        )
        .join(ProspectRow, ProspectRow.id == ActivityRow.prospect_id)
        .where(ActivityRow.kind.in_(sorted(BUYERS_OWN)), ActivityRow.suspect_robot.is_(False))
        .where(*theirs)
        .subquery()
    )
    month = month_of(touch.c.happened_at)
    columns = (touch.c.whose, touch.c.id, touch.c.happened_at, month, touch.c.source)
    return select(*columns, touch.c.campaign).where(touch.c.n == 1)


def _steps(theirs: Conditions) -> Select[Any]:
    won = ActivityRow.body["result"].as_string() == WON
    kinds = [ActivityRow.kind == kind for kind in FIRSTS]
    steps = [*kinds, won & (ActivityRow.kind == Kind.OUTCOME)]
    first: list[Any] = [func.min(case((step, ActivityRow.happened_at))) for step in steps]
    return (
        select(_whose(), *first)
        .join(ProspectRow, ProspectRow.id == ActivityRow.prospect_id)
        .where(or_(*steps), _NOT_DRAWN, *theirs)
        .group_by(_whose())
    )


def _findings(theirs: Conditions) -> Select[Any]:
    said = [
        ActivityRow.body[name].as_string().label(name)
        for name in ("verdict", "claimed", "stage_found")
    ]
    latest = func.row_number().over(partition_by=_whose(), order_by=ActivityRow.id.desc())
    found = (
        select(
            _whose().label("whose"), ActivityRow.id, ActivityRow.happened_at, *said,
            latest.label("n"),
        )
        .join(ProspectRow, ProspectRow.id == ActivityRow.prospect_id)
        .where(ActivityRow.kind == Kind.VERDICT, _NOT_DRAWN, *theirs)
        .subquery()
    )  # fmt: skip
    return select(*(each for each in found.c if each.key != "n")).where(found.c.n == 1)


def _join(session: Session, theirs: Conditions) -> None:
    """Whoever was absorbed after all that has a row that names the group's, with its first touch."""
    head = aliased(FirstTouchRow)
    rows = (
        select(ProspectRow.id, *(getattr(head, name) for name in TOUCH))
        .join(head, head.prospect_id == ProspectRow.absorbed_by)
        .where(*theirs)
    )
    _insert(session, TOUCH, rows, handed=True)
    session.execute(
        update(FirstTouchRow)
        .where(FirstTouchRow.prospect_id == ProspectRow.id, *theirs)
        .where(ProspectRow.absorbed_by.is_not(None))
        .values(joined_id=ProspectRow.absorbed_by)
        .execution_options(synchronize_session=False)
    )
