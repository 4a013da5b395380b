"""Whom a changed card sees otherwise, told from what is kept of people, without their histories. Pure.

It looks at people of whom no rep found anything and to whom nobody added anything, and whose claim and
gates the change leaves alone: then the figures are those of `assess`, from the same features. Whoever it
would move is for `assess`, which has the words; of everybody else it says that nothing moves.
"""

import math
from bisect import bisect_right
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from math import fsum
from typing import Any, NamedTuple
from uuid import UUID

from prospects.noticeable import NOTICEABLE_POINTS, scored_otherwise
from scoring.acting import Acting, acting_of
from scoring.acts_by_kind import acts_in
from scoring.by_card import chance_by, points_by, shown_on
from scoring.card.card import Card, Knots
from scoring.card.terms import Side
from scoring.changes.course import Course
from scoring.changes.who import Alike, Who, alike, in_sight, shares
from scoring.features.facts import OF_COLLEAGUES
from scoring.features.known import Points
from scoring.features.points import in_force
from scoring.features.tally import micros
from scoring.rules import ScoringRules
from scoring.warmth import is_warm, warm_line
from scoring.written.leaves import fields_of
from scoring.written.scoring import MADE_BY_SCORING


class Belief(NamedTuple):
    """What stands on somebody's row, made by rules that differ in the card alone."""

    stage: str | None
    points: float
    grade: str
    score: float | None
    warm: bool
    gate: str | None
    look_due_at: datetime | None


class Kept(NamedTuple):
    """What is kept and read of somebody: their tally and points as they were written, and who they are as in `Who`."""

    tally: Mapping[str, Any]
    earned: Mapping[str, Any]
    account: UUID | None
    firm: str | None
    email: str | None
    phone: str | None
    title: str | None
    country: str | None
    zone: str | None
    fields: str


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
    fit: tuple[Alike, ...]
    still: tuple[Alike, ...]
    acting: Acting
    fit_cuts: tuple[float, ...]
    cuts: tuple[float, ...]
    lines: tuple[float, float]

    def of(self, kept: Kept, *, held: Belief, now: datetime) -> Screened:
        """Somebody at `now`, beside what is believed of them."""
        at = micros(now)
        points = in_force(kept.earned, at)
        who = who_of(kept, points, at)
        fit = fsum(shares(self.fit, who, self.rules))
        still = shares(self.still, who, self.rules)
        acts = acts_in(kept.tally, kept.zone)
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
        if not acts.kinds and who.first is None:
            return found
        line = self.lines[held.warm] - self.card.intercept - fit
        course = Course(self.acting, acts, at, moment, kept.earned, still, self.cuts, line)
        again = course.look_again_at(held.look_due_at, now)
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
        fit=alike((term for term in card.terms if term.side is Side.FIT), rules),
        still=alike((term for term in card.terms if term.feature in acting.still), rules),
        acting=acting,
        fit_cuts=tuple(_from(card.scales.fit, cut) for cut in sorted(card.scales.fit_cuts)),
        cuts=tuple(
            _from(card.scales.engagement, cut) for cut in sorted(card.scales.engagement_cuts)
        ),
        lines=(_warm_from(card, rules, was_warm=False), _warm_from(card, rules, was_warm=True)),
    )


_ENDLESS = 1e9
"""No sum of a card is greater."""


def who_of(kept: Kept, points: Points, at: int) -> Who:
    """Who somebody is at an instant, in microseconds since 1970."""
    first, touches = kept.tally.get("first"), kept.tally.get("touches")
    return Who(
        at,
        kept.email,
        kept.phone,
        kept.title,
        kept.country,
        kept.zone,
        kept.fields,
        kept.account,
        kept.firm,
        first if first and first[0] <= at else None,
        in_sight(touches, at) if touches else (),
        points,
    )


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
