"""Keeps trainings, what people said of columns, what a model says in the shadow, and what drifted."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

from prospects.table import Json, UtcDateTime

revision: str = "0044"
down_revision: str | None = "0043"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

OPEN = sa.text("state = 'open'")
TOLD = sa.text(
    "kind IN ('accepted', 'contact_attempt', 'declined', 'explored', 'offer_expired', 'offered',"
    " 'outcome', 'verdict')"
)


def upgrade() -> None:
    op.add_column("model_version", sa.Column("active_by", sa.Uuid(), nullable=True))
    op.create_index(
        "ix_activity_told",
        "activity",
        ["learned_at", "prospect_id"],
        postgresql_where=TOLD,
        sqlite_where=TOLD,
    )
    op.create_table("training", *_training())
    op.create_index("ix_training_asked_at", "training", ["asked_at", "id"])
    op.create_index(
        "uq_training_open",
        "training",
        ["state"],
        unique=True,
        postgresql_where=OPEN,
        sqlite_where=OPEN,
    )
    op.create_table(
        "known_before",
        sa.Column("column", sa.String(), nullable=False),
        sa.Column("known", sa.Boolean(), nullable=False),
        sa.Column("by", sa.String(), nullable=False),
        sa.Column("member_id", sa.Uuid(), nullable=True),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("column", name=op.f("pk_known_before")),
    )
    op.create_table("shadow", *_shadow())
    op.create_index(op.f("ix_shadow_model_id"), "shadow", ["model_id"])
    op.create_table(
        "model_drift",
        sa.Column("model_id", sa.String(40), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("body", Json, nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["model_id"], ["model_version.id"], name=op.f("fk_model_drift_model_id_model_version")
        ),
        sa.PrimaryKeyConstraint("model_id", "day", name=op.f("pk_model_drift")),
    )


def _training() -> list[sa.schema.SchemaItem]:
    return [
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("state", sa.String(10), nullable=False),
        sa.Column("because", sa.String(), nullable=False),
        sa.Column("asked_by", sa.String(), nullable=False),
        sa.Column("asked_at", UtcDateTime(), nullable=False),
        sa.Column("begun_at", UtcDateTime(), nullable=True),
        sa.Column("ended_at", UtcDateTime(), nullable=True),
        sa.Column("lease", sa.Uuid(), nullable=True),
        sa.Column("lease_until", UtcDateTime(), nullable=True),
        sa.Column("attempt", sa.Integer(), nullable=False),
        sa.Column("step", sa.String(), nullable=False),
        sa.Column("done", sa.Integer(), nullable=False),
        sa.Column("total", sa.Integer(), nullable=False),
        sa.Column("labels", sa.Integer(), nullable=False),
        sa.Column("model_id", sa.String(40), nullable=True),
        sa.Column("reason", sa.String(), nullable=True),
        sa.Column("report", Json, nullable=False),
        sa.CheckConstraint(
            "state IN ('open', 'done', 'held', 'failed')", name=op.f("ck_training_state")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_training")),
    ]


def _shadow() -> list[sa.schema.SchemaItem]:
    return [
        sa.Column("prospect_id", sa.Uuid(), nullable=False),
        sa.Column("model_id", sa.String(40), nullable=False),
        sa.Column("points", sa.Float(), nullable=False),
        sa.Column("grade", sa.String(2), nullable=False),
        sa.Column("score", sa.Float(), nullable=True),
        sa.Column("warm", sa.Boolean(), nullable=False),
        sa.Column("was_points", sa.Float(), nullable=False),
        sa.Column("was_grade", sa.String(2), nullable=False),
        sa.Column("was_warm", sa.Boolean(), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["prospect_id"], ["prospect.id"], name=op.f("fk_shadow_prospect_id_prospect")
        ),
        sa.PrimaryKeyConstraint("prospect_id", name=op.f("pk_shadow")),
    ]


def downgrade() -> None:
    for table in ("model_drift", "shadow", "known_before", "training"):
        op.drop_table(table)
    op.drop_index("ix_activity_told", "activity")
    op.drop_column("model_version", "active_by")
