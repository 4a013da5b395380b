"""Platforms are asked for what they never delivered, and left alone where they wish it."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

from prospects.table import Json, UtcDateTime

revision: str = "0031"
down_revision: str | None = "0030"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    op.create_table(
        "source_poll",
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("due_at", UtcDateTime(), nullable=False),
        sa.Column("since", UtcDateTime(), nullable=False),
        sa.Column("cursor", Json, nullable=True),
        sa.Column("asked_at", UtcDateTime(), nullable=True),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("reason", sa.String(), nullable=True),
        sa.Column("found", sa.Integer(), nullable=False),
        sa.Column("found_at", UtcDateTime(), nullable=True),
        sa.PrimaryKeyConstraint("source", name=op.f("pk_source_poll")),
    )
    op.add_column("source_health", sa.Column("rest_until", UtcDateTime(), nullable=True))
    op.add_column("source_health", sa.Column("rest_version", sa.Integer(), nullable=True))


def downgrade() -> None:
    op.drop_column("source_health", "rest_version")
    op.drop_column("source_health", "rest_until")
    op.drop_table("source_poll")
