"""Markets whose people move between stages, with what who knew all their figures would claim. Pure.

Weeks pass. In each, who is at a stage goes forward (sooner if senior), back or out for good, and does acts
at the rates of where they are. What is seen of them is weighed by Bayes' rule over these very figures,
findings of reps among it: that is the best anybody could claim. What differs between markets is what no
model is told: how soon people move, how much they do, whether that changes over the year or from one
person to the next, and whether the evidence rules point the right way.
"""

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from random import Random
from uuid import UUID

from prospects.folding import finding
from prospects.ids import ActivityId, ProspectId, new_id
from prospects.kinds import Kind, Verdict
from prospects.ladder import LADDER
from prospects.values import Activity, Lifecycle, Person, Snapshot

WEEK = timedelta(weeks=1)
BEGINS = datetime(2026, 1, 5, 9, tzinfo=UTC)
OUT, OUTSIDE = -1, 4
MISHEARD = 0.1
"""So often a rep finds a stage beside the true one."""
Rates = tuple[float, float, float, float, float]
"""In a week at each of four stages, and of who is out."""
Does = tuple[Kind, Mapping[str, str], Rates]


@dataclass(frozen=True, slots=True)
class Market:
    """One world. `once`: a rate is the chance of one act a week; else acts come by Poisson.

    `levels` are how lively people are (a factor of all rates), evenly; `season` the same by week.
    """

    name: str
    acts: Mapping[str, Does]
    start: tuple[float, float, float, float] = (0.6, 0.25, 0.15, 0.0)
    forward: Mapping[bool, float] = field(default_factory=lambda: {False: 0.09, True: 0.22})
    back: float = 0.03
    leaves: float = 0.05
    once: bool = False
    levels: tuple[float, ...] = (1.0,)
    season: Callable[[int], float] = lambda week: 1.0

    def rate(self, act: str, state: tuple[int, float], week: int) -> float:
        """Of an act by somebody at a stage (4 is out) who is so lively."""
        stage, level = state
        rate = self.acts[act][2][stage]
        return rate if self.once else rate * level * self.season(week)

    def step(self, stage: int, *, senior: bool) -> Mapping[int, float]:
        """Where a week takes somebody."""
        if stage == OUTSIDE:
            return {OUTSIDE: 1.0}
        goes = self.forward[senior]
        found = {OUTSIDE: self.leaves}
        for to, chance in (
            (max(stage - 1, 0), self.back),
            (min(stage + 1, 3), goes),
            (stage, 1 - self.leaves - self.back - goes),
        ):
            found[to] = found.get(to, 0.0) + chance
        return found


def _page(name: str, *rates: float) -> Does:
    return Kind.PAGE_VIEW, {"page": f"https://us.example/{name}"}, _five(rates)


def _form(name: str, *rates: float) -> Does:
    return Kind.FORM, {"form": name}, _five(rates)


def _other(kind: Kind, *rates: float) -> Does:
    return kind, {}, _five(rates)


def _five(rates: tuple[float, ...]) -> Rates:
    first, second, third, fourth, out = rates
    return first, second, third, fourth, out


YEAR = Market(
    "the simulated year's",
    {
        "blog": _page("blog", 0.7, 0.6, 0.5, 0.4, 0.02),
        "pricing": _page("pricing", 0.05, 0.2, 0.7, 0.9, 0),
        "guide": _form("guide", 0.12, 0.15, 0.05, 0.02, 0),
        "webinar": _other(Kind.WEBINAR, 0.03, 0.12, 0.12, 0.05, 0),
        "demo": _form("demo", 0.01, 0.03, 0.25, 0.4, 0),
    },
    once=True,
)
SEASONS = Market(
    "seasons, and people of different liveliness",
    {
        "blog": _page("blog", 1.2, 1.0, 0.8, 0.6, 0.1),
        "pricing": _page("pricing", 0.05, 0.25, 0.8, 1.0, 0.01),
        "guide": _form("guide", 0.2, 0.2, 0.08, 0.03, 0.005),
        "download": _other(Kind.DOWNLOAD, 0.05, 0.3, 0.3, 0.1, 0),
        "webinar": _other(Kind.WEBINAR, 0.02, 0.15, 0.15, 0.05, 0),
        "demo": _form("demo", 0.01, 0.03, 0.3, 0.25, 0),
        "quote": _form("quote", 0.001, 0.005, 0.03, 0.3, 0),
        "click": _other(Kind.CLICK, 0.3, 0.4, 0.5, 0.5, 0.03),
    },
    forward={False: 0.08, True: 0.15},
    leaves=0.04,
    levels=(0.5, 1.6),
    season=lambda week: 0.45 if 10 <= week % 26 < 16 else 1.1,
)
SPARSE = Market(
    "few acts",
    {
        "blog": _page("blog", 0.25, 0.2, 0.15, 0.1, 0.01),
        "pricing": _page("pricing", 0.02, 0.06, 0.22, 0.3, 0),
        "guide": _form("guide", 0.08, 0.06, 0.02, 0.01, 0),
        "webinar": _other(Kind.WEBINAR, 0.01, 0.06, 0.05, 0.02, 0),
        "demo": _form("demo", 0.004, 0.012, 0.1, 0.1, 0),
        "quote": _form("quote", 0.001, 0.003, 0.01, 0.12, 0),
    },
    forward={False: 0.05, True: 0.1},
    leaves=0.025,
    back=0.015,
)
MISLED = Market(
    "rules that mislead",
    {
        "blog": _page("blog", 0.5, 0.6, 0.6, 0.5, 0.05),
        "pricing": _page("pricing", 0.5, 0.4, 0.45, 0.5, 0.1),
        "demo": _form("demo", 0.15, 0.1, 0.1, 0.05, 0.03),
        "guide": _form("guide", 0.05, 0.2, 0.2, 0.1, 0),
        "download": _other(Kind.DOWNLOAD, 0.02, 0.1, 0.5, 0.4, 0),
        "webinar": _other(Kind.WEBINAR, 0.03, 0.3, 0.1, 0.05, 0),
        "chat": _other(Kind.CHAT, 0.01, 0.03, 0.12, 0.5, 0),
        "reply": _other(Kind.REPLY, 0.02, 0.04, 0.2, 0.3, 0),
    },
    forward={False: 0.1, True: 0.2},
)
FAST = Market(
    "weeks from first to last",
    {
        "blog": _page("blog", 1.5, 1.2, 0.8, 0.6, 0.1),
        "pricing": _page("pricing", 0.1, 0.4, 1.2, 1.0, 0.02),
        "guide": _form("guide", 0.4, 0.3, 0.1, 0.03, 0.01),
        "webinar": _other(Kind.WEBINAR, 0.05, 0.35, 0.2, 0.05, 0),
        "demo": _form("demo", 0.01, 0.06, 0.5, 0.4, 0),
        "quote": _form("quote", 0, 0.01, 0.06, 0.6, 0),
        "meeting": _other(Kind.MEETING, 0.002, 0.01, 0.15, 0.4, 0),
    },
    forward={False: 0.22, True: 0.4},
    leaves=0.08,
    back=0.06,
)
MARKETS = (YEAR, SEASONS, SPARSE, MISLED, FAST)


@dataclass(slots=True)
class Somebody:
    """One person, the truth about them (`stage`, `level`), and how likely each of both is to who saw it all."""

    senior: bool
    level: float
    stage: int
    seen: Snapshot
    chances: dict[tuple[int, float], float]
    acts: list[Activity] = field(default_factory=list)
    busy_until: int = -1

    @property
    def best(self) -> int:
        """What who knew all the figures would claim."""
        return max(range(4), key=lambda s: sum(c for (at, _), c in self.chances.items() if at == s))


@dataclass(slots=True)
class Living:
    """A market and its people so far."""

    market: Market
    dice: Random
    week: int = 0
    people: list[Somebody] = field(default_factory=list)

    @property
    def now(self) -> datetime:
        """The end of the week."""
        return BEGINS + self.week * WEEK

    def step(self, newcomers: int) -> None:
        """A week: people come, move and act."""
        self.week += 1
        self.people += [self._somebody(len(self.people) + n) for n in range(newcomers)]
        for one in self.people:
            state = one.stage if one.stage != OUT else OUTSIDE
            to = self.market.step(state, senior=one.senior)
            state = self.dice.choices(list(to), list(to.values()))[0]
            one.stage = OUT if state == OUTSIDE else state
            self._act(one, (state, one.level))
            one.seen = replace(
                one.seen, as_of=self.now, activities=tuple(one.acts), finding=finding(one.acts)
            )

    def find(self, one: Somebody, claimed: int) -> int:
        """A rep talks to them now: the rank found, -1 for no buyer."""
        found = one.stage
        if found != OUT and self.dice.random() < MISHEARD:
            found = min(max(found + self.dice.choice((-1, 1)), 0), 3)
        one.chances = _normal({at: c * _heard(found, at[0]) for at, c in one.chances.items()})
        verdict = Verdict.LATER if found > claimed else Verdict.EARLIER
        verdict = Verdict.CONFIRMED if found == claimed else verdict
        verdict = Verdict.NOT_A_BUYER if found == OUT else verdict
        body = {
            "verdict": verdict.value,
            "stage_found": LADDER[found] if found >= 0 else None,
        }
        one.acts.append(
            Activity(ActivityId(new_id(self.now)), Kind.VERDICT, self.now, self.now, "rep", body)
        )
        return found

    def _somebody(self, number: int) -> Somebody:
        market, senior = self.market, self.dice.random() < 0.4
        title = "Director of Operations" if senior else "Clerk"
        seen = Snapshot(
            prospect_id=ProspectId(UUID(int=number + 1)),
            as_of=self.now,
            person=Person(email=f"p{number}@mail.example", title=title),
            company=None,
            activities=(),
            lifecycle=Lifecycle.INQUIRY,
            stages=LADDER,
        )
        evenly = 1 / len(market.levels)
        chances = {
            (stage, level): share * evenly
            for stage, share in enumerate((*market.start, 0.0))
            for level in market.levels
        }
        stage = self.dice.choices(range(4), market.start)[0]
        return Somebody(senior, self.dice.choice(market.levels), stage, seen, chances)

    def _act(self, one: Somebody, state: tuple[int, float]) -> None:
        did = {name: self._times(name, state) for name in self.market.acts}
        one.chances = self._seen(one, did)
        for name, times in did.items():
            kind, body, _ = self.market.acts[name]
            for _ in range(times):
                at = self.now - WEEK * 0.9 * self.dice.random()
                one.acts.append(Activity(ActivityId(new_id(at)), kind, at, at, "site", body))
        one.acts.sort(key=lambda act: (act.happened_at, act.id))

    def _times(self, act: str, state: tuple[int, float]) -> int:
        rate = self.market.rate(act, state, self.week)
        drawn = self.dice.random()
        if self.market.once:
            return int(drawn < rate)
        count, left = 0, math.exp(-rate)
        while drawn > left:
            drawn *= self.dice.random()
            count += 1
        return count

    def _seen(self, one: Somebody, did: Mapping[str, int]) -> dict[tuple[int, float], float]:
        moved = dict.fromkeys(one.chances, 0.0)
        for (stage, level), share in one.chances.items():
            for to, chance in self.market.step(stage, senior=one.senior).items():
                moved[to, level] += share * chance
        for state in moved:
            for act, times in did.items():
                rate = self.market.rate(act, state, self.week)
                if self.market.once:
                    moved[state] *= rate if times else 1 - rate
                else:
                    moved[state] *= math.exp(-rate) * rate**times
        return _normal(moved)


def _heard(found: int, stage: int) -> float:
    """How likely a rep finds this of who is at that stage."""
    if OUT in (found, stage) or stage == OUTSIDE:
        return float(found == OUT and stage == OUTSIDE)
    beside = [min(max(stage + aside, 0), 3) for aside in (-1, 1)]
    return (1 - MISHEARD) * (found == stage) + MISHEARD / 2 * beside.count(found)


def _normal(chances: dict[tuple[int, float], float]) -> dict[tuple[int, float], float]:
    whole = sum(chances.values())
    return {state: chance / whole for state, chance in chances.items()}
