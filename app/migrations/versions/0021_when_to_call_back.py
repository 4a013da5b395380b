"""When buyers want to be called back."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

from prospects.table import UtcDateTime

revision: str = "0021"
down_revision: str | None = "0020"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    op.create_table(
        "call_back",
        sa.Column("prospect_id", sa.Uuid(), nullable=False),
        sa.Column("handoff_id", sa.Uuid(), nullable=False),
        sa.Column("n", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.Column("set_by", sa.Uuid(), nullable=False),
        sa.Column("set_at", UtcDateTime(), nullable=False),
        sa.Column("ended_at", UtcDateTime(), nullable=True),
        sa.ForeignKeyConstraint(
            ["prospect_id", "handoff_id"],
            ["handoff.prospect_id", "handoff.id"],
            name=op.f("fk_call_back_prospect_id_handoff"),
        ),
        sa.ForeignKeyConstraint(["set_by"], ["member.id"], name=op.f("fk_call_back_set_by_member")),
        sa.PrimaryKeyConstraint("prospect_id", "handoff_id", "n", name=op.f("pk_call_back")),
    )
    op.create_index(
        "uq_call_back_standing",
        "call_back",
        ["prospect_id", "handoff_id"],
        unique=True,
        postgresql_where=sa.text("ended_at IS NULL"),
        sqlite_where=sa.text("ended_at IS NULL"),
    )


def downgrade() -> None:
    op.drop_table("call_back")
