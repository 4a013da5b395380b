"""`apply`: makes the workspace what a folder of files says, all of it or nothing."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from functools import partial
from pathlib import Path

from app import workspace_key
from app.database import Database
from app.door import perform, reading
from app.workspace import folder, kept, sheets
from app.workspace.agreement import disagreements
from app.workspace.changes import ChangeSet, carry_out, changes_to
from app.workspace.differences import difference
from app.workspace.kept import Key, Text
from app.workspace.mistakes import MistakesError
from app.workspace.standing import Standing, stand
from webhooks.outbound import Networks

TURNS = 5


class BrowserOwnsError(Exception):
    """Somebody changed this in the browser; `difference` shows what applying the files would undo."""

    def __init__(self, changes: ChangeSet, difference: str) -> None:
        super().__init__(", ".join(f"{each.kind} {each.slug}" for each in changes.overruled))
        self.difference = difference


class OvertakenError(Exception):
    """Somebody else changed the workspace each time it was about to be applied; try again."""


def work_out(
    place: Path,
    environ: Mapping[str, str],
    standing: Standing,
    *,
    secret: str,
    egress: Networks = (),
    known: Mapping[Key, Text] | None = None,
) -> ChangeSet:
    """What the files in `place` would change. Raises MistakesError with every mistake of every file.

    `known` are the texts that were kept of earlier files.
    """
    files = folder.gather(place)
    wanted = sheets.read(files.texts, environ)
    wanted.broken.update(mistake.file for mistake in files.mistakes)
    mistakes = [*files.mistakes, *wanted.mistakes, *disagreements(wanted, standing, egress)]
    if mistakes:
        raise MistakesError(mistakes)
    texts = kept.texts_of(files.texts, wanted.wanted)
    new = tuple(each for each in texts if (known or {}).get((each.kind, each.slug)) != each)
    return replace(changes_to(standing, wanted.wanted, secret=secret), texts=new)


def apply(
    database: Database,
    place: Path,
    environ: Mapping[str, str],
    now: datetime,
    *,
    secret: str,
    egress: Networks = (),
    force: bool = False,
    new_key: bool = False,
) -> ChangeSet:
    """Apply the files in `place` and return what changed.

    `environ` is where `${NAME}` is looked up; `secret` seals what must not be read; `egress` are
    inside networks that sources may be fetched from all the same; `force` lets the files win over
    what was changed in the browser, `new_key` takes `secret` in place of the workspace's, which is lost.
    Raises MistakesError, BrowserOwnsError, or RefusedError for another key than the workspace's; then
    nothing was applied.
    """
    for _ in range(TURNS):
        with reading(database) as session:
            standing, known = stand(session), kept.read(session, secret)
            another = workspace_key.is_another(session, secret)
        changes = work_out(place, environ, standing, secret=secret, egress=egress, known=known)
        if another and not new_key:
            raise workspace_key.refusal()
        if changes.overruled and not force:
            raise BrowserOwnsError(changes, difference(standing, changes.overruled))
        if not changes.changes and not changes.texts and not another:
            return changes
        carry = partial(
            carry_out, change_set=changes, now=now, by="apply", secret=secret, new_key=another
        )
        if perform(database, carry):
            return changes
    raise OvertakenError
