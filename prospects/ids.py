"""Time-ordered identifiers, one type for each noun, so that a person's id cannot be passed for a company's."""

from datetime import datetime
from itertools import count
from random import getrandbits
from typing import NewType
from uuid import UUID

ProspectId = NewType("ProspectId", UUID)
AccountId = NewType("AccountId", UUID)
ActivityId = NewType("ActivityId", UUID)
OpportunityId = NewType("OpportunityId", UUID)
MemberId = NewType("MemberId", UUID)
MessageId = NewType("MessageId", UUID)
HandoffId = NewType("HandoffId", UUID)
EnrollmentId = NewType("EnrollmentId", UUID)
SendId = NewType("SendId", UUID)
DeliveryId = NewType("DeliveryId", UUID)
CaptureId = NewType("CaptureId", UUID)


_VERSION_AND_VARIANT = 7 << 76 | 2 << 62
_turns = count(getrandbits(20))


def new_id(now: datetime) -> UUID:
    """Return a UUIDv7 (RFC 9562) whose leading bits are `now`, so that new rows land at the end of an index.

    Of two that one process makes for the same instant the second is greater, so that what happened
    in one transaction is read in its order. (Its 22 bits of turns begin anew after four million.)
    """
    microseconds = int(now.timestamp()) * 1_000_000 + now.microsecond
    millisecond, rest = divmod(microseconds, 1000)
    turn = next(_turns) & 0x3FFFFF
    leading = millisecond << 80 | rest << 66
    return UUID(int=leading | _VERSION_AND_VARIANT | turn << 40 | getrandbits(40))


def first_id(at: datetime) -> UUID:
    """The least id that `new_id` makes at this instant: rows made since have one that is not less."""
    microseconds = int(at.timestamp()) * 1_000_000 + at.microsecond
    return UUID(int=microseconds // 1000 << 80 | _VERSION_AND_VARIANT)


def first_id_after(at: datetime) -> UUID:
    """No id that `new_id` makes at a later instant is less, and every one it made until then is."""
    microseconds = int(at.timestamp()) * 1_000_000 + at.microsecond
    millisecond, rest = divmod(microseconds, 1000)
    return UUID(int=millisecond << 80 | rest + 1 << 66 | _VERSION_AND_VARIANT)


def parse_id(text: str) -> UUID | None:
    """Read an id somebody gave us; anything that is not one is None, so that a lookup answers 'absent'."""
    try:
        return UUID(text)
    except (ValueError, AttributeError, TypeError):
        return None


def parse_ref(text: str) -> tuple[UUID, UUID] | None:
    """The two ids of `person's id/row's id`, as messages name a row about a person; None for anything else."""
    first, _, second = text.partition("/")
    one, other = parse_id(first), parse_id(second)
    return (one, other) if one and other else None
