"""Who did what, found by person and by act."""

from collections.abc import Sequence

from alembic import op

revision: str = "0016"
down_revision: str | None = "0015"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    op.create_index("ix_audit_who_id", "audit", ["who", "id"])
    op.create_index("ix_audit_act_id", "audit", ["act", "id"])


def downgrade() -> None:
    op.drop_index("ix_audit_act_id", "audit")
    op.drop_index("ix_audit_who_id", "audit")
