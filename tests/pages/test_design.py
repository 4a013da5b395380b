"""The style guide shows everything there is, and the stylesheet says each thing once."""

import re
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.pages.navigation import NEAR, WIDE, Item, bar_of
from prospects.member import Role
from tests.pages.conftest import Visitor

ROOT = Path(__file__).parents[2]
CSS = (ROOT / "app" / "static" / "warmline.css").read_text()
PARTS = ROOT / "templates" / "parts"
# Drawn from a flow, or a mail in its sandbox: a page of their own shows them.
ELSEWHERE = {"drawing", "flow", "sheet"}
# A token of a form, and pieces of other macros.
INSIDE = {
    "csrf",
    "wrong",
    "tile",
    "mark",
    "parts",
    "record",
    "standing",
    "ask",
    "line_mistakes",
    "count",
}


@pytest.fixture
def guide(visitor: Callable[[], Visitor], hire: Callable[..., str]) -> str:
    return visitor().sign_in(hire("rita@acme.example", Role.REP)).see("/design?scheme=dark")


def test_every_token_is_on_the_guide_and_nothing_else(guide: str) -> None:
    tokens = set(re.findall(r"^  (--[a-z0-9-]+):", CSS, re.MULTILINE)) - {
        "--tone",
        "--wash",
        "--heat",
    }
    shown = set(re.findall(r"<code>(--[a-z0-9-]+)</code>", guide))
    assert tokens == shown


def test_every_component_of_the_document_is_on_the_guide(guide: str) -> None:
    table = (ROOT / "docs" / "design.md").read_text().split("## Components")[1].split("##")[0]
    named = set(re.findall(r"`\.([a-z-]+)`", table)) - ELSEWHERE
    classes = {each for found in re.findall(r'class="([^"]+)"', guide) for each in found.split()}
    assert named - classes == set()


def test_every_macro_is_used_by_the_guide() -> None:
    page = (ROOT / "templates" / "design.html").read_text()
    texts = [(PARTS / name).read_text() for name in ("ui.html", "checks.html", "claim.html")]
    macros = {each for text in texts for each in re.findall(r"{% macro (\w+)", text)}
    used = {name for name in macros if re.search(rf"\b{name}\(", page)}
    assert macros - used - INSIDE == set()


def test_a_scheme_is_the_one_that_was_asked_for_or_ones_own(
    visitor: Callable[[], Visitor], hire: Callable[..., str], guide: str
) -> None:
    assert "scheme--dark" in guide
    inside = visitor().sign_in(hire("kim@acme.example", Role.REP))
    assert "scheme--" not in inside.see("/design?scheme=%22%3E%3Cscript%3E")


def test_every_colour_is_said_for_light_and_dark_at_once() -> None:
    tokens = re.findall(r"^  (--[a-z0-9-]+): (.*);$", CSS, re.MULTILINE)
    colours = [value for _, value in tokens if "#" in value]
    assert len(colours) > 20
    assert [each for each in colours if not each.startswith("light-dark(")] == []
    assert "prefers-color-scheme" not in CSS


def test_each_tone_and_each_heat_is_coloured_in_one_place() -> None:
    rules = re.findall(r"([^{}]+)\{[^{}]*\}", re.sub(r"/\*.*?\*/", "", CSS, flags=re.DOTALL))
    told = Counter(
        name
        for selectors in rules
        for name in re.findall(
            r"\.((?:chip|notice|voice|happening|mark-dot|rung|funnel__fill)--\w+)", selectors
        )
    )
    assert {name: count for name, count in told.items() if count > 1 and name != "rung--here"} == {}


@given(st.integers(0, 20))
def test_no_entry_of_the_navigation_is_lost_or_hidden_without_need(count: int) -> None:
    items = [Item(f"/{n}", str(n), here=False) for n in range(count)]
    bar = bar_of(items)
    assert [*bar.near, *bar.wide, *bar.far] == items
    assert len(bar.near) <= NEAR + 1
    assert len(bar.near) + len(bar.wide) <= WIDE + 1
    assert len(bar.behind) != 1
    assert len(bar.far) != 1
