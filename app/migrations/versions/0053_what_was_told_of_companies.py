"""Keeps what companies' fields were before they changed, so that the past can be seen as it was known."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

from prospects.table import Json, UtcDateTime

revision: str = "0053"
down_revision: str | None = "0052"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    op.create_table(
        "account_formerly",
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("until", UtcDateTime(), nullable=False),
        sa.Column("told", Json, nullable=False),
        sa.ForeignKeyConstraint(
            ["account_id"], ["account.id"], name=op.f("fk_account_formerly_account_id_account")
        ),
        sa.PrimaryKeyConstraint("account_id", "id", name=op.f("pk_account_formerly")),
    )


def downgrade() -> None:
    op.drop_table("account_formerly")
