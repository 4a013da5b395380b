"""Keeps what a model in the shadow would change as counts, and makes reading whom it moves most, and how reps answer, cheap."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0056"
down_revision: str | None = "0055"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

TAKEN = sa.text("accepted_at IS NOT NULL AND drawn IS NULL")
DRAWN = sa.text("drawn IS NOT NULL")
# Far is a letter or a digit of a grade that moves by two or more.
TALLIED = """INSERT INTO shadow_tally (model_id, slot, people, moved, warmer, colder)
    SELECT model_id, 0, count(*),
        sum(CASE WHEN abs(instr('ABCD', substr(grade, 1, 1)) - instr('ABCD', substr(was_grade, 1, 1))) > 1
            OR abs(instr('1234', substr(grade, 2, 1)) - instr('1234', substr(was_grade, 2, 1))) > 1
            THEN 1 ELSE 0 END),
        sum(CASE WHEN warm AND NOT was_warm THEN 1 ELSE 0 END),
        sum(CASE WHEN was_warm AND NOT warm THEN 1 ELSE 0 END)
    FROM shadow GROUP BY model_id"""
TOLD_OF_LEADS = sa.text(
    "kind IN ('accepted', 'contact_attempt', 'declined', 'explored', 'offer_expired', 'offered', 'outcome', 'verdict')"
)


def upgrade() -> None:
    counts = ("people", "moved", "warmer", "colder")
    op.create_table(
        "shadow_tally",
        sa.Column("model_id", sa.String(40), nullable=False),
        sa.Column("slot", sa.SmallInteger(), autoincrement=False, nullable=False),
        *(sa.Column(name, sa.Integer(), nullable=False) for name in counts),
        sa.ForeignKeyConstraint(
            ["model_id"],
            ["model_version.id"],
            name=op.f("fk_shadow_tally_model_id_model_version"),
        ),
        sa.PrimaryKeyConstraint("model_id", "slot", name=op.f("pk_shadow_tally")),
    )
    on_sqlite = op.get_bind().dialect.name == "sqlite"
    op.execute(TALLIED if on_sqlite else TALLIED.replace("instr(", "strpos("))
    if not on_sqlite:
        apart = (sa.text("(warm = was_warm)"), sa.text("abs(points - was_points) DESC"))
        op.create_index("ix_shadow_furthest", "shadow", ["model_id", *apart, "prospect_id"])
    # Nearly all rows are of the model that is tried: an index by the model alone led nowhere.
    op.drop_index("ix_shadow_model_id", table_name="shadow")
    op.create_index(
        "ix_handoff_drawn",
        "handoff",
        ["prospect_id", "id"],
        postgresql_where=DRAWN,
        sqlite_where=DRAWN,
    )
    op.create_index(
        "ix_handoff_accepted_at",
        "handoff",
        ["accepted_at"],
        postgresql_where=TAKEN,
        sqlite_where=TAKEN,
        postgresql_include=[
            *("prospect_id", "id", "rep_id", "state", "closed_at", "confirm_by"),
            "opportunity_id",
        ],
    )

    op.create_index(
        "ix_activity_told_of",
        "activity",
        ["prospect_id"],
        postgresql_where=TOLD_OF_LEADS,
        sqlite_where=TOLD_OF_LEADS,
    )


def downgrade() -> None:
    op.drop_index("ix_activity_told_of", table_name="activity")
    op.drop_index("ix_handoff_accepted_at", table_name="handoff")
    op.drop_index("ix_handoff_drawn", table_name="handoff")
    op.create_index("ix_shadow_model_id", "shadow", ["model_id"])
    if op.get_bind().dialect.name != "sqlite":
        op.drop_index("ix_shadow_furthest", table_name="shadow")
    op.drop_table("shadow_tally")
