"""What pages draw and say, from plain values."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.auth.guard import local, page_of, words_kept
from app.money import money
from app.pages import papers, sentences, words
from app.pages.drawing import bars, ladder
from prospects.ids import ActivityId
from prospects.kinds import Kind, Verdict
from prospects.values import Activity, Lifecycle
from routing.finding import Channel
from routing.lives import DeclineReason

NOW = datetime(2026, 3, 3, 10, 0, tzinfo=UTC)
STAGES = [("a", "A"), ("b", "B"), ("c", "C"), ("d", "D"), ("e", "E")]


def test_the_warm_line_is_warm_up_to_what_the_rep_found() -> None:
    line = ladder(STAGES, claimed="d", found="b")
    assert [rung.heat for rung in line] == [1, 2, 0, 0, 0]
    assert [rung.claimed for rung in line].index(True) == 3
    assert [rung.found for rung in line].index(True) == 1


def test_a_stage_that_is_gone_warms_nothing() -> None:
    assert all(rung.heat == 0 for rung in ladder(STAGES, claimed="gone"))


@given(st.lists(st.floats(-100, 400), max_size=30))
def test_bars_stay_within_their_drawing(days: list[float]) -> None:
    drawn = bars([NOW - timedelta(days=each) for each in days], NOW)
    assert all(0 <= y <= 28 and x >= 0 and x + width <= 120.5 for x, y, width, _ in drawn.bars)
    assert drawn.sentence.endswith(".")


@pytest.mark.parametrize(
    ("phone", "shown", "dialled"),
    [
        ("+4940123456", "+49 40 123456", "+4940123456"),
        ("040 / 12 34", "040 / 12 34", "0401234"),
        ('"><b>+1', '"><b>+1', "1"),
    ],
)
def test_a_number_is_dialled_as_digits_whatever_was_typed(
    phone: str, shown: str, dialled: str
) -> None:
    assert papers.numbers(phone) == (shown, dialled)


def test_every_word_of_a_closed_vocabulary_has_a_word_on_pages() -> None:
    assert set(words.LIFECYCLES) == set(Lifecycle)
    assert set(words.VERDICTS) == set(Verdict)
    assert {value for value, _ in words.CHANNELS} == set(Channel)
    assert {value for value, _ in words.DECLINES} == set(DeclineReason)


def test_somebody_active_a_minute_ago_is_not_called_quiet() -> None:
    for mark in ("A1", "B2", "C3", "D4"):
        assert words.grade(mark).endswith(" signs of interest.")
    assert words.grade("B4") == "Close to whom we look for, few signs of interest."


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("too dear for two doors.", "Too dear for two doors."),
        ("too dear", "Too dear."),
        ("Why now?", "Why now?"),
        ("\u2068نورة\u2069", "\u2068نورة\u2069."),
        ("太贵了。", "太贵了。"),
        ("", ""),
    ],
)
def test_what_somebody_typed_ends_once(typed: str, said: str) -> None:
    assert words.sentence(typed) == said


def test_a_tick_without_a_name_is_told_by_what_stood_beside_it() -> None:
    assert words.topic("newsletter", "Write to me") == "newsletter"
    assert words.topic("linkedin.consent.0", "I accept.") == "I accept."
    assert words.topic("meta.consent.news", None) == "a tick in a form"
    assert words.topic("*", None) == "all mail"


def test_why_it_was_lost_is_a_quote_of_its_own() -> None:
    body = {"result": "lost", "reason": "Too dear for IT."}
    lost = Activity(ActivityId(UUID(int=1)), Kind.OUTCOME, NOW, NOW, "routing", body, False)
    told = sentences.happening(lost, reps={}, stages={}, openly=False)
    assert (told.sentence, told.quote) == ("It was lost.", "Too dear for IT.")


def test_a_history_line_that_begins_with_a_name_runs_as_our_sentence() -> None:
    body = {"rep": "r"}
    taken = Activity(ActivityId(UUID(int=1)), Kind.ACCEPTED, NOW, NOW, "routing", body, False)
    told = sentences.happening(taken, reps={"r": "נועה"}, stages={}, openly=False)
    assert told.sentence == "\u2068נועה\u2069 took the lead."


def test_an_amount_is_grouped_wherever_people_read_it() -> None:
    assert money(Decimal("1200"), "EUR") == "1,200.00 EUR"
    assert money(None, "EUR") == ""


@given(st.text(max_size=60))
def test_what_follows_a_sign_in_is_always_a_path_of_ours(target: str) -> None:
    went = local(target)
    assert went.startswith("/")
    assert not went.startswith("//")
    assert "\n" not in went


@given(st.text(max_size=200))
def test_what_is_carried_over_a_sign_in_is_fields_or_nothing(text: str) -> None:
    assert all(len(pair) == 2 for pair in words_kept(text))


def test_a_form_leads_back_to_its_page() -> None:
    member = f"/team/{'a' * 36}"
    assert page_of(f"{member}/roles") == page_of(f"{member}/deactivation") == member
    assert page_of("/team/invitation") == "/team"
    assert page_of("/tokens/a/revocation") == "/tokens"
    assert page_of("/handoffs/a/b/acceptance") == "/handoffs/a/b"
    assert page_of("/handoffs/a/b/confirmation/draft") == "/handoffs/a/b/confirmation"
    assert page_of("/handoffs/a/b/confirmation") == "/handoffs/a/b/confirmation"
