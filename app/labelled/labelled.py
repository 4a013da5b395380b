"""A labelled file made into the table that models are trained on, and everything a person should know about how."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from app.labelled.asked import Asked, WrongAskError
from app.labelled.columns import DAYS_AGO, Columns, columns_of, ended
from app.labelled.events import brought
from app.labelled.log_columns import id_column
from app.labelled.marks import Marked, marked, read_rules
from app.labelled.naming import meant
from app.labelled.reading import read_texts
from app.labelled.rows import Rows, rows_of
from app.labelled.times import Unit
from prospects.faults import shown
from scoring.features.registry import feature
from scoring.training.happenings import Told as LogTold
from scoring.training.happenings import places, told_by
from scoring.training.suspects import TELLING, Suspect, aucs, suspects
from scoring.training.table import Column, Points, Table, Words
from scoring.training.table import numbers as number_column

MOST_SLICES = 50
FEW_TOLD = 0.05
"""The share of rows with an event before their instant below which the instant is hardly the right one."""
NAMED = 0.6
"""The AUC from which on a column is a suspect whose name alone says that it is filled at the end."""
Said = Callable[[str], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Labelled:
    """What a file came to.

    `table` is without the suspects that nobody kept. `suspects` are all that were found, `kept` those
    that are learned from all the same; both by the file's own headings. `left_out` says of every other
    heading that is no feature why. `of` maps features to headings. `slices` are columns of few words that
    are known on arrival (source, country): a model must be good in each. `remarks` are sentences for people.
    """

    table: Table
    positive: str
    suspects: tuple[Suspect, ...]
    kept: tuple[str, ...]
    left_out: Mapping[str, str]
    of: Mapping[str, str]
    slices: tuple[str, ...]
    since: float | None
    until: float | None
    remarks: tuple[str, ...]
    in_file: int


def labelled(asked: Asked, rules: Path | None = None, said: Said = lambda _: None) -> Labelled:
    """Read, screen and lay out a file. Raises WrongAskError and FailedError, which say what would mend it."""
    texts = read_texts(
        asked.path, asked.encoding, lambda n: said(f"{n:,} rows read"), named=asked.named()
    )
    asked = meant(asked, list(texts.columns))
    if asked.events is not None and asked.id is None:
        asked = replace(asked, id=id_column(list(texts.columns)))
    fit = read_rules(rules, list(texts.columns)) if rules is not None else None
    rows = rows_of(texts, asked)
    found = columns_of(rows, asked)
    told, how = _events(rows, asked, said) if asked.events is not None else (None, ())
    table = _table(rows, found, {} if told is None else told.columns)
    said("looking for columns that are filled after the fact")
    suspected = _suspected(table, found, frozenset(told.columns if told else ()))
    kept = tuple(each.name for each in suspected if each.name in asked.keep)
    gone = {each.name for each in suspected} - set(kept)
    table = table.without([name for name in table.columns if found.of.get(name, name) in gone])
    remarks = [*rows.remarks, *_on_arrival(table, found)]
    remarks += [] if told is None else [*how, *_of_events(told, rows, asked)]
    if fit is not None:
        marks = marked(fit, rows.texts.columns, len(table))
        fits = number_column(marks.points).values
        table = replace(table, points=Points(fits, fits * 0))
        remarks += _of_points(marks, asked, gone)
    times = rows.seen_at if rows.unit is Unit.SECONDS else None
    return Labelled(
        table=table,
        positive=rows.positive,
        suspects=suspected,
        kept=kept,
        left_out={heading: why for heading, why in found.left_out.items() if heading not in gone},
        of=found.of,
        slices=_slices(table, found),
        since=min(times) if times else None,
        until=max(times) if times else None,
        remarks=tuple(remarks),
        in_file=len(texts),
    )


def only_what_people_have(read: Labelled) -> Labelled:
    """The same without what only a file can tell, so that a card of it says as much of people who are scored."""
    foreign = [
        name for name in read.table.columns if name.endswith(DAYS_AGO) or feature(name) is None
    ]
    why = "only a file tells it, and a card that is kept scores people"
    return replace(
        read,
        table=read.table.without(foreign),
        left_out={**read.left_out, **{read.of.get(name, name): why for name in foreign}},
    )


def _slices(table: Table, found: Columns) -> tuple[str, ...]:
    arrived = {name: table.columns.get(name) for name in sorted(found.arrived)}
    return tuple(
        name
        for name, each in arrived.items()
        if isinstance(each, Words) and len(each.levels) <= MOST_SLICES
    )


def _events(rows: Rows, asked: Asked, said: Said) -> tuple[LogTold, Sequence[str]]:
    """What the events tell of each row, and sentences on how they were read."""
    assert asked.events is not None
    if asked.id is None:
        raise WrongAskError("--events: say by --id COL whose each row is; the events name them")
    if rows.seen_at is None or rows.unit is Unit.ORDER:
        raise WrongAskError(
            "--events: say by --time COL (or --at COL) as of when each row is seen; only events before it count"
        )
    found = brought(asked.events, rows, asked.id, lambda n: said(f"{n:,} events read"))
    said("looking back from each row at what had happened by then")
    at = number_column(rows.seen_at).values
    return told_by(found.log, places(rows.keys or ()), at), found.remarks


def _table(rows: Rows, found: Columns, of_events: Mapping[str, Column]) -> Table:
    seen_at = None if rows.seen_at is None else number_column(rows.seen_at).values
    groups = places(rows.keys) if rows.keys is not None else None
    repeated = groups is not None and len(set(rows.keys or ())) < len(rows.wins)
    return Table(
        columns={**found.made, **of_events},
        label=number_column([float(won) for won in rows.wins]).values,
        instants=seen_at,
        groups=groups if repeated else None,
    )


def _suspected(table: Table, found: Columns, before: frozenset[str]) -> tuple[Suspect, ...]:
    """The suspects by the file's headings, each once: by time, by name, and by what they tell."""
    screened = suspects(table, on_arrival=found.arrived, before=before)
    screened += suspects(Table(found.filled, table.label))
    telling = aucs(table)
    best: dict[str, Suspect] = {}
    for each in screened:
        heading = found.of.get(each.name, each.name)
        best.setdefault(heading, replace(each, name=heading))
    of_heading: dict[str, float] = {}
    for name, heading in found.of.items():
        of_heading[heading] = max(of_heading.get(heading, 0.0), telling.get(name, 0.0))
    of_heading |= {name: telling.get(name, 0.0) for name in before}
    named = {h: why for h, why in ended(of_heading).items() if of_heading[h] >= NAMED}
    for heading, why in {**named, **found.late}.items():
        best[heading] = Suspect(heading, why, round(of_heading.get(heading, 0.5), 3))
    return tuple(sorted(best.values(), key=lambda each: (-each.auc, each.name)))


def _on_arrival(table: Table, found: Columns) -> list[str]:
    """What would be suspected if its name did not say that it is known the moment a lead arrives."""
    known = suspects(table.without([name for name in table.columns if name not in found.arrived]))
    return [
        f"{shown(found.of[each.name])} is learned from, because by its name it is known on arrival; but {each.why}"
        for each in known
        if each.auc < TELLING
    ]


def _of_points(marks: Marked, asked: Asked, gone: set[str]) -> list[str]:
    if asked.label in marks.columns:
        raise WrongAskError(
            f"--points: a rule looks at {shown(asked.label)}, which is the outcome itself"
        )
    doubtful = [each for each in marks.columns if each in gone]
    return [
        f"your points look at {shown(each)}, which is suspected: they may look too good"
        for each in doubtful
    ]


def _of_events(told: LogTold, rows: Rows, asked: Asked) -> list[str]:
    """What became of the events, in words."""
    said = [f"{told.used:,} events lie before their row's instant and are learned from"]
    if told.later:
        said.append(
            f"{told.later:,} events lie at or after it and are not used: they may tell the outcome"
        )
    if told.learned_later:
        said.append(f"{told.learned_later:,} events were learned of only later and are not used")
    if told.of_nobody:
        said.append(f"{told.of_nobody:,} events belong to no row, or have no time")
    if told.rows_told < FEW_TOLD * len(rows.wins) and told.later:
        column = shown(asked.at or asked.time or "")
        said.append(
            f"only {told.rows_told:,} of {len(rows.wins):,} rows have an event before {column}: see each row later,"
            " by --after 7d or by --at COL, the instant at which you would have scored it"
        )
    return said
