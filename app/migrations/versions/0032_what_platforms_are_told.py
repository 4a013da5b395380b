"""What ad platforms are told people became."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

from prospects.table import UtcDateTime

revision: str = "0032"
down_revision: str | None = "0031"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    op.create_table(
        "conversion",
        sa.Column("prospect_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("destination", sa.String(length=60), nullable=False),
        sa.Column("milestone", sa.String(length=20), nullable=False),
        sa.Column("key", sa.String(length=80), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.Column("amount", sa.Numeric(precision=18, scale=2), nullable=True),
        sa.Column("currency", sa.String(length=3), nullable=True),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("reason", sa.String(), nullable=True),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("most", sa.Integer(), nullable=True),
        sa.Column("leased_until", UtcDateTime(), nullable=True),
        sa.Column("request", sa.String(length=80), nullable=True),
        sa.Column("made_at", UtcDateTime(), nullable=False),
        sa.Column("settled_at", UtcDateTime(), nullable=True),
        sa.ForeignKeyConstraint(
            ["prospect_id"], ["prospect.id"], name=op.f("fk_conversion_prospect_id_prospect")
        ),
        sa.PrimaryKeyConstraint("prospect_id", "id", name=op.f("pk_conversion")),
        sa.UniqueConstraint(
            "prospect_id",
            "destination",
            "key",
            name=op.f("uq_conversion_prospect_id_destination_key"),
        ),
    )
    op.create_index("ix_conversion_id", "conversion", ["id"])
    op.create_index("ix_conversion_destination", "conversion", ["destination", "id"])
    waiting = sa.text("state = 'waiting'")
    op.create_index(
        "ix_conversion_waiting",
        "conversion",
        ["destination", "id"],
        postgresql_where=waiting,
        sqlite_where=waiting,
    )


def downgrade() -> None:
    op.drop_table("conversion")
