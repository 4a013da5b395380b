"""Time-ordered identifiers, one type for each noun, so that a person's id cannot be passed for a company's."""

from datetime import datetime
from typing import NewType
from uuid import UUID

import uuid_utils

ProspectId = NewType("ProspectId", UUID)
AccountId = NewType("AccountId", UUID)
ActivityId = NewType("ActivityId", UUID)
AssessmentId = NewType("AssessmentId", UUID)
OpportunityId = NewType("OpportunityId", UUID)
MemberId = NewType("MemberId", UUID)
MessageId = NewType("MessageId", UUID)
HandoffId = NewType("HandoffId", UUID)
EnrollmentId = NewType("EnrollmentId", UUID)
SendId = NewType("SendId", UUID)
DeliveryId = NewType("DeliveryId", UUID)
CaptureId = NewType("CaptureId", UUID)


def new_id(now: datetime) -> UUID:
    """Return a UUIDv7 (RFC 9562) whose leading bits are `now`, so that new rows land at the end of an index."""
    seconds = int(now.timestamp())
    return UUID(int=uuid_utils.uuid7(timestamp=seconds, nanos=now.microsecond * 1000).int)


def parse_id(text: str) -> UUID | None:
    """Read an id somebody gave us; anything that is not one is None, so that a lookup answers 'absent'."""
    try:
        return UUID(text)
    except (ValueError, AttributeError, TypeError):
        return None
