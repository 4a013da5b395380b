"""May a model take the place of what scores now? Checks by figures; a person can read every one of them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from scoring.training.bootstrap import paired, paired_lift
from scoring.training.calibrating import ratio_holds, ratio_of, within, worst
from scoring.training.metrics import auc, ece, lift, probability
from scoring.training.table import Floats, Places, Words
from scoring.training.trained import Candidate, Check, Gate, Outcome, Slice

BY_ITSELF = 100
"""Wins among the newest rows for a model to take over by itself (the SD of a paired AUC difference is .007)."""
BY_HAND = 50
"""Fewer wins than these, and boosting stays out; a person may take the scorecard or the points' chance."""
SURE = 0.9
NO_WORSE = -0.01
SLICE_ROWS = 100
SLICE_DROP = 0.05
SLICE_LOW, SLICE_HIGH = 0.5, 2.0
CHURN = 0.25
STOPS = ("better", "points", "leaks", "reproducible")
"""Without these nothing changes; without any other a person decides."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Asked:
    """What the gate looks at: rows the champion was not trained on, with its logits and those of what scores now.

    `replaces` is whether a card scores now (else the points, or nothing); `newest` whether the rows are
    the newest fifth; `points` the marketer's points there, `slices`
    columns to look at one by one, `flattered` whether what scores now was trained on some of these rows,
    `contradicted` whether later findings contradict its percentages,
    `churn` the share of rows whose grade moves by two steps or more. `shown` are the logits by which a
    percentage would be shown and `standing` how much each row counts then, where some rows were drawn.
    """

    champion: Candidate
    label: Floats
    weights: Floats
    logits: Floats
    now: Floats
    replaces: bool
    newest: bool
    points: Floats | None
    slices: Mapping[str, Words]
    suspects: Sequence[str]
    flattered: bool
    contradicted: bool
    churn: float | None
    reproducible: bool
    seed: int
    shown: Floats | None = None
    standing: Floats | None = None

    @property
    def foreseen(self) -> Floats:
        """What would be shown, as probabilities."""
        return probability(self.logits if self.shown is None else self.shown)

    @property
    def counting(self) -> Floats:
        """How much each row counts for what is shown."""
        return self.weights if self.standing is None else self.standing


def gate(asked: Asked) -> Gate:
    """Every check, and what they let happen."""
    checks = [_enough(asked), _better(asked), _calibrated(asked), _slices(asked)]
    checks += [_leaks(asked), _reproducible(asked)]
    if asked.points is not None:
        checks.append(_points(asked, asked.points))
    if asked.churn is not None:
        checks.append(_churn(asked.churn))
    failed = {check.name for check in checks if not check.passed}
    return Gate(outcome=_outcome(asked, failed), checks=tuple(checks))


def slices(asked: Asked) -> list[Slice]:
    """The champion on every level with enough rows and both outcomes."""
    found = []
    for name, column in asked.slices.items():
        rows = [np.flatnonzero(column.codes == code) for code in range(len(column.levels))]
        found += [
            _slice(asked, name, level, own)
            for level, own in zip(column.levels, rows, strict=True)
            if len(own) >= SLICE_ROWS and 0 < asked.label[own].sum() < len(own)
        ]
    return found


def _outcome(asked: Asked, failed: set[str]) -> Outcome:
    stops = set(STOPS) - ({"better"} if asked.flattered or asked.contradicted else set())
    if failed & stops or (asked.champion is Candidate.ADDITIVE and _wins(asked) < BY_HAND):
        return Outcome.STAY
    return Outcome.ASK if failed else Outcome.PROMOTE


def _wins(asked: Asked) -> int:
    return int(asked.label.sum()) if asked.newest else 0


def _enough(asked: Asked) -> Check:
    wins = _wins(asked)
    return Check(
        name="enough",
        passed=wins >= BY_ITSELF,
        figures={"wins": wins, "needed": BY_ITSELF},
        words=f"{wins} wins among the newest rows; {BY_ITSELF} let a model take over by itself, "
        f"from {BY_HAND} on a person may decide.",
    )


def _better(asked: Asked) -> Check:
    drawn = paired(asked.label, asked.logits, asked.now, asked.seed)
    return Check(
        name="better",
        passed=drawn.loss_better >= SURE and drawn.auc_low >= NO_WORSE,
        figures={
            "log_loss": drawn.loss,
            "better_in": drawn.loss_better,
            "auc": drawn.auc,
            "auc_low": drawn.auc_low,
            "auc_high": drawn.auc_high,
        },
        words=f"Against what scores now: log loss {drawn.loss:+z.4f}, better in "
        f"{drawn.loss_better:.0%} of draws; AUC {drawn.auc:+z.3f} "
        f"({drawn.auc_low:+z.3f} to {drawn.auc_high:+z.3f})."
        + (" It was trained on some of these rows, which flatters it." if asked.flattered else "")
        + (" Its percentages do not hold any more." if asked.contradicted else ""),
    )


def _points(asked: Asked, points: Floats) -> Check:
    ours = (auc(asked.label, asked.logits), lift(asked.label, asked.logits, asked.weights))
    theirs = (auc(asked.label, points), lift(asked.label, points, asked.weights))
    drawn = paired_lift(asked.label, asked.logits, points, asked.weights, asked.seed)
    least, most = (float(each) for each in np.quantile(drawn, (0.05, 0.95)))
    same_order = asked.champion is Candidate.PLATT
    return Check(
        name="points",
        passed=same_order or (ours[0] > theirs[0] and most >= 0),
        figures={
            "auc": ours[0],
            "auc_points": theirs[0],
            "lift": ours[1],
            "lift_points": theirs[1],
            "lift_low": least,
            "lift_high": most,
        },
        words=f"Against the points: AUC {ours[0]:.3f} and {theirs[0]:.3f}; among the best tenth "
        f"{ours[1]:.1f} and {theirs[1]:.1f} times the usual share of wins ({least:+z.1f} to {most:+z.1f}).",
    )


def _calibrated(asked: Asked) -> Check:
    at, now, weights = asked.foreseen, probability(asked.now), asked.counting
    error, before = (ece(asked.label, each, weights) for each in (at, now))
    ratio = ratio_of(asked.label, at, weights)
    holds = within(ratio) if asked.standing is None else ratio_holds(ratio, at, weights, asked.seed)
    bound = worst(at, weights, asked.seed)
    return Check(
        name="calibrated",
        passed=holds and error <= max(bound, before if asked.replaces else 0.0),
        figures={"ece": error, "ece_now": before, "ratio": ratio},
        words=f"Predictions are off by {error:.3f} on average (now {before:.3f}), "
        f"together {ratio:.2f} times what came true.",
    )


def _slices(asked: Asked) -> Check:
    bad = [each for each in slices(asked) if _suffers(each)]
    named = ", ".join(f"{each.column} “{each.level}”" for each in bad)
    return Check(
        name="slices",
        passed=not bad,
        figures={"worse": len(bad)},
        words=f"Worse for: {named}." if bad else "No source, country or size suffers.",
    )


def _suffers(each: Slice) -> bool:
    return each.auc < each.auc_now - SLICE_DROP or not SLICE_LOW <= each.ratio <= SLICE_HIGH


def _slice(asked: Asked, name: str, level: str, own: Places) -> Slice:
    label, logits = asked.label[own], asked.logits[own]
    return Slice(
        column=name,
        level=level,
        rows=len(own),
        auc=auc(label, logits),
        auc_now=auc(label, asked.now[own]),
        ratio=float(probability(logits).mean() / label.mean()),
    )


def _leaks(asked: Asked) -> Check:
    named = ", ".join(f"“{name}”" for name in asked.suspects)
    return Check(
        name="leaks",
        passed=not asked.suspects,
        figures={"suspects": len(asked.suspects)},
        words=f"Known before hand-over? Somebody must say so of {named}."
        if named
        else "No column looks as if known only after the fact.",
    )


def _churn(share: float) -> Check:
    return Check(
        name="churn",
        passed=share <= CHURN,
        figures={"share": share, "most": CHURN},
        words=f"{share:.0%} would change their grade by two steps or more.",
    )


def _reproducible(asked: Asked) -> Check:
    return Check(
        name="reproducible",
        passed=asked.reproducible,
        figures={},
        words="Trained twice, the same card came out."
        if asked.reproducible
        else "Trained twice, two different cards came out.",
    )
