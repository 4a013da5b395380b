"""Asks for a look at the outside, and writes down what came of it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from app.checkup.part import Part, kept
from app.checkup.rows import CheckRow, Kind, State
from prospects import audit, outbox
from prospects.ids import MemberId
from prospects.store import upsert
from prospects.topics import Topic


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """What to look at, for whom; `asked` is what else the look needs to know."""

    kind: Kind
    about: str
    by: MemberId
    asked: Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """What came of a look, and when."""

    parts: Sequence[Part]
    passed: bool
    at: datetime


def ask(session: Session, question: Question, now: datetime) -> None:
    """Promise a look; what an earlier one of its kind found is forgotten."""
    row = {
        "kind": question.kind,
        "state": State.WAITING,
        "about": question.about,
        "asked": dict(question.asked),
        "parts": [],
        "member_id": question.by,
        "asked_at": now,
        "settled_at": None,
    }
    upsert(session, CheckRow, [row], on=["kind"])
    audit.note(session, "set-up check", question.kind, now, who=str(question.by))
    outbox.post(session, Topic.CHECK, [question.kind], now)


def latest(session: Session) -> dict[Kind, CheckRow]:
    """The latest look of each kind."""
    return {Kind(row.kind): row for row in session.execute(select(CheckRow)).scalars()}


def settle(session: Session, kind: Kind, asked_at: datetime, found: Found) -> None:
    """Write down what a look found, unless another one was asked for meanwhile.

    A test offer is passed by who takes it, not by its mail.
    """
    values: dict[str, Any] = {"parts": [kept(part) for part in found.parts]}
    if kind is not Kind.OFFER:
        state = State.PASSED if found.passed else State.FAILED
        values |= {"state": state, "settled_at": found.at}
    session.execute(
        update(CheckRow)
        .where(CheckRow.kind == kind, CheckRow.asked_at == asked_at)
        .values(**values)
        .execution_options(synchronize_session=False)
    )


def take_offer(session: Session, by: UUID, now: datetime) -> bool:
    """Take the test offer that was made to this colleague; False if none was."""
    taken = session.execute(
        update(CheckRow)
        .where(CheckRow.kind == Kind.OFFER, CheckRow.member_id == by)
        .values(state=State.PASSED, settled_at=now)
        .returning(CheckRow.kind)
        .execution_options(synchronize_session=False)
    )
    return taken.first() is not None
