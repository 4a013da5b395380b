"""The stage claim: evidence that halves, entered late and left late, and free to go back."""

from dataclasses import replace
from datetime import timedelta

import pytest

from prospects.kinds import Kind
from scoring.assess import assess
from tests.scoring.people import DAY, NOW, act, form, live, somebody, stage_of, written


def test_nothing_is_claimed_of_somebody_who_did_nothing() -> None:
    found = assess(somebody(title="CEO"), written(), NOW)
    assert found.claim is None
    assert not found.warm
    assert found.look_again_at is None


def test_a_claim_says_how_sure_on_what_by_whom_and_until_when() -> None:
    asked = form("demo", 2 * DAY)
    claim = assess(somebody(asked), written(), NOW).claim
    assert claim is not None
    assert claim.stage == "evaluation"
    assert claim.confidence == pytest.approx(0.943, abs=0.001)
    assert claim.model == "points/7"
    assert claim.at == NOW
    (reason,) = claim.reasons
    assert reason.text == "Asked for a demo on 1 March 2026"
    assert reason.activities == (asked.id,)
    assert claim.expires_at is not None
    assert claim.expires_at - asked.happened_at == pytest.approx(76.6 * DAY, abs=DAY / 10)


def test_the_furthest_stage_with_evidence_wins() -> None:
    seen = somebody(form("demo", DAY), act(Kind.MEETING))
    assert stage_of(assess(seen, written(), NOW)) == "decision"


def test_a_claim_goes_back_as_evidence_cools() -> None:
    # Mautic #4285 and #4925 (stages go forward only), HubSpot (a high-water mark).
    seen = somebody(form("demo"), act(Kind.MEETING))
    days = [NOW + day * DAY for day in range(0, 250, 5)]
    claimed = [stage_of(found) for _, found in live(written(), seen, days)]
    assert list(dict.fromkeys(claimed)) == ["decision", "evaluation", "awareness", None]


def test_a_stage_is_entered_late_and_left_late() -> None:
    # Weight 1 is a strength of 0.63; after 0.8 half-lives it is 0.44: held by who had it, not won by who had not.
    rules = written(
        evidence=[{"stage": "decision", "activity": "meeting", "weight": 1, "half_life": "10d"}]
    )
    seen = somebody(act(Kind.MEETING))
    later = NOW + 8 * DAY
    assert stage_of(assess(seen, rules, later)) is None
    held = seen.assessed(assess(seen, rules, NOW))
    assert stage_of(assess(held, rules, later)) == "decision"
    assert stage_of(assess(held, rules, NOW + 10 * DAY)) is None


def test_evidence_for_a_stage_speaks_for_those_before_it() -> None:
    half = {"weight": 0.5, "half_life": "30d"}
    rules = written(
        evidence=[
            {"stage": "evaluation", "activity": "form", **half},
            {"stage": "decision", "activity": "meeting", **half},
        ]
    )
    found = assess(somebody(form("x"), act(Kind.MEETING)), rules, NOW)
    assert stage_of(found) == "evaluation"


def test_a_scanner_is_no_evidence() -> None:
    seen = somebody(act(Kind.FORM, robot=True, form="demo"))
    assert assess(seen, written(), NOW).claim is None


def test_evidence_that_came_late_by_webhook_does_not_count_before_it_was_known() -> None:
    late = replace(form("demo", 3 * DAY), learned_at=NOW - DAY)
    seen = somebody(late)
    assert assess(seen, written(), NOW - 2 * DAY).claim is None
    assert stage_of(assess(seen, written(), NOW)) == "evaluation"


def test_an_act_dated_ahead_of_our_clock_counts_when_its_time_has_come() -> None:
    ahead = replace(form("demo", -timedelta(seconds=20)), learned_at=NOW)
    found = assess(somebody(ahead), written(), NOW)
    assert found.claim is None
    assert found.look_again_at == NOW + timedelta(seconds=20)
    assert stage_of(assess(somebody(ahead), written(), found.look_again_at)) == "evaluation"
