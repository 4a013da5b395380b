"""Reasons read like sentences, the strongest first, and their dates stay true."""

from datetime import timedelta

import pytest

from prospects.kinds import BUYERS_OWN, Kind, Verdict
from prospects.values import Reason
from scoring.by_rules.words import ago, did, found, one_line, sentences, strongest
from tests.scoring.people import DAY, NOW, act, form


def test_one_act_is_told_with_its_name_and_date() -> None:
    assert did([form("demo", 2 * DAY)]) == "Sent the form “demo” on 1 March 2026"


def test_several_are_counted_and_named_only_if_they_are_alike() -> None:
    assert did([form("a", DAY), form("a")]) == "Sent the form “a” 2 times, last on 3 March 2026"
    assert did([form("a", DAY), form("b")]) == "Sent a form 2 times, last on 3 March 2026"


@pytest.mark.parametrize("kind", sorted(BUYERS_OWN))
def test_every_act_of_a_buyer_has_words(kind: Kind) -> None:
    told = did([act(kind)])
    assert "_" not in told
    assert told[0].isupper()


@pytest.mark.parametrize("verdict", list(Verdict))
def test_every_finding_has_words(verdict: Verdict) -> None:
    assert found(verdict, "Evaluation", NOW).endswith("on 3 March 2026")


def test_braces_in_a_form_s_name_are_just_braces() -> None:
    assert "{0.__class__}" in did([form("{0.__class__}")])


@pytest.mark.parametrize(
    ("passed", "told"),
    [
        (timedelta(seconds=-5), "just now"),
        (timedelta(seconds=59), "just now"),
        (timedelta(minutes=1), "1 minute ago"),
        (timedelta(hours=47), "1 day ago"),
        (timedelta(days=2), "2 days ago"),
        (timedelta(days=10), "1 week ago"),
        (timedelta(days=70), "2 months ago"),
        (timedelta(days=800), "2 years ago"),
    ],
)
def test_distances_are_round(passed: timedelta, told: str) -> None:
    assert ago(NOW - passed, NOW) == told


def test_what_a_stranger_typed_is_one_line_of_sixty_characters_at_most() -> None:
    assert one_line("a\n\t b\u202e") == "a b"
    assert one_line("x" * 60) == "x" * 60
    assert one_line("x" * 61) == "x" * 59 + "…"


def test_a_brief_shows_what_adds_most_and_what_takes_most() -> None:
    shares = {"a": 5.0, "b": 20.0, "c": 0.2, "d": -30.0, "e": -0.1, "f": 9.0, "g": 1.0, "h": -4.0}
    reasons = [Reason(f"Did {term}", term, value) for term, value in shares.items()]
    assert [line.term for line in strongest(reasons)] == ["b", "f", "a", "d", "h"]
    assert sentences(reasons)[0] == "Did b (+20)"
