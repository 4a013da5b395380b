"""Keeps each person's features ready, so that nobody's history is read to score everybody anew."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

from prospects.table import Json, UtcDateTime

revision: str = "0050"
down_revision: str | None = "0049"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    op.create_table(
        "feature_state",
        sa.Column("prospect_id", sa.Uuid(), nullable=False),
        sa.Column("format", sa.Integer(), nullable=False),
        sa.Column("acts", sa.Integer(), nullable=False),
        sa.Column("mark", sa.BigInteger(), nullable=False),
        sa.Column("learned_at", UtcDateTime()),
        sa.Column("last_at", UtcDateTime()),
        sa.Column("tally", Json, nullable=False),
        sa.Column("earned", Json, nullable=False),
        sa.ForeignKeyConstraint(
            ["prospect_id"], ["prospect.id"], name=op.f("fk_feature_state_prospect_id_prospect")
        ),
        sa.PrimaryKeyConstraint("prospect_id", name=op.f("pk_feature_state")),
    )


def downgrade() -> None:
    op.drop_table("feature_state")
