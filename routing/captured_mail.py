"""A copy of a mail that a rep wrote to a buyer from their own mail program: a try to reach them, in writing."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID, uuid5

from sqlalchemy.orm import Session

from prospects.member import Member
from prospects.values import HandoffRef
from routing import attempts
from routing.finding import Channel
from routing.finding_rows import ContactAttemptRow
from routing.holding import hold
from routing.refusals import NotAcceptedError

LONGEST = 4_000
"""Characters of subject and text that are kept; the mail itself is in the rep's own mailbox."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Copy:
    """What there is of the mail; `message_id` is its own, by which it counts once."""

    message_id: str
    subject: str
    text: str
    at: datetime


def keep(session: Session, ref: HandoffRef, author: Member, copy: Copy, now: datetime) -> bool:
    """Write the mail down as a try by mail; False if this mail was written down before.

    Whoever had the lead when it was written may have it no more: what was written was written.
    Raises NotYoursError if there is no such lead, or NotAcceptedError if nobody ever took it.
    """
    held = hold(session, ref)
    if held.handoff.accepted_at is None:
        raise NotAcceptedError
    attempt_id = name_of(ref, copy.message_id)
    if session.get(ContactAttemptRow, (ref.prospect_id, attempt_id)) is not None:
        return False
    attempts.write(
        session,
        held,
        author,
        channel=Channel.MAIL,
        at=min(copy.at, now),
        note=f"{copy.subject}\n{copy.text}".strip()[:LONGEST] or None,
        now=now,
        attempt_id=attempt_id,
    )
    return True


def name_of(ref: HandoffRef, message_id: str) -> UUID:
    """The id of the try that this mail is."""
    return uuid5(ref.handoff_id, message_id)
