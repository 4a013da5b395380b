"""Signs of life: which processes work, why requests were refused, when somebody or a token was last seen."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

from prospects.table import UtcDateTime

revision: str = "0011"
down_revision: str | None = "0010"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    op.create_table(
        "sign_of_life",
        sa.Column("host", sa.String(length=255), nullable=False),
        sa.Column("folder", sa.String(), nullable=False),
        sa.Column("part", sa.String(length=80), nullable=False),
        sa.Column("queue", sa.String(length=10), nullable=False),
        sa.Column("pid", sa.Integer(), nullable=False),
        sa.Column("started_at", UtcDateTime(), nullable=False),
        sa.Column("seen_at", UtcDateTime(), nullable=False),
        sa.Column("busy_since", UtcDateTime(), nullable=True),
        sa.Column("taken", sa.BigInteger(), nullable=False),
        sa.Column("starts", sa.Integer(), nullable=False),
        sa.Column("pid_before", sa.Integer(), nullable=True),
        sa.Column("seen_before", UtcDateTime(), nullable=True),
        sa.PrimaryKeyConstraint("host", "folder", "part", name=op.f("pk_sign_of_life")),
    )
    op.add_column("source_health", sa.Column("refused_status", sa.Integer(), nullable=True))
    op.add_column("api_token", sa.Column("hint", sa.String(length=12), nullable=True))
    op.add_column("api_token", sa.Column("made_by", sa.String(), nullable=True))
    op.add_column("api_token", sa.Column("seen_at", UtcDateTime(), nullable=True))
    op.add_column("sign_in", sa.Column("seen_at", UtcDateTime(), nullable=True))


def downgrade() -> None:
    op.drop_column("sign_in", "seen_at")
    op.drop_column("api_token", "seen_at")
    op.drop_column("api_token", "made_by")
    op.drop_column("api_token", "hint")
    op.drop_column("source_health", "refused_status")
    op.drop_table("sign_of_life")
