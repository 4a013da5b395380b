"""`warmline doctor`: what is wrong here, and how it is mended."""

import json
import os
import sys
from collections.abc import Callable, Iterator
from dataclasses import asdict
from pathlib import Path

import click
from sqlalchemy.exc import SQLAlchemyError

from app import clock, log
from app.database import Database, open_database
from app.demo_state.watch import DemoWatch
from app.doctor import database as store
from app.doctor import machine, outside, told, work
from app.doctor.diagnosis import Diagnosis, Level, broken, worst
from app.door import reading
from app.settings import Settings

WORDS = {Level.OK: "ok     ", Level.WARNING: "look   ", Level.BROKEN: "BROKEN "}


@click.command("doctor")
@click.option(
    "--data",
    type=click.Path(file_okay=False, path_type=Path),
    help="The data folder. Default: $WARMLINE_DATA, else ./warmline-data.",
)
@click.option("--json", "as_json", is_flag=True, help="Say it for a program.")
def command(data: Path | None, *, as_json: bool) -> None:
    """Look at settings, data folder, disk, database, Redis, workers, mail and sources.

    Says of each what is wrong and what mends it; changes nothing and sends nothing. Exit code 1 if
    anything is broken.
    """
    # What libraries would log is said in the diagnoses.
    log.configure("critical")
    found = []
    for each in _diagnoses(data):
        found.append(each)
        if not as_json:
            _show(each)
    level = worst(found)
    if as_json:
        print(json.dumps({"ok": level != Level.BROKEN, "diagnoses": [asdict(f) for f in found]}))
    else:
        print(_summary(found))
    sys.exit(1 if level == Level.BROKEN else 0)


def _diagnoses(data: Path | None) -> Iterator[Diagnosis]:
    read, found = machine.settings(os.environ, data)
    yield from found
    if read is None:
        return
    yield from machine.folder(read)
    yield machine.disk(read)
    database = open_database(read.database_url, connections=2)
    try:
        yield from _of_database(database, read)
    finally:
        database.close()


def _of_database(database: Database, read: Settings) -> Iterator[Diagnosis]:
    gone = store.reachable(database)
    if gone is not None:
        yield gone
    else:
        yield from _looks(lambda: [store.safe(database)], "database")
        yield from _looks(lambda: list(store.server(database, clock.now())), "database")
    yield work.redis(read)
    tables = store.tables(database) if gone is None else None
    if tables is not None:
        yield tables
    if tables is not None and tables.level is Level.OK:
        read = DemoWatch(database, read).settings()
        yield from _looks(lambda: _of_work(database, read), "work")
    yield from outside.mail(read)


def _of_work(database: Database, read: Settings) -> list[Diagnosis]:
    now = database.clock.now()
    with reading(database) as session:
        return [
            work.workers(session, now),
            *work.lateness(session, now),
            work.dead(session),
            *work.looks(session, now),
            work.backup(session, now),
            *work.restored(session),
            *outside.key(session, read),
            *outside.sources(session, read, now),
            *told.told(session, read, now),
        ]


def _looks(look: Callable[[], list[Diagnosis]], about: str) -> list[Diagnosis]:
    """What a look found; one that the database would not allow is a finding too."""
    try:
        return look()
    except SQLAlchemyError as error:
        mend = "see that the database runs and its user may read all tables"
        return [broken(about, f"It could not be looked at ({type(error).__name__}).", mend)]


def _show(found: Diagnosis) -> None:
    print(f"{WORDS[found.level]} {found.about}: {found.line}")
    if found.mend:
        print(f"        mend: {found.mend}")


def _summary(found: list[Diagnosis]) -> str:
    counts = {level: sum(each.level is level for each in found) for level in Level}
    if counts[Level.BROKEN]:
        return f"{counts[Level.BROKEN]} broken, {counts[Level.WARNING]} to look at."
    if counts[Level.WARNING]:
        return f"Nothing is broken; {counts[Level.WARNING]} to look at."
    return "All is well."
