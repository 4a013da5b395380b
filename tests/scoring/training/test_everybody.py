"""A percentage is right only if it is right for everybody, those included whom the draw passed over."""

import numpy as np
import pytest

from scoring.training import everybody
from scoring.training.choosing import Evidence
from scoring.training.everybody import UNMOVED, Base, stands
from scoring.training.metrics import probability
from scoring.training.table import Floats, Table

CHANCE = 0.05


def market(drawn: int, off: float = 0.0, routed: int = 400) -> tuple[Table, Evidence, Floats]:
    """Leads scored by their true logits; of those drawn fewer win than is foreseen, by `off`."""
    rng = np.random.default_rng(7)
    logits = np.concatenate([rng.normal(0.8, 1.0, routed), rng.normal(-2.0, 0.7, drawn)])
    is_drawn = np.arange(len(logits)) >= routed
    label = (rng.random(len(logits)) < probability(logits - off * is_drawn)).astype(np.float64)
    table = Table({}, label, chance=np.where(is_drawn, CHANCE, np.nan))
    rows = np.arange(len(logits), dtype=np.int64)
    return table, Evidence(rows, label, {}, newest=False, seed=7), logits


def test_each_who_was_drawn_stands_for_all_like_them() -> None:
    table, _, _ = market(3, routed=2)
    assert stands(table) == pytest.approx([1, 1, 20, 20, 20])
    assert stands(Table({}, table.label)) == pytest.approx(np.ones(5))


@pytest.mark.parametrize(
    ("drawn", "off", "passed", "words"),
    [
        (120, 0.0, True, "Predictions held for everybody"),
        (120, -1.0, False, "over everybody, predictions were off"),
        (30, 0.0, False, "they count for 30 of 60"),
        (0, 0.0, False, "they count for 0 of 60"),
    ],
)
def test_a_percentage_is_shown_only_of_everybody(
    drawn: int, off: float, *, passed: bool, words: str
) -> None:
    table, seen, logits = market(drawn, off)
    told = everybody.tested(Base(1.0, 0.0, drawn), seen, logits, table, drifted=False)
    assert told.passed is passed
    assert words in told.words


def test_where_leads_are_told_too_low_to_set_everybody_right_none_is_shown() -> None:
    table, seen, logits = market(120, 0.0)
    told = everybody.tested(Base(1.0, -1.5, 120), seen, logits, table, drifted=False)
    assert "of leads, predictions were" in told.words


def test_a_table_of_a_file_is_everybody() -> None:
    table, seen, logits = market(0)
    alone = Table({}, table.label)
    assert everybody.tested(UNMOVED, seen, logits, alone, drifted=False).passed
    assert not everybody.tested(UNMOVED, seen, logits, alone, drifted=True).passed
