"""Raw page views are kept a hundred days, then folded: one act a day for each person and part of the site.

No feature looks further back than raw views last, so nothing is lost but the order of old pages.
"""

from collections import defaultdict
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import bindparam, delete, select, text, update
from sqlalchemy.orm import Session

from prospects.kinds import Kind
from prospects.rows import ActivityRow, ProspectRow
from prospects.site import part_of
from prospects.store import on_sqlite, table_of

KEPT = timedelta(days=100)
BATCH = 2_000
"""Views that one call folds at most, about: of the last person among them all."""
FOLDED = "views:"
"""How the keys of folded views begin."""
RAW = text("activity.kind = 'page_view' AND substr(activity.key, 1, 6) <> 'views:'")
"""Letter by letter the condition of the index that finds them."""

Group = tuple[UUID, str]
"""(person, the key of the folded act)."""


def due(session: Session, now: datetime) -> bool:
    """Whether there are raw views old enough."""
    old = select(ActivityRow.id).where(RAW, ActivityRow.happened_at < _before(now)).limit(1)
    return session.execute(old).first() is not None


def fold(session: Session, now: datetime) -> bool:
    """Fold the oldest of them; whether there may be more.

    The day's first view stays and speaks for the others, so what points at it still finds it.
    """
    people = _locked(session, now)
    if not people:
        return False
    rows = session.execute(
        select(ActivityRow)
        .where(RAW, ActivityRow.prospect_id.in_(people))
        .where(ActivityRow.happened_at < _before(now))
        .order_by(ActivityRow.happened_at, ActivityRow.id)
    )
    groups: defaultdict[Group, list[ActivityRow]] = defaultdict(list)
    for row in rows.scalars():
        groups[row.prospect_id, _key(row)].append(row)
    _write(session, groups, _standing(session, groups))
    return due(session, now)


def _before(now: datetime) -> datetime:
    """Whole days only, so that a day is folded at once."""
    day = (now - KEPT).astimezone(UTC)
    return day.replace(hour=0, minute=0, second=0, microsecond=0)


def _locked(session: Session, now: datetime) -> list[UUID]:
    """Whose the oldest are; who is being looked at now is left for another time."""
    oldest = (
        select(ActivityRow.prospect_id)
        .where(RAW, ActivityRow.happened_at < _before(now))
        .order_by(ActivityRow.happened_at)
        .limit(BATCH)
        .subquery()
    )
    query = select(ProspectRow.id).where(ProspectRow.id.in_(select(oldest.c.prospect_id)))
    query = query.order_by(ProspectRow.id)
    if not on_sqlite(session):
        query = query.with_for_update(skip_locked=True)
    return list(session.execute(query).scalars())


def _key(row: ActivityRow) -> str:
    robot = ":robot" if row.suspect_robot else ""
    day = row.happened_at.astimezone(UTC)
    return f"{FOLDED}{day:%Y-%m-%d}:{part_of((row.body or {}).get('page'))}{robot}"


def _standing(
    session: Session, groups: defaultdict[Group, list[ActivityRow]]
) -> dict[Group, ActivityRow]:
    """What was folded before; a view may be learned of long after its day."""
    rows = session.execute(
        select(ActivityRow).where(
            ActivityRow.prospect_id.in_({who for who, _ in groups}),
            ActivityRow.key.in_({key for _, key in groups}),
        )
    )
    return {(row.prospect_id, row.key): row for row in rows.scalars()}


def _write(
    session: Session,
    groups: defaultdict[Group, list[ActivityRow]],
    standing: dict[Group, ActivityRow],
) -> None:
    changed: list[dict[str, Any]] = []
    gone: list[UUID] = []
    for (who, key), views in groups.items():
        kept = standing.get((who, key))
        first, others = (kept, views) if kept else (views[0], views[1:])
        gone += [each.id for each in others]
        body = _body(first, len(views))
        changed.append({"who": who, "which": first.id, "new_key": key, "new_body": body})
    activity = table_of(ActivityRow)
    _delete(session, gone)
    session.execute(
        update(activity)
        .where(activity.c.prospect_id == bindparam("who"), activity.c.id == bindparam("which"))
        .values(key=bindparam("new_key"), body=bindparam("new_body")),
        changed,
    )
    session.expire_all()


def _body(first: ActivityRow, more: int) -> dict[str, Any]:
    body = {
        name: value for name, value in (first.body or {}).items() if name not in {"title", "url"}
    }
    return {**body, "page": part_of(body.get("page")), "views": body.get("views", 0) + more}


def _delete(session: Session, gone: Sequence[UUID]) -> None:
    for start in range(0, len(gone), 500):
        session.execute(
            delete(ActivityRow)
            .where(
                ActivityRow.kind == Kind.PAGE_VIEW, ActivityRow.id.in_(gone[start : start + 500])
            )
            .execution_options(synchronize_session=False)
        )
