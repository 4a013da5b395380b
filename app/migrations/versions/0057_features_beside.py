"""Lets what is new of somebody wait beside a long tally, so that an act costs the same whoever did it."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0057"
down_revision: str | None = "0056"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    # What was kept before says nothing of its history, and is made anew at each person's next look.
    op.add_column(
        "feature_state", sa.Column("history", sa.Integer(), nullable=False, server_default="0")
    )
    op.add_column(
        "feature_state", sa.Column("beside", sa.String(), nullable=False, server_default="")
    )


def downgrade() -> None:
    # Without what waits beside it a tally does not tell enough.
    op.execute("DELETE FROM feature_state WHERE beside <> ''")
    op.drop_column("feature_state", "beside")
    op.drop_column("feature_state", "history")
