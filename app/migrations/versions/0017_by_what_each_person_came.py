"""By what each person came, kept beside the timeline; and indexes by which reports read only what they show."""

from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa
from alembic import op

from prospects.table import UtcDateTime

revision: str = "0017"
down_revision: str | None = "0016"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

OWN = (
    "'form', 'page_view', 'click', 'open', 'reply', 'download', 'webinar', 'event', 'chat', 'call',"
    " 'meeting', 'trial', 'purchase', 'ad_click'"
)
HANDED = "'offered', 'accepted', 'declined', 'offer_expired', 'contact_attempt', 'verdict', 'promise', 'outcome'"
# Nobody was ever merged before this version: there was no way to.
FIRSTS = """INSERT INTO first_touch (prospect_id, activity_id, at, month, source, campaign, handed)
    SELECT prospect_id, id, happened_at, {month}, source, substr(coalesce({campaign}, ''), 1, 200), false
    FROM (SELECT prospect_id, id, happened_at, source, body,
            row_number() OVER (PARTITION BY prospect_id ORDER BY happened_at, id) AS n
        FROM activity WHERE kind IN ({own}) AND NOT suspect_robot) touch
    WHERE n = 1"""
MARKS = """INSERT INTO first_touch (prospect_id, campaign, handed)
    SELECT DISTINCT prospect_id, '', true FROM activity WHERE kind IN ({handed})
    ON CONFLICT (prospect_id) DO UPDATE SET handed = true"""
WORDS = {
    "postgresql": {
        "month": "to_char(happened_at AT TIME ZONE 'UTC', 'YYYY-MM')",
        "campaign": "body ->> 'campaign'",
    },
    "sqlite": {
        "month": "strftime('%Y-%m', happened_at)",
        "campaign": "json_extract(body, '$.campaign')",
    },
}
STANDING = ["prospect_id", "handoff_id"]
FOUND = ["id", "verdict", "claimed", "stage_found", "at", "recorded_at"]


def upgrade() -> None:
    op.create_table(
        "first_touch",
        sa.Column("prospect_id", sa.Uuid(), nullable=False),
        sa.Column("joined_id", sa.Uuid(), nullable=True),
        sa.Column("activity_id", sa.Uuid(), nullable=True),
        sa.Column("at", UtcDateTime(), nullable=True),
        sa.Column("month", sa.String(length=7), nullable=True),
        sa.Column("source", sa.String(), nullable=True),
        sa.Column("campaign", sa.String(), nullable=False),
        sa.Column("handed", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["prospect_id"], ["prospect.id"], name=op.f("fk_first_touch_prospect_id_prospect")
        ),
        sa.PrimaryKeyConstraint("prospect_id", name=op.f("pk_first_touch")),
    )
    dialect = op.get_bind().dialect.name
    if dialect == "postgresql":
        # Counting reads an index alone as long as the table is vacuumed while it grows.
        op.execute("ALTER TABLE first_touch SET (autovacuum_vacuum_insert_scale_factor = 0.02)")
        op.execute("SET LOCAL work_mem = '256MB'")
    op.execute(FIRSTS.format(own=OWN, **WORDS[dialect]))
    op.execute(MARKS.format(handed=HANDED))
    _index()


def _index() -> None:
    if op.get_bind().dialect.name == "postgresql":
        op.create_index(
            "ix_first_touch_month",
            "first_touch",
            [sa.text("month DESC"), "source", "campaign"],
            postgresql_where=sa.text("joined_id IS NULL"),
        )
    op.create_index("ix_first_touch_source", "first_touch", ["source", "prospect_id"])
    op.create_index(
        "ix_first_touch_handed",
        "first_touch",
        ["prospect_id"],
        postgresql_include=["joined_id", "source", "campaign", "month", "at"],
        **_where("handed"),
    )
    merged = _where("absorbed_by IS NOT NULL")
    op.create_index("ix_prospect_absorbed_by", "prospect", ["absorbed_by"], **merged)
    op.create_index(
        "ix_handoff_course",
        "handoff",
        ["prospect_id"],
        postgresql_include=["state", "offered_at", "accepted_at", "closed_at"],
    )
    _stand(postgresql_include=FOUND)


def _stand(**more: Any) -> None:
    kept = {**_where("superseded_at IS NULL"), **more}
    op.drop_index("uq_confirmation_standing", table_name="confirmation")
    op.create_index("uq_confirmation_standing", "confirmation", STANDING, unique=True, **kept)


def _where(condition: str) -> dict[str, Any]:
    return {"postgresql_where": sa.text(condition), "sqlite_where": sa.text(condition)}


def downgrade() -> None:
    _stand()
    op.drop_index("ix_handoff_course", table_name="handoff")
    op.drop_index("ix_prospect_absorbed_by", table_name="prospect")
    op.drop_table("first_touch")
