"""What became of a hand-over is written down, also where the mail service told of the mail before we did."""

from datetime import datetime, timedelta
from typing import assert_never

from sqlalchemy.orm import Session

from nurture.render import Rendered
from nurture.rows import SendRow
from nurture.sending import (
    Answer,
    Letter,
    PutBack,
    Refused,
    SendState,
    Sent,
    Unknown,
    Unmade,
    delay,
)
from prospects import timeline
from prospects.ids import ProspectId
from prospects.kinds import Kind, MailBody, plain
from prospects.timeline import Fact

SOURCE = "nurture"
TOLD_ALREADY = (SendState.DELIVERED, SendState.BOUNCED, SendState.COMPLAINED)
"""What mail services tell of a mail that has left."""
TRIES = 12
"""How often a mail is put off (by `sending.delay`, over two days) before it counts as refused."""


def settle(
    session: Session, letter: Letter, made: Rendered | None, answer: Answer, now: datetime
) -> timedelta | None:
    """Write down what became of a letter; returns when to try again, None if never."""
    send = session.get(SendRow, (letter.ref.prospect_id, letter.ref.send_id), with_for_update=True)
    if send is None or not _unsettled(send):
        return None
    if send.state in TOLD_ALREADY:
        _written(send, made)
        _settle_late(session, send, answer, now)
        return None
    send.settled_at, send.lease_until = now, None
    _written(send, made)
    match answer:
        case Sent(transport, words):
            send.state, send.transport, send.answer = SendState.SENT, transport, words[:500]
            send.reason = None
            timeline.record(session, [_sent(send, now)], now, ring=False)
        case PutBack(reason):
            send.answer = reason[:500]
            if send.attempts < TRIES:
                send.state, send.reason = SendState.PLANNED, "put_off"
                return delay(send.attempts)
            send.state, send.reason = SendState.REFUSED, f"put off {TRIES} times"
        case Refused(reason):
            send.state, send.reason, send.answer = SendState.REFUSED, "refused", reason[:500]
        case Unknown(reason):
            send.state, send.reason = SendState.UNKNOWN, reason[:500]
        case Unmade(reason):
            send.state, send.reason = SendState.HELD, f"it cannot be made: {reason}"[:500]
        case _:
            assert_never(answer)
    return None


def _unsettled(send: SendRow) -> bool:
    """Whether what became of the hand-over is still to be written down.

    Another worker may have taken this one for dead; what is known now is better than unknown. And
    the mail service may have told of the mail before we did.
    """
    if send.state in TOLD_ALREADY:
        return send.transport is None
    return send.state in (SendState.HANDING_OVER, SendState.UNKNOWN)


def _written(send: SendRow, made: Rendered | None) -> None:
    if made is not None:
        send.subject, send.html, send.plain = made.subject, made.html, made.text


def _settle_late(session: Session, send: SendRow, answer: Answer, now: datetime) -> None:
    """The fate that was told stands; only how the mail left is added."""
    send.lease_until = None
    if isinstance(answer, Sent):
        send.transport, send.answer = answer.transport, answer.answer[:500]
        timeline.record(session, [_sent(send, now)], now, ring=False)


def _sent(send: SendRow, now: datetime) -> Fact:
    body = MailBody(send=str(send.id), flow=send.flow, step=send.step, template=send.template)
    return Fact(
        prospect_id=ProspectId(send.prospect_id),
        kind=Kind.MAIL_SENT,
        happened_at=now,
        source=SOURCE,
        key=f"{Kind.MAIL_SENT}:{send.id}",
        body=plain(body),
    )
