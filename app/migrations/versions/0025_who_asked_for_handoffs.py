"""Handoffs are counted by who asked for them."""

from collections.abc import Sequence

from alembic import op

revision: str = "0025"
down_revision: str | None = "0024"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    op.create_index("ix_handoff_requested_by", "handoff", ["requested_by"])


def downgrade() -> None:
    op.drop_index("ix_handoff_requested_by", table_name="handoff")
