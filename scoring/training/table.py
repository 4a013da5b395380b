"""The labelled table that models are trained on: columns, outcomes, weights, and the order in time.

Made by whoever reads a file or the record; everything below `scoring/training` works on it alone.
"""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from scoring.card.terms import Side

Floats = NDArray[np.float64]
Places = NDArray[np.int64]
"""Row numbers, or codes of levels."""

POINTS_FIT, POINTS_ENGAGEMENT = "points.fit", "points.engagement"
"""What both parts of the marketer's points are called where they are columns."""

MISSING = -1
"""The code of a word that is not there."""


@dataclass(frozen=True, slots=True, eq=False)
class Numbers:
    """A column of numbers; NaN says nothing. `rising`: more of it never speaks against (a good act, fresh)."""

    values: Floats
    side: Side = Side.FIT
    rising: bool = False

    def take(self, rows: Places) -> "Numbers":
        """These rows of it."""
        return replace(self, values=self.values[rows])

    def known(self) -> NDArray[np.bool_]:
        """Where it says something."""
        return ~np.isnan(self.values)


@dataclass(frozen=True, slots=True, eq=False)
class Words:
    """A column of words: `codes` are places in `levels`, `MISSING` where it says nothing."""

    codes: Places
    levels: tuple[str, ...]
    side: Side = Side.FIT

    def take(self, rows: Places) -> "Words":
        """These rows of it, under the same codes."""
        return replace(self, codes=self.codes[rows])

    def known(self) -> NDArray[np.bool_]:
        """Where it says something."""
        return np.not_equal(self.codes, MISSING)


Column = Numbers | Words


@dataclass(frozen=True, slots=True, eq=False)
class Points:
    """What the marketer's rules gave each row: the fit part and the engagement part, in points."""

    fit: Floats
    engagement: Floats

    @property
    def total(self) -> Floats:
        """Both parts together."""
        return self.fit + self.engagement


@dataclass(frozen=True, slots=True, eq=False)
class Table:
    """Rows of known outcome.

    `label` is 1.0 for a win and 0.0 for none. `weight` is how much a row counts (default 1 each).
    `instants` order the rows in time (seconds since 1970 UTC, or anything that rises); without them
    the rows stand in their order. Rows of one `group` (several periods of one person) are never
    parted between what is trained on and what is measured. `measurable` are rows whose outcome is known
    for certain: only those are measured, and counted as wins; without it all are.
    `chance` is by what chance a row was drawn from those nobody would have asked about (NaN: it was put
    to sales as warm); without it the rows are everybody.
    """

    columns: Mapping[str, Column]
    label: Floats
    weight: Floats | None = None
    instants: Floats | None = None
    groups: Places | None = None
    points: Points | None = None
    measurable: NDArray[np.bool_] | None = None
    chance: Floats | None = None

    def __len__(self) -> int:
        return len(self.label)

    @property
    def positives(self) -> int:
        """How many are wins for certain."""
        return int(self.label[self.certain].sum())

    @property
    def losses(self) -> int:
        """How many are no wins for certain."""
        return int(self.certain.sum()) - self.positives

    @property
    def certain(self) -> NDArray[np.bool_]:
        """Where the outcome is known."""
        return np.ones(len(self), dtype=np.bool_) if self.measurable is None else self.measurable

    @property
    def weights(self) -> Floats:
        """How much each row counts."""
        return np.ones(len(self)) if self.weight is None else self.weight

    def take(self, rows: Places) -> "Table":
        """These rows of it."""
        return Table(
            {name: column.take(rows) for name, column in self.columns.items()},
            self.label[rows],
            _some(self.weight, rows),
            _some(self.instants, rows),
            None if self.groups is None else self.groups[rows],
            None
            if self.points is None
            else Points(self.points.fit[rows], self.points.engagement[rows]),
            None if self.measurable is None else self.measurable[rows],
            _some(self.chance, rows),
        )

    def without(self, names: Sequence[str]) -> "Table":
        """All but these columns."""
        left = {name: column for name, column in self.columns.items() if name not in set(names)}
        return replace(self, columns=left)

    def column(self, name: str) -> Column | None:
        """A column by its name, the parts of the marketer's points among them; None if there is none."""
        if name in self.columns or self.points is None:
            return self.columns.get(name)
        return _of_points(self.points).get(name)

    def with_points(self) -> "Table":
        """The same with the marketer's points as columns: more of them never speaks against."""
        if self.points is None:
            return self
        return replace(self, columns={**self.columns, **_of_points(self.points)})

    def in_time(self) -> "Table":
        """The oldest row first; rows of one instant keep their order."""
        if self.instants is None:
            return self
        return self.take(np.argsort(self.instants, kind="stable").astype(np.int64))


def numbers(
    values: Sequence[float | None] | Floats, side: Side = Side.FIT, *, rising: bool = False
) -> Numbers:
    """A column of numbers; None and what is not finite say nothing."""
    made = np.array(
        [np.nan if each is None else each for each in values]
        if not isinstance(values, np.ndarray)
        else values,
        dtype=np.float64,
    )
    made[~np.isfinite(made)] = np.nan
    return Numbers(made, side, rising)


def words(values: Sequence[str | None], side: Side = Side.FIT) -> Words:
    """A column of words; None and the empty word say nothing."""
    levels = tuple(sorted({each for each in values if each}))
    place = {level: code for code, level in enumerate(levels)}
    codes = [place[each] if each else MISSING for each in values]
    return Words(np.array(codes, dtype=np.int64), levels, side)


def sha256(table: Table) -> str:
    """A hash of all that is trained on; the same rows in the same order have the same."""
    made = hashlib.sha256()
    for name in sorted(table.columns):
        column = table.columns[name]
        made.update(f"\x00{name}\x00{column.side}\x00".encode())
        if isinstance(column, Words):
            made.update("\x01".join(column.levels).encode())
            made.update(column.codes.tobytes())
        else:
            made.update(b"rising" if column.rising else b"")
            made.update(column.values.tobytes())
    for array in (table.label, table.weight, table.instants, table.groups):
        made.update(b"\x02" if array is None else array.tobytes())
    if table.points is not None:
        made.update(table.points.fit.tobytes() + table.points.engagement.tobytes())
    if table.measurable is not None:
        made.update(table.measurable.tobytes())
    if table.chance is not None:
        made.update(table.chance.tobytes())
    return made.hexdigest()


def _of_points(points: Points) -> dict[str, Numbers]:
    return {
        POINTS_FIT: Numbers(points.fit, Side.FIT, rising=True),
        POINTS_ENGAGEMENT: Numbers(points.engagement, Side.ENGAGEMENT, rising=True),
    }


def _some(array: Floats | None, rows: Places) -> Floats | None:
    return None if array is None else array[rows]
