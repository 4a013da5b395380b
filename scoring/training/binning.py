"""Columns as a few bins each: what a card can say of a value, decided on the rows trained on and on no others."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import assert_never

import numpy as np

from scoring.training.table import MISSING, Column, Floats, Numbers, Places, Table, Words

RARE = 10
"""A word on fewer rows shares a bin with all other rare ones (measured: with 20, a file of 800 campaigns lost .006 AUC)."""
MOST_WORDS = 240
"""Words beyond the most frequent ones are pooled as rare: a card stays a few kB."""


@dataclass(frozen=True, slots=True, eq=False)
class Steps:
    """Bins of a number: at most `edges[0]`, …, above the last edge, and a last one for what is missing."""

    edges: Floats

    @property
    def size(self) -> int:
        """How many bins, that of the missing among them."""
        return len(self.edges) + 2

    def of(self, column: Column) -> Places:
        """Each row's bin."""
        assert isinstance(column, Numbers)
        found = np.searchsorted(self.edges, column.values, side="left")
        return np.where(column.known(), found, len(self.edges) + 1).astype(np.int64)


@dataclass(frozen=True, slots=True, eq=False)
class Levels:
    """Bins of a word: each kept one, then one for all others, and a last one for what is missing."""

    kept: tuple[str, ...]

    @property
    def size(self) -> int:
        """How many bins, those of the others and of the missing among them."""
        return len(self.kept) + 2

    def of(self, column: Column) -> Places:
        """Each row's bin."""
        assert isinstance(column, Words)
        place = {word: code for code, word in enumerate(self.kept)}
        bin_of = [place.get(word, len(self.kept)) for word in column.levels]
        # The code of a missing word is -1, which is the last place of this list.
        return np.array([*bin_of, len(self.kept) + 1], dtype=np.int64)[column.codes]


Bins = Steps | Levels


def bins(table: Table, *, most: int, least: int = 1) -> dict[str, Bins]:
    """Bins for every column that says more than one thing; numbers get `most` at most, each of `least` rows."""
    made = {name: bins_of(column, most, least) for name, column in table.columns.items()}
    return {name: found for name, found in made.items() if _differs(found.of(table.columns[name]))}


def says_nothing(table: Table) -> dict[str, str]:
    """Columns from which nothing can be learned, with the reason."""
    found = {}
    for name, column in table.columns.items():
        known = column.known()
        if not known.any():
            found[name] = "it is empty on every row"
        elif known.all() and _one_value(column):
            found[name] = "it says the same on every row"
    return found


def coded(made: Mapping[str, Bins], table: Table) -> dict[str, Places]:
    """Each row's bin in every column."""
    return {name: found.of(table.columns[name]) for name, found in made.items()}


def bins_of(column: Column, most: int, least: int) -> Bins:
    """Bins for one column."""
    match column:
        case Numbers():
            return Steps(_edges(column.values[column.known()], most, least))
        case Words():
            return Levels(_frequent(column))
        case _:
            assert_never(column)


def _edges(values: Floats, most: int, least: int) -> Floats:
    """Half-way between neighbours where there are few values, else between equal parts of the rows."""
    apart, counts = np.unique(values, return_counts=True)
    if len(apart) < 2:
        return np.array([], dtype=np.float64)
    # Neighbours may have no number between them; the lower one then is its own bin's upper edge.
    middle = apart[:-1] / 2 + apart[1:] / 2
    between = np.where((middle >= apart[:-1]) & (middle < apart[1:]), middle, apart[:-1])
    if len(apart) <= most and counts.min() >= least:
        return between
    below = np.cumsum(counts)[:-1]
    wanted = np.arange(1, most) * len(values) / most
    nearest = np.unique(np.searchsorted(below, wanted).clip(max=len(below) - 1))
    return _wide_enough(between[nearest], below[nearest], len(values), least)


def _wide_enough(edges: Floats, below: Places, rows: int, least: int) -> Floats:
    """Those edges that leave each bin its rows."""
    kept: list[float] = []
    last = 0
    for edge, under in zip(edges, below, strict=True):
        if min(under - last, rows - under) >= least:
            kept.append(float(edge))
            last = int(under)
    return np.array(kept, dtype=np.float64)


def _frequent(column: Words) -> tuple[str, ...]:
    counts = np.bincount(column.codes[column.codes != MISSING], minlength=len(column.levels))
    ranked = sorted(range(len(column.levels)), key=lambda code: (-counts[code], code))
    return tuple(
        sorted(column.levels[code] for code in ranked[:MOST_WORDS] if counts[code] >= RARE)
    )


def _differs(codes: Places) -> bool:
    return bool((codes != codes[0]).any())


def _one_value(column: Column) -> bool:
    said = column.values if isinstance(column, Numbers) else column.codes
    return bool((said == said[0]).all())
