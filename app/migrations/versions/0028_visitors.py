"""Visitors of our own pages: who was known by them, and what waits for a name."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

from prospects.table import Json, UtcDateTime

revision: str = "0028"
down_revision: str | None = "0027"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    op.create_table(
        "visitor",
        sa.Column("digest", sa.String(64), nullable=False),
        sa.Column("seen_at", UtcDateTime(), nullable=False),
        sa.Column("first_touch", Json, nullable=True),
        sa.Column("last_touch", Json, nullable=True),
        sa.PrimaryKeyConstraint("digest", name=op.f("pk_visitor")),
    )
    op.create_index("ix_visitor_seen_at", "visitor", ["seen_at"])
    op.create_table(
        "recognition",
        sa.Column("prospect_id", sa.Uuid(), nullable=False),
        sa.Column("visitor", sa.String(64), nullable=False),
        sa.Column("since", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["prospect_id"], ["prospect.id"], name=op.f("fk_recognition_prospect_id_prospect")
        ),
        sa.PrimaryKeyConstraint("prospect_id", "visitor", "since", name=op.f("pk_recognition")),
    )
    op.create_index("ix_recognition_visitor", "recognition", ["visitor"])
    op.create_table(
        "trace",
        sa.Column("visitor", sa.String(64), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("kind", sa.String(30), nullable=False),
        sa.Column("happened_at", UtcDateTime(), nullable=False),
        sa.Column("body", Json, nullable=False),
        sa.Column("suspect_robot", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("visitor", "id", name=op.f("pk_trace")),
    )
    op.create_index("ix_trace_id", "trace", ["id"])


def downgrade() -> None:
    for table in ("trace", "recognition", "visitor"):
        op.drop_table(table)
