"""What a CRM says of people, companies and deals, who is in an open deal, and where we differ."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from prospects.table import UtcDateTime

revision: str = "0034"
down_revision: str | None = "0033"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

Json = sa.JSON(none_as_null=True).with_variant(postgresql.JSONB(none_as_null=True), "postgresql")


def upgrade() -> None:
    op.create_table(
        "open_deal",
        sa.Column("deal", sa.String(length=120), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=True),
        sa.Column("names_people", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["account_id"], ["account.id"], name=op.f("fk_open_deal_account_id_account")
        ),
        sa.PrimaryKeyConstraint("deal", name=op.f("pk_open_deal")),
    )
    op.create_index("ix_open_deal_account_id", "open_deal", ["account_id"])
    op.create_table(
        "in_deal",
        sa.Column("prospect_id", sa.Uuid(), nullable=False),
        sa.Column("deal", sa.String(length=120), nullable=False),
        sa.ForeignKeyConstraint(
            ["deal"],
            ["open_deal.deal"],
            name=op.f("fk_in_deal_deal_open_deal"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["prospect_id"], ["prospect.id"], name=op.f("fk_in_deal_prospect_id_prospect")
        ),
        sa.PrimaryKeyConstraint("prospect_id", "deal", name=op.f("pk_in_deal")),
    )
    op.create_index("ix_in_deal_deal", "in_deal", ["deal"])
    _links()
    _conflicts()


def _links() -> None:
    op.create_table(
        "crm_link",
        sa.Column("crm", sa.String(length=60), nullable=False),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("external_id", sa.String(length=60), nullable=False),
        sa.Column("prospect_id", sa.Uuid(), nullable=True),
        sa.Column("account_id", sa.Uuid(), nullable=True),
        sa.Column("opportunity_id", sa.Uuid(), nullable=True),
        sa.Column("told", Json, nullable=False),
        sa.Column("seen_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["prospect_id"], ["prospect.id"], name=op.f("fk_crm_link_prospect_id_prospect")
        ),
        sa.ForeignKeyConstraint(
            ["account_id"], ["account.id"], name=op.f("fk_crm_link_account_id_account")
        ),
        sa.ForeignKeyConstraint(
            ["opportunity_id"],
            ["opportunity.id"],
            name=op.f("fk_crm_link_opportunity_id_opportunity"),
        ),
        sa.PrimaryKeyConstraint("crm", "kind", "external_id", name=op.f("pk_crm_link")),
    )
    for column in ("prospect_id", "account_id", "opportunity_id"):
        op.create_index(f"ix_crm_link_{column}", "crm_link", [column])


def _conflicts() -> None:
    op.create_table(
        "crm_conflict",
        sa.Column("crm", sa.String(length=60), nullable=False),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("external_id", sa.String(length=60), nullable=False),
        sa.Column("field", sa.String(length=20), nullable=False),
        sa.Column("prospect_id", sa.Uuid(), nullable=True),
        sa.Column("account_id", sa.Uuid(), nullable=True),
        sa.Column("ours", sa.String(), nullable=False),
        sa.Column("theirs", sa.String(), nullable=False),
        sa.Column("since", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["prospect_id"], ["prospect.id"], name=op.f("fk_crm_conflict_prospect_id_prospect")
        ),
        sa.ForeignKeyConstraint(
            ["account_id"], ["account.id"], name=op.f("fk_crm_conflict_account_id_account")
        ),
        sa.PrimaryKeyConstraint(
            "crm", "kind", "external_id", "field", name=op.f("pk_crm_conflict")
        ),
    )
    op.create_index("ix_crm_conflict_prospect_id", "crm_conflict", ["prospect_id"])
    op.create_index("ix_crm_conflict_since", "crm_conflict", ["since"])


def downgrade() -> None:
    for table in ("crm_conflict", "crm_link", "in_deal", "open_deal"):
        op.drop_table(table)
