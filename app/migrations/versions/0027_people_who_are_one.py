"""Merges of people, which can be undone."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

from prospects.table import Json, UtcDateTime

revision: str = "0027"
down_revision: str | None = "0026"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    op.create_table(
        "merge",
        sa.Column("prospect_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("kept_id", sa.Uuid(), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.Column("by", sa.String(), nullable=False),
        sa.Column("why", sa.String(), nullable=True),
        sa.Column("evidence", Json, nullable=False),
        sa.Column("members", Json, nullable=False),
        sa.Column("filled", Json, nullable=False),
        sa.Column("ended", Json, nullable=False),
        sa.Column("undone_at", UtcDateTime(), nullable=True),
        sa.Column("undone_by", sa.String(), nullable=True),
        sa.ForeignKeyConstraint(
            ["kept_id"], ["prospect.id"], name=op.f("fk_merge_kept_id_prospect")
        ),
        sa.ForeignKeyConstraint(
            ["prospect_id"], ["prospect.id"], name=op.f("fk_merge_prospect_id_prospect")
        ),
        sa.PrimaryKeyConstraint("prospect_id", "id", name=op.f("pk_merge")),
    )
    op.create_index("ix_merge_id", "merge", ["id"])
    op.create_index("ix_merge_kept_id", "merge", ["kept_id", "id"])
    standing = sa.text("undone_at IS NULL")
    op.create_index(
        "uq_merge_standing",
        "merge",
        ["prospect_id"],
        unique=True,
        postgresql_where=standing,
        sqlite_where=standing,
    )


def downgrade() -> None:
    op.drop_table("merge")
