"""What holds of every assessment, whatever somebody did and whenever we look."""

from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import UUID

from hypothesis import given, settings
from hypothesis import strategies as st

from prospects.folding import finding
from prospects.ids import ActivityId
from prospects.kinds import BUYERS_OWN, Kind, Verdict
from prospects.values import Activity, Snapshot
from scoring.assess import assess
from scoring.rules import ScoringRules, built_in
from tests.scoring.people import DAY, NOW, somebody, stage_of, written

RULES = (built_in(), written())
STAGES = built_in().ladder
OWN = sorted(BUYERS_OWN)

rules_in_force = st.sampled_from(RULES)
own_kinds = st.sampled_from(OWN)
ages = st.timedeltas(timedelta(), 120 * DAY)
bodies = st.fixed_dictionaries(
    {},
    optional={
        "page": st.sampled_from(["/", "/pricing", "/blog"]),
        "form": st.sampled_from(["demo", "guide", "quote"]),
    },
)


@st.composite
def acts(draw: st.DrawFn, kinds: Any = own_kinds) -> Activity:
    at = NOW - draw(ages)
    name = ActivityId(draw(st.uuids()))
    return Activity(name, draw(kinds), at, at, "test", draw(bodies), False)


@st.composite
def verdicts(draw: st.DrawFn) -> Activity:
    at = NOW - draw(ages)
    body = {
        "verdict": draw(st.sampled_from(list(Verdict))),
        "stage_found": draw(st.none() | st.sampled_from(STAGES)),
    }
    return Activity(ActivityId(draw(st.uuids())), Kind.VERDICT, at, at, "rep", body)


@st.composite
def people(draw: st.DrawFn) -> Snapshot:
    history = draw(st.lists(acts() | acts(st.sampled_from(list(Kind))), max_size=12))
    history = [one for one in history if one.kind is not Kind.VERDICT]
    history += draw(st.lists(verdicts(), max_size=2))
    seen = somebody(*history, title=draw(st.sampled_from([None, "CEO", "Intern"])))
    return replace(seen, warm=draw(st.booleans()))


@given(people(), rules_in_force, st.randoms())
def test_the_order_they_came_in_does_not_matter(
    seen: Snapshot, rules: ScoringRules, random: Any
) -> None:
    shuffled = list(seen.activities)
    random.shuffle(shuffled)
    assert assess(replace(seen, activities=shuffled), rules, NOW) == assess(seen, rules, NOW)


@given(people(), acts(), rules_in_force)
def test_doing_one_thing_more_never_lowers_engagement(
    seen: Snapshot, more: Activity, rules: ScoringRules
) -> None:
    busier = replace(seen, activities=[*seen.activities, more])
    assert assess(busier, rules, NOW).engagement >= assess(seen, rules, NOW).engagement
    assert assess(busier, rules, NOW).points >= assess(seen, rules, NOW).points


@given(people(), rules_in_force, st.timedeltas(timedelta(), 200 * DAY))
def test_time_alone_raises_nothing(seen: Snapshot, rules: ScoringRules, passed: timedelta) -> None:
    now = assess(seen, rules, NOW)
    later = assess(seen.assessed(now), rules, NOW + passed)
    assert later.points <= now.points
    assert later.engagement <= now.engagement
    assert rules.rank(stage_of(later)) <= rules.rank(stage_of(now))
    assert later.warm <= now.warm


@given(people(), rules_in_force)
def test_figures_stay_within_their_bounds(seen: Snapshot, rules: ScoringRules) -> None:
    found = assess(seen, rules, NOW)
    for figure in (found.points, found.fit, found.engagement):
        assert 0 <= figure <= 100
    if found.claim:
        assert 0.4 <= found.claim.confidence <= 1
        assert found.claim.reasons


@given(people(), rules_in_force)
def test_reasons_add_up_to_the_points(seen: Snapshot, rules: ScoringRules) -> None:
    found = assess(seen, rules, NOW)
    assert abs(sum(line.value for line in found.reasons) - found.points) <= 0.051


@given(people(), acts() | verdicts(), rules_in_force, st.booleans())
def test_what_was_not_known_at_the_instant_does_not_count(
    seen: Snapshot, later: Activity, rules: ScoringRules, happened_later: bool
) -> None:
    after = NOW + timedelta(hours=1)
    later = replace(later, learned_at=after)
    if happened_later:
        later = replace(later, happened_at=after)
    history = sorted([*seen.activities, later], key=lambda one: one.happened_at)
    known_then = finding(seen.activities)
    knowing = replace(seen, activities=history, finding=known_then)
    assert assess(knowing, rules, NOW) == assess(seen, rules, NOW)


@given(st.lists(acts(), max_size=12), rules_in_force)
def test_robots_alone_never_make_warm(history: list[Activity], rules: ScoringRules) -> None:
    robots = [replace(one, suspect_robot=True) for one in history]
    found = assess(somebody(*robots, title="CEO", country="DE"), rules, NOW)
    assert not found.warm
    assert (found.engagement, found.claim, found.look_again_at) == (0.0, None, None)


@settings(max_examples=200)
@given(people(), rules_in_force)
def test_nothing_changes_before_the_next_look_and_something_has_by_then(
    seen: Snapshot, rules: ScoringRules
) -> None:
    now = assess(seen, rules, NOW)
    seen = seen.assessed(now)
    at = now.look_again_at
    if at is None:
        later = assess(seen, rules, NOW + 400 * DAY)
        assert _visible(later) == _visible(now)
        return
    assert NOW + timedelta(minutes=1) <= at <= NOW + timedelta(weeks=8)
    assert _visible(assess(seen, rules, at - timedelta(minutes=1))) == _visible(now)
    if at < NOW + timedelta(weeks=8):
        assert _visible(assess(seen, rules, at)) != _visible(now)


def _visible(found: Any) -> tuple[Any, ...]:
    return stage_of(found), found.warm, found.grade


def test_assessing_is_fast_enough_for_thousands_of_people_a_second() -> None:
    # The goal is 3,000/s on one core; here it only must not be an order of magnitude off on a busy machine.
    import time

    history = [
        Activity(ActivityId(UUID(int=n)), Kind(OWN[n % len(OWN)]), at, at, "test", {"page": "/pricing"})
        for n in range(20)
        for at in [NOW - n * DAY]
    ]  # fmt: skip
    seen, rules = somebody(*history, title="CEO"), built_in()
    start = time.process_time()
    for _ in range(300):
        assess(seen, rules, NOW)
    assert 300 / (time.process_time() - start) > 700
