"""Named groups of people: a condition each, looked at anew whenever somebody asks who is in it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy import ColumnElement, Select, func, select
from sqlalchemy.orm import Session

from prospects import configuration
from prospects.conditions import Condition, Tree, compile_tree, look, parse
from prospects.conditions.vocabulary import STANDARD, Vocabulary
from prospects.ids import ProspectId
from prospects.narrowing import asks_history, is_said_by_rows, is_selective, narrow
from prospects.rows import ProspectRow
from prospects.snapshots import snapshots, stage_order

Clause = ColumnElement[bool]

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


@dataclass(frozen=True, slots=True)
class Tally:
    """How many were found; `among` so many people, the newest, if there are more than were looked at."""

    count: int
    among: int | None = None


def name(
    session: Session, slug: str, label: str, condition: Mapping[str, Any], now: datetime, *, by: str
) -> None:
    """Keep a condition under a name. Raises ConditionError with every slip."""
    parse(condition)
    body = {"slug": slug, "name": label, "if": dict(condition)}
    configuration.write(session, SEGMENT, slug, body, now, by=by, owner="browser")


def unname(session: Session, slug: str) -> None:
    """Take a segment away; its people stay as they are."""
    configuration.remove(session, SEGMENT, slug)


def named(session: Session, slug: str) -> Mapping[str, Any] | None:
    """The condition of a segment; None if there is none such."""
    found = configuration.read(session, SEGMENT).get(slug)
    return found.body["if"] if found else None


def vocabulary(session: Session) -> Vocabulary:
    """What a condition may speak of in this workspace."""
    return STANDARD.with_stages(configuration.parsed(session, "stages", stage_order))


def members(
    session: Session,
    condition: object,
    now: datetime,
    *,
    after: UUID | None,
    limit: int,
    where: Sequence[Clause] = (),
) -> Members:
    """Up to `limit` people for whom the condition holds now (and `where` of their rows), those after `after`."""
    search = _search(session, condition, now, after, where)
    return _members(search, _walk(session, search, after, enough=limit), limit)


def tally(
    session: Session, condition: object, now: datetime, *, where: Sequence[Clause] = ()
) -> Tally:
    """How many people the condition holds for now (and `where` of their rows), as far as one look reaches.

    As many people are looked through as for a page of `members`; where rows say all, the database counts.
    """
    search = _search(session, condition, now, None, where)
    counted = is_said_by_rows(search.tree)
    return _tally(session, search, None if counted else _walk(session, search, None))


def first(
    session: Session,
    condition: object,
    now: datetime,
    *,
    limit: int,
    where: Sequence[Clause] = (),
) -> tuple[Members, Tally]:
    """The first of `members` and the `tally`, from one look at each person."""
    search = _search(session, condition, now, None, where)
    counted = is_said_by_rows(search.tree)
    walked = _walk(session, search, None, enough=limit if counted else None)
    return _members(search, walked, limit), _tally(session, search, None if counted else walked)


@dataclass(frozen=True, slots=True)
class _Walked:
    """Who was found among so many that were looked at, down to `last`; `ended` if nobody is left."""

    found: list[ProspectId]
    looked: int
    last: UUID | None
    ended: bool


def _walk(
    session: Session, search: "_Search", after: UUID | None, *, enough: int | None = None
) -> _Walked:
    """Look through people until `enough` are found, or as many were looked at as one question may."""
    found: list[ProspectId] = []
    looked, last = 0, after
    while looked < search.most:
        rows = _batch(session, last, search.near)
        found += search.holding(session, rows)
        looked, last = looked + len(rows), rows[-1].id if rows else last
        if len(rows) < BATCH or (enough is not None and len(found) >= enough):
            return _Walked(found, looked, last, ended=len(rows) < BATCH)
    return _Walked(found, looked, last, ended=False)


def _members(search: "_Search", walked: _Walked, limit: int) -> Members:
    if len(walked.found) >= limit:
        return Members(walked.found[:limit], walked.found[limit - 1])
    if not walked.ended:
        return Members(walked.found, ProspectId(walked.last) if walked.last else None)
    floor = search.floor
    return Members(walked.found, ProspectId(UUID(int=floor.int + 1)) if floor else None)


def _tally(session: Session, search: "_Search", walked: _Walked | None) -> Tally:
    """The tally of whom a walk found; of none, because rows say all, the database's count."""
    reach = None if search.floor is None else search.reach
    if walked is None:
        return Tally(session.execute(_counting(search.near)).scalar_one(), reach)
    if walked.ended:
        return Tally(len(walked.found), reach)
    if reach is None or walked.last is None:
        return Tally(len(walked.found), walked.looked)
    among = session.execute(_counting([ProspectRow.id >= walked.last])).scalar_one()
    return Tally(len(walked.found), among)


@dataclass(frozen=True, slots=True)
class _Search:
    """How far one question looks: among whom, down to which id, and at how many at most."""

    tree: Tree
    now: datetime
    near: Sequence[Clause]
    floor: UUID | None
    history: bool

    @property
    def most(self) -> int:
        return MOST_LOOKED_AT if self.history else MOST_ROWS

    @property
    def reach(self) -> int:
        return REACH_OF_HISTORY if self.history else REACH

    def holding(self, session: Session, rows: Sequence[ProspectRow]) -> list[ProspectId]:
        holds = compile_tree(self.tree)
        seen = snapshots(session, rows, self.now, histories=self.history)
        return [each.prospect_id for each in seen if holds(look(each))]


def _search(
    session: Session, condition: object, now: datetime, after: UUID | None, where: Sequence[Clause]
) -> _Search:
    tree = parse(condition)
    history = asks_history(tree)
    stages = configuration.parsed(session, "stages", stage_order)
    floor = None if is_selective(tree) else _floor(session, after, history=history)
    near = [*where, narrow(tree, stages, now), *([ProspectRow.id > floor] if floor else [])]
    return _Search(tree, now, near, floor, history)


def _counting(near: Sequence[Clause]) -> Select[int]:
    here = (ProspectRow.erased_at.is_(None), ProspectRow.absorbed_by.is_(None))
    return select(func.count()).select_from(ProspectRow).where(*here, *near)


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
