"""What became of promises."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

from prospects.table import UtcDateTime

revision: str = "0018"
down_revision: str | None = "0017"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    op.add_column("promise", sa.Column("trouble", sa.String(), nullable=True))
    op.add_column("promise", sa.Column("trouble_at", UtcDateTime(), nullable=True))
    op.create_table(
        "promise_change",
        sa.Column("prospect_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("promise_id", sa.Uuid(), nullable=False),
        sa.Column("act", sa.String(length=10), nullable=False),
        sa.Column("by_id", sa.Uuid(), nullable=True),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("due_before", UtcDateTime(), nullable=False),
        sa.Column("due_after", UtcDateTime(), nullable=False),
        sa.Column("rep_before", sa.Uuid(), nullable=False),
        sa.Column("rep_after", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["by_id"], ["member.id"], name=op.f("fk_promise_change_by_id_member")
        ),
        sa.ForeignKeyConstraint(
            ["rep_before"], ["member.id"], name=op.f("fk_promise_change_rep_before_member")
        ),
        sa.ForeignKeyConstraint(
            ["rep_after"], ["member.id"], name=op.f("fk_promise_change_rep_after_member")
        ),
        sa.ForeignKeyConstraint(
            ["prospect_id", "promise_id"],
            ["promise.prospect_id", "promise.id"],
            name=op.f("fk_promise_change_prospect_id_promise"),
        ),
        sa.PrimaryKeyConstraint("prospect_id", "id", name=op.f("pk_promise_change")),
    )
    op.create_index("ix_promise_change_promise_id", "promise_change", ["prospect_id", "promise_id"])


def downgrade() -> None:
    op.drop_table("promise_change")
    op.drop_column("promise", "trouble_at")
    op.drop_column("promise", "trouble")
