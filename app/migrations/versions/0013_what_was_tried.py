"""What a set-up tried of the outside, and what came of it."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

from prospects.table import Json, UtcDateTime

revision: str = "0013"
down_revision: str | None = "0012"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    op.create_table(
        "setup_check",
        sa.Column("kind", sa.String(length=12), nullable=False),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("about", sa.String(), nullable=False),
        sa.Column("asked", Json, nullable=False),
        sa.Column("parts", Json, nullable=False),
        sa.Column("member_id", sa.Uuid(), nullable=False),
        sa.Column("asked_at", UtcDateTime(), nullable=False),
        sa.Column("settled_at", UtcDateTime(), nullable=True),
        sa.ForeignKeyConstraint(
            ["member_id"], ["member.id"], name=op.f("fk_setup_check_member_id_member")
        ),
        sa.PrimaryKeyConstraint("kind", name=op.f("pk_setup_check")),
    )


def downgrade() -> None:
    op.drop_table("setup_check")
