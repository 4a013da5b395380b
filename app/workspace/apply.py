"""`apply`: makes the workspace what a folder of files says, all of it or nothing."""

from collections.abc import Mapping
from datetime import datetime
from pathlib import Path

from app.database import Database
from app.door import perform, reading
from app.workspace import folder, sheets
from app.workspace.agreement import disagreements
from app.workspace.changes import ChangeSet, carry_out, changes_to
from app.workspace.mistakes import MistakesError
from app.workspace.standing import Standing, stand
from webhooks.outbound import Networks

TURNS = 5


class OvertakenError(Exception):
    """Somebody else changed the workspace each time it was about to be applied; try again."""


def work_out(
    place: Path,
    environ: Mapping[str, str],
    standing: Standing,
    *,
    secret: str,
    egress: Networks = (),
) -> ChangeSet:
    """What the files in `place` would change. Raises MistakesError with every mistake of every file."""
    files = folder.gather(place)
    wanted = sheets.read(files.texts, environ)
    wanted.broken.update(mistake.file for mistake in files.mistakes)
    mistakes = [*files.mistakes, *wanted.mistakes, *disagreements(wanted, standing, egress)]
    if mistakes:
        raise MistakesError(mistakes)
    return changes_to(standing, wanted.wanted, secret=secret)


def apply(
    database: Database,
    place: Path,
    environ: Mapping[str, str],
    now: datetime,
    *,
    secret: str,
    egress: Networks = (),
) -> ChangeSet:
    """Apply the files in `place` and return what changed.

    `environ` is where `${NAME}` is looked up; `secret` seals what must not be read; `egress` are
    inside networks that sources may be fetched from all the same.
    Raises MistakesError, and then nothing was applied.
    """
    for _ in range(TURNS):
        with reading(database) as session:
            standing = stand(session)
        changes = work_out(place, environ, standing, secret=secret, egress=egress)
        if not changes.changes:
            return changes
        if perform(database, lambda session: carry_out(session, changes, now, by="apply")):  # noqa: B023
            return changes
    raise OvertakenError
