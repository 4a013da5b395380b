"""What programs outside are told."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

from prospects.table import Json, UtcDateTime

revision: str = "0009"
down_revision: str | None = "0008"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    op.create_table(
        "call",
        sa.Column("prospect_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("activity_id", sa.Uuid(), nullable=False),
        sa.Column("hook", sa.String(length=63), nullable=False),
        sa.Column("event", sa.String(length=30), nullable=False),
        sa.Column("body", Json, nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("reason", sa.String(), nullable=True),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("made_at", UtcDateTime(), nullable=False),
        sa.Column("settled_at", UtcDateTime(), nullable=True),
        sa.ForeignKeyConstraint(
            ["prospect_id"], ["prospect.id"], name=op.f("fk_call_prospect_id_prospect")
        ),
        sa.PrimaryKeyConstraint("prospect_id", "id", name=op.f("pk_call")),
        sa.UniqueConstraint(
            "prospect_id", "activity_id", "hook", name=op.f("uq_call_prospect_id_activity_id_hook")
        ),
    )
    op.create_index("ix_call_id", "call", ["id"])


def downgrade() -> None:
    op.drop_table("call")
