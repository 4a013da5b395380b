"""What managers do about leads that are stuck, and a way to find those without reading every lead."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

from prospects.table import Json, UtcDateTime

revision: str = "0002"
down_revision: str | None = "0001"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    op.create_table(
        "intervention",
        sa.Column("prospect_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("handoff_id", sa.Uuid(), nullable=False),
        sa.Column("act", sa.String(length=10), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("member_id", sa.Uuid(), nullable=True),
        sa.Column("batch", sa.Uuid(), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.Column("before", Json, nullable=False),
        sa.Column("after", Json, nullable=False),
        sa.Column("undone_at", UtcDateTime(), nullable=True),
        sa.ForeignKeyConstraint(
            ["member_id"], ["member.id"], name=op.f("fk_intervention_member_id_member")
        ),
        sa.ForeignKeyConstraint(
            ["prospect_id", "handoff_id"],
            ["handoff.prospect_id", "handoff.id"],
            name=op.f("fk_intervention_prospect_id_handoff_id_handoff"),
        ),
        sa.PrimaryKeyConstraint("prospect_id", "id", name=op.f("pk_intervention")),
        sa.UniqueConstraint(
            "prospect_id",
            "handoff_id",
            "batch",
            name=op.f("uq_intervention_prospect_id_handoff_id_batch"),
        ),
    )
    op.create_index("ix_intervention_member_id", "intervention", ["member_id", "at"], unique=False)
    op.create_index("ix_handoff_state", "handoff", ["state", "expires_at"], unique=False)


def downgrade() -> None:
    op.drop_index("ix_handoff_state", table_name="handoff")
    op.drop_index("ix_intervention_member_id", table_name="intervention")
    op.drop_table("intervention")
