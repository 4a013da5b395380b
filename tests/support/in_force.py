"""A card that scores from now on, as if somebody had activated it."""

from datetime import datetime

from sqlalchemy import update
from sqlalchemy.orm import Session

from prospects import configuration
from scoring.card.card import Card, sha256, written
from scoring.models import State
from scoring.rows import ModelRow


def put_in_force(session: Session, card: Card, now: datetime) -> None:
    """The card on record in place of the one before, and its id in the configuration that stands."""
    before = update(ModelRow).where(ModelRow.state == State.ACTIVE)
    session.execute(before.values(state=State.RETIRED))
    row = ModelRow(
        id=card.id,
        state=State.ACTIVE,
        origin="record",
        sha256=sha256(card),
        body=written(card),
        report={},
        trained_at=now,
        approved_at=now,
        active_at=now,
    )
    session.add(row)
    session.flush()
    standing = configuration.read(session, "scoring")
    body = {**next(iter(standing.values())).body} if standing else {}
    configuration.write(session, "scoring", "scoring", {**body, "model": card.id}, now, by="test")
