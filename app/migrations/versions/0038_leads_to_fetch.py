"""Finds what is still to be fetched of a contact that was erased at its platform."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0038"
down_revision: str | None = "0037"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

DUE = sa.text("state = 'fetch_due'")


def upgrade() -> None:
    op.create_index("ix_capture_due", "capture", ["source"], postgresql_where=DUE, sqlite_where=DUE)


def downgrade() -> None:
    op.drop_index("ix_capture_due", table_name="capture")
