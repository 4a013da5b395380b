"""A training from a table to a card: every rung that has the rows for it is tried, and the best on later rows wins."""

from dataclasses import replace

import numpy as np

from scoring.card.adding import on_scale
from scoring.card.card import Calibration, Card, Knots, Rung, dumped
from scoring.training import calibrating, carding, choosing, everybody
from scoring.training.additive_sum import AdditiveSum
from scoring.training.binning import says_nothing
from scoring.training.choosing import LADDER, NAMED, Evidence
from scoring.training.drift import drift
from scoring.training.everybody import Base
from scoring.training.gate import BY_HAND, Asked, gate
from scoring.training.judging import Bench, Tried, bench, fit_of, try_out
from scoring.training.looking import looked_at, ranked
from scoring.training.metrics import probability
from scoring.training.table import Floats, Places, Table, Words
from scoring.training.trained import Candidate, Judged, Plan, Trained

COSTLY = 0.015
"""So much AUC may be lost by adding up before a word is said of it."""


class TooLittleError(Exception):
    """There must be at least two wins and two losses to learn from."""


def train(table: Table, plan: Plan, *, active: Card | None = None) -> Trained:
    """Try every candidate, pick the champion, and put it down as a card.

    `active` is the card that scores now, over the same names of columns; the gate holds the champion
    against it, else against the marketer's points. Raises TooLittleError below two rows of each outcome.
    """
    if min(table.positives, table.losses) < 2:
        raise TooLittleError(TooLittleError.__doc__)
    dropped = says_nothing(table)
    on = bench(_usable(table, tuple(dropped)), plan.seed)
    found = [try_out(name, on) for name in Candidate]
    tried = {each.judged.name: each for each in found if isinstance(each, Tried)}
    seen = choosing.evidence(on, tried)
    choice = choosing.choose(seen, choosing.by_folds(on, tried))
    trained = Trained(
        rows=len(table),
        positives=table.positives,
        losses=table.losses,
        candidates=tuple(each if isinstance(each, Judged) else each.judged for each in found),
        champion=choice.champion,
        signal=choice.signal,
        drift=False,
        card=None,
        gate=None,
        looked=None,
        dropped=dropped,
        words=(*choice.words, *_together(tried, choice.champion), *_not_yet(found)),
    )
    if choice.champion is Candidate.POINTS:
        moved = drift(on.table, on.cut, None)
        return replace(trained, drift=moved.flagged, words=(*trained.words, *moved.words))
    return _carded(trained, on, plan, tried=tried, seen=seen, active=active)


def _together(tried: dict[Candidate, Tried], champion: Candidate) -> list[str]:
    """What adding up costs, where it costs something."""
    own = [champion] if champion in tried else list(LADDER)
    sums = [tried[name].judged.cv for name in own if name in tried]
    reached = max((each.auc for each in sums if each), default=0.5)
    full = tried.get(Candidate.FULL_BOOSTING)
    if full is None or full.judged.cv is None or full.judged.cv.auc - reached <= COSTLY:
        return []
    return [
        "Some columns tell more together than each by itself, which a card cannot add up: "
        f"AUC {full.judged.cv.auc:.3f} instead of {reached:.3f}. A column that joins them would help."
    ]


def _not_yet(found: list[Tried | Judged]) -> list[str]:
    """What the next rung waits for."""
    waiting = [
        f"Not yet {NAMED[each.name]}. {each.why_not}"
        for each in found
        if isinstance(each, Judged) and each.name in NAMED and each.waits
    ]
    return waiting[:1]


def _usable(table: Table, dropped: tuple[str, ...]) -> Table:
    """In order of time, without what says nothing; points that are the same for all are none."""
    left = table.in_time().without(dropped)
    if left.points is not None and np.ptp(left.points.total) == 0:
        return replace(left, points=None)
    return left


def _carded(
    trained: Trained,
    on: Bench,
    plan: Plan,
    *,
    tried: dict[Candidate, Tried],
    seen: Evidence,
    active: Card | None,
) -> Trained:
    """The champion as a card, with all that speaks for and against it."""
    champion = trained.champion
    card, again = (_card(on, plan, tried[champion]) for _ in range(2))
    base = everybody.base_of(card, on.table)
    later = _corrected(on, champion, seen)
    ratio = float(probability(later).mean() / seen.label.mean())
    moved = drift(on.table, on.cut, ratio if seen.newest else None)
    told = everybody.tested(base, seen, later, on.table, drifted=moved.flagged)
    same = dumped(card) == dumped(again)
    card = everybody.based(card, base, told)
    asked = _asked(
        on, plan, seen, later=later, base=base, card=card, active=active, champion=champion
    )
    asked = replace(asked, reproducible=same)
    looked = looked_at(asked, moved)
    return replace(
        trained,
        card=card,
        drift=moved.flagged,
        gate=gate(asked),
        looked=looked,
        words=(*trained.words, *ranked(looked, asked), told.words, *moved.words),
    )


def _card(on: Bench, plan: Plan, tried: Tried) -> Card:
    judged, table = tried.judged, on.table
    fitted = _fitted(judged.name, table, plan.seed)
    a, b = calibrating.correction(on, tried.folded)
    card = carding.card_of(
        fitted.stretched(a, b),
        table,
        plan=plan,
        rung=Rung(judged.name),
        calibration=Calibration(a=a, b=b),
    )
    measured = {"cv": judged.cv, "time_split": judged.time_split}
    metrics = {name: carding.figures(each) for name, each in measured.items() if each is not None}
    return card.model_copy(update={"metrics": metrics})


def _fitted(name: Candidate, table: Table, seed: int) -> AdditiveSum:
    fitted = fit_of(name, seed)(table)
    assert isinstance(fitted, AdditiveSum)
    return fitted


def _corrected(on: Bench, champion: Candidate, seen: Evidence) -> Floats:
    """What the champion would have said of the newest rows, corrected by what was the newest then."""
    logits = seen.logits[champion]
    if not seen.newest or on.cut is None:
        return logits
    before = bench(on.table.take(on.cut.older), on.seed)
    tried = try_out(champion, before)
    if isinstance(tried, Judged):
        return logits
    a, b = calibrating.correction(before, tried.folded)
    corrected: Floats = a * logits + b
    return corrected


def _asked(
    on: Bench,
    plan: Plan,
    seen: Evidence,
    *,
    later: Floats,
    base: Base,
    card: Card,
    active: Card | None,
    champion: Candidate,
) -> Asked:
    fresh = _fresh(on, seen, active)
    later, seen = (later, seen) if fresh is None else (later[fresh], seen.only(fresh))
    rows = on.table.take(seen.rows)
    columns = {name: rows.columns.get(name) for name in plan.slices}
    return Asked(
        champion=champion,
        label=rows.label,
        weights=rows.weights,
        # Like with like: what scores now has its base rate set, points have none.
        logits=later if active is None else base.of(later),
        now=_now(on, seen, rows, active=active, champion=champion),
        replaces=active is not None,
        newest=seen.newest,
        points=None if rows.points is None else rows.points.total,
        slices={name: each for name, each in columns.items() if isinstance(each, Words)},
        suspects=plan.suspects,
        flattered=active is not None and fresh is None,
        contradicted=active is not None and plan.contradicted,
        churn=None if active is None else _churn(rows, card, active),
        reproducible=True,
        seed=plan.seed,
        shown=base.of(later),
        standing=None if rows.chance is None else everybody.stands(rows),
    )


def _fresh(on: Bench, seen: Evidence, active: Card | None) -> Places | None:
    """Rows that the active card was not trained on; None where these are too few to tell, or all are."""
    if active is None or active.window.until is None or on.table.instants is None:
        return None
    later = on.table.instants[seen.rows] > active.window.until.timestamp()
    wins = int(seen.label[later].sum())
    enough = min(wins, int(later.sum()) - wins) >= BY_HAND
    return np.flatnonzero(later).astype(np.int64) if enough else None


def _now(
    on: Bench, seen: Evidence, rows: Table, *, active: Card | None, champion: Candidate
) -> Floats:
    """What scores now: the active card, else the points with their chance, else the share of wins for all.

    Where the points with their chance are themselves the champion, what is there now is points without one.
    """
    if active is not None:
        return carding.logits(active, rows)
    if Candidate.PLATT in seen.logits and champion is not Candidate.PLATT:
        return seen.logits[Candidate.PLATT]
    known = on.table.label if on.cut is None else on.table.label[on.cut.older]
    return np.full(len(rows), float(np.log(known.mean() / (1 - known.mean()))))


def _churn(rows: Table, card: Card, active: Card) -> float:
    """The share of rows whose fit letter or engagement digit moves by two or more."""
    new, old = (_steps(rows, each) for each in (card, active))
    return float((np.abs(new - old).max(axis=1) >= 2).mean())


def _steps(rows: Table, card: Card) -> Floats:
    found = []
    fit, engagement = carding.sides(card, rows)
    scales = card.scales
    for sums, knots, cuts in (
        (fit, scales.fit, scales.fit_cuts),
        (engagement, scales.engagement, scales.engagement_cuts),
    ):
        found.append([_step(knots, cuts, float(each)) for each in sums])
    return np.array(found, dtype=np.float64).T


def _step(knots: Knots, cuts: tuple[float, float, float], figure: float) -> int:
    return sum(on_scale(knots, figure) < cut for cut in cuts)
