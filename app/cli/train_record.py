"""`warmline train` on the record: the same training as the promised one, with its progress told as it goes."""

import json
import sys
from collections.abc import Mapping
from functools import partial
from typing import Any

import click

from app.cli.opened import opened
from app.database import Database
from app.door import perform, reading
from app.endings import FailedError, RefusedError
from app.learning.run import Came, work
from app.settings import Settings
from prospects.faults import shown
from scoring import models
from scoring.learning import trainings
from scoring.learning.trainings import LeaseLostError, State
from scoring.models import By

COMMAND = By("warmline train")


def train(settings: Settings, judged: Mapping[str, bool], *, as_json: bool) -> None:
    """Train on the record and say what came of it.

    Raises RefusedError while another training is open, and where a column holds it until somebody judges it.
    `judged` are columns with whether they were known before a lead is handed over.
    """
    with opened(settings) as database:
        now = database.clock.now()
        _check(database, judged)
        for column, known in judged.items():
            said = partial(trainings.say_known, column=column, now=now, known=known)
            perform(database, partial(said, by=COMMAND, go_on=False))
        asked = partial(trainings.begin, because="somebody asked", now=now, by=COMMAND)
        hold = perform(database, asked)
        if hold is None:
            raise RefusedError("another training is under way; see it under `models`, or wait")
        try:
            came = work(database, hold, _told, by=COMMAND)
        except LeaseLostError:
            raise FailedError("another process has taken this training over") from None
        except BaseException as error:
            failed = partial(trainings.end, hold=hold, state=State.FAILED, reason=_why(error))
            perform(database, partial(failed, now=database.clock.now()))
            raise
        _show(database, came, as_json=as_json)
        if came.state is State.HELD:
            raise RefusedError(
                "nothing was trained: say of each whether it was known before a lead is handed over, "
                "by --known-before COL or --not-known-before COL"
            )


def _check(database: Database, judged: Mapping[str, bool]) -> None:
    with reading(database) as session:
        for column in judged:
            mend = trainings.no_column(session, column)
            if mend is not None:
                raise click.UsageError(f"no column is called {shown(column)}: {mend}")


def _why(error: BaseException) -> str:
    return "stopped" if isinstance(error, KeyboardInterrupt) else type(error).__name__


def _told(step: str, done: int, total: int) -> None:
    part = f": {done:,} of {total:,}" if total else ""
    if sys.stderr.isatty():
        print(f"\r\033[K{step}{part}", end="", file=sys.stderr, flush=True)
    elif not done:
        print(step, file=sys.stderr, flush=True)


def _show(database: Database, came: Came, *, as_json: bool) -> None:
    if sys.stderr.isatty():
        print("\r\033[K", end="", file=sys.stderr)
    with reading(database) as session:
        row = models.one(session, came.model) if came.model else None
    if as_json:
        print(json.dumps(_document(came, row.state if row else None), ensure_ascii=False))
        return
    print("\n".join(came.words))
    if row is not None:
        print(f"{row.id}: {row.state}")


def _document(came: Came, state: str | None) -> dict[str, Any]:
    suspects = [{"name": each.name, "why": each.why, "auc": each.auc} for each in came.suspects]
    kept = {name: each for name, each in came.report.items() if name not in ("shares", "markdown")}
    return {
        **kept,
        "state": came.state,
        "words": list(came.words),
        "model": came.model,
        "model_state": state,
        "suspected_leaks": suspects,
    }
