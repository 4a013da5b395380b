"""Keeps what was said of people before it changed, so that the past can be seen as it was known."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

from prospects.table import Json, UtcDateTime

revision: str = "0045"
down_revision: str | None = "0044"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    op.create_table(
        "formerly",
        sa.Column("prospect_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("until", UtcDateTime(), nullable=False),
        sa.Column("told", Json, nullable=False),
        sa.ForeignKeyConstraint(
            ["prospect_id"], ["prospect.id"], name=op.f("fk_formerly_prospect_id_prospect")
        ),
        sa.PrimaryKeyConstraint("prospect_id", "id", name=op.f("pk_formerly")),
    )


def downgrade() -> None:
    op.drop_table("formerly")
