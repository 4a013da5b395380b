"""What the engine believes of everybody in a made-up market, held against the truth."""

from dataclasses import dataclass
from datetime import datetime

from app.door import reading
from prospects import percentages
from prospects.ladder import LADDER
from scoring import current
from scoring.learning.base_rate import Unrouted
from tests.app.learning import truth
from tests.app.learning.truth import CUSTOMER, OUT
from tests.app.learning.year import Year, beliefs

BINS = 15


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """Shares, 0–1. `claims` are right claims among those who are not out, `attainable` those of Bayes' rule.

    `shown` is the share of people of whom a percentage is shown, `ece` its calibration error over them (15 bins),
    `foreseen` its mean, `true` what honest reps would find.
    """

    people: int
    claims: float
    attainable: float
    shown: float
    ece: float | None
    foreseen: float | None
    true: float


def held(year: Year) -> Held:
    """How right the engine is now."""
    told = beliefs(year.database)
    with reading(year.database) as session:
        hidden = percentages.hidden(session) is not None
    market = [one for one in year.everybody if one.stage != CUSTOMER]
    there = [one for one in market if one.stage != OUT]
    right = [(told[one.id].stage or LADDER[0]) == LADDER[one.stage] for one in there]
    best = [one.best == one.stage for one in there]
    pairs = [
        (float(score), truth.conversion(one.stage))
        for one in market
        if (score := told[one.id].score) is not None and not hidden
    ]
    return Held(
        people=len(market),
        claims=sum(right) / len(right),
        attainable=sum(best) / len(best),
        shown=len(pairs) / len(market),
        ece=calibration_error(pairs) if pairs else None,
        foreseen=sum(at for at, _ in pairs) / len(pairs) if pairs else None,
        true=sum(truth.conversion(one.stage) for one in market) / len(market),
    )


def at_offers(year: Year, since: datetime) -> tuple[float, float]:
    """The same of leads when they were taken, where reps read a claim: right claims, and those of Bayes' rule."""
    rows = [
        (claimed or LADDER[0], true, best)
        for at, claimed, true, best in year.offered
        if at >= since and true != OUT
    ]
    right = sum(claimed == LADDER[true] for claimed, true, _ in rows)
    return right / len(rows), sum(best == true for _, true, best in rows) / len(rows)


def why_hidden(year: Year) -> str:
    """In the product's own words, why nobody has a percentage now."""
    with reading(year.database) as session:
        hidden, card = percentages.hidden(session), current.current(session).scoring_card
    if hidden is not None:
        return " ".join(hidden.words)
    return card.calibration.why if card is not None else "your points score"


def calibration_error(pairs: list[tuple[float, float]]) -> float:
    """Over 15 bins of equal width, how far predictions lie from the truth."""
    gaps = [0.0] * BINS
    for at, true in pairs:
        gaps[min(int(at * BINS), BINS - 1)] += at - true
    return sum(map(abs, gaps)) / len(pairs)


def off(year: Year, told: Unrouted) -> float:
    """How far the estimated conversion of those not handed over is from the true one, as a share of it."""
    assert told.share is not None
    true = sum(share for _, share in year.cold) / len(year.cold)
    return told.share / true - 1
