"""`warmline import FILE.csv --source SLUG`: leads and past activities from a spreadsheet."""

import csv
import json
import sys
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path

import click

from app.cli.frame import with_settings
from app.cli.opened import opened
from app.database import Database
from app.door import reading
from app.endings import FailedError
from app.importing.columns import Column, ColumnsError, columns_of
from app.importing.run import Import, Refusal, Report, bring_in
from app.importing.sheet import Sheet, open_sheet, rows
from app.reports.table import guarded
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
@click.argument("file", metavar="FILE.csv", type=click.Path(dir_okay=False, path_type=Path))
@click.option("--source", required=True, metavar="SLUG", help="The source it counts as.")
@click.option("--map", "maps", multiple=True, metavar="COLUMN=FIELD", help="What a column means.")
@click.option("--enrol", is_flag=True, help="Act on it as if it came just now: flows, offers.")
@click.option("--dry-run", is_flag=True, help="Say what would become of each row; keep nothing.")
@click.option("--encoding", metavar="NAME", help="Where it is neither UTF-8 nor UTF-16.")
@click.option(
    "--refused",
    type=click.Path(dir_okay=False, path_type=Path),
    metavar="OUT.csv",
    help="Write what was refused, with its line and why.",
)
@click.option("--json", "as_json", is_flag=True, help="Say it for a program.")
@with_settings
def command(
    settings: Settings,
    *,
    file: Path,
    source: str,
    maps: tuple[str, ...],
    enrol: bool,
    dry_run: bool,
    encoding: str | None,
    refused: Path | None,
    as_json: bool,
) -> None:
    """Bring in leads from FILE.csv, and past activities where there is a column `activity`.

    Twice the same file is once. Nobody enters a flow and no rep is told, unless --enrol; nobody who
    unsubscribed is mailed again, whatever the file says.
    """
    said = _said(maps)
    sheet = open_sheet(file, encoding)
    with opened(settings) as database:
        found = _source(database, source, settings.secret_key)
        how = Import(
            source=source,
            columns=_columns(sheet, said, found),
            came=Came.IMPORTED if enrol else Came.QUIETLY,
            dry=dry_run,
            secret=settings.secret_key,
        )
        report = bring_in(database, rows(sheet), how, _tell)
    if refused:
        _write(refused, report.refused)
    _show(sheet, how, report, as_json=as_json)


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


def _columns(sheet: Sheet, said: dict[str, str], source: Source) -> tuple[Column, ...]:
    try:
        return columns_of(sheet.header, said, source.map)
    except ColumnsError as error:
        raise FailedError("\n".join(map(str, error.faults))) from None


def _tell(report: Report) -> None:
    """How far it is: on a terminal always, elsewhere a line now and then."""
    if sys.stderr.isatty():
        print(f"\r{report.rows:,} rows", end="", file=sys.stderr, flush=True)
    elif report.rows % A_STEP == 0:
        print(f"{report.rows:,} rows", file=sys.stderr, flush=True)


def _write(path: Path, refused: Sequence[Refusal]) -> None:
    try:
        with path.open("w", encoding="utf-8", newline="") as file:
            table = csv.writer(file)
            table.writerow(["line", "reason"])
            table.writerows([each.line, guarded(each.reason)] for each in refused)
    except OSError as error:
        raise FailedError(f"{path} cannot be written: {error.strerror}") from None


def _show(sheet: Sheet, how: Import, report: Report, *, as_json: bool) -> None:
    columns = {each.heading: each.target for each in how.columns}
    if as_json:
        read = {"encoding": sheet.encoding, "separator": sheet.separator, "columns": columns}
        print(json.dumps({"dry_run": how.dry, **asdict(report), **read}, ensure_ascii=False))
        return
    if sys.stderr.isatty():
        print("\r", end="", file=sys.stderr)
    print(f"read as {sheet.encoding}, separated by {sheet.separator!r}")
    for heading, target in columns.items():
        print(f"column {shown(heading)}: {shown(target)}")
    for each in report.refused[:SHOWN]:
        print(f"line {each.line}: {each.reason}")
    if len(report.refused) > SHOWN:
        print(f"… and {len(report.refused) - SHOWN} more; --refused OUT.csv writes all of them")
    print(
        f"{'would bring in' if how.dry else 'brought in'}: {report.leads} leads,"
        f" {report.activities} activities; {report.came_before} came before,"
        f" {len(report.refused)} refused, {report.rows} rows in all"
    )
