"""`warmline plan DIR`: what applying a folder of files would change, and how many people each change touches."""

import json
import os
from pathlib import Path

import click

from app.cli.apply import change_as_json, counted, show_mistakes
from app.cli.frame import with_settings
from app.cli.opened import opened
from app.door import reading
from app.endings import FailedError
from app.settings import Settings
from app.workspace import kept
from app.workspace.apply import work_out
from app.workspace.changes import ChangeSet
from app.workspace.mistakes import MistakesError
from app.workspace.standing import stand
from app.workspace.touched import touched


@click.command("plan")
@click.argument("folder", metavar="DIR", type=click.Path(file_okay=False, path_type=Path))
@click.option("--json", "as_json", is_flag=True, help="Say it for a program.")
@with_settings
def command(settings: Settings, folder: Path, as_json: bool) -> None:
    """Show every change that `apply DIR` would make and how many people it touches; change nothing."""
    if not folder.is_dir():
        raise click.UsageError(f"there is no folder {folder}.")
    secret = settings.secret_key
    try:
        with opened(settings) as database, reading(database) as session:
            known = kept.read(session, secret)
            changes = work_out(
                folder,
                os.environ,
                stand(session),
                secret=secret,
                egress=settings.egress_allow,
                known=known,
            )
            counts = touched(session, changes.changes)
    except MistakesError as error:
        show_mistakes(error.mistakes, "changes", as_json=as_json)
        raise FailedError(f"this cannot be applied: {counted(len(error.mistakes))}") from None
    _show(changes, counts, as_json=as_json)


def _show(changes: ChangeSet, counts: list[int], *, as_json: bool) -> None:
    rows = list(zip(changes.changes, counts, strict=True))
    if as_json:
        told = [{**change_as_json(each), "prospects": count} for each, count in rows]
        print(json.dumps({"changes": told}))
        return
    for each, count in rows:
        people = "1 person" if count == 1 else f"{count} people"
        browser = ", changed in the browser since" if each in changes.overruled else ""
        print(f"{each.action} {each.kind} {each.slug} ({each.file}): touches {people}{browser}")
    print(f"planned: {len(rows)} changes, {changes.unchanged} unchanged; nothing was changed")
