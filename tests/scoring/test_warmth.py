"""Warmth: won by what the buyer does, kept a little longer than won, lost by time, and never in silence."""

from dataclasses import replace
from itertools import pairwise

import pytest

from prospects.kinds import Kind
from scoring.assess import assess
from tests.scoring.people import DAY, NOW, act, form, live, pricing, somebody, written


def test_points_enough_make_warm() -> None:
    seen = somebody(form("guide"), pricing(), title="CEO", country="DE")
    assert assess(seen, written(), NOW).warm


def test_a_stage_far_enough_makes_warm() -> None:
    found = assess(somebody(form("demo")), written(), NOW)
    assert found.points < 60
    assert found.warm


def test_exactly_enough_is_enough_a_few_seconds_later() -> None:
    seen = somebody(form("a"), form("b"), title="CEO")
    assert assess(seen, written(), NOW + DAY / 3000).warm


@pytest.mark.parametrize("kind", [Kind.NOTE, Kind.CONSENT, Kind.MAIL_SENT, Kind.OFFERED, Kind.OPEN])
def test_nobody_gets_warm_by_what_we_do(kind: Kind) -> None:
    fitting = written(fit={"cap": 100, "rules": [_everybody(90)]})
    assert not assess(somebody(act(kind)), fitting, NOW).warm
    assert assess(somebody(act(kind), form("x")), fitting, NOW).warm


def test_who_was_warm_stays_so_down_to_the_lower_line() -> None:
    seen = somebody(form("a"), form("b"), title="CEO", country="DE")  # 35 + 40
    days = [NOW + day * DAY for day in range(60)]
    warm = [found for _, found in live(written(), seen, days) if found.warm]
    assert min(found.points for found in warm) == pytest.approx(45, abs=1.0)
    assert not assess(replace(seen, warm=False), written(), NOW + 12 * DAY).warm


def test_going_cold_is_announced_and_not_found_out_by_chance() -> None:
    # Pardot: decay below the line fires nothing, so stale leads sit with reps.
    seen = somebody(form("a"), form("b"), title="CEO", country="DE")
    instant, states = NOW, []
    for _ in range(10):
        found = assess(seen, written(evidence=[]), instant)
        states.append((found.warm, found.grade))
        seen = seen.assessed(found)
        if found.look_again_at is None:
            break
        instant = found.look_again_at
    assert all(before != after for before, after in pairwise(states))
    assert states[0] == (True, "B1")
    assert states[-1] == (False, "B4")


def test_a_gate_keeps_everybody_out_and_says_why() -> None:
    gates = [
        {"name": "rival", "if": {"field": "account.domain", "op": "eq", "value": "acme.example"}}
    ]
    found = assess(somebody(form("demo")), written(gates=gates), NOW)
    assert (found.warm, found.gate) == (False, "rival")
    assert found.reasons[-1].term == "gate.rival"
    assert found.reasons[-1].text == "Never handed over: “rival”"
    assert found.claim is not None


def test_a_gate_can_ask_for_the_stage_just_claimed() -> None:
    gates = [{"name": "ours", "if": {"field": "stage", "op": "eq", "value": "evaluation"}}]
    assert assess(somebody(form("demo")), written(gates=gates), NOW).gate == "ours"


def test_a_closing_window_is_looked_at_when_it_closes() -> None:
    lately = {"activity": "page_view", "within": "3d"}
    rules = written(
        fit={"rules": [{"name": "lately", "if": lately, "points": 10}]},
        engagement={"rules": []},
        evidence=[],
    )
    seen = somebody(pricing(DAY))
    found = assess(seen, rules, NOW)
    assert found.points == 10.0
    assert found.look_again_at is not None
    assert 2 * DAY < found.look_again_at - NOW < 2 * DAY + DAY / 1000
    assert assess(seen, rules, found.look_again_at).points == 0.0


def test_half_lives_of_seconds_are_followed_in_seconds() -> None:
    rules = written(engagement={"half_life": "4s", "rules": [_forms(50)]}, evidence=[])
    seen = somebody(form("x"), title="CEO")
    found = assess(seen, rules, NOW)
    assert found.warm
    assert found.look_again_at is not None
    assert (found.look_again_at - NOW).total_seconds() <= 4


def _everybody(points: float) -> dict[str, object]:
    return {"name": "all", "if": {"field": "email", "op": "is_set"}, "points": points}


def _forms(points: float) -> dict[str, object]:
    return {"name": "form", "activity": "form", "points": points}
