"""Old page views, and signals of our own pages, are found in time."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0033"
down_revision: str | None = "0032"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

RAW = sa.text("kind = 'page_view' AND substr(key, 1, 6) <> 'views:'")
SIGNALS = sa.text("space = 'signal'")


def upgrade() -> None:
    op.create_index(
        "ix_activity_raw_view",
        "activity",
        ["happened_at"],
        postgresql_where=RAW,
        sqlite_where=RAW,
    )
    op.create_index(
        "ix_capture_signal", "capture", ["id"], postgresql_where=SIGNALS, sqlite_where=SIGNALS
    )


def downgrade() -> None:
    op.drop_index("ix_capture_signal", table_name="capture")
    op.drop_index("ix_activity_raw_view", table_name="activity")
