"""Calls of every event, each attempt at them, and how each endpoint is doing."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

from prospects.table import UtcDateTime

revision: str = "0026"
down_revision: str | None = "0025"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    op.add_column("call", sa.Column("since", UtcDateTime(), nullable=True))
    op.create_index("ix_call_hook", "call", ["hook", "id"])
    dead = sa.text("state = 'dead'")
    op.create_index(
        "ix_call_dead", "call", ["hook", "id"], postgresql_where=dead, sqlite_where=dead
    )
    op.create_table(
        "call_attempt",
        sa.Column("prospect_id", sa.Uuid(), nullable=False),
        sa.Column("call_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("n", sa.Integer(), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.Column("took_ms", sa.Integer(), nullable=False),
        sa.Column("status", sa.Integer(), nullable=True),
        sa.Column("reason", sa.String(), nullable=True),
        sa.Column("answer", sa.String(), nullable=True),
        sa.ForeignKeyConstraint(
            ["prospect_id", "call_id"],
            ["call.prospect_id", "call.id"],
            name=op.f("fk_call_attempt_prospect_id_call"),
        ),
        sa.PrimaryKeyConstraint("prospect_id", "call_id", "id", name=op.f("pk_call_attempt")),
    )
    op.create_index("ix_call_attempt_at", "call_attempt", ["at"])
    op.create_table(
        "endpoint",
        sa.Column("hook", sa.String(length=63), nullable=False),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("failing_since", UtcDateTime(), nullable=True),
        sa.Column("shut_until", UtcDateTime(), nullable=True),
        sa.Column("told_at", UtcDateTime(), nullable=True),
        sa.Column("reason", sa.String(), nullable=True),
        sa.PrimaryKeyConstraint("hook", name=op.f("pk_endpoint")),
    )


def downgrade() -> None:
    op.drop_table("endpoint")
    op.drop_table("call_attempt")
    op.drop_index("ix_call_dead", table_name="call")
    op.drop_index("ix_call_hook", table_name="call")
    op.drop_column("call", "since")
