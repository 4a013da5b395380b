"""Calls of every event, each attempt at them, and how each endpoint is doing."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

from prospects.table import UtcDateTime

revision: str = "0026"
down_revision: str | None = "0025"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

BEFORE = "uq_call_prospect_id_activity_id_hook"
AFTER = "uq_call_prospect_id_about_id_hook_event"


def upgrade() -> None:
    # Without its constraint first: SQLite copies the table, and the column has another name there.
    with op.batch_alter_table("call") as batch:
        batch.drop_constraint(BEFORE, type_="unique")
    with op.batch_alter_table("call") as batch:
        batch.alter_column("activity_id", new_column_name="about_id")
        batch.alter_column("hook", type_=sa.String(length=80))
        batch.add_column(sa.Column("since", UtcDateTime(), nullable=True))
    with op.batch_alter_table("call") as batch:
        batch.create_unique_constraint(AFTER, ["prospect_id", "about_id", "hook", "event"])
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
        sa.Column("hook", sa.String(length=80), nullable=False),
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
    op.execute("DELETE FROM call WHERE event NOT IN ('handoff.offered', 'handoff.confirmed')")
    with op.batch_alter_table("call") as batch:
        batch.drop_constraint(AFTER, type_="unique")
    with op.batch_alter_table("call") as batch:
        batch.drop_column("since")
        batch.alter_column("hook", type_=sa.String(length=63))
        batch.alter_column("about_id", new_column_name="activity_id")
    with op.batch_alter_table("call") as batch:
        batch.create_unique_constraint(BEFORE, ["prospect_id", "activity_id", "hook"])
