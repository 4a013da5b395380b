"""Lays leads of the record out as the table that models are trained on."""

import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import numpy as np

from scoring.card.terms import Value
from scoring.features.feature import Sort
from scoring.features.registry import feature
from scoring.learning.answering import COUNTS
from scoring.learning.delay import Weighed
from scoring.learning.labels import Fate
from scoring.learning.past_leads import SeenLead
from scoring.training.table import (
    POINTS_ENGAGEMENT,
    POINTS_FIT,
    Column,
    Floats,
    Places,
    Points,
    Table,
    numbers,
    words,
)

POINTS = (POINTS_FIT, POINTS_ENGAGEMENT)
"""The anchor: laid out beside the columns."""


@dataclass(slots=True)
class Layout:
    """Takes leads as they are read, and keeps of them only what a table holds."""

    ripe: timedelta
    as_of: datetime
    columns: dict[str, list[Value]] = field(default_factory=dict)
    wins: list[bool] = field(default_factory=list)
    weights: list[float] = field(default_factory=list)
    offered: list[float] = field(default_factory=list)
    known: list[bool] = field(default_factory=list)
    people: list[int] = field(default_factory=list)
    chances: list[float] = field(default_factory=list)
    _numbers: dict[object, int] = field(default_factory=dict)
    _words: dict[str, str] = field(default_factory=dict)

    def add(self, lead: SeenLead, row: Weighed) -> None:
        """One more lead, and how it enters."""
        place = len(self.wins)
        for name, value in lead.features.items():
            column = self.columns.setdefault(name, [])
            column.extend([None] * (place - len(column)))
            # The same word is kept once, however many say it.
            column.append(self._words.setdefault(value, value) if isinstance(value, str) else value)
        put = lead.put
        self.wins.append(row.win)
        self.weights.append(row.weight)
        self.offered.append(put.lead.offered_at.timestamp())
        is_old = put.lead.offered_at + self.ripe <= self.as_of
        is_sure = put.lead.fate is not Fate.OPEN and put.lead.weight >= COUNTS
        self.known.append(is_sure and is_old)
        self.chances.append(put.lead.probability or math.nan)
        self.people.append(self._numbers.setdefault(put.prospect_id, len(self._numbers)))

    def table(self) -> Table:
        """What was taken, laid out; measured are only leads that had their time and were settled."""
        rows = len(self.wins)
        full = {name: [*some, *[None] * (rows - len(some))] for name, some in self.columns.items()}
        fit, engagement = (_figures(full.pop(name, [None] * rows)) for name in POINTS)
        return Table(
            {name: _column(name, full[name]) for name in sorted(full)},
            np.array(self.wins, dtype=np.float64),
            _worth(np.array(self.weights, dtype=np.float64)),
            np.array(self.offered, dtype=np.float64),
            self._groups(),
            Points(np.array(fit), np.array(engagement)),
            measurable=np.array(self.known, dtype=np.bool_),
            chance=np.array(self.chances, dtype=np.float64),
        )

    def _groups(self) -> Places | None:
        """Whose each row is, if anybody has two."""
        if len(self._numbers) == len(self.people):
            return None
        return np.array(self.people, dtype=np.int64)


def _worth(weights: Floats) -> Floats:
    """The weights, made to sum up to as many rows as they are worth (Kish): penalties are held against that."""
    return weights * (weights.sum() / (weights**2).sum()) if len(weights) else weights


def _column(name: str, values: Sequence[Value]) -> Column:
    known = feature(name)
    assert known is not None, f"a feature without a name: {name}"
    is_number = known.sort is Sort.NUMBER or not any(isinstance(each, str) for each in values)
    if is_number:
        return numbers(_figures_or_none(values), known.side, rising=known.rising)
    return words([None if each is None else _word(each) for each in values], known.side)


def _word(value: float | str) -> str:
    return value if isinstance(value, str) else f"{value:g}"


def _figures_or_none(values: Sequence[Value]) -> list[float | None]:
    return [float(each) if isinstance(each, float | int) else None for each in values]


def _figures(values: Sequence[Value]) -> list[float]:
    return [each or 0.0 for each in _figures_or_none(values)]
