"""What a card makes of one person: the logit with all its lines, and the figures pages show. Pure.

A rep's finding and a colleague's override are lines of their own beside the card's terms, so that the
weights that were learned stay as they were learned.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from prospects.values import Activity, Reason, Snapshot
from scoring.acting import Acting, Moment, acting_of
from scoring.acts_by_kind import Acts, acts_of
from scoring.by_rules.acts import Standing
from scoring.by_rules.overriding import POINTS_EACH
from scoring.by_rules.weighing import DECIMALS, Figures, Weighed, mark
from scoring.by_rules.words import found
from scoring.card.adding import Added, add_up, on_scale, sigmoid
from scoring.card.card import Card, Knots
from scoring.card.terms import Term
from scoring.features.points import SECOND
from scoring.features.seeing import Features, State, features_from, state_of
from scoring.features.tally import micros
from scoring.halving import share_left
from scoring.rules import ScoringRules
from scoring.saying import said


@dataclass(frozen=True, slots=True)
class Summed:
    """One person's sum at one instant: the logit, and the two sides of the card in it.

    `taken` and `given` are what a rep's finding does to it.
    """

    logit: float
    fit: float
    engagement: float
    taken: float
    given: float


@dataclass(frozen=True, slots=True)
class ByCard:
    """A person as a card sees them; it can be asked about later instants, if nothing happens but time.

    `seen` holds what was known at its `as_of`, `state` what that comes to, and `added` what the card
    makes of it. `kept` (0–1) is what a finding leaves of what they did before, and `silent` the
    engagement's share of the logit of somebody who never did anything.
    """

    card: Card
    rules: ScoringRules
    seen: Snapshot
    state: State
    added: Added
    weighed: Weighed
    kept: float
    silent: float
    acting: Acting
    acts: Acts
    still: Sequence[float]

    def sum_in(self, passed: float = 0.0) -> Summed:
        """The sum `passed` seconds from now; who somebody is stays as it is."""
        engagement = self._moment(passed).sum if passed else self.added.engagement
        return self._summed(engagement, passed)

    def bounds(self, passed: float) -> Iterator[tuple[Summed, Summed]]:
        """Bounds of the sum from now until then, first rough ones; none with a finding, which fades beside it."""
        if self.kept < 1 or self.weighed.did.added:
            return
        now = self._moment(0.0)
        low, high = self.acting.roughly(now, passed)
        yield self._summed(low, 0.0), self._summed(high, 0.0)
        low, high = self.acting.between(self.acts, now, self._moment(passed))
        yield self._summed(low, 0.0), self._summed(high, 0.0)

    def _summed(self, engagement: float, passed: float) -> Summed:
        taken = (1 - self.kept) * min(0.0, self.silent - engagement)
        left = share_left(passed, self.weighed.did.half_life)
        given = self.weighed.did.added * left / POINTS_EACH
        logit = self.card.intercept + self.added.fit + engagement
        logit += taken + given + self.weighed.pushed.weight
        return Summed(logit, self.added.fit, engagement + taken, taken, given)

    def _moment(self, passed: float) -> Moment:
        when = micros(self.seen.as_of) + round(passed * SECOND)
        points = self.state.earned.engagement(when)
        return self.acting.at(self.acts, when, points, self.still)

    def figures(self, summed: Summed) -> Figures:
        """The figures of a sum."""
        return figures_by(
            self.card, logit=summed.logit, fit=summed.fit, engagement=summed.engagement
        )

    def score(self, summed: Summed) -> float | None:
        """The probability, where it may be shown."""
        return chance_by(self.card, summed.logit)

    def reasons(
        self, summed: Summed, own: Sequence[Activity], finding: Standing | None, stage: str | None
    ) -> list[Reason]:
        """Every term, what a rep found, and every override; together with the first line they are the logit."""
        lines = [Reason("What the model says of anybody", "card.intercept", self.card.intercept)]
        lines += said(self.added.lines, own)
        if finding:
            text = found(finding.finding.verdict, stage, finding.finding.at)
            term, acts = f"verdict.{finding.finding.verdict}", (finding.finding.activity,)
            lines.append(Reason(text, term, summed.taken + summed.given, acts))
        return [*lines, *self.weighed.pushed.lines()]


def by_card(
    card: Card,
    rules: ScoringRules,
    then: Snapshot,
    weighed: Weighed,
    *,
    state: State | None = None,
) -> ByCard:
    """Somebody as a card sees them; `then` holds only what is known at its `as_of`, and `state` is made of it."""
    kept, silent = _kept(weighed), 0.0
    if kept < 1:
        nobody = replace(then, activities=())
        bare = state_of(nobody, then.as_of, rules)
        silent = add_up(card, _features(nobody, bare, rules, card.terms)).engagement
    state = state or state_of(then, then.as_of, rules)
    added = add_up(card, _features(then, state, rules, card.terms))
    acting = acting_of(card, rules.card_id)
    still = [share for name, _, share in added.lines if name in acting.still]
    acts = acts_of(state.tally, then.person.zone)
    return ByCard(card, rules, then, state, added, weighed, kept, silent, acting, acts, still)


def figures_by(card: Card, *, logit: float, fit: float, engagement: float) -> Figures:
    """What a sum and its two sides come to on the card's scales, and the grade by its cuts."""
    scales = card.scales
    shown_fit, did = shown_on(scales.fit, fit), shown_on(scales.engagement, engagement)
    return Figures(
        points_by(card, logit),
        shown_fit,
        did,
        mark(scales.fit_cuts, shown_fit, scales.engagement_cuts, did),
    )


def shown_on(scale: Knots, side: float) -> float:
    """Where one side's sum lies on its scale, as shown."""
    return _shown(on_scale(scale, side))


def points_by(card: Card, logit: float) -> float:
    """The same for the points alone: they rise with the logit, or stay."""
    scale = card.scales.points
    return _shown(on_scale(scale, logit) if scale else 100 * sigmoid(logit))


def chance_by(card: Card, logit: float) -> float | None:
    """The probability, 0–1, where the card's calibration held on later rows; else None."""
    return sigmoid(logit) if card.calibration.passed else None


def _features(seen: Snapshot, state: State, rules: ScoringRules, terms: Sequence[Term]) -> Features:
    names = [term.feature for term in terms]
    return features_from(state, seen.person, seen.company, now=seen.as_of, rules=rules, names=names)


def _kept(weighed: Weighed) -> float:
    """What a finding leaves of what they did before it, by the marketer's points; 1 without one."""
    earned = weighed.did.earned
    worth = sum(min(each.cap, each.worth) for each in earned)
    return sum(min(each.cap, each.kept) for each in earned) / worth if worth else 1.0


def _shown(figure: float) -> float:
    return round(min(100.0, max(0.0, figure)), DECIMALS)
