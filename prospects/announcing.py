"""What is told outside: promised only while somebody there listens, in the transaction in which it happened."""

from collections.abc import Collection, Iterable, Mapping
from datetime import datetime

from sqlalchemy.orm import Session

from prospects import configuration, outbox
from prospects.configuration import Document
from prospects.topics import Topic

HOOK = "hook"
"""The kind of document of a program that is told."""
DESTINATION = "destination"
"""The kind of document of a platform or chat that is told."""
STAGE_CLAIMED, WARMED = "prospect.stage_claimed", "prospect.warmed"
CONSENT_CHANGED = "consent.changed"
LEAD, WARM = "lead", "warm"
"""What platforms that count conversions call the first two steps of a person."""
STAGE, SAID = "stage", "said"
"""As `WARM`, the third part of a ref where what happened is no activity: `prospect id/row id/stage`."""
MERGED, PARTED = "merged", "parted"
"""The same, of a lead that ended because its person is another too, or goes on as they are not."""
RECYCLED = "handoff.recycled"


def post(session: Session, events: Collection[str], refs: Iterable[str], now: datetime) -> None:
    """Promise to tell of these refs, if anybody wants one of these events."""
    wanted = list(refs)
    if wanted and listens(session, events):
        outbox.post(session, Topic.ANNOUNCE, wanted, now)


def listens(session: Session, events: Collection[str]) -> bool:
    """Whether anybody outside wants one of these events now."""
    return any(
        not configuration.parsed(session, kind, _wanted).isdisjoint(events)
        for kind in (HOOK, DESTINATION)
    )


def _wanted(documents: Mapping[str, Document]) -> frozenset[str]:
    bodies = [each.body for each in documents.values() if each.body.get("active", True)]
    events = (event for body in bodies for event in body.get("events", ()))
    return frozenset(event for event in events if isinstance(event, str))
