"""How the last claims of a stage fared, for the offer that claims it again."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0022"
down_revision: str | None = "0021"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

STANDING = sa.text("superseded_at IS NULL")


def upgrade() -> None:
    op.create_index(
        "ix_confirmation_claimed",
        "confirmation",
        ["claimed", "recorded_at"],
        postgresql_where=STANDING,
        sqlite_where=STANDING,
    )


def downgrade() -> None:
    op.drop_index("ix_confirmation_claimed", table_name="confirmation")
