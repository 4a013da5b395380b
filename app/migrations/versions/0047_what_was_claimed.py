"""Keeps with a finding which model had claimed the stage on what, and with a belief the chance of each stage."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

from prospects.table import Json

revision: str = "0047"
down_revision: str | None = "0046"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

HANDOFF = sa.table("handoff", sa.column("prospect_id"), sa.column("id"), sa.column("brief", Json))
CONFIRMATION = sa.table(
    "confirmation",
    sa.column("prospect_id"),
    sa.column("handoff_id"),
    sa.column("claimed_model", sa.String),
)


def upgrade() -> None:
    op.add_column("assessment", sa.Column("stage_chances", Json, nullable=True))
    op.add_column("confirmation", sa.Column("claimed_model", sa.String(60), nullable=True))
    op.add_column("confirmation", sa.Column("claimed_signal", sa.String(120), nullable=True))
    # What it was claimed on was not written down before; which rules had, stands in the brief.
    told = sa.func.substr(HANDOFF.c.brief["claim"]["model"].as_string(), 1, 60)
    same = sa.and_(
        HANDOFF.c.prospect_id == CONFIRMATION.c.prospect_id,
        HANDOFF.c.id == CONFIRMATION.c.handoff_id,
    )
    model = sa.select(told).where(same).scalar_subquery()
    op.execute(sa.update(CONFIRMATION).values(claimed_model=model))


def downgrade() -> None:
    op.drop_column("confirmation", "claimed_signal")
    op.drop_column("confirmation", "claimed_model")
    op.drop_column("assessment", "stage_chances")
