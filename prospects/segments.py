"""Named groups of people: a condition each, looked at anew whenever somebody asks who is in it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy import select
from sqlalchemy.orm import Session

from prospects import configuration
from prospects.conditions import Condition, compile_tree, look, parse
from prospects.ids import ProspectId
from prospects.rows import ProspectRow
from prospects.snapshots import snapshots

SEGMENT = "segment"
"""The kind of configuration document."""
BATCH = 200
MOST_LOOKED_AT = 5_000
"""People one question looks at; who asks on goes on behind the last of them."""


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


def members(
    session: Session, condition: object, now: datetime, *, after: UUID | None, limit: int
) -> Members:
    """Up to `limit` people for whom the condition holds now, those after `after`."""
    holds = compile_tree(parse(condition))
    found: list[ProspectId] = []
    looked, last = 0, after
    while looked < MOST_LOOKED_AT:
        rows = _batch(session, last)
        seen = snapshots(session, rows, now)
        found += [each.prospect_id for each in seen if holds(look(each))]
        if len(found) >= limit:
            return Members(found[:limit], found[limit - 1])
        if len(rows) < BATCH:
            return Members(found, None)
        looked, last = looked + len(rows), rows[-1].id
    return Members(found, ProspectId(last) if last else None)


def _batch(session: Session, after: UUID | None) -> list[ProspectRow]:
    query = select(ProspectRow).where(
        ProspectRow.erased_at.is_(None), ProspectRow.absorbed_by.is_(None)
    )
    if after is not None:
        query = query.where(ProspectRow.id < after)
    return list(session.execute(query.order_by(ProspectRow.id.desc()).limit(BATCH)).scalars())
