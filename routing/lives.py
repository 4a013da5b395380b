"""The closed vocabularies of a handoff: where it stands, what became of an offer, why one is declined."""

from enum import StrEnum


class HandoffState(StrEnum):
    """held(reason) → offered → accepted → checked → won | lost | recycled | disqualified.

    An accepted or checked one that is given to somebody else is offered again; a corrected finding may
    bring back a recycled or disqualified one as checked.
    """

    HELD = "held"
    OFFERED = "offered"
    ACCEPTED = "accepted"
    CHECKED = "checked"
    WON = "won"
    LOST = "lost"
    RECYCLED = "recycled"
    DISQUALIFIED = "disqualified"


OPEN = frozenset(
    {HandoffState.HELD, HandoffState.OFFERED, HandoffState.ACCEPTED, HandoffState.CHECKED}
)
"""Handoffs that take up their account: at most one of these for each account and product line."""


IN_HAND = frozenset({HandoffState.ACCEPTED, HandoffState.CHECKED})
"""Handoffs a rep works on."""


class OfferState(StrEnum):
    """open → accepted | declined(reason) | snoozed(until) | expired | withdrawn(reason) → the next offer."""

    OPEN = "open"
    ACCEPTED = "accepted"
    DECLINED = "declined"
    SNOOZED = "snoozed"
    EXPIRED = "expired"
    WITHDRAWN = "withdrawn"


AWAY = "away"
"""The reason of an offer that ran out while its rep was away: nobody let it pass."""

LEFT = "left"
"""The reason of an offer that was taken back because its rep no longer works here."""


MERGED = "merged: the same person is in another lead"
"""The reason of a lead that ended because its person was found to be somebody else in a lead."""


class DeclineReason(StrEnum):
    """Why a rep passes a lead on before contact; what contact taught belongs in a confirmation."""

    NOT_MY_AREA = "not_my_area"
    NO_TIME = "no_time"
    BAD_DATA = "bad_data"
    CONFLICT = "conflict"
    ALREADY_KNOWN = "already_known"


class NoticeKind(StrEnum):
    """What somebody here is told about a handoff."""

    OFFERED = "offered"
    REMINDER = "reminder"
    PASSED_ON = "passed_on"
    JOINED = "joined"
    HELD = "held"
    UNCONFIRMED = "unconfirmed"
    CALL_BACK = "call_back"
    TRANSFER = "transfer"
    TRANSFER_ASKED = "transfer_asked"
    TRANSFER_ANSWERED = "transfer_answered"
    TRANSFER_ACCEPTED = "transfer_accepted"
    TRANSFER_LATE = "transfer_late"
    PROMISE_GIVEN = "promise_given"
    WRITTEN = "written"
    GIVEN_BACK = "given_back"
    ANSWERED = "answered"


class NoticeState(StrEnum):
    """waiting → handing over → sent | unknown (never told again) | waiting; dropped (it no longer mattered) | failed(reason)."""

    WAITING = "waiting"
    HANDING_OVER = "handing_over"
    UNKNOWN = "unknown"
    SENT = "sent"
    DROPPED = "dropped"
    FAILED = "failed"
