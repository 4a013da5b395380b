"""Keeps with each finding who asked for its lead, and whether chance drew it, so that no report of claims reads a handoff."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0058"
down_revision: str | None = "0057"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    op.add_column("confirmation", sa.Column("requested_by", sa.String()))
    op.add_column("confirmation", sa.Column("drawn", sa.Float()))
    op.execute(
        """UPDATE confirmation SET (requested_by, drawn) = (SELECT requested_by, drawn FROM handoff
            WHERE handoff.prospect_id = confirmation.prospect_id AND handoff.id = confirmation.handoff_id)"""
    )
    op.drop_index("ix_handoff_drawn", table_name="handoff")


def downgrade() -> None:
    drawn = sa.text("drawn IS NOT NULL")
    op.create_index(
        "ix_handoff_drawn",
        "handoff",
        ["prospect_id", "id"],
        postgresql_where=drawn,
        sqlite_where=drawn,
    )
    op.drop_column("confirmation", "drawn")
    op.drop_column("confirmation", "requested_by")
