"""Tags, and how often in a row a flow has set something about somebody."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

from prospects.table import Json

revision: str = "0006"
down_revision: str | None = "0005"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    # Without a default no row is rewritten.
    op.add_column("prospect", sa.Column("tags", Json, nullable=True))
    op.add_column("prospect", sa.Column("set_depth", sa.Integer(), nullable=True))


def downgrade() -> None:
    with op.batch_alter_table("prospect") as batch:
        batch.drop_column("set_depth")
        batch.drop_column("tags")
