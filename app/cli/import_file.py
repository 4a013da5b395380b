"""`warmline import FILE.csv --source SLUG`: leads and past activities from a spreadsheet."""

import json
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import click

from app.cli.frame import with_settings
from app.cli.opened import opened
from app.database import Database
from app.door import reading
from app.endings import FailedError
from app.garbage import look_seldom
from app.importing.batch import How, Refusal
from app.importing.columns import Column, ColumnsError, columns_of
from app.importing.refused import as_csv, lines
from app.importing.rows import Holds
from app.importing.run import Report, Told, bring_in, take_back
from app.importing.sheet import Sheet, open_sheet, rows
from app.settings import Settings
from prospects.faults import nearest, shown
from webhooks import known
from webhooks.adapter import Came
from webhooks.sources import Source

SHOWN = 20
"""Refused rows that are listed on a terminal; --refused writes all of them."""
A_STEP = 10_000
"""Rows between two lines of progress where there is no terminal."""


@click.command("import")
@click.argument(
    "file", metavar="[FILE.csv]", required=False, type=click.Path(dir_okay=False, path_type=Path)
)
@click.option("--source", metavar="SLUG", help="The source it counts as.")
@click.option("--map", "maps", multiple=True, metavar="COLUMN=FIELD", help="What a column means.")
@click.option("--enrol", is_flag=True, help="Act on it as if it came just now: flows, offers.")
@click.option("--unwanted", is_flag=True, help="It lists addresses that must never be mailed.")
@click.option("--dry-run", is_flag=True, help="Say what would become of each row; keep nothing.")
@click.option("--encoding", metavar="NAME", help="Where it is neither UTF-8 nor UTF-16.")
@click.option("--undo", "undone", metavar="ID", help="Take a whole import back, by its id.")
@click.option(
    "--refused",
    type=click.Path(dir_okay=False, path_type=Path),
    metavar="OUT.csv",
    help="Write the rows that were refused, with their line and why.",
)
@click.option("--json", "as_json", is_flag=True, help="Say it for a program.")
@with_settings
def command(settings: Settings, *, undone: str | None, **asked: Any) -> None:
    """Bring in leads from FILE.csv, and past activities where there is a column `activity`.

    Twice the same file is once. Nobody enters a flow and no rep is told, unless --enrol; nobody who
    unsubscribed is mailed again, whatever the file says. --undo takes a whole import back.
    """
    if undone is not None:
        _undo(settings, undone)
        return
    wish = Asked(**asked)
    if wish.file is None or not (wish.source or wish.unwanted):
        raise click.UsageError("say which file, and --source SLUG or --unwanted.")
    said = _said(wish.maps)
    sheet = open_sheet(wish.file, wish.encoding)
    look_seldom()
    with opened(settings) as database:
        source = _source(database, wish.source, settings.secret_key) if wish.source else None
        how = How(
            source=wish.source or "",
            columns=_columns(sheet, said, source.map if source else {}),
            came=Came.IMPORTED if wish.enrol else Came.QUIETLY,
            holds=Holds.REFUSALS if wish.unwanted else Holds.LEADS,
            secret=settings.secret_key,
        )
        kept = None if wish.dry_run else sheet
        with _listing(wish.refused, sheet) as listed:
            report = bring_in(database, rows(sheet), how, listed, sheet=kept)
    _show(sheet, how, report, as_json=wish.as_json)


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What the command line says."""

    file: Path | None
    source: str | None
    maps: tuple[str, ...]
    enrol: bool
    unwanted: bool
    dry_run: bool
    encoding: str | None
    refused: Path | None
    as_json: bool


def _undo(settings: Settings, text: str) -> None:
    with opened(settings) as database:
        row = take_back(database, text, secret=settings.secret_key)
    if row is None:
        raise FailedError(f"there is no import {shown(text)} that can be taken back")
    print(f"taken back: {row.name}")


def _said(maps: tuple[str, ...]) -> dict[str, str]:
    said = dict(each.rpartition("=")[::2] for each in maps)
    if "" in said or not all(said.values()):
        raise click.UsageError("write --map as COLUMN=FIELD, like --map 'Work e-mail=email'.")
    return said


def _source(database: Database, slug: str, secret: str) -> Source:
    with reading(database) as session:
        sources = known.sources(session, secret=secret)
    if slug in sources.broken:
        raise FailedError(f"the source `{slug}` cannot be used: {sources.broken[slug]}")
    found = sources.sources.get(slug)
    if found is None:
        raise FailedError(
            f"there is no source `{slug}`; {nearest(slug, sources.sources) or 'see sources.yaml'}"
        )
    return found


def _columns(sheet: Sheet, said: dict[str, str], known: Mapping[str, str]) -> tuple[Column, ...]:
    try:
        return columns_of(sheet.header, said, known)
    except ColumnsError as error:
        raise FailedError("\n".join(map(str, error.faults))) from None


@contextmanager
def _listing(path: Path | None, sheet: Sheet) -> Iterator[Told]:
    """Tells how far it is, and writes what was refused, as it comes, to a file that was asked for."""
    if path is None:
        yield lambda report, _: _tell(report)
        return
    try:
        with path.open("w", encoding="utf-8", newline="") as file:
            file.writelines(as_csv(sheet.header, ()))

            def told(report: Report, refused: Sequence[Refusal]) -> None:
                file.writelines(lines(refused))
                _tell(report)

            yield told
    except OSError as error:
        raise FailedError(f"{path} cannot be written: {error.strerror}") from None


def _tell(report: Report) -> None:
    """How far it is: on a terminal always, elsewhere a line now and then."""
    if sys.stderr.isatty():
        print(f"\r{report.rows:,} rows", end="", file=sys.stderr, flush=True)
    elif report.rows % A_STEP == 0:
        print(f"{report.rows:,} rows", file=sys.stderr, flush=True)


def _show(sheet: Sheet, how: How, report: Report, *, as_json: bool) -> None:
    columns = {each.heading: each.target for each in how.columns}
    if as_json:
        read = {"encoding": sheet.encoding, "separator": sheet.separator, "columns": columns}
        print(json.dumps({**_counted(report), **read}, ensure_ascii=False))
        return
    if sys.stderr.isatty():
        print("\r", end="", file=sys.stderr)
    print(f"read as {sheet.encoding}, separated by {sheet.separator!r}")
    for heading, target in columns.items():
        print(f"column {shown(heading)}: {shown(target)}")
    if report.before:
        print(f"gone on after {report.before} rows of an earlier run, which are counted as well")
    for each in report.listed[:SHOWN]:
        print(f"line {each.line}: {each.reason}")
    if report.refused > SHOWN:
        print(f"… and {report.refused - SHOWN} more; --refused OUT.csv writes all of them")
    print(
        f"{'brought in' if report.import_id else 'would bring in'}: {report.leads} leads,"
        f" {report.activities} activities, {report.unwanted} addresses never to be mailed;"
        f" {report.came_before} came before, {report.refused} refused, {report.rows} rows in all"
    )
    if report.import_id and not report.unwanted:
        print(f"to take all of it back: warmline import --undo {report.import_id}")


def _counted(report: Report) -> dict[str, object]:
    return {
        "dry_run": report.import_id is None,
        "rows": report.rows,
        "leads": report.leads,
        "activities": report.activities,
        "unwanted": report.unwanted,
        "came_before": report.came_before,
        "refused_rows": report.refused,
        "refused": [{"line": each.line, "reason": each.reason} for each in report.listed],
        "before": report.before,
        "import": str(report.import_id) if report.import_id else None,
    }
