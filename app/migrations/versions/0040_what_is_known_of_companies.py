"""What was found out about companies, with source and date; what their mail domain tells moves there."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

from prospects.table import UtcDateTime

revision: str = "0040"
down_revision: str | None = "0039"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

BY_DOMAIN = "their company's mail domain"


def upgrade() -> None:
    op.create_table(
        "account_detail",
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("source", sa.String(length=80), nullable=False),
        sa.Column("value", sa.String(), nullable=False),
        sa.Column("found_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["account_id"], ["account.id"], name=op.f("fk_account_detail_account_id_account")
        ),
        sa.PrimaryKeyConstraint("account_id", "name", "source", name=op.f("pk_account_detail")),
    )
    statement = sa.text(
        "INSERT INTO account_detail (account_id, name, source, value, found_at) "
        "SELECT prospect.account_id, detail.name, detail.source, min(detail.value), "
        "min(detail.found_at) FROM detail JOIN prospect ON prospect.id = detail.prospect_id "
        "WHERE detail.source = :source AND prospect.account_id IS NOT NULL "
        "GROUP BY prospect.account_id, detail.name, detail.source"
    )
    op.execute(statement.bindparams(source=BY_DOMAIN))
    op.execute(sa.text("DELETE FROM detail WHERE source = :source").bindparams(source=BY_DOMAIN))


def downgrade() -> None:
    statement = sa.text(
        "INSERT INTO detail (prospect_id, name, source, value, found_at) "
        "SELECT prospect.id, account_detail.name, account_detail.source, account_detail.value, "
        "account_detail.found_at FROM account_detail "
        "JOIN prospect ON prospect.account_id = account_detail.account_id "
        "WHERE account_detail.source = :source AND prospect.erased_at IS NULL"
    )
    op.execute(statement.bindparams(source=BY_DOMAIN))
    op.drop_table("account_detail")
