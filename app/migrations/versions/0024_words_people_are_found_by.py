"""The words people are found by, folded, in a table of their own."""

import unicodedata
from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op
from sqlalchemy.exc import DBAPIError

revision: str = "0024"
down_revision: str | None = "0023"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

BATCH = 5_000
TRIGRAMS = (
    "CREATE INDEX ix_prospect_words_trgm ON prospect_words USING gin (words gin_trgm_ops)",
    "CREATE INDEX ix_account_name_trgm ON account USING gin (lower(name) gin_trgm_ops)",
    "CREATE INDEX ix_account_domain_trgm ON account USING gin (lower(domain) gin_trgm_ops)",
)


def upgrade() -> None:
    op.create_table(
        "prospect_words",
        sa.Column("prospect_id", sa.Uuid(), nullable=False),
        sa.Column("words", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(
            ["prospect_id"], ["prospect.id"], name=op.f("fk_prospect_words_prospect_id_prospect")
        ),
        sa.PrimaryKeyConstraint("prospect_id", name=op.f("pk_prospect_words")),
    )
    bind = op.get_bind()
    _fill(bind)
    if bind.dialect.name == "postgresql" and _has_trigrams(bind):
        for statement in TRIGRAMS:
            op.execute(statement)


def _fill(bind: sa.Connection) -> None:
    names = ("name", "email", "company", "title")
    person = sa.table(
        "prospect", sa.column("id", sa.Uuid()), *(sa.column(each, sa.String()) for each in names)
    )
    kept = sa.table("prospect_words", sa.column("prospect_id", sa.Uuid()), sa.column("words"))
    query = sa.select(person).order_by(person.c.id).limit(BATCH)
    rows = bind.execute(query).all()
    while rows:
        found = [{"prospect_id": row.id, "words": _words(row[1:])} for row in rows]
        # Who was forgotten is found by nothing.
        if found := [each for each in found if each["words"]]:
            bind.execute(kept.insert(), found)
        rows = bind.execute(query.where(person.c.id > rows[-1].id)).all()


def _words(said: Sequence[str | None]) -> str:
    return "\n".join(unicodedata.normalize("NFC", each).casefold() for each in said if each)


def _has_trigrams(bind: sa.Connection) -> bool:
    """Without the extension, or the right to it, searching looks through people a stretch at a time."""
    try:
        with bind.begin_nested():
            bind.execute(sa.text("CREATE EXTENSION IF NOT EXISTS pg_trgm"))
    except DBAPIError:
        return False
    return True


def downgrade() -> None:
    if op.get_bind().dialect.name == "postgresql":
        op.execute("DROP INDEX IF EXISTS ix_account_domain_trgm")
        op.execute("DROP INDEX IF EXISTS ix_account_name_trgm")
    op.drop_table("prospect_words")
