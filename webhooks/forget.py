"""Forgetting what the inbox keeps of a person: the bytes of every delivery they were in."""

from collections.abc import Collection

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from prospects.ids import DeliveryId, ProspectId
from webhooks.rows import CaptureRow, DeliveryRow


def forget(session: Session, prospect_id: ProspectId) -> None:
    """Empty the deliveries this person was in; their captures are emptied by `prospects.erasure`.

    A body that others are in goes as a whole: what they did is recorded already. Keyed hashes of
    deliveries and items stay, so that nothing of it can come again. Safe to repeat.
    """
    theirs = select(CaptureRow.delivery_id).where(CaptureRow.prospect_id == prospect_id)
    empty(session, [DeliveryId(each) for each in session.execute(theirs.distinct()).scalars()])


def empty(session: Session, deliveries: Collection[DeliveryId]) -> None:
    """Remove the bytes of these deliveries, and the plain hash by which they could be guessed."""
    if deliveries:
        session.execute(
            update(DeliveryRow)
            .where(DeliveryRow.id.in_(deliveries))
            .values(body=None, sha256=None, headers={})
            .execution_options(synchronize_session=False)
        )
