"""Where an address's lead went: the deliveries it came in, and where its person is now."""

from collections.abc import Collection, Mapping
from uuid import UUID

from flask import current_app
from sqlalchemy import Select, case, select
from sqlalchemy.orm import Session, defer

from app.pages import turning
from app.pages.office import Traced
from app.pages.papers import NOBODY
from app.pages.words import lifecycle, sentence
from prospects import team
from prospects.ids import MemberId
from prospects.rows import ProspectRow
from webhooks import lookup
from webhooks.ingest import TRY_AGAIN
from webhooks.rows import CaptureRow, CaptureState, DeliveryRow, DeliveryState
from webhooks.sources import OF_PAGES

LONGEST = 320  # characters of an address


WAITING_AMONG = 20_000


def deliveries(
    session: Session, asked: Mapping[str, str], source: str, found: lookup.Traced | None
) -> Select[DeliveryRow]:
    """The deliveries of one page: of a source, or of all but those of pages; in a state; or those found."""
    query, state = select(DeliveryRow).options(defer(DeliveryRow.body)), state_of(asked)
    if found:
        query = query.where(DeliveryRow.id.in_(found.deliveries))
    if source:
        query = query.where(DeliveryRow.source == source)
    elif not found:
        # People look at pages far more often than they write.
        query = query.where(DeliveryRow.source.not_like(f"%{OF_PAGES}"))
    if state:
        query = query.where(DeliveryRow.state == state)
    if before := turning.start(asked):
        query = query.where(DeliveryRow.id < before)
    if state == DeliveryState.RECEIVED and (oldest := _oldest_waiting(session)):
        query = query.where(DeliveryRow.id > oldest)
    return query.order_by(DeliveryRow.id.desc()).limit(turning.PAGE + 1)


def state_of(asked: Mapping[str, str]) -> str:
    """The state that was asked for; empty for any."""
    state = asked.get("state", "")
    return state if state in list(DeliveryState) else ""


def _oldest_waiting(session: Session) -> UUID | None:
    """Beyond so many newer ones nothing waits any more: it was read, or given up. No index holds these."""
    newest = select(DeliveryRow.id).order_by(DeliveryRow.id.desc())
    return session.execute(newest.offset(WAITING_AMONG).limit(1)).scalar_one_or_none()


def trace(session: Session, words: str) -> tuple[lookup.Traced, Traced]:
    """What was found, and what the page says of it."""
    key = current_app.extensions["settings"].secret_key
    found = lookup.trace(session, words[:LONGEST], secret=key)
    rows = session.execute(
        select(ProspectRow).where(
            ProspectRow.id.in_(found.people),
            ProspectRow.absorbed_by.is_(None),
            ProspectRow.erased_at.is_(None),
        )
    ).scalars()
    people = [(f"/people/{row.id}", row.name or NOBODY, _place(session, row)) for row in rows]
    return found, Traced(people=people, forgotten=found.forgotten)


def _place(session: Session, row: ProspectRow) -> str:
    owner = team.member(session, MemberId(row.owner_id)) if row.owner_id else None
    return sentence(lifecycle(row.lifecycle) + (f", {owner.name}" if owner else ""))


def fates(
    session: Session, deliveries: Collection[UUID], found: lookup.Traced, called: Mapping[str, str]
) -> dict[UUID, str]:
    """What became of these people's parts of each delivery; `called` are the words for a state.

    Their own parts speak before those of nobody, and of these what came to nothing.
    """
    theirs = CaptureRow.prospect_id.in_(found.people)
    telling = case((theirs, 0), (CaptureRow.state.in_(TRY_AGAIN), 1), else_=2)
    rows = session.execute(
        select(CaptureRow.delivery_id, CaptureRow.state, CaptureRow.reason)
        .where(CaptureRow.delivery_id.in_(deliveries))
        .where(theirs | CaptureRow.prospect_id.is_(None))
        .order_by(telling.desc(), CaptureRow.n.desc())
    )
    return {
        row.delivery_id: called[CaptureState(row.state)] + (f": {row.reason}" if row.reason else "")
        for row in rows
    }
