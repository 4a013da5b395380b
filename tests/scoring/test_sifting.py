"""Very many people looked at side by side come to what each of them comes to alone, and nobody is said to stay who does not."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from random import Random

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from prospects.kinds import Kind
from prospects.values import Snapshot
from scoring.acting import acting_of
from scoring.acts_by_kind import acts_in
from scoring.card.terms import Levels, Line, Side, Steps, Term
from scoring.changes.at_once import Moments, bounds, moments, tables_of
from scoring.changes.crowd import crowd_of
from scoring.changes.screen import Belief, Screened
from scoring.changes.sifting import sift
from scoring.features.points import SECOND, engagement_in
from scoring.features.tally import micros
from scoring.rules import ScoringRules
from tests.scoring.people import NOW
from tests.scoring.test_screen import ACTS, KINDS, TERMS, by, kept_of, person, prepared

AT = micros(NOW)
MORE = tuple(
    Steps(feature=f"did.any.{name}", side=Side.ENGAGEMENT, edges=edges, weights=(-0.2, 0.1, 0.3), missing=-0.1)
    for name, edges in (
        ("robot_share", (0.2, 0.5)),
        ("in_hours_share", (0.3, 0.6)),
        ("days_since_first", (20, 60)),
        ("active_days", (1, 3)),
        ("kinds", (1, 2)),
        ("count", (1, 4)),
    )
) + tuple(
    Line(feature=f"did.{name}", side=Side.ENGAGEMENT, slope=0.01, centre=2, low=0, high=99, missing=0.2)
    for name in ("any.weekend_share", "form.days_since_first", "open.count", "page_view.hours_since")
)  # fmt: skip
ZONES = ["Europe/Berlin", "no zone", None]
STILL = Levels(
    feature="person.country", side=Side.ENGAGEMENT, weights={"DE": 0.4}, other=0, missing=0
)
CROWDS = st.lists(st.tuples(ACTS, st.sampled_from(ZONES)), max_size=5)
NOBODY = Belief(None, 0.0, "", None, False, None, None)
Told = list[tuple[list[tuple[Kind, int, bool]], str | None]]


def with_terms(
    rules: ScoringRules, more: tuple[Term, ...], cuts: tuple[float, ...] | None = None
) -> ScoringRules:
    assert rules.card is not None
    scales = rules.card.scales.model_copy(update={"engagement_cuts": cuts} if cuts else {})
    card = rules.card.model_copy(update={"terms": (*TERMS, *more, STILL), "scales": scales})
    return replace(rules, card=card, card_id=card.id)


def crowd(told: Told) -> list[Snapshot]:
    people = ((person(acts), zone) for acts, zone in told)
    return [replace(each, person=replace(each.person, zone=zone)) for each, zone in people]


@settings(max_examples=40)
@given(told=CROWDS, hours=st.lists(st.integers(1, 24 * 99), min_size=5, max_size=5))
def test_what_acts_add_is_the_same_side_by_side_and_so_are_its_bounds(
    told: Told, hours: list[int]
) -> None:
    rules = with_terms(by(0), MORE)
    assert rules.card is not None
    kept = [kept_of(each, rules) for each in crowd(told)]
    acting = acting_of(rules.card, rules.card_id)
    tables, many = tables_of(acting), crowd_of([k.tally for k in kept], [k.zone for k in kept])
    thens = [AT + round(timedelta(hours=n).total_seconds() * SECOND) for n in hours[: len(kept)]]

    def at_once(when: Sequence[int]) -> Moments:
        engaged = [engagement_in(k.earned, at) for k, at in zip(kept, when, strict=True)]
        return moments(acting, tables, many, np.array(when, np.int64), np.array(engaged, float))

    one, later = at_once([AT] * len(kept)), at_once(thens)
    low, high = bounds(acting, tables, many, one, later)
    for n, each in enumerate(kept):
        acts = acts_in(each.tally, each.zone)
        now, then = (
            acting.at(acts, at, engagement_in(each.earned, at), ()) for at in (AT, thens[n])
        )
        assert one.parts[:, n] == pytest.approx(now.parts, abs=1e-9)
        assert later.parts[:, n] == pytest.approx(then.parts, abs=1e-9)
        assert (low[n], high[n]) == pytest.approx(acting.between(acts, now, then), abs=1e-9)


def told_by(chance: Random) -> list[tuple[Kind, int, bool]]:
    longest = chance.choice((24 * 10, 24 * 130))
    return [
        (chance.choice(KINDS), chance.randint(1, longest), chance.random() < 0.2)
        for _ in range(chance.randrange(7))
    ]


def beside_that(found: Screened, line: float, chance: Random) -> Belief:
    """What was believed of somebody before, near the lines at which a person notices something."""
    assert found.score is not None
    return Belief(
        chance.choice((None, None, "awareness", "evaluation")),
        found.points + chance.choice((0.0, 0.0, 0.0, 0.0, 0.9, -0.9, 1.0, -1.1)),
        chance.choice((found.grade,) * 9 + ("A1",)),
        chance.choice((found.score,) * 30 + (found.score + 0.0099, found.score - 0.0101, None)),
        (found.points >= line) is not (chance.random() < 0.1),
        chance.choice((None,) * 9 + ("student",)),
        NOW + timedelta(hours=chance.choice((-1, 5, 100, 500, 24 * 40, 24 * 56))),
    )


@pytest.mark.parametrize("shift", [0.0, -1.0, -2.0])
def test_who_is_surely_moved_is_moved_and_who_surely_stays_stays(shift: float) -> None:
    # With a shift everybody's grade is the same, and the warm line is near.
    rules, chance = with_terms(by(shift), MORE, (200, 150, 120) if shift else None), Random(7)
    screen = prepared(rules)
    everybody = crowd([(told_by(chance), chance.choice(ZONES)) for _ in range(250)])
    kept = [kept_of(each, rules) for each in everybody] * 4
    figures = [screen.of(each, held=NOBODY, now=NOW) for each in kept]
    line = rules.scoring.warm.points
    held = [beside_that(each, line, chance) for each in figures]
    found = sift(screen, kept, held, NOW)
    alone = [screen.of(each, held=of, now=NOW) for each, of in zip(kept, held, strict=True)]
    for sure, one in zip(found, alone, strict=True):
        assert sure in (None, one.moved)
        assert sure is not False or one.look_again_at is None
    assert min(found.count(True), found.count(False)) > 100
    # Many were put where points round one way or the other; of all others hardly anybody is asked alone.
    asked = sum(
        one.look_again_at is None for sure, one in zip(found, alone, strict=True) if sure is None
    )
    assert asked < len(found) / 4
