"""Cleaning takes away what no store holds, says so, and touches nothing else."""

import json
import unicodedata
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from prospects.texts import Cleaned, TooLongError, clean, replace_unstorable, storable

SUITE = Path(__file__).parents[3] / "shared" / "suites" / "04-blns" / "blns.json"


def test_the_naughty_strings_come_back_as_they_went_in() -> None:
    if not SUITE.exists():
        pytest.skip(f"the naughty strings are not here ({SUITE})")
    strings = json.loads(SUITE.read_text(encoding="utf-8"))
    assert len(strings) == 515
    for text in strings:
        assert clean(text, 10_000) == Cleaned(text)


@pytest.mark.parametrize(
    ("text", "kept", "removed"),
    [
        ("Jo\0hn", "John", 1),
        ("\ud800Zoë\udfff", "Zoë", 2),
        ("\0\0", "", 2),
        ("e\N{COMBINING ACUTE ACCENT}", "é", 0),
        ("  <b>\u202ehi\u200b\t\r\n ", "  <b>\u202ehi\u200b\t\r\n ", 0),
        ("\N{OHM SIGN}", "Ω", 0),
        ("😀", "😀", 0),
    ],
)
def test_only_the_unstorable_goes_and_is_counted(text: str, kept: str, removed: int) -> None:
    assert clean(text, 100) == Cleaned(kept, removed)


def test_a_text_too_long_is_refused_by_name_and_never_cut() -> None:
    assert clean("x" * 50, 50, field="title").text == "x" * 50
    with pytest.raises(TooLongError, match=r"title: 51 characters .*; at most 50") as refusal:
        clean("x" * 51, 50, field="title")
    assert refusal.value.faults[0].place == "title"


def test_the_limit_counts_what_is_left_after_cleaning() -> None:
    assert clean("\0" * 50 + "ok", 2).text == "ok"


@given(st.text(st.characters(codec=None)))
def test_a_cleaned_text_can_be_stored_and_cleaning_it_again_changes_nothing(text: str) -> None:
    cleaned = clean(text, 10_000)
    assert cleaned.text.encode("utf-8").count(0) == 0
    assert clean(cleaned.text, 10_000) == Cleaned(cleaned.text)
    if storable(text):
        assert cleaned == Cleaned(unicodedata.normalize("NFC", text))


def test_in_a_nested_value_the_unstorable_is_replaced_in_keys_too() -> None:
    value = {"a\0": ["b\ud800", {"c": 1, "d": None}], "e": "fine é"}
    assert replace_unstorable(value) == {
        "a\ufffd": ["b\ufffd", {"c": 1, "d": None}],
        "e": "fine é",
    }
