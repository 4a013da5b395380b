"""Certificates that senders sign with, each kept by the address it stands at."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

from prospects.table import UtcDateTime

revision: str = "0029"
down_revision: str | None = "0028"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    op.create_table(
        "certificate",
        sa.Column("url", sa.String(), nullable=False),
        sa.Column("pem", sa.String(), nullable=False),
        sa.Column("fetched_at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("url", name=op.f("pk_certificate")),
    )


def downgrade() -> None:
    op.drop_table("certificate")
