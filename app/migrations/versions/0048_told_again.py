"""Calls are told again step by step, in a row for each hook; a lead is found by its platform's id, a CRM's record by its turn."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

from prospects.table import UtcDateTime

revision: str = "0048"
down_revision: str | None = "0047"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

NAMED = sa.text("space != 'signal'")


def upgrade() -> None:
    op.create_table(
        "redrive",
        sa.Column("hook", sa.String(63), primary_key=True),
        sa.Column("asked_at", UtcDateTime(), nullable=False),
        sa.Column("since", UtcDateTime()),
        sa.Column("after", sa.Uuid()),
        sa.Column("calls", sa.Integer(), nullable=False),
        sa.Column("told", sa.Integer(), nullable=False),
        sa.Column("done_at", UtcDateTime()),
    )
    op.create_index("ix_crm_link_seen_at", "crm_link", ["crm", "seen_at"])
    op.create_index(
        "ix_capture_named", "capture", ["key"], postgresql_where=NAMED, sqlite_where=NAMED
    )


def downgrade() -> None:
    op.drop_index("ix_capture_named", table_name="capture")
    op.drop_index("ix_crm_link_seen_at", table_name="crm_link")
    op.drop_table("redrive")
