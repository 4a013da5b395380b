"""The truth of a made-up market: how far its buyers are, what they do at each stage, and what could be known of it. Pure.

A buyer begins where their source's people begin, moves in a week forward (sooner who is senior), back
or out, and does in a week what people at their stage do. From `turns` on it is another market: what
one source brings changes places with another's, and everybody moves more slowly.
"""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from random import Random

from prospects.ids import ProspectId
from prospects.kinds import Kind

OUT, OUTSIDE = -1, 4
CUSTOMER = 5
"""Who has bought is nobody's lead any more, and nothing is asked about them."""
AWARENESS, CONSIDERATION, EVALUATION, DECISION = range(4)
SOURCES: Mapping[str, tuple[float, float, float]] = {
    "site": (0.6, 0.25, 0.15),
    "linkedin": (0.4, 0.3, 0.3),
    "ads": (0.8, 0.15, 0.05),
}
"""Where those begin who come from each, awareness first."""
TURNED: Mapping[str, str] = {"site": "site", "linkedin": "ads", "ads": "linkedin"}
FORWARD: Mapping[bool, float] = {True: 0.22, False: 0.09}
"""In a week, by whether they are senior."""
SLOWER = 0.7
BACK, LEAVES = 0.03, 0.05
MISHEARD = 0.1
"""So often an honest rep finds a stage beside the true one."""
ACTS: Mapping[str, tuple[Kind, Mapping[str, str], tuple[float, ...]]] = {
    "blog": (Kind.PAGE_VIEW, {"page": "https://us.example/blog"}, (0.7, 0.6, 0.5, 0.4)),
    "pricing": (Kind.PAGE_VIEW, {"page": "https://us.example/pricing"}, (0.05, 0.2, 0.7, 0.9)),
    "guide": (Kind.FORM, {"form": "guide"}, (0.12, 0.15, 0.05, 0.02)),
    "webinar": (Kind.WEBINAR, {"name": "tour"}, (0.03, 0.12, 0.12, 0.05)),
    "demo": (Kind.FORM, {"form": "demo"}, (0.01, 0.03, 0.25, 0.4)),
}
"""Each act's chance in a week, by stage; who is out does nothing but read the blog once in a while."""


@dataclass(slots=True)
class Somebody:
    """One person: who they are to us, and the truth."""

    id: ProspectId
    senior: bool
    source: str
    stage: int
    chances: list[float]
    """Of each stage, and of being out: Bayes' rule over the generator's own figures and all acts so far."""
    did_at: list[datetime] = field(default_factory=list)
    checked_at: datetime | None = None

    @property
    def best(self) -> int:
        """What who knew all the figures would claim."""
        return max(range(OUTSIDE), key=lambda stage: self.chances[stage])


def begins(source: str, *, turned: bool) -> tuple[float, float, float]:
    """Where those begin who come from this source."""
    return SOURCES[TURNED[source] if turned else source]


def step_from(stage: int, forward: float) -> dict[int, float]:
    """Where a week takes somebody (4 is out)."""
    if stage == OUTSIDE:
        return {OUTSIDE: 1.0}
    found = {OUTSIDE: LEAVES}
    for to, chance in (
        (max(stage - 1, AWARENESS), BACK),
        (min(stage + 1, DECISION), forward),
        (stage, 1 - LEAVES - BACK - forward),
    ):
        found[to] = found.get(to, 0.0) + chance
    return found


def moved(stage: int, forward: float, dice: Random) -> int:
    """Where a week has taken somebody who is not out."""
    steps = step_from(stage, forward)
    (to,) = dice.choices([*steps], [*steps.values()])
    return OUT if to == OUTSIDE else to


def forward_of(one: Somebody, *, turned: bool) -> float:
    """Their chance to move on in a week."""
    return FORWARD[one.senior] * (SLOWER if turned else 1.0)


def chance_of(name: str, stage: int) -> float:
    """How likely somebody at this stage does this in a week."""
    if stage in (OUT, OUTSIDE):
        return 0.02 if name == "blog" else 0.0
    return ACTS[name][2][stage]


def acts_of(stage: int, dice: Random) -> Iterator[str]:
    """What somebody at this stage does in a week."""
    yield from (name for name in sorted(ACTS) if dice.random() < chance_of(name, stage))


def seen_after(chances: list[float], forward: float, did: Collection[str]) -> list[float]:
    """The chances a week later, having seen what they did and did not."""
    found = [0.0] * (OUTSIDE + 1)
    for stage, share in enumerate(chances):
        for to, chance in step_from(stage, forward).items():
            found[to] += share * chance
    for stage in range(OUTSIDE + 1):
        for name in ACTS:
            at = chance_of(name, stage)
            found[stage] *= at if name in did else 1 - at
    return [each / sum(found) for each in found]


def heard(stage: int, dice: Random) -> int:
    """What an honest rep finds of a buyer who is at this stage."""
    if dice.random() >= MISHEARD:
        return stage
    return min(max(stage + dice.choice((-1, 1)), AWARENESS), DECISION)


def conversion(stage: int) -> float:
    """How likely an honest rep finds this buyer at evaluation or further."""
    missed = MISHEARD / 2
    return {CONSIDERATION: missed, EVALUATION: 1 - missed, DECISION: 1.0}.get(stage, 0.0)
