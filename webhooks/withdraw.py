"""A person takes a lead back at its platform: what it brought is emptied, and it cannot come again."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import delete, literal_column, select, update
from sqlalchemy.orm import Session

from prospects import consents, groups, outbox, timeline
from prospects.consents import Consent
from prospects.identity import Identity
from prospects.ids import CaptureId, DeliveryId, ProspectId
from prospects.kinds import OUTSIDE, Kind
from prospects.rows import ActivityRow, ConsentRow, IdentityRow
from prospects.store import table_of
from prospects.timeline import Fact
from prospects.topics import Topic
from webhooks import forget, keys
from webhooks.adapter import Withdrawn
from webhooks.rows import CaptureRow, CaptureState

REASON = "taken back by the person"
# A literal, so that the partial index of these is known to hold the row.
DUE = CaptureRow.state == literal_column(f"'{CaptureState.FETCH_DUE}'")


@dataclass(frozen=True, slots=True)
class TakenBack:
    """A lead to take back: what was said, the key it is recorded under, and the capture that
    brought it, unless that comes in the same batch.
    """

    source: str
    said: Withdrawn
    key: str
    capture_id: CaptureId | None


@dataclass(frozen=True, slots=True)
class _Lead:
    """What came in of a lead: who by, and under which keys it is recorded."""

    people: Collection[ProspectId]
    keys: Collection[str]


def take_back(
    session: Session, gone: TakenBack, now: datetime, *, secret: str
) -> ProspectId | None:
    """Empty what this lead brought; whom it was about, where that was known.

    Somebody we know from this lead alone is erased altogether; of anybody else only what the lead
    said goes, and their history says that it was taken back.
    """
    lead = _withdrawn(session, gone, secret)
    for prospect_id in sorted(lead.people):
        if _known_otherwise(session, prospect_id, lead):
            _empty(session, prospect_id, gone, lead, now)
        else:
            outbox.post(session, Topic.ERASE, [prospect_id], now)
    return min(lead.people, default=None)


def _withdrawn(session: Session, gone: TakenBack, secret: str) -> _Lead:
    parts = _parts(session, gone)
    its_own = {gone.capture_id} if gone.capture_id else set()
    if not parts | its_own:
        return _Lead((), ())
    # Waits for a fetch that is being settled, and then sees whom it was about.
    rows = session.execute(
        update(CaptureRow)
        .where(CaptureRow.id.in_(parts | its_own))
        .values(state=CaptureState.WITHDRAWN, reason=REASON, document=None)
        .returning(CaptureRow.id, CaptureRow.delivery_id, CaptureRow.ref, CaptureRow.prospect_id)
        .execution_options(synchronize_session=False)
    ).all()
    # What came in parts was told with them: the platform's own words are in the bytes.
    forget.empty(session, {DeliveryId(row.delivery_id) for row in rows if row.id in parts})
    space = gone.said.space
    theirs = {keys.key_of(gone.source, space, row.ref, secret=secret)[1] for row in rows if row.ref}
    people = {ProspectId(row.prospect_id) for row in rows if row.prospect_id}
    return _Lead(people, theirs | {gone.key})


def _parts(session: Session, gone: TakenBack) -> set[UUID]:
    """Captures of what came as a part of this lead: still to be fetched, or of whom it makes known."""
    if not gone.said.in_parts:
        return set()
    its_own = select(CaptureRow.id).where(
        CaptureRow.source == gone.source,
        CaptureRow.space == gone.said.space,
        CaptureRow.ref.startswith(f"{gone.said.ref}/", autoescape=True),
    )
    lead = Identity(gone.said.identity, gone.said.ref)
    known = select(IdentityRow.prospect_id).where(
        IdentityRow.kind == lead.kind, IdentityRow.key == lead.key
    )
    whole = [
        each
        for who in session.execute(known).scalars()
        for each in groups.whole(session, ProspectId(who))
    ]
    recorded = its_own.where(CaptureRow.prospect_id.in_(whole))
    return {found for query in (its_own.where(DUE), recorded) for found in session.scalars(query)}


def _known_otherwise(session: Session, prospect_id: ProspectId, lead: _Lead) -> bool:
    others = select(ActivityRow.id).where(
        ActivityRow.prospect_id.in_(groups.whole(session, prospect_id)),
        ActivityRow.kind.in_(OUTSIDE),
        ActivityRow.key.not_in(lead.keys),
    )
    return session.execute(others.limit(1)).first() is not None


def _empty(
    session: Session, prospect_id: ProspectId, gone: TakenBack, lead: _Lead, now: datetime
) -> None:
    activity, identity = table_of(ActivityRow), table_of(IdentityRow)
    session.execute(
        update(activity)
        .where(activity.c.prospect_id == prospect_id, activity.c.key.in_(lead.keys))
        .values(body={})
    )
    session.execute(
        delete(identity).where(
            identity.c.prospect_id == prospect_id, identity.c.kind == gone.said.identity
        )
    )
    _unsay(session, prospect_id, gone, lead, now)
    fact = Fact(
        prospect_id=prospect_id,
        kind=Kind.WITHDRAWN,
        happened_at=now,
        source=gone.source,
        key=f"withdrawn:{gone.key}",
    )
    timeline.record(session, [fact], now)


def _unsay(
    session: Session, prospect_id: ProspectId, gone: TakenBack, lead: _Lead, now: datetime
) -> None:
    """Consents given with the lead are taken back with it."""
    given = session.execute(
        select(ConsentRow.key, ConsentRow.topic).where(
            ConsentRow.prospect_id == prospect_id, ConsentRow.given
        )
    )
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
        for topic in sorted({row.topic for row in given if row.key.split("/")[0] in lead.keys})
    ]
    consents.record(session, unsaid, now)
