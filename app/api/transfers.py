"""`transfers`: won customers on their way to the account team, asked about, answered, accepted."""

from collections.abc import Sequence
from typing import Annotated, Any

from flask import request
from flask.typing import ResponseReturnValue
from pydantic import Field
from sqlalchemy import ColumnElement, or_, select
from sqlalchemy.orm import Session

from app.api import drawn, paging
from app.api.base import (
    actor_for,
    caller,
    database,
    id_of,
    instant,
    member,
    now,
    reaches_all,
    require,
    require_for,
    resource,
    text,
)
from app.api.bodies import Body, Words, read
from app.api.described import answers, lists
from app.api.handoff_acts import answered
from app.api.idempotency import Answer
from app.api.interventions import ReassignmentBody, colleague
from app.api.problems import AbsentError
from app.api.shapes.after import Transfer
from app.api.shapes.common import Listed
from app.door import reading
from app.permissions import Act
from prospects.ids import ProspectId, new_id, parse_id
from routing import transfer_acts, transfers
from routing.transfer_life import WAITING, TransferRef, TransferState
from routing.transfer_moves import ref_of
from routing.transfer_rows import QuestionRow, TransferRow

blueprint = resource("transfers")

FILTERS = ("state", "prospect", "account", "rep", "member")
Text = Annotated[Words, Field(max_length=transfer_acts.LONGEST)]


class QuestionBody(Body):
    """What the account manager wants to know."""

    question: Text


class AnswerBody(Body):
    """What the rep answers."""

    answer: Text


@blueprint.get("/transfers")
@lists(Listed[Transfer], query=FILTERS, problems=[404])
def listed() -> ResponseReturnValue:
    """Customers on their way to the account team, the newest first; one's own, unless one sees all."""
    require(Act.SEE_TRANSFER)
    asked = paging.asked(FILTERS)
    query = select(TransferRow).where(*_visible())
    if state := paging.state(TransferState):
        query = query.where(TransferRow.state == state)
    for name in ("prospect", "account", "rep", "member"):
        if written := request.args.get(name):
            query = query.where(getattr(TransferRow, f"{name}_id") == parse_id(written))
    with reading(database()) as session:
        return paging.newest(
            session, query, TransferRow.id, asked, lambda rows: documents(session, rows)
        )


@blueprint.get("/transfers/<transfer_id>")
@answers(Transfer)
def one(transfer_id: str) -> ResponseReturnValue:
    """One customer with the paper and what was asked."""
    require(Act.SEE_TRANSFER)
    with reading(database()) as session:
        row = _row(session, transfer_id)
        require_for(Act.SEE_TRANSFER, own=_theirs(row))
        return documents(session, [row])[0]


@blueprint.post("/transfers/<transfer_id>/acceptance")
@answers({200: Transfer, 201: Transfer}, body=Body)
def accept(transfer_id: str) -> ResponseReturnValue:
    """Take the customer: the company and what was promised are the caller's now."""
    actor = actor_for(Act.TAKE_TRANSFER)
    read(Body)

    def work(session: Session) -> Answer:
        row = _row(session, transfer_id)
        fresh = transfer_acts.accept(session, ref_of(row), actor, now())
        return _drawn(session, row, 201 if fresh else 200)

    return answered(work)


@blueprint.post("/transfers/<transfer_id>/question")
@answers({201: Transfer}, body=QuestionBody)
def ask(transfer_id: str) -> ResponseReturnValue:
    """Ask the rep who won them."""
    actor = actor_for(Act.TAKE_TRANSFER)
    body = read(QuestionBody)

    def work(session: Session) -> Answer:
        row = _row(session, transfer_id)
        once, at = new_id(now()), now()
        transfer_acts.ask(session, ref_of(row), actor, body.question, once=once, now=at)
        return _drawn(session, row, 201)

    return answered(work)


@blueprint.post("/transfers/<transfer_id>/answer")
@answers({201: Transfer}, body=AnswerBody)
def answer(transfer_id: str) -> ResponseReturnValue:
    """Answer what the account team asks."""
    actor = actor_for(Act.ANSWER_TRANSFER)
    body = read(AnswerBody)

    def work(session: Session) -> Answer:
        row = _row(session, transfer_id)
        require_for(Act.ANSWER_TRANSFER, own=row.rep_id == actor.id)
        transfer_acts.answer(session, ref_of(row), actor, body.answer, now=now())
        return _drawn(session, row, 201)

    return answered(work)


@blueprint.post("/transfers/<transfer_id>/reassignment")
@answers({201: Transfer}, body=ReassignmentBody)
def give(transfer_id: str) -> ResponseReturnValue:
    """Put the customer to somebody else."""
    require_for(Act.REASSIGN, own=False)
    body = read(ReassignmentBody)

    def work(session: Session) -> Answer:
        row = _row(session, transfer_id)
        to = colleague(session, body.to)
        transfers.give(session, ref_of(row), to=to, reason=body.reason, by=caller().who, now=now())
        return _drawn(session, row, 201)

    return answered(work)


def documents(session: Session, rows: Sequence[TransferRow]) -> list[dict[str, Any]]:
    """The documents of these transfers, in their order."""
    asked = _questions(session, rows)
    hidden = drawn.veils(session, [row.prospect_id for row in rows])
    return [
        {
            "id": str(row.id),
            "prospect": str(row.prospect_id),
            "handoff": str(row.handoff_id),
            "account": text(row.account_id),
            "rep": str(row.rep_id),
            "member": text(row.member_id),
            "state": row.state,
            "why": hidden[row.prospect_id](row.why),
            "paper": row.paper,
            "questions": [
                hidden[row.prospect_id](_question(each))
                for each in asked
                if each.transfer_id == row.id
            ],
            "made_at": instant(row.made_at),
            "due_at": instant(row.due_at),
            "late": row.state in WAITING and row.due_at is not None and row.due_at < now(),
            "accepted_at": instant(row.accepted_at),
        }
        for row in rows
    ]


def _questions(session: Session, rows: Sequence[TransferRow]) -> Sequence[QuestionRow]:
    found = session.execute(
        select(QuestionRow)
        .where(QuestionRow.prospect_id.in_([row.prospect_id for row in rows]))
        .where(QuestionRow.transfer_id.in_([row.id for row in rows]))
        .order_by(QuestionRow.n)
    )
    return found.scalars().all()


def _question(row: QuestionRow) -> dict[str, Any]:
    return {
        "id": str(row.id),
        "question": row.question,
        "asked_by": str(row.asked_by),
        "asked_at": instant(row.asked_at),
        "answer": row.answer,
        "answered_by": text(row.answered_by),
        "answered_at": instant(row.answered_at),
    }


def _drawn(session: Session, row: TransferRow, status: int) -> Answer:
    session.flush()
    session.refresh(row)
    about = TransferRef(ProspectId(row.prospect_id), row.id)
    return Answer(status, documents(session, [row])[0], about=about.prospect_id)


def _row(session: Session, written: str) -> TransferRow:
    query = select(TransferRow).where(TransferRow.id == id_of(written))
    row = session.execute(query).scalar_one_or_none()
    if row is None:
        raise AbsentError
    return row


def _theirs(row: TransferRow) -> bool:
    somebody = member()
    return somebody is not None and somebody.id in (row.rep_id, row.member_id)


def _visible() -> list[ColumnElement[bool]]:
    if reaches_all(Act.SEE_TRANSFER):
        return []
    somebody = member()
    if somebody is None:
        raise AbsentError
    return [or_(TransferRow.rep_id == somebody.id, TransferRow.member_id == somebody.id)]
