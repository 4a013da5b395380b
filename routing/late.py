"""What the record says of clocks that have run: an offer that ran out, a finding that is overdue."""

from datetime import datetime

from prospects.ids import ProspectId
from prospects.kinds import HandoffBody, Kind, LateBody, plain
from prospects.timeline import Fact
from routing.rows import HandoffRow, OfferRow


def ran_out(offer: OfferRow, now: datetime) -> Fact:
    """A rep let an offer pass, or was away."""
    return Fact(
        prospect_id=ProspectId(offer.prospect_id),
        kind=Kind.OFFER_EXPIRED,
        happened_at=now,
        source="routing",
        key=f"expired:{offer.handoff_id}:{offer.n}",
        body=plain(
            HandoffBody(handoff=str(offer.handoff_id), rep=str(offer.rep_id), reason=offer.reason)
        ),
    )


def silent(handoff: HandoffRow) -> Fact:
    """A rep took a lead, and by the day has not said what they found."""
    assert handoff.confirm_by is not None
    body = LateBody(handoff=str(handoff.id), rep=str(handoff.rep_id), due_at=handoff.confirm_by)
    return Fact(
        prospect_id=ProspectId(handoff.prospect_id),
        kind=Kind.FINDING_LATE,
        happened_at=handoff.confirm_by,
        source="routing",
        # Once for each day that was set.
        key=f"finding_late:{handoff.id}:{handoff.confirm_by.isoformat()}",
        body=plain(body),
    )
