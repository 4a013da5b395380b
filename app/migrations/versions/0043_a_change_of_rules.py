"""Knows by which rules everybody was assessed, and whom a change of rules would take over the warm line."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

from prospects.table import UtcDateTime

revision: str = "0043"
down_revision: str | None = "0042"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

BY_TODAYS = """
    UPDATE prospect SET rules_version = coalesce(
        (SELECT max(version) FROM configuration WHERE kind IN ('scoring', 'stages')), 0
    ) WHERE grade IS NOT NULL
"""
# Until now every look was by the rules of its day: nobody is looked at again for an upgrade.


def upgrade() -> None:
    op.add_column("prospect", sa.Column("rules_version", sa.Integer(), nullable=True))
    op.execute(BY_TODAYS)
    op.create_table(
        "rules_change",
        sa.Column("version", sa.Integer(), nullable=False, autoincrement=False),
        sa.Column("state", sa.String(12), nullable=False),
        sa.Column("model", sa.String(40), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.Column("by", sa.String(), nullable=False),
        sa.Column("people", sa.Integer(), nullable=False),
        sa.Column("looked", sa.Integer(), nullable=False),
        sa.Column("after_id", sa.Uuid(), nullable=True),
        sa.Column("pace", sa.Integer(), nullable=True),
        sa.Column("decided_at", UtcDateTime(), nullable=True),
        sa.Column("decided_by", sa.Uuid(), nullable=True),
        sa.CheckConstraint(
            "state IN ('looking', 'waiting', 'releasing', 'released', 'kept', 'overtaken')",
            name=op.f("ck_rules_change_state"),
        ),
        sa.PrimaryKeyConstraint("version", name=op.f("pk_rules_change")),
    )
    op.create_table(
        "crossing",
        sa.Column("prospect_id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(10), nullable=False),
        sa.Column("up", sa.Boolean(), nullable=False),
        sa.Column("points_before", sa.Float(), nullable=False),
        sa.Column("points_after", sa.Float(), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.Column("released_at", UtcDateTime(), nullable=True),
        sa.CheckConstraint("state IN ('held', 'released')", name=op.f("ck_crossing_state")),
        sa.ForeignKeyConstraint(
            ["prospect_id"], ["prospect.id"], name=op.f("fk_crossing_prospect_id_prospect")
        ),
        sa.PrimaryKeyConstraint("prospect_id", name=op.f("pk_crossing")),
    )
    columns = ["version", "state", "up", "points_after", "prospect_id"]
    op.create_index("ix_crossing_version", "crossing", columns)


def downgrade() -> None:
    op.drop_table("crossing")
    op.drop_table("rules_change")
    with op.batch_alter_table("prospect") as batch:
        batch.drop_column("rules_version")
