"""How far each person came with sales, kept beside by what they came."""

from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa
from alembic import op

from prospects.table import UtcDateTime

revision: str = "0019"
down_revision: str | None = "0018"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

COLUMNS: dict[str, Any] = {
    "offered_at": UtcDateTime(),
    "taken_at": UtcDateTime(),
    "won_at": UtcDateTime(),
    "finding_id": sa.Uuid(),
    "found_at": UtcDateTime(),
    "verdict": sa.String(length=15),
    "claimed": sa.String(),
    "stage_found": sa.String(),
}
STEPS = """UPDATE first_touch SET (offered_at, taken_at, won_at) = (
        SELECT min(offered_at), min(accepted_at), min(CASE WHEN state = 'won' THEN closed_at END)
        FROM handoff WHERE handoff.prospect_id = first_touch.prospect_id)
    WHERE handed"""
FINDINGS = """UPDATE first_touch SET (finding_id, found_at, verdict, claimed, stage_found) = (
        SELECT id, at, verdict, claimed, stage_found FROM confirmation
        WHERE confirmation.prospect_id = first_touch.prospect_id AND superseded_at IS NULL
        ORDER BY recorded_at DESC, id DESC LIMIT 1)
    WHERE handed"""
BEFORE = ["joined_id", "source", "campaign", "month", "at"]
AFTER = [
    *(
        "joined_id",
        "source",
        "campaign",
        "month",
        "at",
        "offered_at",
        "taken_at",
        "found_at",
        "won_at",
    ),
    *("verdict", "claimed", "stage_found"),
]
FOUND = ["id", "verdict", "claimed", "stage_found", "at", "recorded_at"]


def upgrade() -> None:
    op.drop_index("ix_first_touch_handed", table_name="first_touch")
    for name, type_ in COLUMNS.items():
        op.add_column("first_touch", sa.Column(name, type_, nullable=True))
    op.execute(STEPS)
    op.execute(FINDINGS)
    _index(AFTER)
    # The reports read neither any more.
    op.drop_index("ix_handoff_course", table_name="handoff")
    _stand()


def _index(include: list[str]) -> None:
    op.create_index(
        "ix_first_touch_handed",
        "first_touch",
        ["prospect_id"],
        postgresql_include=include,
        **_where("handed"),
    )


def _stand(**more: Any) -> None:
    kept = {**_where("superseded_at IS NULL"), **more}
    columns = ["prospect_id", "handoff_id"]
    op.drop_index("uq_confirmation_standing", table_name="confirmation")
    op.create_index("uq_confirmation_standing", "confirmation", columns, unique=True, **kept)


def _where(condition: str) -> dict[str, Any]:
    return {"postgresql_where": sa.text(condition), "sqlite_where": sa.text(condition)}


def downgrade() -> None:
    _stand(postgresql_include=FOUND)
    op.create_index(
        "ix_handoff_course",
        "handoff",
        ["prospect_id"],
        postgresql_include=["state", "offered_at", "accepted_at", "closed_at"],
    )
    op.drop_index("ix_first_touch_handed", table_name="first_touch")
    with op.batch_alter_table("first_touch") as batch:
        for name in reversed(COLUMNS):
            batch.drop_column(name)
    _index(BEFORE)
