"""What became of a promise: the rep did what they told the buyer they would do, or somebody else owes it now."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import update
from sqlalchemy.orm import Session

from prospects.member import Member
from prospects.values import HandoffRef
from routing.finding_rows import PromiseRow


def keep(session: Session, ref: HandoffRef, promise_id: UUID, actor: Member, now: datetime) -> bool:
    """The promise is kept, as of now; False if there is no such promise of this colleague's to keep.

    A second time changes nothing: the first instant stays.
    """
    kept = session.execute(
        update(PromiseRow)
        .where(
            PromiseRow.prospect_id == ref.prospect_id,
            PromiseRow.id == promise_id,
            PromiseRow.handoff_id == ref.handoff_id,
            PromiseRow.rep_id == actor.id,
            PromiseRow.kept_at.is_(None),
        )
        .values(kept_at=now)
        .returning(PromiseRow.id)
        .execution_options(synchronize_session=False)
    )
    return kept.scalar_one_or_none() is not None


def follow(session: Session, ref: HandoffRef, owner: Member) -> None:
    """Whoever takes a lead owes the buyer what was promised and not kept yet."""
    session.execute(
        update(PromiseRow)
        .where(
            PromiseRow.prospect_id == ref.prospect_id,
            PromiseRow.handoff_id == ref.handoff_id,
            PromiseRow.kept_at.is_(None),
        )
        .values(rep_id=owner.id)
        .execution_options(synchronize_session=False)
    )
