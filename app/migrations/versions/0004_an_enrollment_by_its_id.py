"""An enrollment is found by its id."""

from collections.abc import Sequence

from alembic import op

revision: str = "0004"
down_revision: str | None = "0003"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    op.create_index("ix_enrollment_id", "enrollment", ["id"])


def downgrade() -> None:
    op.drop_index("ix_enrollment_id", table_name="enrollment")
