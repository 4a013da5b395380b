"""A rep tried to reach the buyer: a row, a line in the history, and the call-back that was due is over."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import insert
from sqlalchemy.orm import Session

from prospects import timeline
from prospects.ids import new_id
from prospects.kinds import HandoffBody, Kind, plain
from prospects.member import Member
from prospects.store import table_of
from prospects.timeline import Fact
from routing import call_backs
from routing.finding import Channel
from routing.finding_rows import ContactAttemptRow
from routing.holding import Held


def write(
    session: Session,
    held: Held,
    actor: Member,
    *,
    channel: Channel | None,
    at: datetime,
    note: str | None,
    now: datetime,
    attempt_id: UUID | None = None,
) -> UUID:
    """The buyer was not reached: that is no finding, and the clock runs on. Returns the attempt's id."""
    attempt_id = attempt_id or new_id(now)
    row = {
        "prospect_id": held.who,
        "id": attempt_id,
        "handoff_id": held.handoff.id,
        "rep_id": actor.id,
        "channel": channel,
        "at": at,
        "note": note,
        "recorded_at": now,
    }
    session.execute(insert(table_of(ContactAttemptRow)), [row])
    call_backs.end(session, held, now, due_by=at)
    body = plain(HandoffBody(handoff=str(held.handoff.id), rep=str(actor.id)))
    fact = Fact(
        prospect_id=held.who,
        kind=Kind.CONTACT_ATTEMPT,
        happened_at=at,
        source="rep",
        key=f"attempt:{attempt_id}",
        body={**body, **({"channel": channel} if channel else {})},
    )
    timeline.record(session, [fact], now)
    return attempt_id
