"""Keeps every card that was trained."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

from prospects.table import Json, UtcDateTime

revision: str = "0042"
down_revision: str | None = "0041"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

STANDING = sa.text("state IN ('active', 'approved')")


def upgrade() -> None:
    op.create_table(
        "model_version",
        sa.Column("id", sa.String(40), nullable=False),
        sa.Column("state", sa.String(12), nullable=False),
        sa.Column("origin", sa.String(12), nullable=False),
        sa.Column("sha256", sa.String(64), nullable=False),
        sa.Column("parent", sa.String(40)),
        sa.Column("body", Json, nullable=False),
        sa.Column("report", Json, nullable=False),
        sa.Column("trained_at", UtcDateTime(), nullable=False),
        sa.Column("trained_by", sa.Uuid()),
        sa.Column("approved_at", UtcDateTime()),
        sa.Column("approved_by", sa.Uuid()),
        sa.Column("active_at", UtcDateTime()),
        sa.Column("retired_at", UtcDateTime()),
        sa.CheckConstraint(
            "state IN ('trained', 'approved', 'active', 'retired')",
            name=op.f("ck_model_version_state"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_model_version")),
        sa.UniqueConstraint("sha256", name=op.f("uq_model_version_sha256")),
    )
    op.create_index("ix_model_version_trained_at", "model_version", ["trained_at", "id"])
    op.create_index(
        "uq_model_version_active",
        "model_version",
        ["state"],
        unique=True,
        postgresql_where=STANDING,
        sqlite_where=STANDING,
    )


def downgrade() -> None:
    op.drop_table("model_version")
