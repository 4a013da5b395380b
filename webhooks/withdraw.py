"""A person takes a lead back at its platform: what it brought is emptied, and it cannot come again."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from prospects import consents, groups, outbox, timeline
from prospects.consents import Consent
from prospects.ids import CaptureId, ProspectId
from prospects.kinds import OUTSIDE, Kind
from prospects.rows import ActivityRow, ConsentRow, IdentityRow
from prospects.store import table_of
from prospects.timeline import Fact
from prospects.topics import Topic
from webhooks.rows import CaptureRow, CaptureState

REASON = "taken back by the person"


@dataclass(frozen=True, slots=True)
class TakenBack:
    """A lead to take back: the capture that brought it, the key under which it was
    recorded, and the kind of platform id that came with it.
    """

    capture_id: CaptureId
    source: str
    key: str
    identity: str


def take_back(session: Session, gone: TakenBack, now: datetime) -> ProspectId | None:
    """Empty what this lead brought; whom it was about, where that was known.

    Somebody we know from this lead alone is erased altogether; of anybody else only what the lead
    said goes, and their history says that it was taken back.
    """
    # Waits for a fetch that is being settled, and then sees whom it was about.
    found = session.execute(
        update(CaptureRow)
        .where(CaptureRow.id == gone.capture_id)
        .values(state=CaptureState.WITHDRAWN, reason=REASON, document=None)
        .returning(CaptureRow.prospect_id)
        .execution_options(synchronize_session=False)
    ).scalar_one_or_none()
    if found is None:
        return None
    prospect_id = ProspectId(found)
    if _known_otherwise(session, prospect_id, gone.key):
        _empty(session, prospect_id, gone, now)
    else:
        outbox.post(session, Topic.ERASE, [prospect_id], now)
    return prospect_id


def _known_otherwise(session: Session, prospect_id: ProspectId, key: str) -> bool:
    others = select(ActivityRow.id).where(
        ActivityRow.prospect_id.in_(groups.whole(session, prospect_id)),
        ActivityRow.kind.in_(OUTSIDE),
        ActivityRow.key != key,
    )
    return session.execute(others.limit(1)).first() is not None


def _empty(session: Session, prospect_id: ProspectId, gone: TakenBack, now: datetime) -> None:
    activity, identity = table_of(ActivityRow), table_of(IdentityRow)
    session.execute(
        update(activity)
        .where(activity.c.prospect_id == prospect_id, activity.c.key == gone.key)
        .values(body={})
    )
    session.execute(
        delete(identity).where(
            identity.c.prospect_id == prospect_id, identity.c.kind == gone.identity
        )
    )
    _unsay(session, prospect_id, gone, now)
    fact = Fact(
        prospect_id=prospect_id,
        kind=Kind.WITHDRAWN,
        happened_at=now,
        source=gone.source,
        key=f"withdrawn:{gone.key}",
    )
    timeline.record(session, [fact], now)


def _unsay(session: Session, prospect_id: ProspectId, gone: TakenBack, now: datetime) -> None:
    """Consents given with the lead are taken back with it."""
    given = session.execute(
        select(ConsentRow.topic)
        .where(ConsentRow.prospect_id == prospect_id, ConsentRow.given)
        .where(ConsentRow.key.startswith(f"{gone.key}/", autoescape=True))
    ).scalars()
    unsaid = [
        Consent(
            prospect_id=prospect_id,
            topic=topic,
            given=False,
            text=None,
            at=now,
            source=gone.source,
            key=f"withdrawn:{gone.key}/{topic}",
        )
        for topic in given
    ]
    consents.record(session, unsaid, now)
