"""Cleaning takes away what no store holds, says so, and touches nothing else."""

import json
import unicodedata
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from prospects.texts import clean, replace_unstorable, storable

SUITE = Path(__file__).parents[3] / "shared" / "suites" / "04-blns" / "blns.json"


def test_the_naughty_strings_come_back_as_they_went_in() -> None:
    if not SUITE.exists():
        pytest.skip(f"the naughty strings are not here ({SUITE})")
    strings = json.loads(SUITE.read_text(encoding="utf-8"))
    assert len(strings) == 515
    for text in strings:
        assert clean(text) == text


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("Jo\0hn", "John"),
        ("\ud800Zoë\udfff", "Zoë"),
        ("\0\0", ""),
        ("e\N{COMBINING ACUTE ACCENT}", "é"),
        ("\N{DEVANAGARI LETTER QA}ासिम", "\N{DEVANAGARI LETTER KA}\N{DEVANAGARI SIGN NUKTA}ासिम"),
        ("  <b>\u202ehi\u200b\t\r\n ", "  <b>\u202ehi\u200b\t\r\n "),
        ("\N{OHM SIGN}", "Ω"),
        ("😀", "😀"),
    ],
)
def test_only_the_unstorable_goes(text: str, kept: str) -> None:
    assert clean(text) == kept


@given(st.text(st.characters(codec=None)))
def test_a_cleaned_text_can_be_stored_and_cleaning_it_again_changes_nothing(text: str) -> None:
    cleaned = clean(text)
    assert cleaned.encode("utf-8").count(0) == 0
    assert clean(cleaned) == cleaned
    if storable(text):
        assert cleaned == unicodedata.normalize("NFC", text)


def test_in_a_nested_value_the_unstorable_is_replaced_in_keys_too() -> None:
    value = {"a\0": ["b\ud800", {"c": 1, "d": None}], "e": "fine é"}
    assert replace_unstorable(value) == {
        "a\ufffd": ["b\ufffd", {"c": 1, "d": None}],
        "e": "fine é",
    }
