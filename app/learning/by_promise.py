"""A promised training in its own process: taken, carried out, and failed in words where it cannot be."""

from functools import partial
from uuid import UUID

import structlog

from app.database import Database
from app.door import perform
from app.learning.run import work
from scoring.learning import trainings
from scoring.learning.trainings import Hold, LeaseLostError, State
from scoring.models import ITSELF

log = structlog.get_logger(__name__)


def carry_out(database: Database, training: UUID) -> int:
    """0 when it is over, by whoever; 1 when it failed."""
    now = database.clock.now()
    hold = perform(database, partial(trainings.take, training=training, now=now))
    if hold is None:
        return 0
    try:
        work(database, hold, lambda *_: None, by=ITSELF)
    except LeaseLostError:
        log.info("training taken over", training=str(training))
    except Exception as error:
        log.exception("training failed", training=str(training))
        _fail(database, hold, type(error).__name__)
        return 1
    return 0


def _fail(database: Database, hold: Hold, reason: str) -> None:
    # Only the kind of error is kept: its text may quote what a prospect typed.
    now = database.clock.now()
    perform(
        database,
        partial(trainings.end, hold=hold, state=State.FAILED, now=now, reason=reason),
    )
