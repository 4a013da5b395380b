"""Keeps what colleagues add to scores, who objected to being profiled, and what made a score."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

from prospects.table import UtcDateTime

revision: str = "0049"
down_revision: str | None = "0048"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    op.add_column("prospect", sa.Column("unprofiled_at", UtcDateTime(), nullable=True))
    op.add_column("prospect", sa.Column("steered_until", UtcDateTime(), nullable=True))
    op.add_column("account", sa.Column("steered_until", UtcDateTime(), nullable=True))
    op.add_column("assessment", sa.Column("scored_by", sa.String(40), nullable=True))
    op.add_column("assessment", sa.Column("logit", sa.Float(), nullable=True))
    op.add_column("assessment", sa.Column("own_points", sa.Float(), nullable=True))
    _overrides("override", "prospect_id", "prospect")
    _overrides("account_override", "account_id", "account")


def _overrides(name: str, key: str, of: str) -> None:
    op.create_table(
        name,
        sa.Column(key, sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("value", sa.Float(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("by", sa.String(), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.Column("until", UtcDateTime(), nullable=False),
        sa.Column("ended_at", UtcDateTime(), nullable=True),
        sa.Column("ended_by", sa.String(), nullable=True),
        sa.CheckConstraint("value BETWEEN -4 AND 4 AND value <> 0", name=op.f(f"ck_{name}_value")),
        sa.CheckConstraint("until > at", name=op.f(f"ck_{name}_until")),
        sa.ForeignKeyConstraint([key], [f"{of}.id"], name=op.f(f"fk_{name}_{key}_{of}")),
        sa.PrimaryKeyConstraint(key, "id", name=op.f(f"pk_{name}")),
    )


def downgrade() -> None:
    op.drop_table("account_override")
    op.drop_table("override")
    with op.batch_alter_table("assessment") as batch:
        for name in ("own_points", "logit", "scored_by"):
            batch.drop_column(name)
    with op.batch_alter_table("account") as batch:
        batch.drop_column("steered_until")
    with op.batch_alter_table("prospect") as batch:
        batch.drop_column("steered_until")
        batch.drop_column("unprofiled_at")
