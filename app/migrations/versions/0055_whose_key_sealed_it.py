"""Notes with which key the secrets of the workspace are sealed."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0055"
down_revision: str | None = "0054"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    op.add_column("workspace", sa.Column("sealed_with", sa.String(), nullable=True))


def downgrade() -> None:
    op.drop_column("workspace", "sealed_with")
