"""What waits behind nobody's backlog."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0010"
down_revision: str | None = "0009"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

URGENT = sa.text("state = 'waiting' AND lease IS NULL AND topic = 'erase'")


def upgrade() -> None:
    op.create_index(
        "ix_message_urgent",
        "message",
        ["queue", "due_at"],
        postgresql_where=URGENT,
        sqlite_where=URGENT,
    )


def downgrade() -> None:
    op.drop_index("ix_message_urgent", "message")
