"""That percentages are hidden because findings do not agree with them any more, in words for pages."""

from collections.abc import Sequence
from datetime import datetime, tzinfo

from sqlalchemy.orm import Session

from app.times import near_day
from prospects import percentages
from prospects.percentages import Hidden

NEXT = (
    "People see the grade instead. It comes back when later findings agree with it, "
    "or with the next model that holds: Warmline trains one by itself as findings come in, "
    "and you can have one trained now."
)


def since(hides: Hidden, now: datetime, zone: tzinfo) -> str:
    """In one sentence: since when, and why."""
    return f"The percentage is hidden since {_day(hides, now, zone)}: what reps found lately does not agree with it."


def now_hidden(session: Session, now: datetime, zone: tzinfo) -> Sequence[str]:
    """What hides percentages now, with what was found and what happens next; nothing while they are shown."""
    hides = percentages.hidden(session)
    return _at_length(hides, now, zone) if hides else ()


def of_model(session: Session, model_id: str, now: datetime, zone: tzinfo) -> Sequence[str]:
    """The same of one model."""
    hides = next(
        (each for each in percentages.all_hidden(session) if each.model_id == model_id), None
    )
    return _at_length(hides, now, zone) if hides else ()


def _at_length(hides: Hidden, now: datetime, zone: tzinfo) -> Sequence[str]:
    return (f"The percentage is hidden since {_day(hides, now, zone)}.", *hides.words, NEXT)


def _day(hides: Hidden, now: datetime, zone: tzinfo) -> str:
    return near_day(hides.since.astimezone(zone).date(), now.astimezone(zone).date())
