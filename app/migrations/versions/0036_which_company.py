"""Which company somebody means is found by its name, or asked."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

from prospects.table import Json, UtcDateTime

revision: str = "0036"
down_revision: str | None = "0035"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    if op.get_bind().dialect.name == "postgresql":
        op.create_index("ix_account_beginning", "account", [sa.text("lower(substr(name, 1, 3))")])
    op.create_table(
        "company_question",
        sa.Column("prospect_id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("account_ids", Json, nullable=False),
        sa.Column("asked_at", UtcDateTime(), nullable=False),
        sa.Column("answered_at", UtcDateTime(), nullable=True),
        sa.Column("answered_by", sa.String(), nullable=True),
        sa.ForeignKeyConstraint(
            ["prospect_id"], ["prospect.id"], name=op.f("fk_company_question_prospect_id_prospect")
        ),
        sa.PrimaryKeyConstraint("prospect_id", name=op.f("pk_company_question")),
    )
    waiting = sa.text("answered_at IS NULL")
    op.create_index(
        "ix_company_question_open",
        "company_question",
        ["asked_at"],
        postgresql_where=waiting,
        sqlite_where=waiting,
    )


def downgrade() -> None:
    op.drop_table("company_question")
    if op.get_bind().dialect.name == "postgresql":
        op.drop_index("ix_account_beginning", table_name="account")
