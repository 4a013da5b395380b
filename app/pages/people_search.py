"""Finds people for the list: by words, and by where they stand, a bounded number of rows at a time."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from app.pages import condition_form, turning
from app.pages.condition_form import Condition, Typed
from prospects import groups, segments, words
from prospects.identities import read_email
from prospects.ids import parse_id
from prospects.rows import ProspectRow
from prospects.segments import Tally
from prospects.texts import storable
from prospects.touch_rows import FirstTouchRow
from prospects.values import Lifecycle

LONGEST = 200
LONGEST_TEXT = 1_000
"""Of a condition as text: an address has to hold it."""
WINDOW = 50_000
"""People a search for words that no index finds looks at before it asks whether to go on: about 0.1 s."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What was asked of the list; what makes no sense was left out."""

    q: str = ""
    stage: str = ""
    lifecycle: str = ""
    source: str = ""
    owner: UUID | None = None
    warm: bool = False
    segment: str = ""
    typed: Typed = field(default_factory=Typed)

    @property
    def any(self) -> bool:
        """Whether anything was asked at all."""
        return self != Asked()


@dataclass(frozen=True, slots=True)
class Found:
    """One page of people. `last`: where the next page goes on; `more`: only because we stopped looking.

    `tally` is how many a condition holds for, on its first page.
    """

    rows: list[ProspectRow]
    last: UUID | None
    more: bool = False
    tally: Tally | None = None


def read(args: Mapping[str, str]) -> Asked:
    """What an address asks for."""
    lifecycle = _text(args, "lifecycle")
    return Asked(
        q=_text(args, "q"),
        stage=_text(args, "stage"),
        lifecycle=lifecycle if lifecycle in set(Lifecycle) else "",
        source=_text(args, "source"),
        owner=parse_id(args.get("owner", "")),
        warm=args.get("warm") == "yes",
        segment=_text(args, "segment"),
        typed=condition_form.read(args, longest=LONGEST_TEXT),
    )


def _text(args: Mapping[str, str], name: str) -> str:
    text = args.get(name, "").strip()[:LONGEST]
    return text if storable(text) else ""


def condition_of(
    session: Session, asked: Asked, typed: Condition | None = None
) -> Condition | None:
    """The condition of the segment that was asked for, and of the one that was `typed`; None for neither."""
    named = segments.named(session, asked.segment) if asked.segment else None
    return condition_form.together([each for each in (named, typed) if each])


def find(
    session: Session,
    asked: Asked,
    before: UUID | None,
    now: datetime,
    *,
    condition: Condition | None = None,
) -> Found:
    """The people asked for, those who came last first, below `before`."""
    if condition:
        return _by_condition(session, condition, asked, before, now)
    query = select(ProspectRow).where(ProspectRow.absorbed_by.is_(None), *_wanted(asked))
    order, floor = ProspectRow.id, None
    if asked.source:
        # In the order of the index of sources, so that a page is read and no more.
        order = FirstTouchRow.prospect_id
        query = query.join(FirstTouchRow, FirstTouchRow.prospect_id == ProspectRow.id)
        query = query.where(FirstTouchRow.source == asked.source)
    if asked.q and (exact := _by_address(session, asked.q)):
        query = query.where(ProspectRow.id == exact)
    elif asked.q:
        query = query.where(words.matching(asked.q))
        floor = None if words.indexed(session, asked.q) else _floor(session, before)
    if before:
        # Of both, because the planner does not see that what holds of one holds of the other.
        query = query.where(order < before, ProspectRow.id < before)
    if floor:
        query = query.where(order > floor)
    found = session.execute(query.order_by(order.desc()).limit(turning.PAGE + 1))
    rows, last = turning.one_page(list(found.scalars()))
    if last is None and floor:
        # Ids are unique, so the next page may begin with the floor itself.
        return Found(rows, UUID(int=floor.int + 1), more=True)
    return Found(rows, last.id if last else None)


def _by_condition(
    session: Session, condition: Condition, asked: Asked, before: UUID | None, now: datetime
) -> Found:
    where, tally = _beside(asked), None
    limit = turning.PAGE
    if before is None:
        found, tally = segments.first(session, condition, now, limit=limit, where=where)
    else:
        found = segments.members(session, condition, now, after=before, limit=limit, where=where)
    query = select(ProspectRow).where(ProspectRow.id.in_(found.ids))
    rows = list(session.execute(query.order_by(ProspectRow.id.desc())).scalars())
    return Found(rows, found.next, more=bool(found.next) and len(rows) < turning.PAGE, tally=tally)


def _beside(asked: Asked) -> list[ColumnElement[bool]]:
    """What else was asked of those for whom a condition holds."""
    where = _wanted(asked)
    if asked.q:
        where.append(words.matching(asked.q))
    if asked.source:
        theirs = select(FirstTouchRow.prospect_id).where(FirstTouchRow.source == asked.source)
        where.append(ProspectRow.id.in_(theirs))
    return where


def _wanted(asked: Asked) -> list[ColumnElement[bool]]:
    wanted: list[ColumnElement[bool]] = []
    if asked.stage:
        wanted.append(ProspectRow.stage == asked.stage)
    if asked.lifecycle:
        wanted.append(ProspectRow.lifecycle == asked.lifecycle)
    if asked.owner:
        wanted.append(ProspectRow.owner_id == asked.owner)
    if asked.warm:
        wanted.append(ProspectRow.warm.is_(True))
    return wanted


def _by_address(session: Session, q: str) -> UUID | None:
    """Who has exactly this e-mail address."""
    address = read_email(q) if "@" in q else None
    if address is None:
        return None
    return session.execute(groups.at_address(address.key).limit(1)).scalar_one_or_none()


def _floor(session: Session, before: UUID | None) -> UUID | None:
    """The id down to which one page looks; None if fewer people are left."""
    query = select(ProspectRow.id).order_by(ProspectRow.id.desc()).offset(WINDOW).limit(1)
    if before:
        query = query.where(ProspectRow.id < before)
    return session.execute(query).scalar_one_or_none()
