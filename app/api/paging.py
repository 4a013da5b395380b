"""Lists: at most 200 at a time, newest first, and an opaque cursor that leads on."""

import base64
import binascii
import json
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, TypeVar
from uuid import UUID

from flask import request
from sqlalchemy import ColumnElement, Select, and_, or_, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from app.api.problems import invalid
from prospects.faults import nearest
from prospects.ids import parse_id
from prospects.texts import storable

T = TypeVar("T")
Column = ColumnElement[Any] | InstrumentedAttribute[Any]

USUAL = 50
MOST = 200
PAGING = ("limit", "cursor")
REACH = 20_000
"""Rows one page looks through for what no index finds."""


@dataclass(frozen=True, slots=True)
class Asked:
    """How much of a list is asked for: `limit` rows, those that come after `last` (a row's sort key)."""

    limit: int
    last: tuple[str, ...] | None


def asked(filters: Collection[str] = ()) -> Asked:
    """Read limit and cursor; a parameter that is neither these nor one of `filters` is refused (422)."""
    known = {*filters, *PAGING}
    for name, value in request.args.items():
        if name not in known:
            raise invalid(name[:60], "there is no such parameter", nearest(name, known))
        if not storable(value):
            raise invalid(name, "this holds a character that no text here has", "leave it out")
    return Asked(_limit(request.args.get("limit")), _last(request.args.get("cursor")))


def state(states: Iterable[str]) -> str | None:
    """The state that `?state=` narrows a list down to, one of these; another is refused (422)."""
    wanted, known = request.args.get("state"), list(states)
    if wanted and wanted not in known:
        raise invalid("state", "there is no such state", nearest(wanted, known))
    return wanted or None


def after(asked: Asked, at: Column, row_id: Column) -> list[Any]:
    """The condition for lists ordered by an instant and an id, both falling."""
    if asked.last is None:
        return []
    if len(asked.last) != 2:
        raise _bad_cursor()
    instant, identifier = _instant(asked.last[0]), parse_id(asked.last[1])
    if instant is None or identifier is None:
        raise _bad_cursor()
    return [or_(at < instant, and_(at == instant, row_id < identifier))]


def after_id(asked: Asked, row_id: Column) -> list[Any]:
    """The condition for lists ordered by a time-ordered id, falling."""
    if asked.last is None:
        return []
    identifier = parse_id(asked.last[0]) if len(asked.last) == 1 else None
    if identifier is None:
        raise _bad_cursor()
    return [row_id < identifier]


def one_more(query: Select[Any], asked: Asked) -> Select[Any]:
    """Ask for one row more than is shown, to know whether there is a next page."""
    return query.limit(asked.limit + 1)


def newest(
    session: Session,
    query: Select[Any],
    row_id: Column,
    asked: Asked,
    draw: Callable[[Sequence[Any]], Sequence[dict[str, Any]]],
) -> dict[str, Any]:
    """The page of a list of rows that is ordered by their time-ordered id."""
    ordered = query.where(*after_id(asked, row_id)).order_by(row_id.desc())
    rows = session.execute(one_more(ordered, asked)).scalars().all()
    return page(rows, asked, key=lambda row: (row.id,), draw=draw)


def by_slug(
    documents: Mapping[str, T],
    asked: Asked,
    draw: Callable[[Sequence[T]], Sequence[dict[str, Any]]],
) -> dict[str, Any]:
    """The page of a list of what is configured, which stands whole in memory, ordered by slug."""
    last = asked.last[0] if asked.last else ""
    rows = [(slug, documents[slug]) for slug in sorted(documents) if slug > last][: asked.limit + 1]
    return page(
        rows,
        asked,
        key=lambda each: (each[0],),
        draw=lambda some: draw([document for _, document in some]),
    )


def within_reach(
    session: Session, query: Select[Any], row_id: Column, asked: Asked
) -> tuple[Select[Any], UUID | None]:
    """The query over the newest rows behind the cursor only, and the id at which they end; None: over all.

    For what no index finds: a page then costs the same however rare it is.
    """
    edge = select(row_id).where(*after_id(asked, row_id)).order_by(row_id.desc())
    floor = session.execute(edge.offset(REACH).limit(1)).scalar_one_or_none()
    return (query.where(row_id > floor), floor) if floor else (query, None)


def further(found: dict[str, Any], floor: UUID | None) -> dict[str, Any]:
    """The page, leading on behind the rows that were looked through where they held no more."""
    if found["next"] is None and floor is not None:
        # Ids are unique, so the next page may begin with the last one itself.
        return {**found, "next": cursor((UUID(int=floor.int + 1),))}
    return found


def sought(
    session: Session,
    query: Select[Any],
    row_id: Column,
    asked: Asked,
    draw: Callable[[Sequence[Any]], Sequence[dict[str, Any]]],
) -> dict[str, Any]:
    """As `newest`, for a filter that no index serves: a page may hold fewer than asked for and lead on."""
    near, floor = within_reach(session, query, row_id, asked)
    return further(newest(session, near, row_id, asked, draw), floor)


def page(
    rows: Sequence[T],
    asked: Asked,
    *,
    key: Callable[[T], tuple[object, ...]],
    draw: Callable[[Sequence[T]], Sequence[dict[str, Any]]],
) -> dict[str, Any]:
    """The page of a list; `draw` turns all its rows into documents at once, so that it can ask set-based."""
    shown = rows[: asked.limit]
    more = len(rows) > asked.limit
    return {"items": list(draw(shown)), "next": cursor(key(shown[-1])) if more else None}


def _limit(written: str | None) -> int:
    if written is None:
        return USUAL
    if not (written.isascii() and written.isdigit() and 1 <= int(written[:9]) <= MOST):
        raise invalid("limit", "this is no page size", f"a whole number from 1 to {MOST}")
    return int(written)


def cursor(key: tuple[object, ...]) -> str:
    """What leads on behind the row with this sort key."""
    parts = [part.isoformat() if isinstance(part, datetime) else str(part) for part in key]
    return base64.urlsafe_b64encode(json.dumps(parts).encode()).decode().rstrip("=")


def _last(written: str | None) -> tuple[str, ...] | None:
    if written is None:
        return None
    try:
        padded = written[:500] + "=" * (-len(written[:500]) % 4)
        parts = json.loads(base64.b64decode(padded, altchars=b"-_", validate=True))
        if parts:
            return tuple(str(part) for part in parts)
    except (binascii.Error, ValueError, TypeError, RecursionError):
        raise _bad_cursor() from None
    raise _bad_cursor()


def _instant(written: str) -> datetime | None:
    try:
        found = datetime.fromisoformat(written)
        return found.astimezone(UTC) if found.tzinfo else None
    except (ValueError, OverflowError):
        return None


def _bad_cursor() -> Exception:
    return invalid("cursor", "this cursor is none of ours", "use `next` as it was given")
