"""What the desk is asked to research and write up."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

from prospects.table import Json, UtcDateTime

revision: str = "0020"
down_revision: str | None = "0019"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

WAITING = sa.text("state IN ('asked', 'taken')")


def upgrade() -> None:
    op.create_table(
        "write_up",
        sa.Column("prospect_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("handoff_id", sa.Uuid(), nullable=True),
        sa.Column("promise_id", sa.Uuid(), nullable=True),
        sa.Column("n", sa.Integer(), nullable=False),
        sa.Column("what", sa.String(), nullable=False),
        sa.Column("note", sa.String(), nullable=True),
        sa.Column("batch", sa.Uuid(), nullable=False),
        sa.Column("asked_by", sa.Uuid(), nullable=True),
        sa.Column("asked_at", UtcDateTime(), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("member_id", sa.Uuid(), nullable=True),
        sa.Column("taken_at", UtcDateTime(), nullable=True),
        sa.Column("due_at", UtcDateTime(), nullable=True),
        sa.Column("text", sa.String(), nullable=True),
        sa.Column("facts", Json, nullable=False),
        sa.Column("reason", sa.String(), nullable=True),
        sa.Column("settled_at", UtcDateTime(), nullable=True),
        sa.CheckConstraint(
            "state IN ('asked', 'taken', 'written', 'given_back', 'dropped')",
            name=op.f("ck_write_up_state"),
        ),
        sa.CheckConstraint(
            "(state <> 'taken') OR (member_id IS NOT NULL)", name=op.f("ck_write_up_owned")
        ),
        sa.ForeignKeyConstraint(
            ["asked_by"], ["member.id"], name=op.f("fk_write_up_asked_by_member")
        ),
        sa.ForeignKeyConstraint(
            ["member_id"], ["member.id"], name=op.f("fk_write_up_member_id_member")
        ),
        sa.ForeignKeyConstraint(
            ["prospect_id"], ["prospect.id"], name=op.f("fk_write_up_prospect_id_prospect")
        ),
        sa.ForeignKeyConstraint(
            ["prospect_id", "handoff_id"],
            ["handoff.prospect_id", "handoff.id"],
            name=op.f("fk_write_up_prospect_id_handoff_id_handoff"),
        ),
        sa.ForeignKeyConstraint(
            ["prospect_id", "promise_id"],
            ["promise.prospect_id", "promise.id"],
            name=op.f("fk_write_up_prospect_id_promise_id_promise"),
        ),
        sa.PrimaryKeyConstraint("prospect_id", "id", name=op.f("pk_write_up")),
    )
    op.create_index("ix_write_up_id", "write_up", ["id"])
    op.create_index("ix_write_up_state", "write_up", ["state", "due_at"])
    op.create_index("ix_write_up_member_id", "write_up", ["member_id", "state"])
    op.create_index("ix_write_up_handoff_id", "write_up", ["prospect_id", "handoff_id"])
    op.create_index(
        "uq_write_up_promise",
        "write_up",
        ["prospect_id", "promise_id"],
        unique=True,
        postgresql_where=WAITING,
        sqlite_where=WAITING,
    )


def downgrade() -> None:
    op.drop_table("write_up")
