"""Files that were brought in: how far each is, its bytes, its batches, and what it changed of whom."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

from prospects.table import Json, UtcDateTime

revision: str = "0035"
down_revision: str | None = "0034"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    op.create_table(
        "import",
        sa.Column("id", sa.Uuid(), nullable=False),
        *(sa.Column(name, sa.String(), nullable=False) for name in ("source", "name")),
        sa.Column("holds", sa.String(length=10), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("reason", sa.String(), nullable=True),
        sa.Column("by", sa.String(), nullable=False),
        sa.Column("made_at", UtcDateTime(), nullable=False),
        sa.Column("ended_at", UtcDateTime(), nullable=True),
        sa.Column("bytes", sa.Integer(), nullable=False),
        sa.Column("encoding", sa.String(), nullable=True),
        sa.Column("looks", Json, nullable=False),
        sa.Column("separator", sa.String(), nullable=False),
        sa.Column("header", Json, nullable=False),
        sa.Column("said", Json, nullable=False),
        sa.Column("enrol", sa.Boolean(), nullable=False),
        *(sa.Column(name, sa.Integer(), nullable=False) for name in _NUMBERS),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_import")),
    )
    op.create_index("ix_import_state", "import", ["state"])
    op.create_table(
        "import_piece",
        sa.Column("import_id", sa.Uuid(), nullable=False),
        sa.Column("n", sa.Integer(), nullable=False),
        sa.Column("bytes", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["import_id"], ["import.id"], name=op.f("fk_import_piece_import_id_import")
        ),
        sa.PrimaryKeyConstraint("import_id", "n", name=op.f("pk_import_piece")),
    )
    op.create_table(
        "import_batch",
        sa.Column("import_id", sa.Uuid(), nullable=False),
        sa.Column("n", sa.Integer(), nullable=False),
        sa.Column("delivery_id", sa.Uuid(), nullable=True),
        sa.Column("refused", Json, nullable=False),
        sa.ForeignKeyConstraint(
            ["import_id"], ["import.id"], name=op.f("fk_import_batch_import_id_import")
        ),
        sa.PrimaryKeyConstraint("import_id", "n", name=op.f("pk_import_batch")),
    )
    op.create_index("ix_import_batch_delivery_id", "import_batch", ["delivery_id"])
    op.create_table(
        "import_change",
        sa.Column("prospect_id", sa.Uuid(), nullable=False),
        sa.Column("import_id", sa.Uuid(), nullable=False),
        sa.Column("created", sa.Boolean(), nullable=False),
        sa.Column("before", Json, nullable=False),
        sa.Column("after", Json, nullable=False),
        sa.ForeignKeyConstraint(
            ["import_id"], ["import.id"], name=op.f("fk_import_change_import_id_import")
        ),
        sa.ForeignKeyConstraint(
            ["prospect_id"], ["prospect.id"], name=op.f("fk_import_change_prospect_id_prospect")
        ),
        sa.PrimaryKeyConstraint("prospect_id", "import_id", name=op.f("pk_import_change")),
    )
    op.create_index("ix_import_change_import_id", "import_change", ["import_id", "prospect_id"])


_NUMBERS = (
    *("begins", "at_byte", "at_line", "batch", "rows", "leads", "activities", "came_before"),
    *("refused", "people", "unwanted"),
)


def downgrade() -> None:
    for table in ("import_change", "import_batch", "import_piece", "import"):
        op.drop_table(table)
