"""Mails about a colleague's way in, and links to another password."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

from prospects.table import UtcDateTime

revision: str = "0015"
down_revision: str | None = "0014"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    op.create_table(
        "way_in",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(length=12), nullable=False),
        sa.Column("member_id", sa.Uuid(), nullable=True),
        sa.Column("asked_by", sa.String(), nullable=False),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("reason", sa.String(), nullable=True),
        sa.Column("made_at", UtcDateTime(), nullable=False),
        sa.Column("settled_at", UtcDateTime(), nullable=True),
        sa.ForeignKeyConstraint(
            ["member_id"], ["member.id"], name=op.f("fk_way_in_member_id_member")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_way_in")),
    )
    op.create_index("ix_way_in_member_id", "way_in", ["member_id"])
    # Every link there is invites somebody: there were no others.
    op.add_column(
        "one_time_link",
        sa.Column("purpose", sa.String(length=12), server_default="invitation", nullable=False),
    )


def downgrade() -> None:
    op.execute("DELETE FROM one_time_link WHERE purpose <> 'invitation'")
    op.drop_column("one_time_link", "purpose")
    op.drop_table("way_in")
