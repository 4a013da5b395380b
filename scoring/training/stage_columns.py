"""Features of findings as columns of noughts and ones, and weights found for them as terms of a card."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from scoring.card.terms import Levels, Side, Steps, Value
from scoring.training.table import Floats, Places

BINS = 4
FEWEST = 5
"""A level or a bin with fewer rows teaches nothing of its own."""


@dataclass(frozen=True, slots=True)
class Column:
    """One feature's bins: a number's edges or a word's levels; the last bin is of what is missing."""

    feature: str
    side: Side
    edges: tuple[float, ...] = ()
    levels: tuple[str, ...] = ()

    @property
    def width(self) -> int:
        """Its bins: between the edges or one a level and one for others, and one for missing."""
        return (len(self.levels) if self.levels else len(self.edges)) + 2

    def places(self, values: Sequence[Value]) -> Places:
        """Each value's bin."""
        if self.levels:
            known = {level: place for place, level in enumerate(self.levels)}
            found = [
                known.get(each, len(known)) if isinstance(each, str) else len(known) + 1
                for each in values
            ]
            return np.array(found, dtype=np.int64)
        given = np.array([_number(each) for each in values])
        place = np.searchsorted(np.array(self.edges), given, side="left")
        return np.where(np.isnan(given), len(self.edges) + 1, place).astype(np.int64)

    def steps(self) -> Floats:
        """What is fitted, bin by bin: for a number each step up from the bin below, for a word its levels.

        Drawing steps towards nothing draws a bin towards its neighbour, so that few rows suffice.
        """
        if self.levels:
            return np.eye(self.width)
        up = np.tril(np.ones((self.width - 1, self.width - 1)), 0)[:, 1:]
        apart = np.zeros((self.width, self.width - 1))
        apart[:-1, :-1] = up
        apart[-1, -1] = 1.0
        return apart

    def term(self, weights: Floats) -> Steps | Levels:
        """The column as a term of a card."""
        told = tuple(round(float(each), 6) for each in weights)
        if self.levels:
            return Levels(
                feature=self.feature, side=self.side,
                weights=dict(zip(self.levels, told, strict=False)),
                other=told[-2], missing=told[-1],
            )  # fmt: skip
        return Steps(
            feature=self.feature, side=self.side,
            edges=self.edges, weights=told[:-1], missing=told[-1],
        )  # fmt: skip


def columns(rows: Sequence[Mapping[str, Value]], sides: Mapping[str, Side]) -> list[Column]:
    """A column for each feature that differs between enough rows."""
    names = sorted({name for row in rows for name in row})
    made = (_column(name, [row.get(name) for row in rows], sides) for name in names)
    return [each for each in made if each is not None]


def _column(name: str, values: Sequence[Value], sides: Mapping[str, Side]) -> Column | None:
    side = sides.get(name, Side.ENGAGEMENT)
    words = [each for each in values if isinstance(each, str)]
    if words:
        counts = {word: words.count(word) for word in set(words)}
        levels = tuple(sorted(word for word, count in counts.items() if count >= FEWEST))
        kept = Column(name, side, levels=levels) if levels else None
    else:
        kept = Column(name, side, edges=_edges(np.array([_number(each) for each in values])))
    if kept is None or len({int(each) for each in kept.places(values)}) < 2:
        return None
    return kept


def _edges(numbers: Floats) -> tuple[float, ...]:
    """Between the quarters of all, and of those above the least: most people have done most things never."""
    known = numbers[~np.isnan(numbers)]
    if not len(known):
        return ()
    more = known[known > known.min()]
    cuts = [known.min()] if len(more) >= FEWEST else []
    for some in (known, more):
        if len(some) >= FEWEST * BINS:
            cuts += list(np.quantile(some, np.arange(1, BINS) / BINS, method="lower"))
    kept = sorted({float(each) for each in cuts if each < known.max()})
    return tuple(each for each in kept if (known > each).sum() >= FEWEST)


def _number(value: Value) -> float:
    if isinstance(value, (int, float)) and np.isfinite(value):
        return float(value)
    return float("nan")
