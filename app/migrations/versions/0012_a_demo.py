"""A demo, whose clock is moved."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

from prospects.table import UtcDateTime

revision: str = "0012"
down_revision: str | None = "0011"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    op.create_table(
        "demo",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("seed", sa.Integer(), nullable=False),
        sa.Column("ahead", sa.Double(), nullable=False),
        sa.Column("moving_to", UtcDateTime(), nullable=True),
        sa.Column("scene", sa.Integer(), nullable=False),
        sa.Column("scenes", sa.Integer(), nullable=False),
        sa.Column("filled_at", UtcDateTime(), nullable=True),
        sa.Column("leads_asked", sa.Integer(), nullable=False),
        sa.Column("leads_sent", sa.Integer(), nullable=False),
        sa.CheckConstraint("id = 1", name=op.f("ck_demo_one")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_demo")),
    )


def downgrade() -> None:
    op.drop_table("demo")
