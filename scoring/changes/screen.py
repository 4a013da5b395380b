"""Whom a changed card sees otherwise, told from what is kept of people, without their histories. Pure.

It looks at people of whom no rep found anything and to whom nobody added anything, and whose claim and
gates the change leaves alone: then the figures are those of `assess`, from the same features. Whoever it
would move is for `assess`, which has the words; of everybody else it says that nothing moves.
"""

import math
from bisect import bisect_right
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import NamedTuple

from prospects.noticeable import NOTICEABLE_POINTS, scored_otherwise
from prospects.own_titles import reader
from prospects.values import Company, Person
from scoring.acting import Acting, Moment, acting_of, acts_of
from scoring.by_card import chance_by, points_by, shown_on
from scoring.by_rules.stage_model import knows
from scoring.card.card import Card, Knots
from scoring.card.stage_table import StageTable
from scoring.card.terms import Side, Term, Value, weigher
from scoring.features.facts import OF_COLLEAGUES
from scoring.features.known import Known, Points
from scoring.features.points import SECOND
from scoring.features.registry import reader_of
from scoring.features.seeing import State
from scoring.features.tally import DAY, LOOKS_BACK, Tally, micros
from scoring.halving import HORIZON, first_change
from scoring.rules import ScoringRules
from scoring.warmth import is_warm, warm_line
from scoring.written.leaves import fields_of
from scoring.written.scoring import MADE_BY_SCORING

Asked = tuple[Callable[[Known], Value], Callable[[Value], float]]
"""How to read a feature and to weigh it."""
NEARLY = 31 / 32
"""Of the time until a promised look: what changes later than that is as good as found by it."""


class Belief(NamedTuple):
    """What stands on somebody's row, made by rules that differ in the card alone."""

    stage: str | None
    points: float
    grade: str
    score: float | None
    warm: bool
    gate: str | None
    look_due_at: datetime | None


class Screened(NamedTuple):
    """What somebody comes to now; `moved` if a person would notice, and then nothing is said of later.

    `fit` and `did` are the two sides of the card's sum.
    `look_again_at` is when time alone changes it, where that is before the look that is promised.
    """

    fit: float
    did: float
    points: float
    grade: str
    score: float | None
    moved: bool
    look_again_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Screen:
    """A card made ready: each term as how to read its feature and how to weigh it. Build it with `screen_of`.

    `fit_cuts` and `cuts` are the sums of both sides from which on the grade is another, `lines` the
    logits from which on somebody is warm: who was not, and who was.
    """

    rules: ScoringRules
    card: Card
    fit: tuple[Asked, ...]
    still: tuple[Asked, ...]
    acting: Acting
    fit_cuts: tuple[float, ...]
    cuts: tuple[float, ...]
    lines: tuple[float, float]

    def of(
        self, state: State, person: Person, company: Company | None, *, held: Belief, now: datetime
    ) -> Screened:
        """Somebody at `now`, beside what is believed of them."""
        at = micros(now)
        told, points = state.tally, state.earned.points(at)
        seen = _known(told, person, company, points, at, self.rules)
        fit = sum([weigh(read(seen)) for read, weigh in self.fit])
        still = [weigh(read(seen)) for read, weigh in self.still]
        acts = acts_of(told, person.zone)
        moment = self.acting.at(acts, at, points.engagement, still)
        did = moment.sum
        logit = self.card.intercept + fit + did
        found = Screened(
            fit,
            did,
            points_by(self.card, logit),
            "DCBA"[bisect_right(self.fit_cuts, fit)] + "4321"[bisect_right(self.cuts, did)],
            chance_by(self.card, logit),
            moved=False,
        )
        if self._moves(held, found):
            return found._replace(moved=True)
        if not acts.kinds and not told.first:
            return found

        def ahead(passed: float) -> Moment:
            then = at + round(passed * SECOND)
            return self.acting.at(acts, then, state.earned.engagement(then), still)

        def bounds(later: Moment) -> tuple[float, float]:
            return self.acting.between(acts, moment, later)

        def shown(did: float) -> tuple[int, bool]:
            line = self.lines[held.warm]
            return bisect_right(self.cuts, did), self.card.intercept + fit + did >= line

        again = _again(did, ahead, shown, bounds, held.look_due_at, now)
        return found if again is None else found._replace(look_again_at=again)

    def _moves(self, held: Belief, found: Screened) -> bool:
        rank = self.rules.rank(held.stage)
        warm = held.gate is None and is_warm(
            self.rules, rank=rank, points=found.points, was_warm=held.warm
        )
        return (
            warm != held.warm
            or found.grade != held.grade
            or abs(found.points - held.points) >= NOTICEABLE_POINTS
            or scored_otherwise(held.score, found.score)
        )


def screen_of(rules: ScoringRules) -> Screen | None:
    """These rules made ready; None where what they say depends on more than what is kept of people.

    That is so without a card, where a term asks for colleagues, where a condition looks back a stretch
    of time, and where a gate asks for what scoring makes.
    """
    card = rules.scoring_card
    asks_for_beliefs = any(fields_of(gate.condition) & MADE_BY_SCORING for gate, _ in rules.gates)
    if card is None or rules.windows or asks_for_beliefs:
        return None
    if any(term.feature in OF_COLLEAGUES for term in card.terms):
        return None
    acting = acting_of(card, rules.card_id)
    return Screen(
        rules,
        card,
        fit=_asked((term for term in card.terms if term.side is Side.FIT), rules),
        still=_asked((term for term in card.terms if term.feature in acting.still), rules),
        acting=acting,
        fit_cuts=tuple(_from(card.scales.fit, cut) for cut in sorted(card.scales.fit_cuts)),
        cuts=tuple(
            _from(card.scales.engagement, cut) for cut in sorted(card.scales.engagement_cuts)
        ),
        lines=(_warm_from(card, rules, was_warm=False), _warm_from(card, rules, was_warm=True)),
    )


_FAR = HORIZON.total_seconds()
_ENDLESS = 1e9
"""No sum of a card is greater."""


def stage_table(card: Card | None, rules: ScoringRules) -> StageTable | None:
    """What of a card has a say in stages by these rules."""
    return card.stage if card is not None and knows(card, rules.ladder) else None


def _asked(terms: Iterable[Term], rules: ScoringRules) -> tuple[Asked, ...]:
    allowed = rules.scoring.allowed_features
    return tuple((reader_of(term.feature, allowed=allowed), weigher(term)) for term in terms)


def _known(
    tally: Tally,
    person: Person,
    company: Company | None,
    points: Points,
    at: int,
    rules: ScoringRules,
) -> Known:
    """What tells who somebody is; their acts are asked for elsewhere."""
    touches = tally.touches
    if touches:
        oldest = (at // DAY - LOOKS_BACK + 1) * DAY
        touches = tuple([each for each in touches if oldest <= each.at <= at])
    return Known(
        now=at,
        person=person,
        company=company,
        ages={},
        own=[],
        robots=0,
        first=tally.first if tally.first and tally.first.at <= at else None,
        touches=touches,
        titles=reader(rules.scoring.titles),
        points=points,
    )


def _again(
    did: float,
    ahead: Callable[[float], Moment],
    shown: Callable[[float], tuple[int, bool]],
    bounds: Callable[[Moment], tuple[float, float]],
    due: datetime | None,
    now: datetime,
) -> datetime | None:
    """When to look again, where no look is promised before that, or hardly later."""
    promised = due is not None and due > now
    until = (due - now).total_seconds() if due is not None and promised else _FAR
    before = shown(did)
    low, high = bounds(ahead(until * NEARLY if promised else until))
    if shown(low) == before == shown(high):
        return None if promised else now + HORIZON
    changed = first_change(lambda passed: shown(ahead(passed).sum if passed else did), until=until)
    again = now + (HORIZON if changed is None else timedelta(seconds=changed))
    return None if due is not None and now < due <= again else again


def _first(holds: Callable[[float], bool]) -> float:
    """The least sum for which it holds, as it does for every greater one."""
    low, high = -_ENDLESS, _ENDLESS
    if holds(low):
        return -math.inf
    if not holds(high):
        return math.inf
    while low < (middle := (low + high) / 2) < high:
        low, high = (low, middle) if holds(middle) else (middle, high)
    return high


def _warm_from(card: Card, rules: ScoringRules, *, was_warm: bool) -> float:
    line = warm_line(rules, was_warm=was_warm)
    return _first(lambda logit: points_by(card, logit) >= line)


def _from(scale: Knots, cut: float) -> float:
    return _first(lambda side: shown_on(scale, side) >= cut)
