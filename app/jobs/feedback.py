"""The topic `feedback`: what came back of our mails goes to the sends, and to the colleagues who should know."""

from collections.abc import Collection, Sequence
from datetime import datetime

from sqlalchemy.orm import Session

from app.settings import Settings
from nurture import feedback
from routing import answers


def told(
    session: Session, refs: Sequence[str], now: datetime, settings: Settings
) -> Collection[str]:
    """Take notice of these activities; none is ever busy."""
    feedback.settle(session, refs, now, secret=settings.secret_key)
    answers.heed(session, refs, now)
    return ()
