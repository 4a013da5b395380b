"""Customers on their way to the account team, and what was asked about them."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

from prospects.table import Json, UtcDateTime

revision: str = "0014"
down_revision: str | None = "0013"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    op.create_table(
        "transfer",
        sa.Column("prospect_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("handoff_id", sa.Uuid(), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=True),
        sa.Column("rep_id", sa.Uuid(), nullable=False),
        sa.Column("member_id", sa.Uuid(), nullable=True),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("why", sa.String(), nullable=False),
        sa.Column("paper", Json, nullable=False),
        sa.Column("paper_template", sa.Integer(), nullable=False),
        sa.Column("moves", sa.Integer(), nullable=False),
        sa.Column("made_at", UtcDateTime(), nullable=False),
        sa.Column("due_at", UtcDateTime(), nullable=True),
        sa.Column("accepted_at", UtcDateTime(), nullable=True),
        sa.CheckConstraint(
            "state IN ('proposed', 'asked', 'accepted', 'dropped')", name=op.f("ck_transfer_state")
        ),
        sa.CheckConstraint(
            "(state <> 'accepted') OR (member_id IS NOT NULL)", name=op.f("ck_transfer_owned")
        ),
        sa.ForeignKeyConstraint(
            ["account_id"], ["account.id"], name=op.f("fk_transfer_account_id_account")
        ),
        sa.ForeignKeyConstraint(
            ["member_id"], ["member.id"], name=op.f("fk_transfer_member_id_member")
        ),
        sa.ForeignKeyConstraint(
            ["prospect_id", "handoff_id"],
            ["handoff.prospect_id", "handoff.id"],
            name=op.f("fk_transfer_prospect_id_handoff_id_handoff"),
        ),
        sa.ForeignKeyConstraint(["rep_id"], ["member.id"], name=op.f("fk_transfer_rep_id_member")),
        sa.PrimaryKeyConstraint("prospect_id", "id", name=op.f("pk_transfer")),
        sa.UniqueConstraint(
            "prospect_id", "handoff_id", name=op.f("uq_transfer_prospect_id_handoff_id")
        ),
    )
    op.create_index("ix_transfer_id", "transfer", ["id"])
    op.create_index("ix_transfer_member_id", "transfer", ["member_id", "state"])
    op.create_index("ix_transfer_rep_id", "transfer", ["rep_id", "state"])
    op.create_index("ix_transfer_state", "transfer", ["state", "due_at"])
    op.create_table(
        "transfer_question",
        sa.Column("prospect_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("transfer_id", sa.Uuid(), nullable=False),
        sa.Column("n", sa.Integer(), nullable=False),
        sa.Column("question", sa.String(), nullable=False),
        sa.Column("asked_by", sa.Uuid(), nullable=False),
        sa.Column("asked_at", UtcDateTime(), nullable=False),
        sa.Column("answer", sa.String(), nullable=True),
        sa.Column("answered_by", sa.Uuid(), nullable=True),
        sa.Column("answered_at", UtcDateTime(), nullable=True),
        sa.ForeignKeyConstraint(
            ["answered_by"], ["member.id"], name=op.f("fk_transfer_question_answered_by_member")
        ),
        sa.ForeignKeyConstraint(
            ["asked_by"], ["member.id"], name=op.f("fk_transfer_question_asked_by_member")
        ),
        sa.ForeignKeyConstraint(
            ["prospect_id", "transfer_id"],
            ["transfer.prospect_id", "transfer.id"],
            name=op.f("fk_transfer_question_prospect_id_transfer_id_transfer"),
        ),
        sa.PrimaryKeyConstraint("prospect_id", "id", name=op.f("pk_transfer_question")),
        sa.UniqueConstraint(
            "prospect_id",
            "transfer_id",
            "n",
            name=op.f("uq_transfer_question_prospect_id_transfer_id_n"),
        ),
    )


def downgrade() -> None:
    op.drop_table("transfer_question")
    op.drop_table("transfer")
