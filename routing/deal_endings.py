"""How a CRM's deals say that a checked lead has ended. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from prospects.ids import OpportunityId, parse_id
from prospects.kinds import IMPORTED, Kind
from prospects.values import Activity, Snapshot

WON, LOST, OPEN = "won", "lost", "open"


@dataclass(frozen=True, slots=True, kw_only=True)
class Ending:
    """A deal that was won or lost, as `source` told it, with what it is worth where that was told."""

    result: str
    source: str
    deal: str
    opportunity: OpportunityId | None
    amount: str | None
    currency: str | None


def ending(seen: Snapshot, opened_at: datetime) -> Ending | None:
    """How the lead that was opened then has ended by a deal this person is in; None while it has not.

    One deal that was won since is enough. Lost it is only once no deal is open, and by what was told
    after the rep's finding: who finds a buyer where a deal was lost begins another.
    """
    last = _last_of_each(seen)
    since = [each for each in last if each.happened_at >= opened_at and not each.body.get(IMPORTED)]
    won = [each for each in since if each.body.get("state") == WON]
    if won:
        return _ending(won[-1])
    if any(each.body.get("state") == OPEN for each in last):
        return None
    found = [each.learned_at for each in seen.activities if each.kind is Kind.VERDICT]
    checked = max(found, default=opened_at)
    lost = [each for each in since if each.body.get("state") == LOST and each.learned_at > checked]
    return _ending(lost[-1]) if lost else None


def _last_of_each(seen: Snapshot) -> Sequence[Activity]:
    """What was told last of each deal, the latest last."""
    told = [each for each in seen.activities if each.kind is Kind.DEAL]
    told.sort(key=lambda each: (each.learned_at, each.happened_at))
    last = {(each.source, each.body.get("deal")): each for each in told}
    return sorted(last.values(), key=lambda each: (each.happened_at, each.learned_at))


def _ending(told: Activity) -> Ending:
    body = told.body
    opportunity: UUID | None = parse_id(str(body.get("opportunity") or ""))
    return Ending(
        result=str(body["state"]),
        source=told.source,
        deal=str(body.get("name") or body.get("deal")),
        opportunity=OpportunityId(opportunity) if opportunity else None,
        amount=body.get("amount"),
        currency=body.get("currency"),
    )
