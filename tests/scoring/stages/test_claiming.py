"""What findings about others taught moves a claim, and never more than it should."""

import math
from dataclasses import replace

import pytest
from pydantic import ValidationError

from prospects.kinds import Kind, Verdict
from scoring.assess import assess
from scoring.by_rules import stage
from scoring.by_rules.acts import standing
from scoring.by_rules.stage_model import OTHER_STAGES, Learned, stage_table, unasked
from scoring.by_rules.stage_support import LEAVE, Support
from scoring.card.stage_table import StageTable
from scoring.card.terms import Levels, Side, Steps, Value
from scoring.learning.stage_seen import seen_stage
from scoring.stage_evidence import DAY as SECONDS
from tests.scoring.card.test_adding_up import a_card
from tests.scoring.people import DAY, NOW, act, form, somebody, verdict, written

RULES = written()
NONE = StageTable(ladder=RULES.ladder, cuts=(0,) * 5)
KEEN = Steps(
    feature="did.form.recent_7d", side=Side.ENGAGEMENT, edges=(0.5,), weights=(0, 6), missing=0
)
FEATURES: dict[str, Value] = {"did.form.recent_7d": 1.0, "person.seniority": "vp"}


def support(
    table: StageTable | None, *acts: object, features: dict[str, Value] | None = None
) -> Support:
    seen = somebody(*acts)  # type: ignore[arg-type]
    made = Learned(table, lambda _: features or FEATURES, "card-x") if table else None
    own = [each for each in seen.activities if each.kind is not Kind.VERDICT]
    return stage.support(own, RULES, standing(seen, RULES, NOW), NOW, learned=made)


@pytest.mark.parametrize("buyer_slope", [None, 1.0], ids=["of before", "of buyers"])
def test_a_table_that_learned_nothing_says_what_the_evidence_says(
    buyer_slope: float | None,
) -> None:
    acts = (form("demo", 3 * DAY), act(Kind.MEETING, DAY))
    table = NONE.model_copy(update={"buyer_slope": buyer_slope})
    alone, moved = support(None, *acts), support(table, *acts)

    for passed in (0.0, 5 * SECONDS, 90 * SECONDS):
        for rank in range(4):
            # But for what keeps either question from being certain.
            assert moved.strength(rank, passed) == pytest.approx(
                alone.strength(rank, passed), abs=0.04
            )
    assert moved.furthest(-1) == alone.furthest(-1) == 3


def test_what_findings_taught_moves_the_claim_both_ways() -> None:
    further = NONE.model_copy(update={"terms": (KEEN,)})
    nearer = NONE.model_copy(update={"cuts": (0, 0, 4, 4, 4)})
    asked = form("guide", DAY)

    assert support(None, asked).furthest(-1) == 0
    assert support(further, asked).furthest(-1) > 0
    assert support(nearer, form("demo", DAY)).furthest(-1) < 2


def test_the_chances_of_the_stages_make_one_with_that_of_none() -> None:
    claim = stage.claim(support(NONE, form("demo", DAY)), 2, RULES, NOW)
    assert claim is not None
    assert list(claim.chances) == list(RULES.ladder)
    assert all(chance >= 0 for chance in claim.chances.values())
    assert sum(claim.chances.values()) <= 1
    assert claim.model == "card-x"
    assert not claim.calibrated


def test_no_model_makes_up_a_stage_of_somebody_who_did_nothing() -> None:
    sure = NONE.model_copy(update={"cuts": (-9,) * 5})
    assert support(sure).furthest(-1) == -1


def test_silence_ends_every_claim_and_the_claim_says_when() -> None:
    senior = Levels(
        feature="person.seniority", side=Side.FIT, weights={"vp": 6}, other=0, missing=0
    )
    made = support(NONE.model_copy(update={"terms": (senior,)}), form("demo", DAY))
    rank = made.furthest(-1)

    lapse = made.lapses_in(rank)

    assert lapse is not None
    assert made.strength(rank, lapse) < LEAVE <= made.strength(rank, 0.97 * lapse)


def test_an_assessment_asks_the_card_that_knows_these_stages() -> None:
    fresh = Steps(
        feature="did.form.recent_1d", side=Side.ENGAGEMENT, edges=(0.1,), weights=(0, 6), missing=0
    )
    card = a_card().model_copy(update={"stage": NONE.model_copy(update={"terms": (fresh,)})})
    asked, rules = somebody(form("guide")), replace(RULES, card=card, card_id=card.id)

    claim = assess(asked, rules, NOW).claim
    later = assess(asked, rules, NOW + 9 * DAY).claim

    assert claim is not None
    assert later is not None
    assert (claim.stage, claim.model) == ("customer", card.id)
    assert claim.expires_at is not None
    assert DAY < claim.expires_at - NOW < 9 * DAY
    assert later.stage == "awareness"


def test_a_rep_who_talked_to_the_buyer_is_believed_before_what_others_taught() -> None:
    keen = NONE.model_copy(update={"terms": (KEEN,)})
    asked, later = form("demo", 3 * DAY), form("demo", 3 * DAY)

    found = support(keen, asked, verdict(Verdict.EARLIER, DAY, found="awareness"))
    denied = support(keen, later, verdict(Verdict.NOT_A_BUYER, DAY))
    confirmed = support(
        NONE.model_copy(update={"cuts": (5,) * 5}),
        asked,
        verdict(Verdict.CONFIRMED, DAY, found="evaluation"),
    )

    assert support(keen, asked).furthest(-1) > 2
    assert found.furthest(-1) == 0
    assert denied.furthest(-1) == -1
    assert confirmed.furthest(-1) == 2


def test_a_card_of_other_stages_leaves_the_claims_to_the_evidence_rules() -> None:
    card = a_card().model_copy(update={"stage": NONE})

    assert stage_table(a_card(), RULES.ladder) is None
    assert stage_table(card, RULES.ladder) == card.stage
    for ladder in (RULES.ladder[:-1], (*RULES.ladder, "more"), RULES.ladder[::-1]):
        assert stage_table(card, ladder) is None
        assert unasked(card, ladder) == OTHER_STAGES
    assert unasked(card, RULES.ladder) is None
    assert unasked(a_card(), ()) is None


def test_a_table_has_a_cut_for_each_stage() -> None:
    with pytest.raises(ValidationError, match="one cut for each stage"):
        StageTable(ladder=("a", "b"), cuts=(0,))


def test_a_finding_teaches_what_was_known_before_it() -> None:
    asked = form("demo", 2 * DAY)
    seen = somebody(asked, form("quote", -DAY))

    taught = seen_stage(seen, RULES, FEATURES, found="awareness", now=NOW)
    nobody = seen_stage(seen, RULES, FEATURES, found=None, now=NOW)
    gone = seen_stage(seen, RULES, FEATURES, found="a stage of old", now=NOW)

    assert taught is not None
    assert nobody is not None
    assert gone is None
    assert (taught.found, nobody.found) == (0, -1)
    assert taught.strengths == tuple(support(None, asked).strengths())


def test_what_a_finding_held_is_not_taught_again() -> None:
    seen = somebody(form("guide", 9 * DAY), verdict(Verdict.LATER, 5 * DAY, found="decision"))

    taught = seen_stage(seen, RULES, FEATURES, found="decision", now=NOW)

    assert taught is not None
    assert taught.strengths[3] == 0


def test_a_claim_says_what_findings_about_others_added() -> None:
    card = a_card().model_copy(update={"stage": NONE.model_copy(update={"terms": (KEEN,)})})
    claim = assess(somebody(form("demo", DAY)), replace(RULES, card=card), NOW).claim
    assert claim is not None
    assert claim.reasons[0].term == "stage.did.form"
    assert claim.reasons[0].text == (
        "Sent the form “demo” on 2 March 2026: by what reps found of others"
    )


def test_how_far_somebody_is_is_asked_of_buyers() -> None:
    asked = form("demo", DAY)
    # Half of such people are no buyers; those who are evaluate as surely as ever.
    doubts = {"buyer_slope": 1.0, "cuts": (math.log(0.98 / 0.02), 0, 0, 0, 0)}
    sure, unsure = (
        support(NONE.model_copy(update=each), asked) for each in ({"buyer_slope": 1.0}, doubts)
    )

    assert unsure.strength(0) == pytest.approx(0.5, abs=0.01)
    assert unsure.strength(2) == pytest.approx(0.5 * sure.strength(2) / 0.98, abs=0.01)
    assert unsure.furthest(2) == sure.furthest(2) == 2


def test_a_table_of_before_keeps_its_name() -> None:
    assert "buyer_slope" not in NONE.model_dump(mode="json")
    told = NONE.model_copy(update={"buyer_slope": 0.5}).model_dump(mode="json")
    assert StageTable.model_validate(told).buyer_slope == 0.5
