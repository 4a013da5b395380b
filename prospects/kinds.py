"""The closed list of what can happen to a person, and the typed bodies of what our own rooms record."""

from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any


class Kind(StrEnum):
    """One kind of activity. `OUTSIDE` kinds may arrive from a source; the others only we record."""

    # the buyer's own acts
    FORM = "form"
    PAGE_VIEW = "page_view"
    CLICK = "click"
    OPEN = "open"
    REPLY = "reply"
    DOWNLOAD = "download"
    WEBINAR = "webinar"
    EVENT = "event"
    CHAT = "chat"
    CALL = "call"
    MEETING = "meeting"
    MEETING_CHANGED = "meeting_changed"
    TRIAL = "trial"
    PURCHASE = "purchase"
    AD_CLICK = "ad_click"
    CUSTOM = "custom"
    CONSENT = "consent"
    UNSUBSCRIBED = "unsubscribed"
    IDENTIFIED = "identified"
    # what became of a mail
    MAIL_SENT = "mail_sent"
    DELIVERED = "delivered"
    DEFERRED = "deferred"
    BOUNCED = "bounced"
    COMPLAINED = "complained"
    AUTO_REPLY = "auto_reply"
    # the flow's side
    ENTERED_FLOW = "entered_flow"
    LEFT_FLOW = "left_flow"
    SET = "set"
    # the rep's side
    OFFERED = "offered"
    ACCEPTED = "accepted"
    DECLINED = "declined"
    OFFER_EXPIRED = "offer_expired"
    CONTACT_ATTEMPT = "contact_attempt"
    FINDING_LATE = "finding_late"
    VERDICT = "verdict"
    PROMISE = "promise"
    PROMISE_MISSED = "promise_missed"
    OUTCOME = "outcome"
    NOTE = "note"
    WITHDRAWN = "withdrawn"
    DEAL = "deal"
    # the account team's side, and the desk's
    TRANSFER_PROPOSED = "transfer_proposed"
    TRANSFERRED = "transferred"
    WRITTEN_UP = "written_up"
    EXPLORED = "explored"


OUTSIDE = frozenset(
    {
        Kind.FORM, Kind.PAGE_VIEW, Kind.CLICK, Kind.OPEN, Kind.REPLY, Kind.DOWNLOAD, Kind.WEBINAR, Kind.EVENT,
        Kind.CHAT, Kind.CALL, Kind.MEETING, Kind.TRIAL, Kind.PURCHASE, Kind.AD_CLICK, Kind.CUSTOM,
        Kind.CONSENT, Kind.UNSUBSCRIBED, Kind.IDENTIFIED, Kind.NOTE, Kind.MEETING_CHANGED,
    }
)  # fmt: skip

BUYERS_OWN = OUTSIDE - {
    Kind.NOTE, Kind.CONSENT, Kind.UNSUBSCRIBED, Kind.IDENTIFIED, Kind.MEETING_CHANGED,
}  # fmt: skip
"""Acts that can make a person warm (invariant 14): what the buyer did, never what we did."""

OF_INTEREST = BUYERS_OWN - {Kind.OPEN}
"""Acts that by themselves speak for somebody: mail programs open mails without asking."""

IMPORTED = "imported"
"""Set in an act's body: it came in a file of the past, and lets nobody into a flow."""

FED_BACK = frozenset({Kind.DELIVERED, Kind.BOUNCED, Kind.COMPLAINED, Kind.REPLY, Kind.AUTO_REPLY})
"""What came back of a mail of ours and changes more than the history: its send, or what colleagues are told."""

ANNOUNCED = frozenset({
    Kind.OFFERED, Kind.ACCEPTED, Kind.DECLINED, Kind.OFFER_EXPIRED, Kind.VERDICT, Kind.OUTCOME,
    Kind.PROMISE_MISSED, Kind.FINDING_LATE, Kind.BOUNCED,
})  # fmt: skip
"""What programs outside may be told of."""


class Verdict(StrEnum):
    """What the rep found after talking to the buyer."""

    CONFIRMED = "confirmed"
    EARLIER = "earlier"
    LATER = "later"
    WRONG_PERSON = "wrong_person"
    NOT_A_BUYER = "not_a_buyer"
    NOT_REACHED = "not_reached"


QUIET_DAYS = 3
"""For so many working days after the first offer marketing keeps still, unless a rep says what they found."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OfferedBody:
    """An offer was put to a rep; their own QUIET_DAYS working days are over at `quiet_until`."""

    handoff: str
    rep: str
    lane: str
    expires_at: datetime
    quiet_until: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class HandoffBody:
    """A rep accepted, declined or let an offer pass; `reason` says why where there is one."""

    handoff: str
    rep: str
    reason: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class VerdictBody:
    """A rep's finding beside marketing's claim at the time the brief was shown. Stages are slugs."""

    handoff: str
    rep: str
    verdict: Verdict
    claimed: str | None
    stage_found: str | None
    spoke_with: str
    channel: str
    fact: str
    still_needed: list[str] = field(default_factory=list)
    supersedes: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PromiseBody:
    """What a rep told the buyer they would do, and by when."""

    handoff: str
    rep: str
    what: str
    due_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class LateBody:
    """A day has come and it is not done: a `promise` is not kept, or what was found is not said."""

    handoff: str
    rep: str
    due_at: datetime
    promise: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class OutcomeBody:
    """How it ended: won or lost; the deal it was won or lost with, and what that is worth, where known."""

    handoff: str
    result: str
    reason: str | None = None
    amount: str | None = None
    currency: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class TransferBody:
    """A won customer was put to an account manager, or accepted by one; `member` is who, if anybody."""

    transfer: str
    handoff: str
    rep: str
    member: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class WriteUpBody:
    """The desk wrote up what it was asked for: `what`, by whom, for which lead if there is one."""

    write_up: str
    by: str
    what: str
    handoff: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ExploredBody:
    """Somebody not warm was drawn by `probability` (above 0) to become this lead; told before it is offered."""

    handoff: str
    probability: float
    model: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class MailBody:
    """A mail of ours: which send, flow, step and template."""

    send: str
    flow: str
    step: str
    template: str


@dataclass(frozen=True, slots=True, kw_only=True)
class FlowBody:
    """A person entered or left a flow."""

    flow: str
    version: int
    enrollment: str
    reason: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SetBody:
    """A flow set a field (`fields.NAME`) or a tag; without `value` the field was taken away."""

    flow: str
    step: str
    enrollment: str
    field: str | None = None
    tag: str | None = None
    value: str | int | float | bool | None = None


Body = (
    OfferedBody | HandoffBody | VerdictBody | PromiseBody | LateBody | OutcomeBody | TransferBody
    | WriteUpBody | ExploredBody | MailBody | FlowBody | SetBody
)  # fmt: skip


def plain(body: Body) -> dict[str, Any]:
    """The body as it is stored: a plain document, absent values left out, instants in UTC with Z."""
    return {key: _plain(value) for key, value in asdict(body).items() if value is not None}


def _plain(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat().replace("+00:00", "Z")
    return value
