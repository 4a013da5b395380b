"""Tables with a known truth, and the real ones where they are at hand."""

import csv
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from functools import cache
from pathlib import Path

import numpy as np
import pytest

from scoring.card.card import Label
from scoring.card.terms import Side, Value
from scoring.features.registry import VERSION
from scoring.training.table import Column, Floats, Places, Points, Table, Words, numbers, words
from scoring.training.trained import Plan

REAL = Path(__file__).parents[4] / "shared" / "data"

PLAN = Plan(
    label=Label(name="found evaluation or later", positive="evaluation", horizon_days=30),
    feature_version=VERSION,
    trained_at=datetime(2026, 11, 22, tzinfo=UTC),
)


def buyers(rows: int, *, seed: int = 1, points: bool = False, share: float = 0.3) -> Table:
    """People whose chances are additive: visits (with gaps), seniority, source; and two columns of noise."""
    rng = np.random.default_rng(seed)
    visits = rng.poisson(3, rows).astype(np.float64)
    level = rng.choice(["entry", "manager", "vp"], rows, p=[0.5, 0.3, 0.2])
    source = rng.choice(["ad", "fair", "site"], rows)
    base = float(np.log(share / (1 - share)))
    truth = base + 0.5 * (visits - 3) + 1.2 * (level == "vp") - 0.4 * (source == "ad")
    label = (rng.random(rows) < 1 / (1 + np.exp(-truth))).astype(np.float64)
    columns: dict[str, Column] = {
        "visits": numbers(np.where(rng.random(rows) < 0.1, np.nan, visits), Side.ENGAGEMENT),
        "level": words([None if each == "entry" else str(each) for each in level]),
        "source": words([str(each) for each in source]),
        "noise": numbers(rng.normal(size=rows)),
        "shade": words([f"shade {each}" for each in rng.integers(0, 9, rows)]),
    }
    rules = Points(20.0 * (level == "vp"), np.minimum(20.0, 5 * visits)) if points else None
    return Table(columns, label, points=rules)


def by_chance(rows: int, *, seed: int = 3) -> Table:
    """Outcomes that nothing tells."""
    made = buyers(rows, seed=seed)
    label = (np.random.default_rng(seed + 1).random(rows) < 0.4).astype(np.float64)
    return Table(made.columns, label)


def some(table: Table, rows: int, seed: int = 5) -> Table:
    """That many rows, in their order."""
    drawn = np.random.default_rng(seed).permutation(len(table))[:rows]
    return table.take(np.sort(drawn).astype(np.int64))


def places(rows: range) -> Places:
    """Row numbers."""
    return np.array(rows, dtype=np.int64)


@cache
def bank() -> Table:
    """Bank Marketing without `duration`, in order of time (Moro, Cortez and Rita, 2014)."""
    rows = _rows("bank-additional-full.csv", ";")
    return _table(rows, [*rows[0]][:-1], without={"duration"}, won=lambda row: row["y"] == "yes")


AFTER_THE_FACT = {
    *("Tags", "Lead Quality", "Lead Profile", "Last Activity", "Last Notable Activity"),
    *("Asymmetrique Activity Index", "Asymmetrique Profile Index"),
    *("Asymmetrique Activity Score", "Asymmetrique Profile Score"),
}


@cache
def education() -> Table:
    """X Education's leads in order of time, without what was known only after the fact; with points."""
    rows = sorted(_rows("xeducation_leads.csv", ","), key=lambda row: int(row["Lead Number"]))
    named = {"Prospect ID", "Lead Number", "Converted"}
    table = _table(
        rows, [*rows[0]], without=AFTER_THE_FACT | named, won=lambda row: row["Converted"] == "1"
    )
    points = Points(
        np.array([_fit(row) for row in rows]), np.array([_engagement(row) for row in rows])
    )
    return Table(table.columns, table.label, points=points)


@cache
def maven() -> Table:
    """Maven's closed opportunities in order of time: made up, and nothing tells their outcome."""
    accounts = {row["account"]: row for row in _rows("maven_crm_accounts.csv", ",")}
    empty: dict[str, str] = dict.fromkeys(next(iter(accounts.values())), "")
    rows = [
        accounts.get(row["account"], empty) | row
        for row in _rows("maven_crm_sales_pipeline.csv", ",")
        if row["deal_stage"] in ("Won", "Lost")
    ]
    rows.sort(key=lambda row: datetime.strptime(row["engage_date"], "%m/%d/%Y").replace(tzinfo=UTC))
    known = ["sales_agent", "product", "account", "sector", "revenue", "employees"]
    return _table(rows, known, without=set(), won=lambda row: row["deal_stage"] == "Won")


def _fit(row: Mapping[str, str]) -> float:
    """A form filled in for a talk, a job, a wish: what a marketer would look for; and who wants no mail."""
    points = 40.0 if row["Lead Origin"] == "Lead Add Form" else 0.0
    points += 20.0 if row["What is your current occupation"] == "Working Professional" else 0.0
    points += 5.0 if row["Specialization"] not in ("", "Select") else 0.0
    points -= 15.0 if row["Do Not Email"] == "Yes" else 0.0
    return min(50.0, max(0.0, points))


def _engagement(row: Mapping[str, str]) -> float:
    """Minutes on the site."""
    minutes = float(row["Total Time Spent on Website"] or 0) / 60
    steps = ((2, 5), (5, 5), (10, 15), (15, 15))
    return float(sum(more for least, more in steps if minutes >= least))


def _rows(name: str, delimiter: str) -> list[dict[str, str]]:
    path = REAL / name
    if not path.exists():
        pytest.skip(f"{name} is not at hand")
    with path.open(newline="", encoding="utf-8") as opened:
        return list(csv.DictReader(opened, delimiter=delimiter))


def _table(
    rows: list[dict[str, str]],
    names: list[str],
    *,
    without: set[str],
    won: Callable[[Mapping[str, str]], bool],
) -> Table:
    columns = {
        name: _column([row[name] for row in rows], name) for name in names if name not in without
    }
    return Table(columns, np.array([float(won(row)) for row in rows]))


ENGAGEMENT = {"TotalVisits", "Total Time Spent on Website", "Page Views Per Visit", "campaign"}


def _column(said: list[str], name: str) -> Column:
    side = Side.ENGAGEMENT if name in ENGAGEMENT else Side.FIT
    known = [None if each in ("", "Select") else each for each in said]
    try:
        return numbers([None if each is None else float(each) for each in known], side)
    except ValueError:
        return words(known, side)


def features(table: Table, row: int) -> dict[str, Value]:
    """One row as a snapshot's features would be."""
    said: dict[str, Value] = {}
    for name, column in table.columns.items():
        if isinstance(column, Words):
            code = int(column.codes[row])
            said[name] = column.levels[code] if code >= 0 else None
        else:
            value = float(column.values[row])
            said[name] = value if value == value else None
    if table.points is not None:
        said["points.fit"] = float(table.points.fit[row])
        said["points.engagement"] = float(table.points.engagement[row])
    return said


def auc_of(label: Floats, scores: Floats) -> float:
    """Counted pair by pair."""
    won, lost = scores[label == 1], scores[label == 0]
    above = (won[:, None] > lost[None, :]).mean()
    return float(above + (won[:, None] == lost[None, :]).mean() / 2)
