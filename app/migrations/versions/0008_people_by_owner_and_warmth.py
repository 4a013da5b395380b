"""People are found by whose they are and by their warmth."""

from collections.abc import Sequence

from alembic import op

revision: str = "0008"
down_revision: str | None = "0007"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    op.create_index("ix_prospect_owner_id", "prospect", ["owner_id", "id"])
    op.create_index("ix_prospect_warm", "prospect", ["warm", "id"])


def downgrade() -> None:
    op.drop_index("ix_prospect_warm", table_name="prospect")
    op.drop_index("ix_prospect_owner_id", table_name="prospect")
