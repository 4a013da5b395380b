"""How a checked lead ends: won or lost, as its rep says, or a CRM of its deal."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy.orm import Session

from prospects import timeline
from prospects.faults import Fault, FaultyError
from prospects.ids import OpportunityId
from prospects.kinds import Kind, OutcomeBody
from prospects.member import Member
from prospects.rows import OpportunityRow
from prospects.timeline import Fact
from prospects.values import HandoffRef
from routing import transfers
from routing.bodies import body_of
from routing.deal_endings import Ending
from routing.holding import Held, check_theirs, close, hold
from routing.lifecycle import of_handoff
from routing.lives import OPEN, HandoffState
from routing.marking import mark
from routing.refusals import ClosedError, NotCheckedError


class Result(StrEnum):
    """Won or lost."""

    WON = "won"
    LOST = "lost"


def conclude(
    session: Session,
    ref: HandoffRef,
    actor: Member,
    *,
    result: Result,
    reason: str | None,
    opportunity: OpportunityId | None,
    now: datetime,
) -> None:
    """Close a checked lead. A lost one needs a reason; `opportunity` is one of the same account.

    A won customer is put to the account team.
    Raises FaultyError, NotYoursError, OfferExpiredError, PassedOnError, NotCheckedError or ClosedError.
    """
    held = hold(session, ref)
    check_theirs(held, actor)
    if held.state not in OPEN:
        raise ClosedError
    if held.state is not HandoffState.CHECKED:
        raise NotCheckedError
    if result is Result.LOST and not (reason or "").strip():
        raise FaultyError(Fault("reason", "why it was lost is missing", "in the buyer's words"))
    deal = _end_opportunity(session, held, opportunity, result, now) if opportunity else None
    body = OutcomeBody(
        handoff=str(held.handoff.id),
        result=result,
        reason=reason,
        amount=str(deal.amount) if deal and deal.amount is not None else None,
        currency=deal.currency if deal else None,
    )
    _end(session, held, body, "rep", now)


def conclude_by_deal(session: Session, ref: HandoffRef, ended: Ending, now: datetime) -> None:
    """Close a checked lead because a CRM says how its deal ended; one that is over already stays as it is.

    Raises NotYoursError.
    """
    held = hold(session, ref)
    if held.state is not HandoffState.CHECKED:
        return
    deal = session.get(OpportunityRow, ended.opportunity) if ended.opportunity else None
    if deal is not None and deal.account_id == held.person.account_id:
        held.handoff.opportunity_id = deal.id
    body = OutcomeBody(
        handoff=str(held.handoff.id),
        result=ended.result,
        reason=f"the CRM says so of {ended.deal}",
        amount=ended.amount,
        currency=ended.currency,
    )
    _end(session, held, body, ended.source, now)


def _end(session: Session, held: Held, body: OutcomeBody, source: str, now: datetime) -> None:
    state = HandoffState(body.result)
    held.handoff.reason = body.reason
    close(session, held.handoff, state, now)
    mark(session, {held.who: of_handoff(state)})
    ended = Fact(
        prospect_id=held.who,
        kind=Kind.OUTCOME,
        happened_at=now,
        source=source,
        key=f"outcome:{held.handoff.id}",
        body=body_of(held.handoff, body),
    )
    timeline.record(session, [ended], now)
    if state is HandoffState.WON:
        # Last, because it locks the account team's turn.
        transfers.make(session, held, now)


def _end_opportunity(
    session: Session, held: Held, opportunity: OpportunityId, result: Result, now: datetime
) -> OpportunityRow:
    row = session.get(OpportunityRow, opportunity)
    if row is None or row.account_id != held.person.account_id:
        raise FaultyError(
            Fault("opportunity", "there is no such deal at this company", "leave it out")
        )
    row.state, row.closed_at = result, now
    held.handoff.opportunity_id = row.id
    return row
