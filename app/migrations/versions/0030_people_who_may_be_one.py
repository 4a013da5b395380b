"""Pairs of people who may be one."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

from prospects.table import Json, UtcDateTime

revision: str = "0030"
down_revision: str | None = "0029"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    op.create_table(
        "double",
        sa.Column("prospect_id", sa.Uuid(), nullable=False),
        sa.Column("other_id", sa.Uuid(), nullable=False),
        sa.Column("evidence", Json, nullable=False),
        sa.Column("found_at", UtcDateTime(), nullable=False),
        sa.Column("state", sa.String(length=6), nullable=False),
        sa.Column("settled_at", UtcDateTime(), nullable=True),
        sa.Column("settled_by", sa.String(), nullable=True),
        sa.CheckConstraint("prospect_id < other_id", name=op.f("ck_double_once")),
        sa.ForeignKeyConstraint(
            ["other_id"], ["prospect.id"], name=op.f("fk_double_other_id_prospect")
        ),
        sa.ForeignKeyConstraint(
            ["prospect_id"], ["prospect.id"], name=op.f("fk_double_prospect_id_prospect")
        ),
        sa.PrimaryKeyConstraint("prospect_id", "other_id", name=op.f("pk_double")),
    )
    op.create_index("ix_double_other_id", "double", ["other_id"])
    op.create_index("ix_double_state", "double", ["state", "found_at"])


def downgrade() -> None:
    op.drop_table("double")
