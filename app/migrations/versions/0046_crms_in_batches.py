"""People are written to a CRM in batches: when a call is tried next, in how large a batch, and that one is under way."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

from prospects.table import UtcDateTime

revision: str = "0046"
down_revision: str | None = "0045"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

DUE = sa.text("state = 'waiting' AND due_at IS NOT NULL")


def upgrade() -> None:
    op.add_column("call", sa.Column("due_at", UtcDateTime()))
    op.add_column("call", sa.Column("most", sa.Integer()))
    op.add_column("endpoint", sa.Column("busy_until", UtcDateTime()))
    op.create_index(
        "ix_call_due", "call", ["hook", "due_at"], postgresql_where=DUE, sqlite_where=DUE
    )


def downgrade() -> None:
    op.drop_index("ix_call_due", table_name="call")
    op.drop_column("endpoint", "busy_until")
    op.drop_column("call", "most")
    op.drop_column("call", "due_at")
