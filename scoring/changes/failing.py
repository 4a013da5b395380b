"""Parts of a look at everybody that fail again and again: cut in pieces, until whoever cannot be looked at stands alone."""

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from itertools import pairwise
from uuid import UUID

from sqlalchemy import ColumnElement, delete, func, or_, select, union, union_all, update
from sqlalchemy.orm import Session

from prospects import given_up, outbox
from prospects.due import FRESH, SUSPECT
from prospects.given_up import DEAD
from prospects.message import MessageRow
from prospects.rows import ProspectRow
from prospects.store import on_sqlite
from prospects.topics import Queue, Topic
from scoring.changes.parts import ALONE, part_of, ref_of
from scoring.changes.screened_rows import PEOPLE, Part, by_others, within
from scoring.rules import ScoringRules

TRIES = 3
"""After so many a part is cut; who is alone by then holds the look up no longer."""
PIECES = 16
_SOON = timedelta(hours=2)
"""Longer than anything that failed is put off."""


def failing(
    session: Session, version: int, now: datetime, *, locked: bool = False
) -> list[MessageRow]:
    """The parts of a look that were given up or failed often, but for people who stand alone."""
    often = (*_put_off(now), MessageRow.attempt >= TRIES)
    found: list[MessageRow] = []
    for which in ((MessageRow.state == DEAD,), often):
        query = select(MessageRow).where(*which, *_of(version), ~_ALONE)
        if locked and not on_sqlite(session):
            query = query.with_for_update(skip_locked=True)
        found += session.execute(query).scalars()
    return found


def lives(session: Session, version: int, now: datetime, *, but: str = "") -> bool:
    """Whether a part that holds up the end of the look is promised, or in a worker's hands."""
    # All that is promised only where nothing is near: a clock may have been put back.
    return any(_promised(session, version, each, but) for each in (_put_off(now), FRESH))


def alone(session: Session, version: int, now: datetime) -> int:
    """How many people could not be looked at so far, whatever was tried."""
    every = ((MessageRow.state == DEAD,), _put_off(now), SUSPECT)
    which = (select(MessageRow.ref).where(*each, *_of(version), _ALONE) for each in every)
    found = union(*which).subquery()
    return session.execute(select(func.count()).select_from(found)).scalar_one()


def cut(session: Session, row: MessageRow, rules: ScoringRules, now: datetime) -> None:
    """Promise the pieces of a part that fails in its place; of one person, them alone, and the rest goes on."""
    session.delete(row)
    part = part_of(row.ref)
    people: Sequence[UUID] = ()
    if part is not None:
        query = select(PEOPLE.id).where(*within(PEOPLE.id, part), *by_others(rules))
        people = session.execute(query.order_by(PEOPLE.id)).scalars().all()
    refs = [ref_of(rules.version, each) for each in _pieces(part, people)] if part else []
    if len(people) == 1:
        _not_looked_at(session, people[0])
    if len(people) < 2 and not (part and part.again):
        refs.append(str(rules.version))
    outbox.post(session, Topic.REASSESS, refs, now)


def drop_older(session: Session) -> None:
    """Let go of what was given up of looks that newer rules have just taken the place of."""
    older = delete(MessageRow).where(
        MessageRow.state == DEAD,
        MessageRow.queue == Queue.INSIDE,
        MessageRow.topic == Topic.REASSESS,
    )
    session.execute(older.execution_options(synchronize_session=False))


def release_given_up(session: Session, version: int) -> list[UUID]:
    """The promise to let over whom somebody released, if it was given up."""
    query = select(MessageRow.id).where(
        MessageRow.state == DEAD,
        MessageRow.queue == Queue.INSIDE,
        MessageRow.topic == Topic.RELEASE,
        MessageRow.ref == str(version),
    )
    return list(session.execute(query).scalars())


def release_anew(session: Session, version: int, now: datetime) -> None:
    """Promise it once more: a person wants it, and nothing of it is poison."""
    given_up.replay(session, release_given_up(session, version), now)


def _pieces(part: Part, people: Sequence[UUID]) -> Iterator[Part]:
    """The same stretch of ids in at most so many parts; one person as a part of their own, nobody as none."""
    if len(people) == 1:
        who = people[0]
        yield Part(UUID(int=who.int - 1) if who.int else None, who, alone=True)
        return
    if not people:
        return
    size = -(-len(people) // PIECES)
    ends = [*people[size - 1 : -1 : size], part.upto]
    for after, upto in pairwise([part.after, *ends]):
        assert upto is not None
        yield Part(after, upto, again=part.again)


def _promised(
    session: Session, version: int, fresh: tuple[ColumnElement[bool], ...], but: str
) -> bool:
    more = (*_of(version), ~_ALONE, MessageRow.ref != but)
    either = (select(MessageRow.id).where(*each, *more) for each in (fresh, SUSPECT))
    # In one statement: of two a part could be behind the first and before the second.
    return session.execute(union_all(*either).limit(1)).first() is not None


def _not_looked_at(session: Session, who: UUID) -> None:
    # By no rules: so the end of the look is not taken for a look at them.
    row = ProspectRow
    session.execute(update(row).where(row.id == who).values(rules_version=None))


def _of(version: int) -> tuple[ColumnElement[bool], ...]:
    row = MessageRow
    either = or_(row.ref == str(version), row.ref.startswith(f"{version}/"))
    return (row.queue == Queue.INSIDE, row.topic == Topic.REASSESS, either)


def _put_off(now: datetime) -> tuple[ColumnElement[bool], ...]:
    """Promised and in nobody's hands, by the index of what is due."""
    return (*FRESH, MessageRow.due_at < now + _SOON)


_ALONE: ColumnElement[bool] = MessageRow.ref.contains(ALONE)
