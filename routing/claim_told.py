"""What a brief says of a claim beyond the claim itself: what it rests on, and how far the company is. Pure."""

from collections.abc import Sequence
from typing import Any

from prospects.account_stage import AccountStage
from prospects.values import Activity, StageClaim
from routing.stages import Rung

MOST_SAID = 10


def signal_of(claim: StageClaim, activities: Sequence[Activity]) -> str | None:
    """What the claim rests on most, by a name that rules keep when they are edited: `evaluation.form`.

    For evidence it is the stage it speaks for and the kind of act; for anything else the reason's term.
    """
    strongest = max(claim.reasons, key=lambda reason: reason.value, default=None)
    if strongest is None:
        return None
    _, _, rest = strongest.term.partition("evidence.")
    if not rest:
        return strongest.term
    kinds = {each.id: each.kind for each in activities}
    kind = next((kinds[each] for each in reversed(strongest.activities) if each in kinds), None)
    return f"{rest.rpartition('.')[0]}.{kind}" if kind else None


def account(found: AccountStage | None, ladder: Sequence[Rung]) -> dict[str, Any] | None:
    """How far the company is, where more than one says something; nobody is named, so that all can be forgotten."""
    if found is None or len(found.says) < 2:
        return None
    names = {rung.slug: rung.name for rung in ladder}
    return {
        "stage": found.stage,
        "name": names.get(found.stage, found.stage),
        "confidence": round(found.confidence, 2),
        "conflict": found.conflict,
        "says": [
            {
                "prospect": str(each.prospect_id),
                "stage": each.stage,
                "name": names.get(each.stage, each.stage),
                "stake": each.stake or None,
                "seniority": each.seniority,
                "found": each.found,
            }
            for each in found.says[:MOST_SAID]
        ],
    }
