"""The three weights of an assessment (who they are, what they do, how far they are) and what they come to. Pure."""

from dataclasses import dataclass

from prospects.conditions import Sight
from prospects.values import Reason, StageClaim
from scoring.by_rules.engagement import Engaged
from scoring.by_rules.overriding import Pushed
from scoring.by_rules.stage_support import Support
from scoring.rules import ScoringRules

DECIMALS = 1
"""Figures are judged as they are shown: 0.004 points of decay keep nobody from being warm."""


@dataclass(frozen=True, slots=True)
class Fit:
    """Who they are, in points from 0 to the cap, with the lines that add up to it."""

    part: float
    cap: float
    lines: tuple[Reason, ...]


@dataclass(frozen=True, slots=True)
class Figures:
    """What somebody comes to, as shown: 0–100 each, and the grade."""

    points: float
    fit: float
    engagement: float
    grade: str


@dataclass(frozen=True, slots=True)
class Weighed:
    """Everything that carries an assessment; it can be asked about later instants as well.

    `left` (0–1) is what acts are worth then, of their worth now; `claim` is the stage claimed now, and
    `rank` its place on the ladder, -1 for none.
    """

    fit: Fit
    did: Engaged
    evidence: Support
    rank: int
    claim: StageClaim | None
    pushed: Pushed

    def total(self, left: float = 1.0) -> float:
        """The fit part, the engagement part and the overrides together, before any bound."""
        return self.fit.part + self.did.whole(left) + self.pushed.points

    def points(self, left: float = 1.0) -> float:
        """The same as points, 0–100."""
        return round(min(100.0, max(0.0, self.total(left))), DECIMALS)

    def figures(self, rules: ScoringRules) -> Figures:
        """What the marketer's points say now."""
        fit, did = self.fit_of_cap(), self.engagement_of_cap()
        return Figures(self.points(), fit, did, grade(rules, fit, did))

    def fit_of_cap(self) -> float:
        """Fit as 0–100 of its own cap."""
        return _of_cap(self.fit.part, self.fit.cap)

    def engagement_of_cap(self, left: float = 1.0) -> float:
        """Engagement as 0–100 of its own cap."""
        return _of_cap(self.did.part(left), self.did.cap)


def weigh_fit(rules: ScoringRules, sight: Sight) -> Fit:
    """Add up the fit rules that hold."""
    cap = rules.scoring.fit.cap
    lines = [
        Reason(rule.text or f"Fits “{rule.name}”", f"fit.{rule.name}", rule.points)
        for rule, holds in rules.fit
        if holds(sight)
    ]
    total = sum(line.value for line in lines)
    part = min(max(total, 0.0), cap)
    if part < total:
        lines.append(Reason(f"Fit counts for {cap:g} points at most", "fit.cap", part - total))
    elif part > total:
        lines.append(Reason("Fit never counts for less than nothing", "fit.floor", part - total))
    return Fit(part, cap, tuple(lines))


def grade(rules: ScoringRules, fit: float, engagement: float) -> str:
    """A–D for fit and 1–4 for engagement, by the cuts of the workspace."""
    cuts = rules.scoring.grades
    return mark(cuts.fit, fit, cuts.engagement, engagement)


def mark(
    fit_cuts: tuple[float, ...], fit: float, cuts: tuple[float, ...], engagement: float
) -> str:
    """A grade by these cuts, such as B2."""
    return "ABCD"[_below(fit_cuts, fit)] + "1234"[_below(cuts, engagement)]


def _below(cuts: tuple[float, ...], figure: float) -> int:
    return sum(figure < cut for cut in cuts)


def _of_cap(part: float, cap: float) -> float:
    return round(100 * part / cap, DECIMALS) if cap else 0.0
