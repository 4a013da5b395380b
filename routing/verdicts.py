"""Which finding of a rep stands, and where it takes the handoff."""

from datetime import datetime
from typing import assert_never

from sqlalchemy import select
from sqlalchemy.orm import Session

from prospects.kinds import Verdict
from prospects.store import insert_new, table_of
from prospects.values import HandoffRef
from routing.finding import RepFinding, stage_of
from routing.finding_rows import ConfirmationRow
from routing.holding import Held, close
from routing.lifecycle import of_handoff
from routing.lives import OPEN, HandoffState
from routing.marking import mark
from routing.refusals import AnotherOpenError
from routing.rows import OpenHandoffRow


def standing(session: Session, ref: HandoffRef) -> ConfirmationRow | None:
    """The standing confirmation of a handoff, or None before there is any."""
    return session.execute(
        select(ConfirmationRow)
        .where(ConfirmationRow.prospect_id == ref.prospect_id)
        .where(ConfirmationRow.handoff_id == ref.handoff_id)
        .where(ConfirmationRow.superseded_at.is_(None))
        .execution_options(populate_existing=True)
    ).scalar_one_or_none()


def leads_to(verdict: Verdict) -> HandoffState:
    """Where a finding takes the handoff: on with the rep, back to nurture, or out."""
    match verdict:
        case Verdict.CONFIRMED | Verdict.LATER:
            return HandoffState.CHECKED
        case Verdict.EARLIER | Verdict.WRONG_PERSON:
            return HandoffState.RECYCLED
        case Verdict.NOT_A_BUYER:
            return HandoffState.DISQUALIFIED
        case Verdict.NOT_REACHED:
            return HandoffState.ACCEPTED
        case _:
            assert_never(verdict)


def move_on(session: Session, held: Held, finding: RepFinding, now: datetime) -> None:
    """Take the handoff there; a correction may bring back one that was closed. Raises AnotherOpenError."""
    state = leads_to(finding.verdict)
    if state in OPEN:
        if held.state not in OPEN:
            reopen(session, held)
        held.handoff.state, held.handoff.confirm_by = state, None
        held.handoff.closed_at = None
        session.flush()
    elif held.state in OPEN:
        close(session, held.handoff, state, now)
    else:
        held.handoff.state = state
        session.flush()
    mark(session, {held.who: of_handoff(state)})
    if stage := stage_of(finding, held.handoff.claimed_stage):
        held.person.confirmed_stage, held.person.confirmed_at = stage, finding.at
        session.flush()


def reopen(session: Session, held: Held) -> None:
    """Bring a closed lead back. Raises AnotherOpenError if its account has another open by now."""
    handoff = held.handoff
    key = f"account:{handoff.account_id}" if handoff.account_id else f"person:{held.who}"
    row = {
        "whose": key,
        "product": handoff.product,
        "prospect_id": held.who,
        "handoff_id": handoff.id,
    }
    columns = table_of(OpenHandoffRow).c
    if not insert_new(
        session, OpenHandoffRow, [row], on=["whose", "product"], returning=[columns.whose]
    ):
        raise AnotherOpenError
