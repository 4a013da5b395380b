"""How loud a clock may be. Pure."""

from datetime import datetime, timedelta

from app.pages.views import Tone

SOON_OFFER = timedelta(minutes=10)
SOON_ANSWER = timedelta(hours=8)
SOON_PROMISE = timedelta(hours=24)


def tone(until: datetime | None, now: datetime, soon: timedelta) -> Tone:
    """Bad once the time is up, soon when it nearly is."""
    if until is None:
        return Tone.PLAIN
    if until <= now:
        return Tone.BAD
    return Tone.SOON if until - now <= soon else Tone.PLAIN
