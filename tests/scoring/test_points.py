"""Points: fit and engagement apart, each with its cap, acts halving with time, every point with its reason."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from prospects.kinds import Kind
from prospects.values import Activity
from scoring.assess import assess
from scoring.halving import first_second
from tests.scoring.people import DAY, NOW, act, form, pricing, somebody, written


def test_who_they_are_and_what_they_do_add_up() -> None:
    seen = somebody(form("guide"), pricing(), title="VP Sales", country="DE")
    found = assess(seen, written(), NOW)
    assert found.points == 20 + 15 + 20 + 12
    assert found.fit == 70.0  # 35 of 50
    assert found.engagement == 64.0  # 32 of 50
    assert found.grade == "B2"


def test_an_act_is_worth_half_after_one_half_life() -> None:
    assert assess(somebody(form("guide", 14 * DAY)), written(), NOW).points == 10.0
    assert assess(somebody(form("guide", 28 * DAY)), written(), NOW).points == 5.0


def test_repeats_earn_again_up_to_the_cap_of_their_rule() -> None:
    # Mautic #1654: the same page viewed again earned nothing, or without end.
    assert assess(somebody(pricing(), pricing(DAY / 24)), written(), NOW).points == 24.0
    many = somebody(*(pricing(n * DAY / 24) for n in range(12)))
    assert assess(many, written(), NOW).points == 24.0


def test_engagement_as_a_whole_has_a_cap_and_says_so() -> None:
    seen = somebody(form("a"), form("b"), pricing(), pricing(DAY / 24), act(Kind.REPLY))
    found = assess(seen, written(), NOW)
    assert (found.points, found.engagement) == (50.0, 100.0)
    cap = next(line for line in found.reasons if line.term == "engagement.cap")
    assert cap.value == pytest.approx(50 - (40 + 24 + 25), abs=0.1)


def test_fit_is_never_less_than_nothing() -> None:
    student = {"name": "student", "if": {"field": "country", "op": "eq", "value": "DE"}}
    rules = written(fit={"rules": [{**student, "points": -30}]})
    found = assess(somebody(form("guide"), country="DE"), rules, NOW)
    assert (found.fit, found.points) == (0.0, 20.0)
    assert {line.term for line in found.reasons} == {"fit.student", "fit.floor", "engagement.form"}


def test_a_scanner_earns_nothing() -> None:
    # Mautic #16263, craft-campaign #546: link scanners of mail gateways poison the score.
    robot = act(Kind.PAGE_VIEW, page="/pricing", robot=True)
    assert assess(somebody(robot), written(), NOW).points == 0.0


def test_an_answer_known_by_its_address_alone_earns_nothing_until_something_vouches_for_it() -> (
    None
):
    forged = act(Kind.REPLY, DAY, unproved=True)

    def points(*others: Activity) -> float:
        return assess(somebody(forged, *others), written(), NOW).engagement

    assert points() == 0.0
    proved = act(Kind.REPLY)
    assert points(proved) > assess(somebody(proved), written(), NOW).engagement
    before = act(Kind.REPLY, 2 * DAY)
    assert points(before) == assess(somebody(before), written(), NOW).engagement
    assert points(act(Kind.VERDICT, verdict="confirmed")) > 0.0
    assert points(act(Kind.VERDICT, verdict="wrong_person")) == 0.0


def test_opens_earn_nothing_unless_a_rule_asks_for_them() -> None:
    seen = somebody(act(Kind.OPEN))
    assert assess(seen, written(engagement={}), NOW).points == 0.0
    asked = written(engagement={"rules": [{"name": "o", "activity": "open", "points": 70}]})
    found = assess(seen, asked, NOW)
    assert (found.points, found.warm) == (50.0, False)


def test_a_reason_names_the_acts_behind_it_in_words() -> None:
    asked = [pricing(DAY), pricing(5 * DAY)]
    found = assess(somebody(*asked), written(), NOW)
    (line,) = found.reasons
    assert line.text == "Looked at /pricing 2 times, last on 2 March 2026"
    assert line.term == "engagement.pricing"
    assert line.activities == (asked[1].id, asked[0].id)


def test_what_a_stranger_typed_stays_one_short_line() -> None:
    found = assess(somebody(form("x\r\nBcc: all\0" + "y" * 900)), written(), NOW)
    text = found.reasons[0].text
    assert text.isprintable()
    assert len(text) < 120


def test_no_probability_is_claimed_before_it_is_calibrated() -> None:
    # Odoo PR 128237: the model drifted to 0 % or 100 %, which was read as lost or won.
    seen = somebody(form("demo"), *(pricing(n * DAY) for n in range(30)), title="CEO")
    assert assess(seen, written(), NOW).score is None


def test_named_scores_stay_apart() -> None:
    # Mautic #581: one number for everything; a perfect stranger and a busy student looked alike.
    stranger = assess(somebody(title="CEO", country="DE"), written(), NOW)
    student = assess(somebody(form("a"), pricing()), written(), NOW)
    assert (stranger.grade, student.grade) == ("B4", "D2")


def test_points_end_at_a_hundred_and_say_what_that_takes() -> None:
    fit = {"cap": 80, "rules": [{"name": "all", "if": {"field": "country", "op": "eq", "value": "DE"}, "points": 80, "text": "Where we sell"}]}  # fmt: skip
    seen = somebody(form("a"), form("b"), pricing(), country="DE")
    found = assess(seen, written(fit=fit), NOW)
    values = {line.term: line.value for line in found.reasons}
    assert found.points == 100.0
    assert values["points.cap"] == 100 - (80 + 50)
    assert sum(values.values()) == pytest.approx(100.0)
    assert found.reasons[0].text == "Where we sell"


@given(st.integers(1, 4_000_000))
def test_a_falling_figure_is_found_below_its_line_within_two_seconds(falls_at: int) -> None:
    found = first_second(lambda passed: passed >= falls_at)
    assert found is not None
    assert falls_at <= found <= falls_at + 2
