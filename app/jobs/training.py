"""The topic `train`: a child process trains, this only starts it and looks whether it is over; what was learned is watched.

A worker never waits for a training, and never loads what it needs. The training's own row holds the
lease (`scoring/learning/trainings.py`): a child that dies is followed by another at the next look.
"""

import os
import subprocess
import sys
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy.orm import Session

from app.jobs.errand import Done, Errand, PutOff, Settled
from app.settings import Settings
from app.up.lifeline import VARIABLE as LIFELINE
from prospects.ids import parse_id
from scoring import current, models
from scoring.learning import hiding, taking_over, trainings, watching
from scoring.learning.trainings import State

AGAIN = timedelta(seconds=5)
PATIENCE = timedelta(minutes=10)
"""How long no process may come to take a training before it has failed."""
_children: dict[UUID, subprocess.Popen[bytes]] = {}


@dataclass(frozen=True, slots=True)
class Look:
    """An open training, and whether a process must be started for it."""

    training: UUID
    start: bool


def plan(session: Session, now: datetime) -> None:
    """Promise what is due: a training, a look at drift; and let a model take over whose time in the shadow is over."""
    rules = current.current(session)
    models.follow(session, rules.card_id, now)
    why = trainings.why_due(session, rules.scoring.learning, now)
    if why is not None:
        trainings.ask(session, why, now, by=models.ITSELF)
    trainings.adopt(session, now)
    taking_over.take_over(session, rules.scoring.learning, now)
    hiding.settle(session, rules, now)
    watching.plan(session, now)


def due(session: Session, now: datetime) -> bool:
    """Whether there is anything to plan."""
    rules = current.current(session)
    return (
        not models.is_followed(session, rules.card_id)
        or trainings.why_due(session, rules.scoring.learning, now) is not None
        or trainings.forsaken(session, now) is not None
        or taking_over.ready(session, rules.scoring.learning, now) is not None
        or hiding.unsettled(session, rules)
        or watching.due(session, now) is not None
    )


def drift(
    session: Session, refs: Sequence[str], now: datetime, _settings: Settings
) -> Collection[str]:
    """Hold the people of these days against those the active model was trained on."""
    for ref in refs:
        watching.look(session, ref, now)
    return ()


def _prepare(session: Session, ref: str, now: datetime, _settings: Settings) -> Look | None:
    training = parse_id(ref)
    row = trainings.one(session, training) if training else None
    if row is None or training is None or row.state != State.OPEN:
        return None
    return Look(training, start=not trainings.is_held(row, now))


def _act(look: Look, settings: Settings) -> None:
    # Those that ended are asked, so that none stays behind as a zombie.
    for training in [each for each, child in _children.items() if child.poll() is not None]:
        _children.pop(training, None)
    # One that is still loading has not taken it yet.
    if look.start and look.training not in _children:
        _children[look.training] = start(look.training, settings)


def start(training: UUID, settings: Settings) -> "subprocess.Popen[bytes]":
    """The process that carries this training out."""
    place = {"DATABASE_URL": settings.database_url, "WARMLINE_DATA": str(settings.data)}
    held = os.environ.get(LIFELINE)
    return subprocess.Popen(  # noqa: S603 - our own program, and an id we made
        [sys.executable, "-m", "app.cli.training", str(training)],
        env={**os.environ, **place, "OMP_NUM_THREADS": "1"},
        stdin=subprocess.DEVNULL,
        pass_fds=(int(held),) if held else (),
    )


def _settle(
    session: Session, look: Look, _result: None, now: datetime, _settings: Settings
) -> Settled:
    row = trainings.one(session, look.training)
    if row is None or row.state != State.OPEN:
        return Done()
    if trainings.is_held(row, now):
        return PutOff("a process trains", after=AGAIN)
    if row.attempt >= trainings.ATTEMPTS:
        # Says that it failed.
        trainings.take(session, look.training, now)
        return Done()
    if row.begun_at is None and row.asked_at + PATIENCE <= now:
        trainings.give_up(session, look.training, now, "no process could begin it")
        return Done()
    return PutOff("a process trains", after=AGAIN)


ERRAND = Errand(prepare=_prepare, act=_act, settle=_settle)
