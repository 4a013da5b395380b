"""`warmline apply DIR`: make the workspace what a folder of files says."""

import json
import os
import sys
from pathlib import Path
from typing import Any

import click

from app.cli.frame import with_settings
from app.cli.opened import opened
from app.endings import FailedError, RefusedError
from app.settings import Settings
from app.workspace.apply import BrowserOwnsError, OvertakenError, apply
from app.workspace.changes import Action, Change, ChangeSet
from app.workspace.mistakes import Mistake, MistakesError
from app.workspace.wanted import Thing


@click.command("apply")
@click.argument("folder", metavar="DIR", type=click.Path(file_okay=False, path_type=Path))
@click.option("--json", "as_json", is_flag=True, help="Say it for a program.")
@click.option("--force", is_flag=True, help="Let the files win over changes made in the browser.")
@click.option("--new-key", is_flag=True, help="The workspace's secret key is lost: take this one.")
@with_settings
def command(settings: Settings, folder: Path, *, as_json: bool, force: bool, new_key: bool) -> None:
    """Apply the files in DIR: team, stages, scoring, routing, sources, flows and mails.

    All of it or nothing: every mistake is listed with its line. What the files leave out stays.
    What was changed in the browser since is shown and kept, unless --force.
    """
    if not folder.is_dir():
        raise click.UsageError(f"there is no folder {folder}.")
    try:
        # `apply` itself looks at the key, once the files have no mistake.
        with opened(settings, any_key=True) as database:
            done = apply(
                database,
                folder,
                os.environ,
                database.clock.now(),
                secret=settings.secret_key,
                egress=settings.egress_allow,
                force=force,
                new_key=new_key,
            )
    except MistakesError as error:
        show_mistakes(error.mistakes, "applied", as_json=as_json)
        raise FailedError(f"nothing was applied: {counted(len(error.mistakes))}") from None
    except BrowserOwnsError as error:
        if as_json:
            print(json.dumps({"applied": None, "errors": [], "difference": error.difference}))
        else:
            print(error.difference, end="")
        mend = "take that over with `export`, or let the files win with --force"
        raise RefusedError(f"changed in the browser since: {error}; {mend}") from None
    except OvertakenError as error:
        raise RefusedError("others kept changing the workspace meanwhile; try again") from error
    _show_changes(done, as_json=as_json)


def show_mistakes(mistakes: tuple[Mistake, ...], what: str, *, as_json: bool) -> None:
    """Every mistake, for people on standard error, for programs beside an empty `what`."""
    if as_json:
        print(json.dumps({what: None, "errors": [_mistake(each) for each in mistakes]}))
        return
    for each in mistakes:
        print(each, file=sys.stderr)


def _show_changes(done: ChangeSet, *, as_json: bool) -> None:
    added = done.count(Action.ADD)
    counts = {"added": added, "changed": len(done.changes) - added, "unchanged": done.unchanged}
    if as_json:
        changes = [change_as_json(each) for each in done.changes]
        print(json.dumps({"applied": counts, "changes": changes, "notes": _notes(done)}))
        return
    for each in done.changes:
        name = each.kind if each.kind == each.slug else f"{each.kind} {each.slug}"
        print(f"{each.action} {name} ({each.file})")
    for note in _notes(done):
        print(f"note: {note}")
    print("applied: " + ", ".join(f"{count} {what}" for what, count in counts.items()))


def _notes(done: ChangeSet) -> list[str]:
    if not (done.touches(Thing.SCORING) or done.touches(Thing.STAGES)):
        return []
    return [
        "nobody becomes warm by this alone: everybody is looked at again, and whom the new rules"
        " would take over the warm line waits under Scoring, Changed rules, until a person decides"
    ]


def change_as_json(change: Change) -> dict[str, Any]:
    """One change for a program."""
    return {
        "file": change.file,
        "kind": change.kind,
        "slug": change.slug,
        "action": change.action,
    }


def _mistake(mistake: Mistake) -> dict[str, Any]:
    return {
        "file": mistake.file,
        "line": mistake.spot.line,
        "column": mistake.spot.column,
        "where": mistake.fault.place,
        "reason": mistake.fault.reason,
        "mend": mistake.fault.mend,
    }


def counted(number: int) -> str:
    """So many mistakes, in words."""
    return "one mistake" if number == 1 else f"{number} mistakes"
