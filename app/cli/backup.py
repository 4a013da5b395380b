"""`warmline backup FILE`: everything in one file, while everything runs."""

import json
import sys
from pathlib import Path

import click

from app import clock
from app.backup import last
from app.backup.archive import Manifest
from app.backup.making import backup
from app.cli.frame import with_settings
from app.cli.progress import progress
from app.database import open_database
from app.door import perform
from app.settings import Settings


@click.command("backup")
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@click.option("--json", "as_json", is_flag=True, help="Say it for a program.")
@with_settings
def command(settings: Settings, file: Path, *, as_json: bool) -> None:
    """Write everything that is committed now into FILE, while everything runs.

    FILE is a gzipped tar of JSON lines that `warmline restore` brings into SQLite or PostgreSQL. It
    appears under its name only when it is whole, for its owner alone.
    """
    if not file.absolute().parent.is_dir():
        raise click.UsageError(f"there is no folder {file.absolute().parent}.")
    database = open_database(settings.database_url, connections=2)
    try:
        now = clock.now()
        manifest = backup(database, file, now, settings, told=progress(sys.stderr))
        who = "warmline backup"
        perform(database, lambda session: last.note(session, file, manifest, now, who=who))
    finally:
        database.close()
    if as_json:
        size = file.stat().st_size
        print(json.dumps({"file": str(file), "bytes": size, **manifest.model_dump(mode="json")}))
        return
    rows = sum(each.rows for each in manifest.sums.values())
    print(f"{file}: {rows} rows of {len(manifest.sums)} tables.")
    print(f"Keep it safe: {holds(manifest)}")


def holds(manifest: Manifest) -> str:
    """What is in a backup that strangers must not have, in one sentence."""
    if manifest.key_inside:
        return (
            "it holds personal data, sealed secrets and the secret key that opens them;"
            " nothing else is needed to restore it."
        )
    return (
        "it holds personal data and sealed secrets; WARMLINE_SECRET_KEY opens them, is not inside,"
        " and is needed to restore it."
    )
