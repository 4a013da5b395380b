"""The life of a mail, and the values that pass between the ledger and whoever hands mails over. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from nurture.advance import Mail
from nurture.enrollment import Enrollment
from nurture.templates import MailTemplate
from prospects.ids import ProspectId, SendId
from prospects.mail_names import MailName


class SendState(StrEnum):
    """The life of a mail.

    planned → handing_over (committed before the first byte) → sent | refused | unknown;
    sent, unknown → delivered | bounced | complained, by what the mail service reports;
    planned → held(reason) → planned | suppressed(reason).
    A mail that was put off by the other side is planned again; an unknown one is never sent again
    by itself.
    """

    PLANNED = "planned"
    HELD = "held"
    SUPPRESSED = "suppressed"
    HANDING_OVER = "handing_over"
    SENT = "sent"
    REFUSED = "refused"
    UNKNOWN = "unknown"
    DELIVERED = "delivered"
    BOUNCED = "bounced"
    COMPLAINED = "complained"


NOT_LIVE = "not_live"
STOPPED = "stopped"
NO_ADDRESS = "no_address"
RESTORED = "restored from a backup: it may have been sent since"
RELEASED = "let go by a person"
"""Why a mail that was held as restored is planned again: nothing but a person's word lets it out."""
LOST = "the worker ended while handing it over"


@dataclass(frozen=True, slots=True)
class Planned:
    """A mail that a flow wants sent."""

    prospect_id: ProspectId
    enrollment: Enrollment
    mail: Mail


@dataclass(frozen=True, slots=True)
class SendRef:
    """Names one mail; as a message's ref it is written `prospect_id/send_id`."""

    prospect_id: ProspectId
    send_id: SendId

    def __str__(self) -> str:
        return f"{self.prospect_id}/{self.send_id}"

    @property
    def name(self) -> MailName:
        """How the outside knows it."""
        return MailName(self.prospect_id, self.send_id)


@dataclass(frozen=True, slots=True, kw_only=True)
class Letterhead:
    """What every letter of this installation carries."""

    secret: str
    """Signs the way out of a letter."""
    base_url: str
    mail_from: str
    """The workspace's own address, `Name <address>` or an address."""
    return_domain: str | None = None
    """Where each letter has a return address of its own."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Letter:
    """A mail about to be handed over: what to fill, and what its headers say."""

    ref: SendRef
    template: MailTemplate
    values: Mapping[str, Any]
    address: str
    sender: str
    reply_to: str | None
    message_id: str
    unsubscribe_url: str
    at: datetime
    return_to: str | None = None
    """Where it goes if it cannot be delivered, unless to the sender."""
    with_dot: bool = False
    """Whether its reader agreed to be seen opening it."""


@dataclass(frozen=True, slots=True)
class AskAgain:
    """Another worker may still be handing this mail over: look again after this while."""

    after: timedelta


@dataclass(frozen=True, slots=True)
class Sent:
    """The other side took it; `transport` is smtp or outbox."""

    transport: str
    answer: str


@dataclass(frozen=True, slots=True)
class PutBack:
    """Not now: nothing was handed over, try again later."""

    reason: str


@dataclass(frozen=True, slots=True)
class Refused:
    """The other side will not have it, now or later."""

    reason: str


@dataclass(frozen=True, slots=True)
class Unknown:
    """It was on its way when we lost sight of it."""

    reason: str


@dataclass(frozen=True, slots=True)
class Unmade:
    """It could not be made for this person; the template's author must look."""

    reason: str


Answer = Sent | PutBack | Refused | Unknown | Unmade


def delay(attempts: int) -> timedelta:
    """How long to wait after so many tries: 1, 4, 16, 64, 256 minutes, then every 6 hours.

    Twelve tries span two days: greylisting lasts minutes, a full mailbox or a broken server days.
    """
    return min(timedelta(minutes=4 ** (attempts - 1)), timedelta(hours=6))
