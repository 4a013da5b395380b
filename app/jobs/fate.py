"""What becomes of a mail to a colleague by what the mail server answered."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from app.jobs.errand import Done, PutOff, Settled
from nurture.sending import Answer, PutBack, Refused, Sent, Unknown, Unmade


@dataclass(frozen=True, slots=True)
class Fate:
    """How it stands (the words that notices and ways in have in common), and what of its promise."""

    state: Literal["waiting", "sent", "unknown", "failed"]
    settled: Settled
    settled_at: datetime | None = None
    reason: str | None = None


def fate_of(answer: Answer, now: datetime, *, until: datetime) -> Fate:
    """What an answer comes to. Who asks to wait is asked again up to `until`; who said nothing, never."""
    match answer:
        case PutBack() if now < until:
            return Fate("waiting", PutOff("the mail server asked to wait"))
        case Sent():
            return Fate("sent", Done(), now)
        case Unknown():
            return Fate("unknown", Done(), now)
        case PutBack(reason) | Refused(reason) | Unmade(reason):
            return Fate("failed", Done(), now, reason)
