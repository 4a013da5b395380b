"""A market seen through the product's own functions, week by week: what reps find, and what is claimed. Pure.

Who is warm by the points is put to a rep, and few who are not are drawn by chance; who was found is left
alone for eight weeks. So findings teach of those who are warm, as in a real workspace.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from random import Random

from prospects.values import Snapshot
from scoring.assess import assess
from scoring.by_rules import stage
from scoring.by_rules.acts import buyers_own, known, standing
from scoring.by_rules.stage_model import Learned
from scoring.card.stage_table import StageTable
from scoring.features.seeing import Features, features_from, features_of, state_of
from scoring.learning.stage_seen import SeenStage, seen_stage
from scoring.rules import built_in
from scoring.stage_evidence import rule_of
from tests.scoring.stages.moving import OUT, Living, Market, Somebody

RULES = built_in()
DRAWN = 0.0125
"""A week: about 5 % in four."""
ANSWERED = 0.8
LEFT_ALONE = 8


@dataclass(frozen=True, slots=True)
class Look:
    """The true stage of somebody who may buy, the one claimed (none is the first), and the best claim."""

    true: int
    claimed: int
    best: int


@dataclass(frozen=True, slots=True)
class Lived:
    """What came of some weeks."""

    findings: Sequence[SeenStage]
    looks: Sequence[Look]

    @property
    def right(self) -> float:
        """The share of claims that are the true stage."""
        return sum(look.claimed == look.true for look in self.looks) / len(self.looks)

    @property
    def attainable(self) -> float:
        """The same of who knew all the figures."""
        return sum(look.best == look.true for look in self.looks) / len(self.looks)

    @property
    def over(self) -> float:
        """The share of claims that go too far."""
        return sum(look.claimed > look.true for look in self.looks) / len(self.looks)

    @property
    def off(self) -> float:
        """By how many stages claims are wrong on average."""
        return sum(abs(look.claimed - look.true) for look in self.looks) / len(self.looks)


def live(
    market: Market, *, seed: int, weeks: int, newcomers: int, table: StageTable | None = None
) -> Lived:
    """Weeks of a market, each with so many newcomers, everybody looked at by these findings' table each week."""
    world = Living(market, Random(seed))
    findings: list[SeenStage] = []
    looks: list[Look] = []
    for _ in range(weeks):
        world.step(newcomers)
        for one in world.people:
            claimed = _look(world, one, table)
            if one.stage != OUT:
                looks.append(Look(one.stage, max(claimed, 0), one.best))
            found = _put(world, one, claimed)
            findings += [found] if found else []
    return Lived(findings, looks)


def _look(world: Living, one: Somebody, table: StageTable | None) -> int:
    """Believe of them what the engine would, the claim by the table among it; the rank claimed."""
    now = world.now
    believed = assess(one.seen, RULES, now)
    claim = believed.claim
    if table is not None:
        finding = standing(one.seen, RULES, now)
        own = buyers_own(known(one.seen.activities, now))
        told = stage.support(own, RULES, finding, now, learned=_learned(table, one.seen))
        rank = told.furthest(stage.remembered(one.seen, RULES, finding))
        claim = stage.claim(replace(told, learned=None), rank, RULES, now)
    one.seen = one.seen.assessed(replace(believed, claim=claim))
    return RULES.rank(claim.stage) if claim else -1


def _learned(table: StageTable, seen: Snapshot) -> Learned:
    state = state_of(seen, seen.as_of, RULES)
    names = [term.feature for term in table.terms if rule_of(term.feature) is None]

    def features(passed: float) -> Features:
        at = seen.as_of + timedelta(seconds=passed)
        return features_from(state, seen.person, None, now=at, rules=RULES, names=names)

    return Learned(table, features, "card-x")


def _put(world: Living, one: Somebody, claimed: int) -> SeenStage | None:
    """What a rep finds of them, if they are put to one and answer."""
    drawn = world.dice.random() < DRAWN and one.acts
    if world.week < one.busy_until or not (one.seen.warm or drawn):
        return None
    one.busy_until = world.week + LEFT_ALONE
    if world.dice.random() > ANSWERED:
        return None
    before, now = one.seen, world.now
    found = world.find(one, claimed)
    told = RULES.ladder[found] if found >= 0 else None
    return seen_stage(before, RULES, features_of(before, now, RULES), found=told, now=now)
