"""`warmline restore FILE`: a backup comes back into an empty database, and nothing is sent again."""

import json
import sys
from pathlib import Path

import click

from app import clock
from app.backup.restoring import Restored, restore
from app.cli.frame import with_settings
from app.cli.progress import progress
from app.database import open_database
from app.settings import Settings
from app.up.run import alone


@click.command("restore")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option(
    "--never-again",
    "lists",
    multiple=True,
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="A never-again.jsonl saved from elsewhere: who was forgotten since; may be given again.",
)
@click.option("--json", "as_json", is_flag=True, help="Say it for a program.")
@with_settings
def command(settings: Settings, file: Path, lists: tuple[Path, ...], *, as_json: bool) -> None:
    """Bring the backup in FILE into the empty database of the data folder, or of DATABASE_URL.

    Nothing is sent again: mails that may have left since wait for a person. Who was forgotten
    after the backup was made stays forgotten.
    """
    with alone(settings.data):
        database = open_database(settings.database_url, connections=4)
        try:
            done = restore(
                database, file, clock.now(), settings, lists=lists, told=progress(sys.stderr)
            )
        finally:
            database.close()
    if as_json:
        print(json.dumps(_document(done)))
    else:
        _show(file, done)


def _document(done: Restored) -> dict[str, object]:
    return {
        "made_at": done.about.made_at.isoformat(),
        "revision": done.about.revision,
        "rows": done.rows,
        "mails_held": done.mails_held,
        "calls_held": done.calls_held,
        "forgotten": done.forgotten,
        "never_again": [str(path) for path in done.lists],
    }


def _show(file: Path, done: Restored) -> None:
    print(f"{file} of {done.about.made_at:%Y-%m-%d %H:%M} UTC is restored: {done.rows} rows.")
    if done.lists:
        print(f"Forgotten again: {done.forgotten}, by {', '.join(map(str, done.lists))}.")
    else:
        print(
            "note: no never-again.jsonl was found, so whoever asked to be forgotten after that is"
            " back; mend: restore into another empty database with --never-again FILE"
        )
    print(
        f"Nothing is sent again: {done.mails_held} mails and {done.calls_held} calls are held, and"
        " mail to people from before waits until you say `warmline work mail-again`."
    )
    print("Everybody signs in again. API tokens are as they were: take back those lost since.")
