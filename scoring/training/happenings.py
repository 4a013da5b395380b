"""A log of what people did, as features of each row at its own instant: only what had happened and was known before it counts."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from prospects.kinds import OF_INTEREST, Kind
from scoring.card.terms import Side
from scoring.features.acts import HALF_LIVES, MOST_OPENS
from scoring.features.tally import LOOKS_BACK
from scoring.training.table import Column, Floats, Numbers, Places, numbers, words

MOST_KINDS = 30
RARE = 0.005
"""The share of rows a kind must have happened to, to have features of its own."""
LEAST_ROWS = 5
_DAY = 86_400.0
_HOUR = 3_600.0
NOBODY = -1


@dataclass(frozen=True, slots=True, eq=False)
class Log:
    """Events in any order: whose (a code, `NOBODY` for whom no row knows), when, and of which kind.

    `at` and `learned` are seconds since 1970 UTC; an event counts only if it was also learned before
    the row's instant. `marks` are further words of an event, by column, as codes (-1: none) and their
    words; `amounts` further numbers.
    """

    who: Places
    at: Floats
    kind: Places
    kinds: tuple[str, ...]
    learned: Floats | None = None
    marks: Mapping[str, tuple[Places, tuple[str, ...]]] = field(default_factory=dict)
    amounts: Mapping[str, Floats] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, eq=False)
class Told:
    """What a log tells of the rows: columns by name, and how many events counted or not, and why not."""

    columns: Mapping[str, Column]
    used: int
    later: int
    learned_later: int
    of_nobody: int
    rows_told: int


@dataclass(frozen=True, slots=True, eq=False)
class _Pairs:
    """Each event beside a row that it counts for, and the seconds from the one to the other."""

    row: Places
    event: Places
    ago: Floats
    rows: int


def log_of(
    who: Sequence[int],
    at: Sequence[float | None],
    kinds: Sequence[str],
    *,
    learned: Sequence[float | None] | None = None,
    marks: Mapping[str, Sequence[str | None]] | None = None,
    amounts: Mapping[str, Sequence[float | None]] | None = None,
) -> Log:
    """A log of these events, told by plain lists of one length."""
    kind = words(kinds)
    marked = {name: words(each) for name, each in (marks or {}).items()}
    return Log(
        who=np.array(who, dtype=np.int64),
        at=np.nan_to_num(numbers(at).values),
        kind=kind.codes,
        kinds=kind.levels,
        # What was never learned of cannot count.
        learned=None if learned is None else np.nan_to_num(numbers(learned).values, nan=np.inf),
        marks={name: (each.codes, each.levels) for name, each in marked.items()},
        amounts={name: numbers(each).values for name, each in (amounts or {}).items()},
    )


def places(keys: Sequence[str]) -> Places:
    """Each key as a number, the first from 0; the same key has the same."""
    known = {key: n for n, key in enumerate(dict.fromkeys(keys))}
    return np.array([known[key] for key in keys], dtype=np.int64)


def told_by(log: Log, who: Places, instants: Floats) -> Told:
    """Features of rows (whose, as of when) from the log."""
    pairs, after, unlearned = _before(log, who, instants)
    columns: dict[str, Column] = dict(_of_all(log, pairs))
    for place, kind in _frequent(log.kind, log.kinds, pairs):
        mine = log.kind[pairs.event] == place
        columns.update(_of_kind(kind, _only(pairs, mine), good=kind in OF_INTEREST))
    for column, (codes, known) in log.marks.items():
        for place, word in _frequent(codes, known, pairs)[: MOST_KINDS // 2]:
            mine = codes[pairs.event] == place
            columns.update(_of_mark(f"did.{column}[{word}]", _only(pairs, mine)))
    for column, amounts in log.amounts.items():
        columns.update(_of_amount(f"did.{column}", pairs, amounts))
    return Told(
        columns=columns,
        used=len(np.unique(pairs.event)),
        later=after,
        learned_later=unlearned,
        of_nobody=int((log.who == NOBODY).sum()),
        rows_told=len(np.unique(pairs.row)),
    )


def _before(log: Log, who: Places, instants: Floats) -> tuple[_Pairs, int, int]:
    """The pairs that count, and how many events count for no row: too late, or learned of too late."""
    order = np.lexsort((log.at, log.who))
    order = order[log.who[order] != NOBODY]
    people, at = log.who[order], log.at[order]
    first = np.searchsorted(people, who, side="left")
    last = np.searchsorted(people, who, side="right")
    n = last - first
    row = np.repeat(np.arange(len(who)), n)
    place = np.arange(len(row)) - np.repeat(np.cumsum(n) - n, n) + np.repeat(first, n)
    ago = instants[row] - at[place]
    happened = ago > 0
    lately = at[place] // _DAY > instants[row] // _DAY - LOOKS_BACK
    event = order[place]
    known = happened if log.learned is None else happened & (log.learned[event] < instants[row])
    counted, seen = np.unique(event[known]), np.unique(event[happened])
    known &= lately
    pairs = _Pairs(row[known], event[known], ago[known], len(who))
    return pairs, len(np.unique(event)) - len(seen), len(seen) - len(counted)


def _frequent(codes: Places, words: Sequence[str], pairs: _Pairs) -> list[tuple[int, str]]:
    """The kinds that happened to enough rows, the most frequent first."""
    mine = codes[pairs.event]
    seen = np.unique(pairs.row[mine >= 0] * (len(words) + 1) + mine[mine >= 0]) % (len(words) + 1)
    rows = np.bincount(seen, minlength=len(words))
    enough = max(LEAST_ROWS, RARE * pairs.rows)
    ranked = sorted(range(len(words)), key=lambda place: (-rows[place], words[place]))
    return [(place, words[place]) for place in ranked if rows[place] >= enough][:MOST_KINDS]


def _only(pairs: _Pairs, mine: NDArray[np.bool_]) -> _Pairs:
    return _Pairs(pairs.row[mine], pairs.event[mine], pairs.ago[mine], pairs.rows)


def _of_kind(kind: str, pairs: _Pairs, *, good: bool) -> dict[str, Numbers]:
    """The features of one kind, by the names and meanings they have when somebody is scored."""
    name, count = f"did.{kind}", _count(pairs, None)
    made = {f"{name}.count": Numbers(count, Side.ENGAGEMENT, good)}
    made[f"{name}.hours_since"] = Numbers(_edge(pairs, last=True) / _HOUR, Side.ENGAGEMENT)
    if kind == Kind.OPEN:
        made[f"{name}.count"] = Numbers(np.minimum(count, MOST_OPENS), Side.ENGAGEMENT)
        return made
    first = _edge(pairs, last=False) / _DAY
    made[f"{name}.days_since_first"] = Numbers(first, Side.ENGAGEMENT)
    return made | _recent(name, pairs, good=good)


def _recent(name: str, pairs: _Pairs, *, good: bool) -> dict[str, Numbers]:
    return {
        f"{name}.recent_{days}d": Numbers(_count(pairs, _decay(pairs, days)), Side.ENGAGEMENT, good)
        for days in HALF_LIVES
    }


def _decay(pairs: _Pairs, days: int) -> Floats:
    return np.exp2(-pairs.ago / (days * _DAY))


def _of_mark(name: str, pairs: _Pairs) -> dict[str, Numbers]:
    made = {"count": _count(pairs, None), "recent_7d": _count(pairs, _decay(pairs, 7))}
    return {f"{name}.{called}": Numbers(each, Side.ENGAGEMENT) for called, each in made.items()}


def _of_amount(name: str, pairs: _Pairs, amounts: Floats) -> dict[str, Numbers]:
    told = np.nan_to_num(amounts[pairs.event])
    made = {"sum": _count(pairs, told), "sum_recent_7d": _count(pairs, told * _decay(pairs, 7))}
    return {f"{name}.{called}": Numbers(each, Side.ENGAGEMENT) for called, each in made.items()}


def _of_all(log: Log, pairs: _Pairs) -> dict[str, Numbers]:
    """What they did at all: how much, on how many days, in how many ways, how long ago, how far apart."""
    days = _different(pairs, (log.at[pairs.event] // _DAY).astype(np.int64))
    ways = _different(pairs, log.kind[pairs.event])
    count, first, last = _count(pairs, None), _edge(pairs, last=False), _edge(pairs, last=True)
    with np.errstate(invalid="ignore", divide="ignore"):
        gap = np.where(count > 1, (first - last) / (count - 1), np.nan)
    made = {
        "did.any.count": count,
        "did.any.active_days": days,
        "did.any.kinds": ways,
        "did.any.hours_since": last / _HOUR,
        "did.any.days_since_first": first / _DAY,
        "did.any.hours_between": gap / _HOUR,
    }
    plain = {name: Numbers(values, Side.ENGAGEMENT) for name, values in made.items()}
    return plain | _recent("did.any", pairs, good=False)


def _count(pairs: _Pairs, weights: Floats | None) -> Floats:
    return np.bincount(pairs.row, weights=weights, minlength=pairs.rows).astype(np.float64)


def _different(pairs: _Pairs, codes: Places) -> Floats:
    """How many different codes there are for each row."""
    least = int(codes.min(initial=0))
    width = int(codes.max(initial=0)) - least + 1
    rows = np.unique(pairs.row * width + codes - least) // width
    return np.bincount(rows, minlength=pairs.rows).astype(np.float64)


def _edge(pairs: _Pairs, *, last: bool) -> Floats:
    """Seconds since the last (or first) of these acts; NaN where there was none."""
    found = np.full(pairs.rows, np.inf if last else -np.inf)
    (np.minimum if last else np.maximum).at(found, pairs.row, pairs.ago)
    found[~np.isfinite(found)] = np.nan
    return found
