"""Reads what reps found: the confirmation that stands."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from prospects.values import HandoffRef
from routing.finding_rows import ConfirmationRow


def standing(session: Session, ref: HandoffRef) -> ConfirmationRow | None:
    """The standing confirmation of a handoff, or None before there is any."""
    return session.execute(
        select(ConfirmationRow)
        .where(ConfirmationRow.prospect_id == ref.prospect_id)
        .where(ConfirmationRow.handoff_id == ref.handoff_id)
        .where(ConfirmationRow.superseded_at.is_(None))
        .execution_options(populate_existing=True)
    ).scalar_one_or_none()
