"""Adds since when a model's percentages are hidden because later findings did not agree with them."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

from prospects.table import Json, UtcDateTime

revision: str = "0059"
down_revision: str | None = "0058"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    op.create_table(
        "hidden_percentage",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("model_id", sa.String(40), nullable=False),
        sa.Column("since", UtcDateTime(), nullable=False),
        sa.Column("body", Json, nullable=False),
        sa.Column("ended_at", UtcDateTime()),
        sa.Column("ended_because", sa.String(10)),
        sa.CheckConstraint(
            "ended_because IN ('agreed', 'replaced')",
            name=op.f("ck_hidden_percentage_ended_because"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_hidden_percentage")),
    )
    op.create_index("ix_hidden_percentage_model_id", "hidden_percentage", ["model_id", "id"])
    op.create_index(
        "uq_hidden_percentage_open",
        "hidden_percentage",
        ["model_id"],
        unique=True,
        postgresql_where=sa.text("ended_at IS NULL"),
        sqlite_where=sa.text("ended_at IS NULL"),
    )


def downgrade() -> None:
    op.drop_table("hidden_percentage")
