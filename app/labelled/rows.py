"""Which rows of a file are learned from, as of when each is seen, and whose they are."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from app.endings import FailedError
from app.labelled.asked import Asked, WrongAskError
from app.labelled.outcome import OneSidedError, Outcomes, UnclearError, outcomes, set_aside
from app.labelled.reading import Texts
from app.labelled.sorts import Sort, sort_of
from app.labelled.times import Times, Unit, times
from prospects.faults import nearest, shown
from scoring.cells import says_nothing

UNREAD = 0.02
"""The share of rows whose time cannot be read that are left out; more of them, and the column is wrong."""


@dataclass(frozen=True, slots=True)
class Rows:
    """The rows that are learned from, in the file's order.

    `seen_at` is the instant each is seen at (seconds since 1970, or a mere order by `unit`), None where
    the file has no times; `keys` whose each is. `remarks` are sentences on what was left out or assumed.
    """

    texts: Texts
    wins: tuple[bool, ...]
    seen_at: tuple[float, ...] | None
    unit: Unit
    keys: tuple[str, ...] | None
    positive: str
    remarks: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Timed:
    at: list[float | None]
    unit: Unit
    remarks: list[str]


def rows_of(texts: Texts, asked: Asked) -> Rows:
    """The rows to learn from. Raises WrongAskError for what does not fit, FailedError for what cannot be learned."""
    _check(texts, asked)
    found, aside = _outcomes(texts, asked)
    timed = _timed(texts, asked)
    keep = [n for n, won in enumerate(found.wins) if won is not None]
    remarks = [*texts.remarks, found.said]
    remarks += _left(aside, "are undecided, as asked")
    remarks += _left(len(texts) - len(keep) - aside, f"say nothing in {shown(asked.label)}")
    if timed is not None:
        keep, said = _dated(texts, asked, timed, keep)
        remarks += said
    keep, said = _once(texts, keep)
    remarks += said
    keys = _keys(texts, asked)
    if keys is not None:
        remarks += _twice([keys[n] for n in keep])
    wins = tuple(bool(found.wins[n]) for n in keep)
    if len(set(wins)) < 2:
        raise FailedError(
            f"of {len(wins):,} rows that can be used all have one outcome: nothing can be learned"
        )
    return Rows(
        texts=_taken(texts, keep),
        wins=wins,
        seen_at=_ordered(texts, timed, keep, remarks),
        unit=timed.unit if timed else Unit.ORDER,
        keys=None if keys is None else tuple(keys[n] for n in keep),
        positive=found.positive,
        remarks=tuple(remarks),
    )


def _check(texts: Texts, asked: Asked) -> None:
    single = (
        ("--label", asked.label),
        ("--time", asked.time),
        ("--id", asked.id),
        ("--at", asked.at),
    )
    many = (("--drop", asked.drop), ("--keep", asked.keep), ("--allow", asked.allow))
    named = [*single, ("--outcome-at", asked.outcome_at)]
    named += [(option, each) for option, columns in many for each in columns]
    for option, column in named:
        of_events = option == "--keep" and asked.events and (column or "").startswith("did.")
        if column is not None and not of_events and column not in texts.columns:
            mend = nearest(column, texts.columns) or "the first line of the file names them"
            raise WrongAskError(f"{option}: {texts.name} has no column {shown(column)}; {mend}")
    if asked.label in (asked.time, asked.id, *asked.drop):
        raise WrongAskError(
            f"--label: {shown(asked.label)} cannot be the time, the id or dropped as well"
        )


def _outcomes(texts: Texts, asked: Asked) -> tuple[Outcomes, int]:
    """What each row came to, and how many are undecided by what was asked."""
    try:
        cells, aside = set_aside(asked.label, texts.columns[asked.label], asked.undecided)
        return outcomes(asked.label, cells, asked.positive), aside
    except UnclearError as error:
        raise WrongAskError(f"--label: {error}") from None
    except OneSidedError as error:
        raise FailedError(str(error)) from None


def _timed(texts: Texts, asked: Asked) -> _Timed | None:
    """As of when each row is seen, by --at, or --time and --after."""
    column = asked.at or asked.time
    if column is None:
        return None
    option = "--at" if asked.at else "--time"
    found = times(texts.columns[column], or_order=True)
    if found is None:
        raise _no_times(texts, option, column)
    remarks = [f"{shown(column)} was read as {found.how}"]
    if asked.after is None or asked.at:
        return _Timed(list(found.values), found.unit, remarks)
    if found.unit is Unit.ORDER:
        raise WrongAskError(
            f"--after: {shown(column)} holds {found.how}, no times; leave --after away"
        )
    late = asked.after.total_seconds()
    return _Timed([None if at is None else at + late for at in found.values], found.unit, remarks)


def _no_times(texts: Texts, option: str, column: str) -> FailedError:
    cells = texts.columns[column]
    odd = next((n for n, cell in enumerate(cells) if cell and times([cell]) is None), 0)
    return FailedError(
        f"{option}: column {shown(column)}, line {texts.lines[odd]}: {shown(cells[odd])} is no time;"
        " write times like 2026-03-03 or 2026-03-03T10:00:00Z, all in one way"
    )


def _dated(
    texts: Texts, asked: Asked, timed: _Timed, keep: Sequence[int]
) -> tuple[list[int], list[str]]:
    """The rows that have an instant, and whose outcome was not known by then."""
    dated = [n for n in keep if timed.at[n] is not None]
    column = asked.at or asked.time or ""
    gone = sorted(set(keep) - set(dated))
    if gone:
        cell = texts.columns[column][gone[0]]
        first = (
            f"line {texts.lines[gone[0]]}: {shown(cell)}"
            if cell
            else f"line {texts.lines[gone[0]]} is empty"
        )
        if len(gone) > max(1.0, UNREAD * len(keep)) and not all(
            says_nothing(texts.columns[column][n]) for n in gone
        ):
            raise _no_times(texts, "--at" if asked.at else "--time", column)
        timed.remarks.append(
            f"{len(gone):,} rows without a time in {shown(column)} were left out ({first})"
        )
    if asked.outcome_at is None:
        return dated, timed.remarks
    known = _when_known(texts, asked.outcome_at)
    early = [n for n in dated if (at := known.values[n]) is not None and at <= (timed.at[n] or 0.0)]
    told = _left(len(early), "were decided before the instant they are seen at")
    return sorted(set(dated) - set(early)), [*timed.remarks, *told]


def _when_known(texts: Texts, column: str) -> Times:
    found = times(texts.columns[column])
    if found is None:
        raise _no_times(texts, "--outcome-at", column)
    return found


def _once(texts: Texts, keep: Sequence[int]) -> tuple[list[int], list[str]]:
    """Rows that are the same in every cell, their id included, are one row told twice."""
    named = [cells for heading, cells in texts.columns.items() if _is_id(heading, cells)]
    if not named:
        return list(keep), []
    columns = list(texts.columns.values())
    seen: set[tuple[str, ...]] = set()
    found = []
    for n in keep:
        row = tuple(cells[n] for cells in columns)
        # Without its number a row may well be like another: numbers of deals stand only at what was won.
        told_twice = row in seen and any(cells[n].strip() for cells in named)
        if not told_twice:
            found.append(n)
        seen.add(row)
    return found, _left(len(keep) - len(found), "stand in the file twice, the same in every cell")


def _is_id(heading: str, cells: Sequence[str]) -> bool:
    found = sort_of(heading, cells)
    return found.sort is Sort.NOTHING and (
        "numbers the rows" in found.why or "its own" in found.why
    )


def _keys(texts: Texts, asked: Asked) -> list[str] | None:
    if asked.id is None:
        return None
    return [
        cell.strip() or f"\x00{line}"
        for cell, line in zip(texts.columns[asked.id], texts.lines, strict=True)
    ]


def _twice(keys: Sequence[str]) -> list[str]:
    several = len(keys) - len(set(keys))
    if not several:
        return []
    return [
        f"{several:,} rows repeat an id: rows of one id are never both learned from and measured on"
    ]


def _left(n: int, why: str) -> list[str]:
    return [f"{n:,} rows were left out: they {why}"] if n else []


def _ordered(
    texts: Texts, timed: _Timed | None, keep: Sequence[int], remarks: list[str]
) -> tuple[float, ...] | None:
    if timed is not None:
        return tuple(float(timed.at[n] or 0.0) for n in keep)
    falling = next((h for h, cells in texts.columns.items() if _falls(cells)), None)
    if falling is not None:
        remarks.append(
            f"without --time the rows were taken as newest first, because {shown(falling)} falls from row to row"
        )
        return tuple(-float(n) for n in keep)
    remarks.append(
        "without --time the rows were taken in the file's order, the oldest first; --time COL says otherwise"
    )
    return None


def _falls(cells: Sequence[str]) -> bool:
    """Whether these are whole numbers that fall from row to row: the number of each lead, newest first."""
    if not all(cell.isdigit() and len(cell) < 16 for cell in cells[:100]):
        return False
    found = [int(cell) for cell in cells if cell.isdigit() and len(cell) < 16]
    return len(found) == len(cells) > 10 and all(a > b for a, b in pairwise(found))


def _taken(texts: Texts, keep: Sequence[int]) -> Texts:
    columns = {heading: [cells[n] for n in keep] for heading, cells in texts.columns.items()}
    return replace(texts, columns=columns, lines=[texts.lines[n] for n in keep])
