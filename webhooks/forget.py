"""Forgetting what the inbox keeps of a person: the bytes of every delivery they were in."""

from collections.abc import Collection
from uuid import UUID

from sqlalchemy import func, or_, select, update
from sqlalchemy.orm import Session

from prospects.contact import TELLING_DIGITS
from prospects.ids import DeliveryId, ProspectId
from prospects.rows import IdentityRow
from webhooks import visitors
from webhooks.rows import CaptureRow, CaptureState, DeliveryRow, DeliveryState
from webhooks.spelled import as_text, holding, ways

NOBODY_S = (
    CaptureState.DEAD,
    CaptureState.NAMELESS,
    CaptureState.QUARANTINED,
    CaptureState.TEST,
)
"""Captures that made nobody known."""


def forget(session: Session, prospect_id: ProspectId) -> None:
    """Empty the deliveries this person was in; their captures are emptied by `prospects.erasure`.

    A body that others are in goes as a whole: what they did is recorded already. Keyed hashes of
    deliveries and items stay, so that nothing of it can come again. Safe to repeat.
    """
    visitors.forget(session, prospect_id, names(session, prospect_id)[0])
    theirs = select(CaptureRow.delivery_id).where(CaptureRow.prospect_id == prospect_id)
    found = set(session.execute(theirs.distinct()).scalars()) | _naming(session, prospect_id)
    empty(session, [DeliveryId(each) for each in found])
    # What was fetched for one of them may name the others.
    session.execute(
        update(CaptureRow)
        .where(CaptureRow.delivery_id.in_(found), CaptureRow.state != CaptureState.FETCH_DUE)
        .values(document=None)
        .execution_options(synchronize_session=False)
    )
    session.execute(
        update(CaptureRow)
        .where(CaptureRow.delivery_id.in_(found), CaptureRow.state.in_(NOBODY_S))
        .values(ref=None, key=None, document=None)
        .execution_options(synchronize_session=False)
    )


def _naming(session: Session, prospect_id: ProspectId) -> set[UUID]:
    """Deliveries that came to nothing, so that nobody is known by them, and yet hold their address or number."""
    addresses, numbers = names(session, prospect_id)
    if not addresses | numbers:
        return set()
    came_to_nothing = (
        select(CaptureRow.delivery_id)
        .where(CaptureRow.prospect_id.is_(None), CaptureRow.state.in_(NOBODY_S))
        .scalar_subquery()
    )
    unread = DeliveryRow.state.in_([DeliveryState.UNREADABLE, DeliveryState.TEST])
    together = as_text(session, DeliveryRow.body)
    for between in " -./()":
        together = func.replace(together, between, "")
    holds_one = or_(
        holding(session, DeliveryRow.body, addresses),
        *(together.contains(each) for each in numbers),
    )
    return {
        found
        for where in (unread, DeliveryRow.id.in_(came_to_nothing))
        for found in session.execute(
            select(DeliveryRow.id).where(where, DeliveryRow.body.is_not(None), holds_one)
        ).scalars()
    }


def names(session: Session, prospect_id: ProspectId) -> tuple[set[str], set[str]]:
    """How a body may write what they are recognised by: ids in all ways; a number's last digits."""
    rows = session.execute(
        select(IdentityRow.kind, IdentityRow.key).where(IdentityRow.prospect_id == prospect_id)
    ).all()
    ids = {way for row in rows if row.kind != "phone" for way in ways(row.key)}
    return ids, {row.key[-TELLING_DIGITS:] for row in rows if row.kind == "phone"}


def empty(session: Session, deliveries: Collection[DeliveryId]) -> None:
    """Remove the bytes of these deliveries, and the plain hash by which they could be guessed."""
    if deliveries:
        session.execute(
            update(DeliveryRow)
            .where(DeliveryRow.id.in_(deliveries))
            .values(body=None, sha256=None, headers={})
            .execution_options(synchronize_session=False)
        )
