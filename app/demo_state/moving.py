"""Asking something of a demo: the clock moves forward, a lead comes in. Rows only; `app/demo/playing.py` does it."""

from datetime import datetime, timedelta
from enum import StrEnum
from typing import assert_never

from sqlalchemy import func, update
from sqlalchemy.orm import Session

from app.demo_state.rows import DemoRow
from app.times import zone_of

ZONE = "Europe/Berlin"
"""Where the demo's company sits: its mornings are these."""
MORNING = 9
FARTHEST = timedelta(days=4)


class Step(StrEnum):
    """How far the clock can be moved at once."""

    HOUR = "hour"
    TOMORROW = "tomorrow"
    DAYS = "days"


def end_of(step: Step, now: datetime) -> datetime:
    """Where a step from `now` leads."""
    match step:
        case Step.HOUR:
            return now + timedelta(hours=1)
        case Step.TOMORROW:
            here = now.astimezone(zone_of(ZONE)) + timedelta(days=1)
            return here.replace(hour=MORNING, minute=0, second=0, microsecond=0).astimezone(
                now.tzinfo
            )
        case Step.DAYS:
            return now + timedelta(days=3)
        case _:
            assert_never(step)


def ask_to_move(session: Session, to: datetime, now: datetime) -> bool:
    """Have the clock of a filled demo moved to `to`; False if that is not ahead, or it moves already."""
    if not now < to <= now + FARTHEST:
        return False
    return _change(session, DemoRow.moving_to.is_(None), moving_to=to)


def ask_for_lead(session: Session) -> bool:
    """Have somebody fill in the form at the LinkedIn that is not there."""
    waits = DemoRow.leads_asked == DemoRow.leads_sent
    return _change(session, waits, leads_asked=DemoRow.leads_asked + 1)


def turn_clock(session: Session, ahead: timedelta) -> None:
    """Set how far the clock is ahead; never back."""
    seconds = ahead.total_seconds()
    _change(session, DemoRow.ahead <= seconds, ahead=seconds)


def arrived(session: Session) -> None:
    """The clock is where it was to go."""
    _change(session, DemoRow.moving_to.is_not(None), moving_to=None)


def sent_lead(session: Session) -> None:
    """A lead that was asked for was sent."""
    sent = func.coalesce(DemoRow.leads_sent, 0) + 1
    _change(session, DemoRow.leads_sent < DemoRow.leads_asked, leads_sent=sent)


def _change(session: Session, where: object, **values: object) -> bool:
    changed = session.execute(
        update(DemoRow)
        .where(DemoRow.id == 1, where)  # type: ignore[arg-type]
        .values(**values)
        .returning(DemoRow.id)
        .execution_options(synchronize_session=False)
    )
    return changed.first() is not None
