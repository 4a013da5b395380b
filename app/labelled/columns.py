"""Each column of a file as features, or left out with the reason why; those filled after the row's instant are told."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from app.labelled.asked import Asked
from app.labelled.headings import (
    features_of,
    filled_at_the_end,
    known_on_arrival,
    side_of,
    targets,
    whose_work,
)
from app.labelled.rows import Rows
from app.labelled.sorts import Sort, Sorted, sort_of, tokens
from app.labelled.times import Unit, times
from prospects.titles import function_of, seniority_of
from scoring.cells import Decimal, numbers, says_nothing, writes
from scoring.features.facts import employees_of
from scoring.features.protected import gives_away, protected
from scoring.features.values import value_of
from scoring.training.table import Column
from scoring.training.table import numbers as number_column
from scoring.training.table import words as word_column
from webhooks.leads import country_of

DAY = 86_400.0
INDUSTRY, EMPLOYEES = "account.industry", "account.employees"
COUNTRY, COUNTRY_GIVEN = "person.country", "fields.country_given"
DAYS_AGO = ".days_ago"
LATE = 0.02
"""The share of a column's dates that lie after the row's instant from which on it is a suspect."""
LEAST_LATE = 5
_OF_A_DATE = frozenset(
    {"at", "on", "date", "time", "datum", "am", "changed", "updated", "modified", "last", "set"}
)
_WHO = {
    "company": "a company's name; its size and its industry can be learned from",
    "external_id": "it is an id",
}


@dataclass(slots=True)
class Columns:
    """What became of a file's columns.

    `made` are the features by name and `of` the heading each comes from. `left_out` says of the other
    headings why; `late` are headings whose time lies after the row's instant, with the sentence.
    """

    made: dict[str, Column] = field(default_factory=dict)
    of: dict[str, str] = field(default_factory=dict)
    left_out: dict[str, str] = field(default_factory=dict)
    late: dict[str, str] = field(default_factory=dict)
    arrived: set[str] = field(default_factory=set)
    filled: dict[str, Column] = field(default_factory=dict)
    """Of headings that are left out as too diverse: whether a row has anything there at all."""


def columns_of(rows: Rows, asked: Asked) -> Columns:
    """All of the file's columns but outcome, time and id."""
    found = Columns()
    columns = rows.texts.columns
    meant = targets(list(columns))
    usual = _usual(columns)
    spoken = {asked.label, asked.time, asked.id, asked.at, asked.outcome_at}
    for heading, cells in columns.items():
        if heading in spoken:
            continue
        sort = sort_of(heading, cells, usual)
        why = _left_out(heading, cells, asked) or _identifies(meant[heading], asked, heading)
        if why is None and sort.sort is Sort.NOTHING:
            why = sort.why
            filled = [None if says_nothing(cell) else "filled" for cell in cells]
            found.filled |= {heading: word_column(filled)} if None in filled else {}
        if why is not None:
            found.left_out[heading] = why
        else:
            _take(found, rows, heading, (meant[heading], sort))
    _date_beside(found)
    return found


def _left_out(heading: str, cells: Sequence[str], asked: Asked) -> str | None:
    if heading in asked.drop:
        return "dropped, as asked"
    if heading in asked.allow:
        return None
    guarded = protected(heading) or gives_away(
        [each for each in set(cells) if not says_nothing(each)]
    )
    if guarded is not None:
        return f"{guarded}; only a recorded decision lets a model use it (--allow, --because)"
    if whose_work(heading) and heading not in asked.keep:
        return "who of us works a lead is no trait of the buyer, and not known before hand-over (--keep)"
    return None


def _identifies(target: str, asked: Asked, heading: str) -> str | None:
    return None if heading in (*asked.allow, *asked.keep) else _WHO.get(target)


def _take(found: Columns, rows: Rows, heading: str, meant: tuple[str, Sorted]) -> None:
    target, sort = meant
    cells, side = rows.texts.columns[heading], side_of(heading)
    names = features_of(heading, target, number=sort.sort is Sort.NUMBER)
    if sort.sort is Sort.TIME:
        _take_time(found, rows, heading)
        return
    if target == "title":
        for name, of in zip(names, (seniority_of, function_of), strict=True):
            found.made[name] = word_column([of(cell) or None for cell in cells], side)
    elif sort.sort is Sort.NUMBER:
        found.made[names[0]] = number_column(numbers(cells, sort.decimal), side)
    elif names[0] == EMPLOYEES:
        found.made[names[0]] = number_column([employees_of(cell) for cell in cells], side)
    else:
        names, made = _words(names, cells)
        found.made[names[0]] = word_column(made, side)
    found.of.update(dict.fromkeys(names, heading))
    if known_on_arrival(heading):
        found.arrived.update(names)


def _words(
    names: tuple[str, ...], cells: Sequence[str]
) -> tuple[tuple[str, ...], list[str | None]]:
    """A column of words under the name, and written the way, that people have it once they are imported."""
    made = [_word(cell) for cell in cells]
    if names[0] == INDUSTRY:
        return names, [each and each.casefold() for each in made]
    if names[0] != COUNTRY:
        return names, made
    codes = [country_of(each) for each in made]
    if 2 * sum(code is not None for code in codes) >= sum(each is not None for each in made):
        return names, codes
    return (COUNTRY_GIVEN,), [
        None if code else each for each, code in zip(made, codes, strict=True)
    ]


def _word(cell: str) -> str | None:
    # What reads as a number is one when somebody is scored, and no word.
    found = value_of(cell)
    return found if isinstance(found, str) else None


def _take_time(found: Columns, rows: Rows, heading: str) -> None:
    """A time as days before the row's instant."""
    if rows.seen_at is None or rows.unit is Unit.ORDER:
        found.left_out[heading] = (
            "a time, and nothing to measure it from: --time COL names the instant of each row"
        )
        return
    read = times(rows.texts.columns[heading])
    told = read.values if read else ()
    ago = [
        None if at is None else (seen - at) / DAY
        for at, seen in zip(told, rows.seen_at, strict=True)
    ]
    name = f"{features_of(heading, '', number=False)[0]}{DAYS_AGO}"
    found.made[name] = number_column(ago, side_of(heading))
    found.of[name] = heading
    # Days without an hour lie before any hour of their own day, on either side.
    whole = all(at % DAY == 0 for at in rows.seen_at)
    late = sum(1 for each in ago if each is not None and each < (-1 if whole else 0))
    known = sum(1 for each in ago if each is not None)
    if late >= LEAST_LATE and late >= LATE * known:
        found.late[heading] = f"{late:,} of its {known:,} times lie after the row's own instant"


def _date_beside(found: Columns) -> None:
    """What stands beside a late date of its own (`status` beside `status_changed_at`) was changed late as well."""
    for heading, why in list(found.late.items()):
        stem = set(tokens(heading)) - _OF_A_DATE
        beside = [h for h in found.of.values() if stem and stem == set(tokens(h))]
        for other in set(beside) - set(found.late):
            found.late[other] = f"it was changed after the row's own instant: of {heading}, {why}"


def _usual(columns: Mapping[str, Sequence[str]]) -> Decimal | None:
    """How most columns that tell write fractions."""
    ways = [
        writes({each for each in cells[:2000] if not says_nothing(each)})
        for cells in columns.values()
    ]
    counted = {way: ways.count(way) for way in Decimal}
    best = max(counted, key=lambda way: counted[way])
    return best if counted[best] else None


def ended(names: Iterable[str]) -> dict[str, str]:
    """Those whose very name says that they are filled when a deal ends, with the sentence."""
    why = "its name says that it is filled when a deal ends"
    return {name: why for name in names if filled_at_the_end(name)}
