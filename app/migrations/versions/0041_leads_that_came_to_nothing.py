"""Finds what came to nothing, however much came to something since."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0041"
down_revision: str | None = "0040"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

LOST = sa.text("state IN ('dead', 'quarantined', 'test')")


def upgrade() -> None:
    op.create_index("ix_capture_lost", "capture", ["id"], postgresql_where=LOST, sqlite_where=LOST)


def downgrade() -> None:
    op.drop_index("ix_capture_lost", table_name="capture")
