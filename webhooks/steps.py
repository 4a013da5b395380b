"""Which step towards a purchase a happening is, as platforms count conversions. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal, InvalidOperation

from prospects.ids import ProspectId
from prospects.kinds import IMPORTED, Kind
from webhooks.destinations import Milestone
from webhooks.events import Happening, Row

LONGEST_KEY = 80


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One step of one person. However often it is told of, its key has it counted once."""

    prospect_id: ProspectId
    milestone: Milestone
    key: str
    at: datetime
    source: str
    amount: Decimal | None = None
    currency: str | None = None


_OF_WHAT: Mapping[Kind | Row, Milestone] = {
    Kind.FORM: Milestone.LEAD,
    Row.WARM: Milestone.WARM,
    Kind.ACCEPTED: Milestone.ACCEPTED,
}
_WORD = {Kind.VERDICT: "verdict", Kind.OUTCOME: "result"}
"""What in a body says which step it is: what the rep found, how it ended."""


def step_of(happening: Happening) -> Step | None:
    """The step; None for what is none, and for what a file of the past says."""
    milestone = _milestone(happening)
    if milestone is None or happening.body.get(IMPORTED):
        return None
    amount = _amount(happening.body.get("amount"))
    currency = happening.body.get("currency")
    return Step(
        prospect_id=happening.prospect_id,
        milestone=milestone,
        key=_key(happening, milestone)[:LONGEST_KEY],
        at=happening.at,
        source=happening.source,
        amount=amount if isinstance(currency, str) else None,
        currency=currency if amount is not None and isinstance(currency, str) else None,
    )


def _milestone(happening: Happening) -> Milestone | None:
    if isinstance(happening.what, Kind) and happening.what in _WORD:
        word = happening.body.get(_WORD[happening.what])
        return Milestone(word) if word in list(Milestone) else None
    return _OF_WHAT.get(happening.what)


def _key(happening: Happening, milestone: Milestone) -> str:
    match milestone:
        case Milestone.LEAD:
            return f"lead:{happening.id}"
        case Milestone.WARM:
            # Who cools down and warms again is no second conversion.
            return "warm"
        case _:
            return f"{milestone}:{happening.body.get('handoff')}"


def _amount(written: object) -> Decimal | None:
    try:
        found = Decimal(str(written)) if written is not None else None
    except InvalidOperation:
        return None
    return found if found is not None and found.is_finite() and found >= 0 else None
