"""Keeps why a model that was tried waits for a person."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0052"
down_revision: str | None = "0051"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    op.add_column("model_version", sa.Column("waits", sa.String(), nullable=True))


def downgrade() -> None:
    op.drop_column("model_version", "waits")
