"""Named groups of people: a condition each, looked at anew whenever somebody asks who is in it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from prospects import configuration
from prospects.conditions import Condition, compile_tree, look, parse
from prospects.ids import ProspectId
from prospects.narrowing import asks_history, is_selective, narrow
from prospects.rows import ProspectRow
from prospects.snapshots import snapshots, stage_order

SEGMENT = "segment"
"""The kind of configuration document."""
BATCH = 50
MOST_LOOKED_AT = 100
"""Histories one question looks through; who asks on goes on behind the last of them."""
MOST_ROWS = 2_000
"""The same for a condition that asks for no history."""
REACH = 50_000
"""People one question lets the database look through for those for whom the condition may hold."""
REACH_OF_HISTORY = 5_000


class Segment(BaseModel):
    """A name for everybody for whom a condition holds, as `segments.yaml` writes it."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    slug: str = Field(pattern=r"^[a-z0-9][a-z0-9_-]{0,62}$")
    name: str = Field(min_length=1, max_length=200)
    when: Condition = Field(alias="if")


@dataclass(frozen=True, slots=True)
class Members:
    """Some of a segment, the newest first; `next` is the last person looked at if there are more."""

    ids: list[ProspectId]
    next: ProspectId | None


def name(
    session: Session, slug: str, label: str, condition: Mapping[str, Any], now: datetime, *, by: str
) -> None:
    """Keep a condition under a name. Raises ConditionError with every slip."""
    parse(condition)
    body = {"slug": slug, "name": label, "if": dict(condition)}
    configuration.write(session, SEGMENT, slug, body, now, by=by, owner="browser")


def named(session: Session, slug: str) -> Mapping[str, Any] | None:
    """The condition of a segment; None if there is none such."""
    found = configuration.read(session, SEGMENT).get(slug)
    return found.body["if"] if found else None


def members(
    session: Session,
    condition: object,
    now: datetime,
    *,
    after: UUID | None,
    limit: int,
    where: Sequence[ColumnElement[bool]] = (),
) -> Members:
    """Up to `limit` people for whom the condition holds now (and `where` of their rows), those after `after`."""
    tree = parse(condition)
    holds, history = compile_tree(tree), asks_history(tree)
    stages = configuration.parsed(session, "stages", stage_order)
    floor = None if is_selective(tree) else _floor(session, after, history=history)
    near = [*where, narrow(tree, stages, now), *([ProspectRow.id > floor] if floor else [])]
    found: list[ProspectId] = []
    looked, last, most = 0, after, MOST_LOOKED_AT if history else MOST_ROWS
    while looked < most:
        rows = _batch(session, last, near)
        seen = snapshots(session, rows, now, histories=history)
        found += [each.prospect_id for each in seen if holds(look(each))]
        if len(found) >= limit:
            return Members(found[:limit], found[limit - 1])
        if len(rows) < BATCH:
            return Members(found, ProspectId(UUID(int=floor.int + 1)) if floor else None)
        looked, last = looked + len(rows), rows[-1].id
    return Members(found, ProspectId(last) if last else None)


def _floor(session: Session, after: UUID | None, *, history: bool) -> UUID | None:
    """The id down to which one question looks; None if fewer people are left."""
    query = select(ProspectRow.id).order_by(ProspectRow.id.desc())
    if after is not None:
        query = query.where(ProspectRow.id < after)
    reach = REACH_OF_HISTORY if history else REACH
    return session.execute(query.offset(reach).limit(1)).scalar_one_or_none()


def _batch(
    session: Session, after: UUID | None, near: Sequence[ColumnElement[bool]]
) -> list[ProspectRow]:
    query = select(ProspectRow).where(
        ProspectRow.erased_at.is_(None), ProspectRow.absorbed_by.is_(None), *near
    )
    if after is not None:
        query = query.where(ProspectRow.id < after)
    return list(session.execute(query.order_by(ProspectRow.id.desc()).limit(BATCH)).scalars())
