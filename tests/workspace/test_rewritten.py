"""YAML that is written anew always reads as what it was written for, and keeps what did not change."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.workspace.nodes import plain
from app.workspace.rewritten import fresh, rewritten, same
from app.workspace.written import read

WORDS = st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Cs"]), max_size=12)
WORDED = ["", "yes", "no", "null", "2026-12-24", "012", "1e3", "09:00-17:00", "# x", "a: b", "- a"]
SPACED = ["multi\nline\n", " lead", "trail ", "!x", "&a", "*a", "0x10", "1_000", "<<"]
ODD = st.sampled_from([*"~=[]{}'\"|>%@`", *WORDED, *SPACED])
NUMBERS = st.integers(-(10**12), 10**12) | st.floats(-1e6, 1e6, allow_nan=False).map(float)
LEAVES = st.none() | st.booleans() | NUMBERS | WORDS | ODD
KEYS = (ODD | WORDS).filter(lambda key: key != "<<")
TREES = st.recursive(
    LEAVES,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(KEYS, inner, max_size=4),
    max_leaves=20,
)
DOCUMENTS = st.dictionaries(KEYS, TREES, min_size=1, max_size=5)


@given(DOCUMENTS)
def test_any_document_reads_as_itself(body: dict[str, Any]) -> None:
    assert same(plain(read(fresh(body))), body)


@given(DOCUMENTS, DOCUMENTS)
def test_any_document_becomes_any_other(before: dict[str, Any], after: dict[str, Any]) -> None:
    text = fresh(before)

    assert rewritten(text, before, before) == text
    assert same(plain(read(rewritten(text, before, after))), after)


@given(
    st.lists(st.sampled_from("abcdef"), unique=True),
    st.lists(st.sampled_from("abcdef"), unique=True),
)
def test_a_named_list_becomes_any_other(before: list[str], after: list[str]) -> None:
    was = {"steps": [{"id": name, "wait": "1d"} for name in before]}
    now = {"steps": [{"id": name, "wait": "2d"} for name in after]}

    assert same(plain(read(rewritten(fresh(was), None, now))), now)


def test_comments_quotes_and_order_of_the_rest_survive() -> None:
    text = (
        "# on top\nb: 'quoted'   # beside\n\n# between\na:\n  - {id: x, n: 1}  # first\n"
        "  - id: y\n    # inside\n    n: 2\n# at the end\n"
    )
    after = {"b": "quoted", "a": [{"id": "x", "n": 5}, {"id": "y", "n": 2}]}

    assert rewritten(text, None, after) == text.replace("n: 1", "n: 5")


def test_a_variable_that_still_means_the_same_stays_a_variable() -> None:
    text = "zone: ${ZONE}\nname: ${NAME}\n"
    before = {"zone": "UTC", "name": "Rita"}

    changed = rewritten(text, before, {"zone": "UTC", "name": "Tom"})

    assert changed == "zone: ${ZONE}\nname: Tom\n"


@pytest.mark.parametrize("text", ["[", "a: &x 1\n", "- a\n", ""])
def test_a_text_that_cannot_be_changed_in_place_is_written_afresh(text: str) -> None:
    assert same(plain(read(rewritten(text, None, {"a": 2}))), {"a": 2})
