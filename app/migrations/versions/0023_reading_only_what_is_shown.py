"""Pages read only what they show: why people left flows, and whose companies they are, from indexes alone."""

from collections.abc import Sequence

from alembic import op

revision: str = "0023"
down_revision: str | None = "0022"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    op.drop_index("ix_enrollment_flow", table_name="enrollment")
    op.create_index(
        "ix_enrollment_flow", "enrollment", ["flow", "state"], postgresql_include=["reason"]
    )
    op.create_index("ix_account_owner_id", "account", ["owner_id", "id"])


def downgrade() -> None:
    op.drop_index("ix_account_owner_id", table_name="account")
    op.drop_index("ix_enrollment_flow", table_name="enrollment")
    op.create_index("ix_enrollment_flow", "enrollment", ["flow", "state"])
