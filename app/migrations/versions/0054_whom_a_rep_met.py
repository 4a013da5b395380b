"""Makes it cheap to ask of which people a rep found something."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0054"
down_revision: str | None = "0053"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    op.create_index(
        "ix_activity_verdict",
        "activity",
        ["prospect_id"],
        postgresql_where=sa.text("kind = 'verdict'"),
        sqlite_where=sa.text("kind = 'verdict'"),
    )


def downgrade() -> None:
    op.drop_index("ix_activity_verdict", table_name="activity")
