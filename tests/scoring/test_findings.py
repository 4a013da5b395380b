"""What a rep found: it moves the claim and the score, stays a record of its own, and freezes nothing."""

from dataclasses import replace

import pytest

from prospects.kinds import Kind, Verdict
from scoring.assess import assess
from tests.scoring.people import DAY, NOW, act, form, pricing, somebody, stage_of, verdict, written

WANTED = (form("demo", 5 * DAY), pricing(4 * DAY), act(Kind.MEETING, 3 * DAY))


def test_after_earlier_the_claim_starts_where_the_rep_found_the_buyer() -> None:
    seen = somebody(*WANTED, verdict(Verdict.EARLIER, DAY, found="consideration"))
    found = assess(seen, written(), NOW)
    assert stage_of(found) == "consideration"
    assert found.claim is not None
    assert found.claim.reasons[0].term == "verdict.earlier"
    assert "Consideration" in found.claim.reasons[0].text


def test_after_earlier_the_score_drops_and_the_person_goes_cold() -> None:
    before = somebody(*WANTED, title="CEO", country="DE")
    believed = assess(before, written(), NOW - 2 * DAY)
    assert believed.warm
    said = verdict(Verdict.EARLIER, DAY, found="awareness")
    seen = somebody(*WANTED, said, title="CEO", country="DE").assessed(believed)
    found = assess(seen, written(), NOW)
    assert not found.warm
    assert found.points < believed.points - 10
    line = next(line for line in found.reasons if line.term == "verdict.earlier")
    assert line.value < 0
    assert line.text.endswith("what they did before counts 50%")
    assert line.activities == (said.id,)


@pytest.mark.parametrize("said", [Verdict.NOT_A_BUYER, Verdict.WRONG_PERSON])
def test_after_a_no_only_fit_is_left(said: Verdict) -> None:
    before = somebody(*WANTED, title="CEO", country="DE")
    seen = somebody(*WANTED, verdict(said, DAY), title="CEO", country="DE").assessed(
        assess(before, written(), NOW - 2 * DAY)
    )
    found = assess(seen, written(warm={"points": 30, "leave_points": 10}), NOW)
    assert (found.points, found.engagement, found.claim) == (35.0, 0.0, None)
    assert not found.warm


def test_nobody_is_frozen_by_what_a_rep_said() -> None:
    # Odoo and Pardot: a value set by hand stops the model for that person.
    no = verdict(Verdict.NOT_A_BUYER, 2 * DAY)
    again = (form("demo", DAY), pricing(DAY), act(Kind.REPLY))
    found = assess(somebody(*WANTED, no, *again, title="CEO"), written(), NOW)
    assert found.warm
    assert stage_of(found) == "evaluation"


def test_evidence_from_before_the_talk_does_not_argue_against_it_later_on() -> None:
    seen = somebody(*WANTED, verdict(Verdict.EARLIER, DAY, found="awareness"))
    for day in range(0, 200, 7):
        found = assess(seen, written(), NOW + day * DAY)
        assert stage_of(found) in {"awareness", None}
        seen = seen.assessed(found)


def test_a_stage_found_holds_alone_also_the_first() -> None:
    seen = somebody(verdict(Verdict.EARLIER, DAY, found="awareness"))
    assert stage_of(assess(seen, written(), NOW)) == "awareness"


def test_new_evidence_moves_the_claim_on() -> None:
    early = verdict(Verdict.EARLIER, 2 * DAY, found="awareness")
    seen = somebody(*WANTED, early, form("demo", DAY))
    assert stage_of(assess(seen, written(), NOW)) == "evaluation"


def test_a_found_stage_is_held_for_thirty_days_and_then_let_go() -> None:
    seen = somebody(act(Kind.REPLY, DAY), verdict(Verdict.LATER, DAY / 24, found="decision"))
    first = assess(seen, written(), NOW)
    assert stage_of(first) == "decision"
    assert first.claim is not None
    assert first.claim.expires_at is not None
    assert first.claim.expires_at - NOW == pytest.approx(30 * DAY - DAY / 24, abs=DAY / 1000)
    forgotten = replace(seen, claim=None)
    assert stage_of(assess(forgotten, written(), NOW + 29 * DAY)) == "decision"
    assert assess(seen.assessed(first), written(), first.claim.expires_at).claim is None


def test_how_long_a_finding_is_held_can_be_set() -> None:
    seen = somebody(act(Kind.REPLY, DAY), verdict(Verdict.LATER, DAY / 24, found="decision"))
    rules = written(verdicts={"hold": "10d"})
    assert stage_of(assess(seen, rules, NOW + 9 * DAY)) == "decision"
    assert assess(seen, rules, NOW + 10 * DAY).claim is None


@pytest.mark.parametrize(
    ("said", "found", "added"),
    [(Verdict.CONFIRMED, "evaluation", 10.0), (Verdict.LATER, "decision", 15.0)],
)
def test_a_finding_that_agrees_adds_points_which_fade_like_all_others(
    said: Verdict, found: str, added: float
) -> None:
    base = assess(somebody(form("x")), written(), NOW)
    seen = somebody(form("x"), verdict(said, DAY * 0, found=found))
    now, later = assess(seen, written(), NOW), assess(seen, written(), NOW + 14 * DAY)
    assert now.points == base.points + added
    assert later.points == now.points / 2
    line = next(line for line in now.reasons if line.term == f"verdict.{said}")
    assert line.value == added
    assert "what they did before" not in line.text


def test_confirmed_without_a_stage_confirms_the_claim_that_was_shown() -> None:
    seen = somebody(form("x", DAY), verdict(Verdict.CONFIRMED, DAY * 0, claimed="decision"))
    assert stage_of(assess(seen, written(), NOW)) == "decision"


def test_not_reached_says_nothing_about_the_buyer() -> None:
    silent = somebody(*WANTED)
    tried = somebody(*WANTED, verdict(Verdict.NOT_REACHED, DAY))
    assert assess(tried, written(), NOW) == assess(silent, written(), NOW)


def test_a_finding_nobody_has_told_us_yet_changes_nothing() -> None:
    said = replace(verdict(Verdict.EARLIER, DAY, found="awareness"), learned_at=NOW)
    told = somebody(*WANTED, said)
    assert stage_of(assess(told, written(), NOW - DAY / 24)) == "decision"
    assert stage_of(assess(told, written(), NOW)) == "awareness"


def test_an_old_claim_lends_no_inertia_against_the_finding() -> None:
    # Marketing claimed `decision` after the talk, not knowing of it; the rep wrote it down in the evening.
    talk = replace(verdict(Verdict.EARLIER, DAY, found="awareness"), learned_at=NOW)
    before = somebody(*WANTED)
    seen = somebody(*WANTED, talk).assessed(assess(before, written(), NOW - DAY / 2))
    assert stage_of(assess(seen, written(), NOW)) == "awareness"


def test_effects_can_be_set() -> None:
    seen = somebody(form("x"), verdict(Verdict.NOT_A_BUYER, DAY * 0))
    rules = written(verdicts={"not_a_buyer": {"before": 0.25}})
    assert assess(seen, rules, NOW).points == 5.0
