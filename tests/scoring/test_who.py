"""What two people have alike is weighed once, and comes to the same as asked of each; bounds of what time does hold."""

import json
from datetime import timedelta
from random import Random
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from prospects.kinds import Kind
from scoring.acting import acting_of
from scoring.acts_by_kind import acts_of
from scoring.card.terms import Levels, Line, Side, Term
from scoring.changes.who import Alike, Who, alike, shares
from scoring.features.facts import OF_COLLEAGUES
from scoring.features.known import Points
from scoring.features.points import SECOND, earning
from scoring.features.registry import REGISTRY
from scoring.features.tally import micros, tallied
from tests.scoring.people import NOW, written
from tests.scoring.test_screen import ACTS, by, person

FACTS = [each.name for each in REGISTRY.values() if each.side is Side.FIT]
NAMES = sorted({*FACTS, "fields.budget", "account.fields.region", "none.such"} - OF_COLLEAGUES)
SAME = ("account.industry", "none.such")
"""What nobody here has."""
AT = micros(NOW)
HOURS = (1, 24, 24 * 20, 24 * 55, 24 * 99)


def told_apart(name: str) -> Term:
    """A term by which no two values of the people here come to the same."""
    if name in REGISTRY and REGISTRY[name].sort == "number":
        return Line(feature=name, side=Side.FIT, slope=1, centre=0, low=0, high=5000, missing=-1)
    words = ["yes", "no", "c_level", "vp", "director", "manager", "it", "buying", "DE", "FR", "machines", "north", "south", "a", "b", "spring", "demo", "1-10", "11-50", "51-200", "201-1000", "individual", "purchasing", "executive", "other"]  # fmt: skip
    weights = {word: float(n) for n, word in enumerate(words, start=1)}
    return Levels(feature=name, side=Side.FIT, weights=weights, other=-2, missing=-1)


def somebody(chance: Random) -> Who:
    domain = chance.choice(("acme.example", "gmail.com", "mailinator.com", None))
    touches = [
        [AT - n, chance.choice("ab"), chance.choice(("", "spring")), chance.choice(("", "demo"))]
        for n in sorted(chance.sample(range(9), 3), reverse=True)
    ]
    firm = {"employees": chance.choice(("20", "900")), "region": chance.choice(("north", "south"))}
    known = chance.random() < 0.7
    return Who(
        AT,
        domain and f"p{chance.random()}@{domain}",
        chance.choice((None, "", "+49301", "+49302")),
        chance.choice(("CEO", "Buyer", "Head of IT", None)),
        chance.choice(("DE", "FR", None)),
        chance.choice(("Europe/Berlin", None)),
        json.dumps({"budget": chance.choice(("yes", "no"))}),
        UUID(int=1) if known else None,
        json.dumps(firm) if known else None,
        chance.choice((None, touches[0])),
        touches[: chance.randrange(4)],
        Points(chance.choice((10.0, 20.0)), chance.random()),
    )


@pytest.mark.parametrize("name", NAMES)
def test_what_somebody_has_alike_with_others_tells_all_that_a_feature_reads(name: str) -> None:
    rules, chance = written(), Random(7)
    together = alike([told_apart(name)], rules)
    people = [somebody(chance) for _ in range(200)]
    found = [shares(together, each, rules) for each in people]
    assert found == [shares(anew(together), each, rules) for each in people]
    assert name in SAME or len({one for (one,) in found}) > 1


def anew(groups: tuple[Alike, ...]) -> list[Alike]:
    return [each._replace(kept={}) for each in groups]


@given(told=ACTS, hours=st.lists(st.floats(0, 1), min_size=3, max_size=3))
def test_what_time_does_to_a_sum_stays_within_its_bounds(
    told: list[tuple[Kind, int, bool]], hours: list[float]
) -> None:
    rules = by(0)
    assert rules.card is not None
    seen = person(told)
    acting, earned = acting_of(rules.card, rules.card_id), earning(seen, rules, NOW)
    acts = acts_of(tallied(seen.activities, NOW), "Europe/Berlin")
    now = acting.at(acts, AT, earned.engagement(AT), ())
    for most in HOURS:
        passed = timedelta(hours=most).total_seconds()
        then = AT + round(passed * SECOND)
        later = acting.at(acts, then, earned.engagement(then), ())
        low, high = acting.between(acts, now, later)
        rough = acting.roughly(now, passed)
        assert rough[0] - 1e-9 <= low <= high <= rough[1] + 1e-9
        for share in (0.0, *hours, 1.0):
            at = AT + round(share * passed * SECOND)
            one = acting.at(acts, at, earned.engagement(at), ()).sum
            assert low - 1e-9 <= one <= high + 1e-9
