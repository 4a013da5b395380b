"""What the account team does with a customer that was put to them, asks and accepts; and how the rep answers."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import exists, or_, select, update
from sqlalchemy.orm import Session

from prospects import team
from prospects.faults import Fault, FaultyError
from prospects.ids import MemberId
from prospects.kinds import Kind
from prospects.member import Member
from prospects.rows import AccountRow, ProspectRow
from prospects.texts import replace_unstorable
from routing import notices, promises
from routing.holding import Held
from routing.lives import NoticeKind
from routing.notices import Telling
from routing.refusals import NotAskedError, NotYoursError, StillAskedError, TransferOverError
from routing.rows import OpenHandoffRow
from routing.transfer_life import TransferRef, TransferState
from routing.transfer_moves import hold_waiting, move, record, won_lead
from routing.transfer_rows import QuestionRow, TransferRow

LONGEST = 2_000
"""Characters of a question or an answer: more belongs in a talk."""


def ask(
    session: Session, ref: TransferRef, actor: Member, question: str, *, once: UUID, now: datetime
) -> bool:
    """The account manager asks the rep about the customer; the same `once` again is the same question (False).

    Raises FaultyError without a question, NotYoursError, StillAskedError or TransferOverError.
    """
    text = _text(question, "question", "what you want to know is missing")
    row, _held = _hold_theirs(session, ref, actor)
    if session.get(QuestionRow, (ref.prospect_id, once)) is not None:
        return False
    if row.state == TransferState.ASKED:
        raise StillAskedError
    asked = QuestionRow(
        prospect_id=ref.prospect_id,
        id=once,
        transfer_id=row.id,
        n=len(questions(session, row)) + 1,
        question=text,
        asked_by=actor.id,
        asked_at=now,
    )
    session.add(asked)
    row.state = TransferState.ASKED
    rep = team.member(session, MemberId(row.rep_id))
    move(session, row, NoticeKind.TRANSFER_ASKED, rep, now)
    return True


def answer(session: Session, ref: TransferRef, actor: Member, text: str, *, now: datetime) -> None:
    """The rep, or a manager for them, answers what was asked; then it is the account manager's again.

    Whoever may answer is the caller's to check. Raises FaultyError, NotYoursError, NotAskedError or
    TransferOverError.
    """
    said = _text(text, "answer", "the answer is missing")
    row, _held = hold_waiting(session, ref)
    if row.state != TransferState.ASKED:
        raise NotAskedError
    last = questions(session, row)[-1]
    last.answer, last.answered_by, last.answered_at = said, actor.id, now
    row.state = TransferState.PROPOSED
    member = team.member(session, MemberId(row.member_id)) if row.member_id else None
    move(session, row, NoticeKind.TRANSFER_ANSWERED, member, now)


def accept(session: Session, ref: TransferRef, actor: Member, now: datetime) -> bool:
    """The account manager takes the customer: the company, its people and what was promised are theirs now.

    False if they had taken it before. Raises NotYoursError or TransferOverError.
    """
    try:
        row, held = _hold_theirs(session, ref, actor)
    except TransferOverError:
        if _taken_by(session, ref, actor):
            return False
        raise
    row.state, row.accepted_at, row.due_at = TransferState.ACCEPTED, now, None
    _become_owner(session, row, held, actor)
    rep, kind = MemberId(row.rep_id), NoticeKind.TRANSFER_ACCEPTED
    if rep != actor.id:
        notices.tell(session, [Telling(won_lead(row), kind, row.moves, rep)], now)
    promises.follow(session, won_lead(row), actor)
    record(session, row, Kind.TRANSFERRED, now)
    return True


def questions(session: Session, row: TransferRow) -> list[QuestionRow]:
    """What was asked about a customer, in order."""
    rows = session.execute(
        select(QuestionRow)
        .where(QuestionRow.prospect_id == row.prospect_id, QuestionRow.transfer_id == row.id)
        .order_by(QuestionRow.n)
    )
    return list(rows.scalars())


def _hold_theirs(session: Session, ref: TransferRef, actor: Member) -> tuple[TransferRow, Held]:
    row, held = hold_waiting(session, ref)
    if row.member_id != actor.id:
        raise NotYoursError
    return row, held


def _taken_by(session: Session, ref: TransferRef, actor: Member) -> bool:
    row = session.get_one(TransferRow, (ref.prospect_id, ref.transfer_id))
    return row.state == TransferState.ACCEPTED and row.member_id == actor.id


def _become_owner(session: Session, row: TransferRow, held: Held, actor: Member) -> None:
    """Theirs are the company, the buyer, and whom the rep or who has left had there, but for people on their way to a rep again."""
    held.person.owner_id = actor.id
    if row.account_id is None:
        return
    account = session.get_one(AccountRow, row.account_id, populate_existing=True)
    account.owner_id = actor.id
    session.flush()
    session.execute(
        update(ProspectRow)
        .where(ProspectRow.account_id == row.account_id)
        .where(or_(ProspectRow.owner_id == row.rep_id, ProspectRow.owner_id.in_(team.left())))
        .where(~exists().where(OpenHandoffRow.prospect_id == ProspectRow.id))
        .values(owner_id=actor.id)
        .execution_options(synchronize_session=False)
    )


def _text(written: str, place: str, missing: str) -> str:
    said = str(replace_unstorable(written.strip()))
    if not said:
        raise FaultyError(Fault(place, missing, "a few words will do"))
    if len(said) > LONGEST:
        raise FaultyError(Fault(place, "this is too long", f"{LONGEST} characters at most"))
    return said
