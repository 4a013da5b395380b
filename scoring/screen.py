"""Whom a changed card sees otherwise, told from what is kept of people, without their histories. Pure.

It looks at people of whom no rep found anything and to whom nobody added anything, and whose claim and
gates the change leaves alone: then the figures are those of `assess`, from the same features. Whoever it
would move is for `assess`, which has the words; of everybody else it says that nothing moves.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import NamedTuple

from prospects.noticeable import NOTICEABLE_POINTS, scored_otherwise
from prospects.values import Company, Person
from scoring.by_card import chance_by, figures_by
from scoring.card.card import Card
from scoring.card.stage_table import StageTable
from scoring.card.terms import Side, Term, Value, weigh, weigher
from scoring.features.acts import KINDS as OF_KINDS
from scoring.features.facts import OF_COLLEAGUES
from scoring.features.known import Known, known
from scoring.features.registry import reader_of
from scoring.features.seeing import State
from scoring.features.tally import micros
from scoring.features.titles import reader
from scoring.halving import HORIZON, first_change
from scoring.leaves import fields_of
from scoring.rules import ScoringRules
from scoring.stage_model import knows
from scoring.warmth import is_warm, warm_line
from scoring.weighing import Figures
from scoring.written import MADE_BY_SCORING

Read = Callable[[Known], Value]
Asked = tuple[Read, Callable[[Value], float], str, float]
"""How to read a feature and to weigh it; the kind of acts it is of, and what it adds where there are none."""


class Belief(NamedTuple):
    """What stands on somebody's row, made by rules that differ in the card alone."""

    stage: str | None
    points: float
    grade: str
    score: float | None
    warm: bool
    gate: str | None
    look_due_at: datetime | None


@dataclass(frozen=True, slots=True)
class Screened:
    """What somebody comes to now; `moved` if a person would notice, and then nothing is said of later.

    `look_again_at` is when time alone changes it, where that is before the look that is promised.
    """

    figures: Figures
    score: float | None
    moved: bool
    look_again_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Screen:
    """A card made ready: each term as how to read its feature and how to weigh it. Build it with `screen_of`."""

    rules: ScoringRules
    card: Card
    fit: tuple[Asked, ...]
    did: tuple[Asked, ...]

    def of(
        self, state: State, person: Person, company: Company | None, *, held: Belief, now: datetime
    ) -> Screened:
        """Somebody at `now`, beside what is believed of them."""
        at = micros(now)
        seen = self._known(state, person, company, at)
        fit, did = _added(self.fit, seen), _added(self.did, seen)
        figures = self._figures(fit, did)
        score = chance_by(self.card, self._logit(fit, did))
        if self._moves(held, figures, score):
            return Screened(figures, score, moved=True)
        if not state.tally.did and not state.tally.visits and not state.tally.first:
            return Screened(figures, score, moved=False)

        def shown(passed: float) -> tuple[str, bool]:
            then = figures
            if passed:
                ahead = self._known(state, person, company, micros(now + timedelta(seconds=passed)))
                then = self._figures(fit, _added(self.did, ahead))
            return then.grade, then.points >= warm_line(self.rules, was_warm=held.warm)

        # Of who is quiet nothing but old points fades, to one side: the horizon alone tells.
        quiet = not seen.ages and not seen.robots and shown(_FAR) == shown(0.0)
        again = _promise(now + HORIZON, held, now) if quiet else _again(shown, held, now)
        return Screened(figures, score, False, again)

    def _known(self, state: State, person: Person, company: Company | None, at: int) -> Known:
        return known(
            state.tally,
            person,
            company,
            now=at,
            titles=reader(self.rules.scoring.titles),
            points=state.earned.points(at),
        )

    def _figures(self, fit: float, did: float) -> Figures:
        return figures_by(self.card, logit=self._logit(fit, did), fit=fit, engagement=did)

    def _logit(self, fit: float, did: float) -> float:
        return self.card.intercept + fit + did

    def _moves(self, held: Belief, figures: Figures, score: float | None) -> bool:
        rank = self.rules.rank(held.stage)
        warm = held.gate is None and is_warm(
            self.rules, rank=rank, points=figures.points, was_warm=held.warm
        )
        return (
            warm != held.warm
            or figures.grade != held.grade
            or abs(figures.points - held.points) >= NOTICEABLE_POINTS
            or scored_otherwise(held.score, score)
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
    fit = _asked((term for term in card.terms if term.side is Side.FIT), rules)
    did = _asked((term for term in card.terms if term.side is not Side.FIT), rules)
    return Screen(rules, card, fit, did)


_KINDS = frozenset(kind.value for kind in OF_KINDS)
_FAR = HORIZON.total_seconds()
_NOBODY = Known(
    now=0,
    person=Person(),
    company=None,
    ages={},
    own=[],
    robots=0,
    first=None,
    touches=(),
    titles=lambda _: (None, None),
)


def stage_table(card: Card | None, rules: ScoringRules) -> StageTable | None:
    """What of a card has a say in stages by these rules."""
    return card.stage if card is not None and knows(card, rules.ladder) else None


def _asked(terms: Iterable[Term], rules: ScoringRules) -> tuple[Asked, ...]:
    allowed = rules.scoring.allowed_features
    return tuple(_prepared(reader_of(term.feature, allowed=allowed), term) for term in terms)


def _prepared(read: Read, term: Term) -> Asked:
    """The term, with what it adds for whoever never did such a thing; whose kind is none is always asked."""
    start, _, rest = term.feature.partition(".")
    kind = rest.partition(".")[0]
    if start != "did" or kind not in _KINDS:
        return read, weigher(term), "", 0.0
    return read, weigher(term), kind, weigh(term, read(_NOBODY))


def _added(asked: Iterable[Asked], seen: Known) -> float:
    total, ages = 0.0, seen.ages
    for read, weigh_it, kind, without in asked:
        total += without if kind and kind not in ages else weigh_it(read(seen))
    return total


def _again(
    shown: Callable[[float], tuple[str, bool]], held: Belief, now: datetime
) -> datetime | None:
    due = held.look_due_at
    until = (due - now).total_seconds() if due is not None and due > now else _FAR
    changed = first_change(shown, until=until)
    return _promise(now + (HORIZON if changed is None else timedelta(seconds=changed)), held, now)


def _promise(again: datetime, held: Belief, now: datetime) -> datetime | None:
    """When to look again, where no look is promised before that."""
    due = held.look_due_at
    return None if due is not None and now < due <= again else again
