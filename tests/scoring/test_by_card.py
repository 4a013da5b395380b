"""With a card the score is its sum, and every line of the sum is told; what people add stands beside."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from prospects.kinds import Verdict
from prospects.values import Assessment, Override
from scoring.assess import assess
from scoring.card.adding import sigmoid
from scoring.card.card import Calibration, Card, Scales
from scoring.card.terms import Levels, Line, Side
from scoring.rules import ScoringRules
from scoring.saying import said as lines_of
from scoring.saying import told
from tests.scoring.card.test_adding_up import a_card
from tests.scoring.people import DAY, NOW, form, live, pricing, somebody, verdict, written

SENIOR = Levels(
    feature="person.seniority",
    side=Side.FIT,
    weights={"c_level": 1.5, "entry": -1.0},
    other=0.0,
    missing=-0.25,
)
DID = Line(
    feature="points.engagement",
    side=Side.ENGAGEMENT,
    slope=0.05,
    centre=20,
    low=0,
    high=50,
    missing=0,
)
SIZE = Levels(feature="account.industry", side=Side.FIT, weights={}, other=0.0, missing=-0.1)


def carded(**changes: Any) -> ScoringRules:
    """The rules of the other tests, with a card of three terms that scores."""
    card: Card = a_card(SENIOR, DID, SIZE).model_copy(
        update={
            "scales": Scales(
                fit=((-1, 0), (1, 100)), engagement=((-1, 0), (1, 100)), points=((-4, 0), (1, 100))
            ),
            **changes,
        }
    )
    return replace(written(), card=card, card_id=card.id)


def total(found: Assessment) -> float:
    return sum(each.value for each in found.reasons)


def test_the_reasons_are_the_terms_and_add_up_to_the_logit() -> None:
    seen = somebody(form("demo"), pricing(2 * DAY), pricing(DAY), title="CEO")
    rules = carded()
    found = assess(seen, rules, NOW)
    assert found.logit is not None
    assert total(found) == pytest.approx(found.logit, abs=1e-9)
    assert found.score == sigmoid(found.logit)
    assert found.model == rules.card_id
    assert found.own_points == assess(seen, written(), NOW).points
    assert (found.fit, found.grade[0]) == (100.0, "A")


def test_a_probability_is_told_only_where_the_calibration_held() -> None:
    rules = carded(calibration=Calibration(passed=False, why="off by 8 points on later leads"))
    found = assess(somebody(form("demo")), rules, NOW)
    assert found.score is None
    assert found.grade


def test_what_is_missing_is_named() -> None:
    texts = [each.text for each in assess(somebody(), carded(), NOW).reasons]
    assert "We do not know what their company does" in texts
    assert "We do not know how high they stand, going by the title" in texts


def test_an_override_is_a_line_of_its_own_and_ends_by_itself() -> None:
    override = Override(
        id="1",
        value=0.8,
        reason="met at the fair",
        by="Mia",
        at=NOW - DAY,
        until=NOW + 3 * DAY,
    )
    seen = somebody(form("guide", 40 * DAY))
    pushed = replace(seen, overrides=(override,))
    for rules, per in ((carded(), 1), (written(), 10)):
        plain, more = assess(seen, rules, NOW), assess(pushed, rules, NOW)
        (line,) = [each for each in more.reasons if each.term == "override.1"]
        assert line.text == "Mia: met at the fair (until 6 March 2026)"
        assert line.value == pytest.approx(0.8 * per)
        assert more.points > plain.points
        assert more.look_again_at is not None
        assert more.look_again_at <= override.until
        whole = more.points if more.logit is None else more.logit
        assert total(more) == pytest.approx(whole, abs=0.051)  # points are shown in tenths
        after = NOW + 3 * DAY
        assert assess(pushed, rules, after).points == assess(seen, rules, after).points


def test_points_never_go_below_nothing_whatever_is_taken_away() -> None:
    override = Override(id="1", value=-4, reason="a rival", by="Mia", at=NOW, until=NOW + DAY)
    found = assess(somebody(form("x"), overrides=(override,)), written(), NOW)
    assert (found.points, total(found)) == (0.0, pytest.approx(0.0))


@pytest.mark.parametrize(
    ("said", "sign"), [(Verdict.NOT_A_BUYER, -1), (Verdict.EARLIER, -1), (Verdict.CONFIRMED, 1)]
)
def test_what_a_rep_found_moves_the_sum_by_a_line_of_its_own(said: Verdict, sign: int) -> None:
    acts = (form("demo", 2 * DAY), form("guide", 3 * DAY))
    heard = verdict(said, DAY, found="awareness" if said is Verdict.EARLIER else "evaluation")
    found = assess(somebody(*acts, heard), carded(), NOW)
    (line,) = [each for each in found.reasons if each.term == f"verdict.{said}"]
    assert line.value * sign >= 0
    assert found.logit == pytest.approx(total(found), abs=1e-9)
    if said is Verdict.NOT_A_BUYER:
        silent = assess(somebody(), carded(), NOW)
        assert (found.points, found.engagement) == (silent.points, silent.engagement)


def test_time_alone_is_looked_at_when_it_changes_grade_or_warmth() -> None:
    seen = somebody(form("a"), form("b"), pricing(), title="CEO")
    looks = live(carded(), seen, [NOW])
    first = looks[0][1]
    assert first.look_again_at is not None
    before = assess(seen, carded(), NOW + (first.look_again_at - NOW) * 0.9)
    after = assess(seen, carded(), first.look_again_at)
    assert before.grade == first.grade
    assert (after.grade, after.claim is None) != (first.grade, first.claim is None)


def test_who_never_did_anything_is_not_looked_at_again() -> None:
    assert assess(somebody(title="CEO"), carded(), NOW).look_again_at is None


def test_all_that_is_said_of_one_kind_of_act_is_one_line_for_people() -> None:
    acts = [pricing(2 * DAY), pricing(DAY)]
    lines = lines_of(
        [("did.page_view.count", 2.0, 0.5), ("did.page_view.recent_7d", 1.4, 0.3)], acts
    )
    (line,) = told(lines)
    assert line.text == "Looked at /pricing 2 times, last on 2 March 2026"
    assert line.value == pytest.approx(0.8)
    assert line.activities == tuple(act.id for act in acts)
    assert told(lines_of([("did.form.count", None, -0.2)], acts))[0].text == "Never sent a form"


def test_nothing_is_believed_of_who_objects_and_what_they_ask_for_is_answered_all_the_same() -> (
    None
):
    asked = somebody(form("demo", DAY), pricing(), title="CEO", profiled=False)
    for rules in (written(), carded()):
        found = assess(asked, rules, NOW)
        assert (found.claim, found.score, found.grade, found.points) == (None, None, "", 0.0)
        assert (found.fit, found.engagement, found.model) == (0.0, 0.0, "no profiling")
        assert found.warm
        assert [each.term for each in found.reasons] == ["no_profiling", "asked"]
        # One half-life after they asked: a month.
        assert found.look_again_at == NOW + 29 * DAY
        assert not assess(asked, rules, found.look_again_at + timedelta(seconds=1)).warm
        silent = somebody(*[pricing(DAY * n / 9) for n in range(30)], title="CEO", profiled=False)
        assert not assess(silent, rules, NOW).warm


def test_a_gate_holds_for_who_objects_as_well() -> None:
    gates = [
        {"name": "rival", "if": {"field": "account.domain", "op": "eq", "value": "acme.example"}}
    ]
    found = assess(somebody(form("demo"), profiled=False), written(gates=gates), NOW)
    assert (found.warm, found.gate) == (False, "rival")


def test_after_a_denial_only_what_they_ask_for_anew_counts() -> None:
    denied = verdict(Verdict.NOT_A_BUYER, DAY)
    assert not assess(somebody(form("demo", 2 * DAY), denied, profiled=False), written(), NOW).warm
    anew = somebody(form("demo", 2 * DAY), denied, form("demo"), profiled=False)
    assert assess(anew, written(), NOW).warm
