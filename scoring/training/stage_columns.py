"""Features of findings as columns to fit, and the weights found for them as terms of a stage table.

A number is one column, its logarithm on the scale of its spread: with a few hundred findings a slope is
learned long before steps are. Of what they did only how lately counts, by kind and by evidence rule:
counts, first times and shares say the same again.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from scoring.card.stage_terms import Growing, Sorts, grown
from scoring.card.terms import Side, Value
from scoring.training.table import Floats

FEWEST = 5
"""A level, or what is missing, with fewer rows teaches nothing of its own."""
LEAST_SPREAD = 0.01
"""Numbers that are apart by less than about a hundredth say the same of everybody, a few minutes more or less."""
OF_TWO = 2.0
"""A column of noughts and ones counts as if half of them were ones: so rare levels stay near nothing."""
_LATELY = ("recent_7d", "recent_30d")
_OF_ALL = (*_LATELY, "recent_1d", "hours_since", "days_since_first")


@dataclass(frozen=True, slots=True)
class Column:
    """One feature: a number with its centre and spread, or a word with its levels.

    `means` are of each level, of other words and of what is missing. `gaps`: whether a number is missing
    often enough to count.
    """

    feature: str
    side: Side
    levels: tuple[str, ...] = ()
    means: tuple[float, ...] = ()
    gaps: bool = False
    centre: float = 0.0
    spread: float = 1.0
    least: float = 0.0
    most: float = 0.0

    @property
    def width(self) -> int:
        """How many columns it makes."""
        return len(self.means) or 1 + self.gaps

    def design(self, values: Sequence[Value]) -> Floats:
        """What is fitted: rows × `width`, each column about nothing."""
        if self.levels:
            ones: Floats = OF_TWO * (_ones(values, self.levels) - np.array(self.means))
            return ones
        numbers = np.array([_number(each) for each in values])
        gaps = np.isnan(numbers)
        kept = np.clip(np.where(gaps, 0.0, numbers), self.least, self.most)
        share = np.where(gaps, 0.0, (np.log1p(kept) - self.centre) / self.spread)
        return np.stack([share, OF_TWO * gaps][: self.width], axis=1)

    def term(self, weights: Floats) -> Growing | Sorts:
        """The column as a term; `weights` are `width` × stages."""
        if self.levels:
            scaled = OF_TWO * weights
            each = [_told(row) for row in scaled - np.array(self.means) @ scaled]
            return Sorts(
                feature=self.feature, side=self.side,
                weights=dict(zip(self.levels, each, strict=False)), other=each[-2], missing=each[-1],
            )  # fmt: skip
        gap = OF_TWO * weights[1] if self.gaps else np.zeros(weights.shape[1])
        return Growing(
            feature=self.feature, side=self.side, centre=self.centre, least=self.least, most=self.most,
            weights=_told(weights[0] / self.spread), missing=_told(gap),
        )  # fmt: skip


def columns(rows: Sequence[Mapping[str, Value]], sides: Mapping[str, Side]) -> list[Column]:
    """A column for each feature that is worth one and differs between enough rows."""
    names = sorted({name for row in rows for name in row if _is_worth_one(name)})
    made = (_column(name, [row.get(name) for row in rows], sides) for name in names)
    return [each for each in made if each is not None]


def _is_worth_one(name: str) -> bool:
    start, _, rest = name.partition(".")
    kind, _, aspect = rest.partition(".")
    if start != "did":
        return start != "points"
    return aspect in (_OF_ALL if kind == "any" else _LATELY)


def _column(name: str, values: Sequence[Value], sides: Mapping[str, Side]) -> Column | None:
    side = sides.get(name, Side.ENGAGEMENT)
    words = [each for each in values if isinstance(each, str)]
    if words:
        counts = {word: words.count(word) for word in set(words)}
        levels = tuple(sorted(word for word, count in counts.items() if count >= FEWEST))
        if not levels or max(counts.values()) > len(values) - FEWEST:
            return None
        means = tuple(map(float, _ones(values, levels).mean(axis=0)))
        return Column(name, side, levels=levels, means=means)
    return _of_numbers(name, side, np.array([_number(each) for each in values]))


def _of_numbers(name: str, side: Side, numbers: Floats) -> Column | None:
    gaps = np.isnan(numbers)
    known = numbers[~gaps]
    if len(known) < FEWEST or (known > known.min()).sum() < FEWEST:
        return None
    least, most = max(float(known.min()), 0.0), max(float(known.max()), 0.0)
    logs = np.array([grown(each, least, most) for each in known])
    if logs.std() < LEAST_SPREAD:
        return None
    return Column(
        name, side, gaps=bool(gaps.sum() >= FEWEST),
        centre=float(logs.mean()), spread=float(logs.std()), least=least, most=most,
    )  # fmt: skip


def _ones(values: Sequence[Value], levels: tuple[str, ...]) -> Floats:
    """Rows × (levels, another word, missing): one of them is 1."""
    known = {level: place for place, level in enumerate(levels)}
    places = [
        known.get(each, len(levels)) if isinstance(each, str) else len(levels) + 1
        for each in values
    ]
    made: Floats = np.eye(len(levels) + 2)[places]
    return made


def _told(weights: Floats) -> tuple[float, ...]:
    return tuple(round(float(each), 12) for each in weights)


def _number(value: Value) -> float:
    if isinstance(value, (int, float)) and np.isfinite(value):
        return float(value)
    return float("nan")
