"""The rep's finding: kept beside marketing's claim, told to the record, and the handoff goes where it says."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import insert
from sqlalchemy.orm import Session

from prospects import outbox, timeline
from prospects.faults import Fault, FaultyError
from prospects.ids import new_id
from prospects.kinds import Kind, PromiseBody, Verdict, VerdictBody, plain
from prospects.member import Member
from prospects.store import table_of
from prospects.timeline import Fact
from prospects.topics import Topic
from prospects.values import HandoffRef
from routing import attempts, call_backs
from routing.bodies import body_of
from routing.current import ladder
from routing.finding import RepFinding, check, stage_of
from routing.finding_rows import ConfirmationRow, PromiseRow
from routing.holding import Held, check_theirs, hold
from routing.lives import OPEN, HandoffState
from routing.referral import refer
from routing.refusals import AlreadyConfirmedError, ClosedError, NotAcceptedError
from routing.verdicts import move_on, standing

_ENDED = (HandoffState.WON, HandoffState.LOST)


@dataclass(frozen=True, slots=True)
class Recorded:
    """What was written: a confirmation, or only an attempt to reach the buyer."""

    id: UUID
    attempt: bool = False


def confirm(
    session: Session,
    ref: HandoffRef,
    actor: Member,
    finding: RepFinding,
    *,
    now: datetime,
    secret: str,
) -> Recorded:
    """Record what the rep found. `secret` keys the hashes that keep forgotten people out.

    Raises FaultyError for an answer that is not whole; NotYoursError, OfferExpiredError, PassedOnError,
    NotAcceptedError, ClosedError, AlreadyConfirmedError (a second answer must name the first and say why)
    or AnotherOpenError.
    """
    held = hold(session, ref)
    check_theirs(held, actor)
    before = standing(session, ref)
    _check_state(held, before)
    rungs = [rung.slug for rung in ladder(session)]
    check(finding, claimed=held.handoff.claimed_stage, ladder=rungs, now=now)
    if finding.verdict is Verdict.NOT_REACHED:
        return Recorded(_attempt(session, held, actor, finding, now), attempt=True)
    _check_correction(finding, before)
    call_backs.end(session, held, now)
    confirmation_id = _write(session, held, actor, finding, now=now, before=before)
    move_on(session, held, finding, now)
    if finding.right_person is not None and finding.verdict is Verdict.WRONG_PERSON:
        right = refer(session, held, finding.right_person, now, secret=secret)
        _name_right_person(session, ref, confirmation_id, right)
    promised = _promised(held, actor, finding, confirmation_id)
    timeline.record(session, [_fact(held, actor, finding, confirmation_id), *promised], now)
    return Recorded(confirmation_id)


def _check_state(held: Held, before: ConfirmationRow | None) -> None:
    if held.state in _ENDED or (held.state not in OPEN and before is None):
        raise ClosedError
    if held.state in (HandoffState.HELD, HandoffState.OFFERED):
        raise NotAcceptedError


def _check_correction(finding: RepFinding, before: ConfirmationRow | None) -> None:
    if before is None:
        if finding.supersedes is not None:
            fault = Fault("supersedes", "there is no answer to correct yet", "leave it out")
            raise FaultyError(fault)
        return
    if finding.supersedes != before.id or not finding.reason:
        raise AlreadyConfirmedError


def _attempt(
    session: Session, held: Held, actor: Member, finding: RepFinding, now: datetime
) -> UUID:
    at, note = finding.at or now, finding.fact
    return attempts.write(session, held, actor, channel=finding.channel, at=at, note=note, now=now)


def _write(
    session: Session,
    held: Held,
    actor: Member,
    finding: RepFinding,
    *,
    now: datetime,
    before: ConfirmationRow | None,
) -> UUID:
    """The confirmation's row and its promises; the one before stops standing first, as the index demands."""
    if before is not None:
        before.superseded_at = now
        session.flush()
    row = _row(held, actor, finding, now)
    session.add(row)
    session.flush()
    promises = _promises(held, actor, finding, now, row.id)
    if promises:
        session.execute(insert(table_of(PromiseRow)), promises)
        due = {f"{held.who}/{promise['id']}": promise["due_at"] for promise in promises}
        outbox.post_each(session, Topic.PROMISE, due, now)
    return row.id


def _row(held: Held, actor: Member, finding: RepFinding, now: datetime) -> ConfirmationRow:
    claim = held.handoff.brief.get("claim") or {}
    return ConfirmationRow(
        prospect_id=held.who,
        id=new_id(now),
        handoff_id=held.handoff.id,
        rep_id=actor.id,
        verdict=finding.verdict,
        claimed=held.handoff.claimed_stage,
        claimed_confidence=claim.get("confidence"),
        claimed_model=_cut(claim.get("model"), 60),
        claimed_signal=_cut(claim.get("signal"), 120),
        requested_by=held.handoff.requested_by,
        drawn=held.handoff.drawn,
        stage_found=stage_of(finding, held.handoff.claimed_stage),
        spoke_with=finding.spoke_with,
        channel=finding.channel,
        at=finding.at,
        fact=finding.fact,
        still_needed=list(finding.still_needed),
        deciders=[each.model_dump() for each in finding.deciders],
        right_person=finding.right_person.model_dump() if finding.right_person else {},
        recorded_at=now,
        supersedes=finding.supersedes,
        reason=finding.reason,
    )


def _cut(name: str | None, most: int) -> str | None:
    return name[:most] if name else None


def _promises(
    held: Held, actor: Member, finding: RepFinding, now: datetime, confirmation_id: UUID
) -> Sequence[dict[str, Any]]:
    return [
        {
            "prospect_id": held.who,
            "id": new_id(now),
            "handoff_id": held.handoff.id,
            "confirmation_id": confirmation_id,
            "rep_id": actor.id,
            "what": promise.what,
            "due_at": promise.due_at,
            "made_at": finding.at,
        }
        for promise in finding.promises
    ]


def _name_right_person(
    session: Session, ref: HandoffRef, confirmation_id: UUID, right: UUID | None
) -> None:
    row = session.get_one(ConfirmationRow, (ref.prospect_id, confirmation_id))
    row.right_prospect_id = right
    session.flush()


def _fact(held: Held, actor: Member, finding: RepFinding, confirmation_id: UUID) -> Fact:
    assert finding.at is not None
    assert finding.spoke_with is not None
    assert finding.channel is not None
    assert finding.fact is not None
    body = VerdictBody(
        handoff=str(held.handoff.id),
        rep=str(actor.id),
        verdict=finding.verdict,
        claimed=held.handoff.claimed_stage,
        stage_found=stage_of(finding, held.handoff.claimed_stage),
        spoke_with=finding.spoke_with,
        channel=finding.channel,
        fact=finding.fact,
        still_needed=list(finding.still_needed),
        supersedes=str(finding.supersedes) if finding.supersedes else None,
    )
    return Fact(
        prospect_id=held.who,
        kind=Kind.VERDICT,
        happened_at=finding.at,
        source="rep",
        key=f"verdict:{confirmation_id}",
        body=body_of(held.handoff, body),
    )


def _promised(
    held: Held, actor: Member, finding: RepFinding, confirmation_id: UUID
) -> Sequence[Fact]:
    assert finding.at is not None
    about = {"handoff": str(held.handoff.id), "rep": str(actor.id)}
    return [
        Fact(
            prospect_id=held.who,
            kind=Kind.PROMISE,
            happened_at=finding.at,
            source="rep",
            key=f"promise:{confirmation_id}:{n}",
            body=plain(PromiseBody(**about, what=each.what, due_at=each.due_at)),
        )
        for n, each in enumerate(finding.promises)
    ]
