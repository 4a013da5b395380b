"""Who is who at a company."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

from prospects.table import UtcDateTime

revision: str = "0007"
down_revision: str | None = "0006"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    op.create_table(
        "stake",
        sa.Column("prospect_id", sa.Uuid(), nullable=False),
        sa.Column("stake", sa.String(length=15), nullable=True),
        sa.Column("stance", sa.String(length=10), nullable=True),
        sa.Column("member_id", sa.Uuid(), nullable=False),
        sa.Column("said_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["member_id"], ["member.id"], name=op.f("fk_stake_member_id_member")
        ),
        sa.ForeignKeyConstraint(
            ["prospect_id"], ["prospect.id"], name=op.f("fk_stake_prospect_id_prospect")
        ),
        sa.PrimaryKeyConstraint("prospect_id", name=op.f("pk_stake")),
    )


def downgrade() -> None:
    op.drop_table("stake")
