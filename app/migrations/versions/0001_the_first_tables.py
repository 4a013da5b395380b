"""The first tables."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

from prospects.table import Json, UtcDateTime

revision: str = "0001"
down_revision: str | None = None
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    op.create_table(
        "account",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("domain", sa.String(length=255), nullable=True),
        sa.Column("name", sa.String(), nullable=True),
        sa.Column("owner_id", sa.Uuid(), nullable=True),
        sa.Column("fields", Json, nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_account")),
        sa.UniqueConstraint("domain", name=op.f("uq_account_domain")),
    )
    op.create_table(
        "api_answer",
        sa.Column("caller", sa.String(length=60), nullable=False),
        sa.Column("key", sa.String(length=64), nullable=False),
        sa.Column("asked", sa.String(length=64), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.Column("status", sa.Integer(), nullable=False),
        sa.Column("answer", Json, nullable=False),
        sa.Column("prospect_id", sa.Uuid(), nullable=True),
        sa.PrimaryKeyConstraint("caller", "key", name=op.f("pk_api_answer")),
    )
    op.create_index("ix_api_answer_at", "api_answer", ["at"], unique=False)
    op.create_index(op.f("ix_api_answer_prospect_id"), "api_answer", ["prospect_id"], unique=False)
    op.create_table(
        "audit",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.Column("who", sa.String(), nullable=False),
        sa.Column("act", sa.String(), nullable=False),
        sa.Column("about", sa.String(), nullable=False),
        sa.Column("detail", Json, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit")),
    )
    op.create_table(
        "configuration",
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("slug", sa.String(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("body", Json, nullable=False),
        sa.Column("owner", sa.String(length=10), nullable=False),
        sa.Column("applied_at", UtcDateTime(), nullable=False),
        sa.Column("applied_by", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("kind", "slug", name=op.f("pk_configuration")),
    )
    op.create_table(
        "delivery",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("key", sa.String(length=64), nullable=True),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("reason", sa.String(), nullable=True),
        sa.Column("received_at", UtcDateTime(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=True),
        sa.Column("bytes", sa.Integer(), nullable=False),
        sa.Column("content_type", sa.String(), nullable=True),
        sa.Column("headers", Json, nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_delivery")),
        sa.UniqueConstraint("source", "key", name=op.f("uq_delivery_source_key")),
    )
    op.create_index("ix_delivery_source_id", "delivery", ["source", "id"], unique=False)
    op.create_index(
        "ix_delivery_unread",
        "delivery",
        ["state", "id"],
        unique=False,
        postgresql_where=sa.text("state IN ('unreadable', 'test')"),
        sqlite_where=sa.text("state IN ('unreadable', 'test')"),
    )
    op.create_table(
        "flow_version",
        sa.Column("flow", sa.String(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("definition", Json, nullable=False),
        sa.Column("published_at", UtcDateTime(), nullable=False),
        sa.Column("entering_since", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("flow", "version", name=op.f("pk_flow_version")),
    )
    op.create_table(
        "member",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("email", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("roles", Json, nullable=False),
        sa.Column("zone", sa.String(), nullable=False),
        sa.Column("hours", Json, nullable=False),
        sa.Column("weight", sa.Double(), nullable=False),
        sa.Column("capacity", Json, nullable=False),
        sa.Column("skills", Json, nullable=False),
        sa.Column("absences", Json, nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.CheckConstraint("weight > 0", name=op.f("ck_member_weight")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_member")),
        sa.UniqueConstraint("email", name=op.f("uq_member_email")),
    )
    op.create_table(
        "message",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("queue", sa.String(length=10), nullable=False),
        sa.Column("topic", sa.String(length=20), nullable=False),
        sa.Column("ref", sa.String(length=80), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("due_at", UtcDateTime(), nullable=False),
        sa.Column("posted_at", UtcDateTime(), nullable=False),
        sa.Column("lease", sa.Uuid(), nullable=True),
        sa.Column("attempt", sa.Integer(), nullable=False),
        sa.Column("crashes", sa.Integer(), nullable=False),
        sa.Column("last_error", sa.String(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_message")),
    )
    op.create_index(
        "ix_message_dead",
        "message",
        ["queue", "id"],
        unique=False,
        postgresql_where=sa.text("state = 'dead'"),
        sqlite_where=sa.text("state = 'dead'"),
    )
    op.create_index(
        "ix_message_due",
        "message",
        ["queue", "due_at"],
        unique=False,
        postgresql_where=sa.text("state = 'waiting' AND lease IS NULL"),
        sqlite_where=sa.text("state = 'waiting' AND lease IS NULL"),
    )
    op.create_index(
        "ix_message_leased",
        "message",
        ["queue", "due_at"],
        unique=False,
        postgresql_where=sa.text("lease IS NOT NULL"),
        sqlite_where=sa.text("lease IS NOT NULL"),
    )
    op.create_table(
        "open_handoff",
        sa.Column("whose", sa.String(length=50), nullable=False),
        sa.Column("product", sa.String(), nullable=False),
        sa.Column("prospect_id", sa.Uuid(), nullable=False),
        sa.Column("handoff_id", sa.Uuid(), nullable=False),
        sa.PrimaryKeyConstraint("whose", "product", name=op.f("pk_open_handoff")),
    )
    op.create_index(
        op.f("ix_open_handoff_prospect_id"), "open_handoff", ["prospect_id"], unique=False
    )
    op.create_table(
        "source_health",
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("challenged_at", UtcDateTime(), nullable=True),
        sa.Column("refused", sa.Integer(), nullable=False),
        sa.Column("refused_at", UtcDateTime(), nullable=True),
        sa.Column("trouble", sa.String(), nullable=True),
        sa.Column("trouble_at", UtcDateTime(), nullable=True),
        sa.PrimaryKeyConstraint("source", name=op.f("pk_source_health")),
    )
    op.create_table(
        "suppression",
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("topic", sa.String(), nullable=False),
        sa.Column("reason", sa.String(length=20), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("digest", "topic", name=op.f("pk_suppression")),
    )
    op.create_table(
        "team_turn",
        sa.Column("team", sa.String(), nullable=False),
        sa.Column("turn", sa.Integer(), nullable=False),
        sa.Column("floor", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("team", name=op.f("pk_team_turn")),
    )
    op.create_table(
        "tombstone",
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("erased_at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("digest", name=op.f("pk_tombstone")),
    )
    op.create_table(
        "workspace",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_workspace")),
    )
    op.create_table(
        "api_token",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("role", sa.String(length=20), nullable=False),
        sa.Column("member_id", sa.Uuid(), nullable=True),
        sa.Column("made_at", UtcDateTime(), nullable=False),
        sa.Column("revoked_at", UtcDateTime(), nullable=True),
        sa.ForeignKeyConstraint(
            ["member_id"], ["member.id"], name=op.f("fk_api_token_member_id_member")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_api_token")),
        sa.UniqueConstraint("digest", name=op.f("uq_api_token_digest")),
    )
    op.create_table(
        "capture",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("delivery_id", sa.Uuid(), nullable=False),
        sa.Column("n", sa.Integer(), nullable=False),
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("space", sa.String(length=20), nullable=False),
        sa.Column("ref", sa.String(), nullable=True),
        sa.Column("key", sa.String(), nullable=True),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("reason", sa.String(), nullable=True),
        sa.Column("prospect_id", sa.Uuid(), nullable=True),
        sa.Column("document", sa.LargeBinary(), nullable=True),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["delivery_id"], ["delivery.id"], name=op.f("fk_capture_delivery_id_delivery")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_capture")),
        sa.UniqueConstraint("delivery_id", "n", name=op.f("uq_capture_delivery_id_n")),
    )
    op.create_index(op.f("ix_capture_prospect_id"), "capture", ["prospect_id"], unique=False)
    op.create_table(
        "one_time_link",
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("member_id", sa.Uuid(), nullable=True),
        sa.Column("made_at", UtcDateTime(), nullable=False),
        sa.Column("expires_at", UtcDateTime(), nullable=False),
        sa.Column("used_at", UtcDateTime(), nullable=True),
        sa.ForeignKeyConstraint(
            ["member_id"], ["member.id"], name=op.f("fk_one_time_link_member_id_member")
        ),
        sa.PrimaryKeyConstraint("digest", name=op.f("pk_one_time_link")),
    )
    op.create_index(
        op.f("ix_one_time_link_member_id"), "one_time_link", ["member_id"], unique=False
    )
    op.create_table(
        "opportunity",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("product", sa.String(), nullable=True),
        sa.Column("amount", sa.Numeric(precision=18, scale=2), nullable=True),
        sa.Column("currency", sa.String(length=3), nullable=True),
        sa.Column("expected_on", sa.Date(), nullable=True),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("closed_at", UtcDateTime(), nullable=True),
        sa.CheckConstraint(
            "(amount IS NULL) = (currency IS NULL)", name=op.f("ck_opportunity_money")
        ),
        sa.CheckConstraint("amount IS NULL OR amount >= 0", name=op.f("ck_opportunity_amount")),
        sa.ForeignKeyConstraint(
            ["account_id"], ["account.id"], name=op.f("fk_opportunity_account_id_account")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_opportunity")),
    )
    op.create_index(op.f("ix_opportunity_account_id"), "opportunity", ["account_id"], unique=False)
    op.create_table(
        "password",
        sa.Column("member_id", sa.Uuid(), nullable=False),
        sa.Column("hash", sa.String(), nullable=False),
        sa.Column("changed_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["member_id"], ["member.id"], name=op.f("fk_password_member_id_member")
        ),
        sa.PrimaryKeyConstraint("member_id", name=op.f("pk_password")),
    )
    op.create_table(
        "pointer",
        sa.Column("team", sa.String(), nullable=False),
        sa.Column("member_id", sa.Uuid(), nullable=False),
        sa.Column("level", sa.String(), nullable=False),
        sa.Column("last_turn", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["member_id"], ["member.id"], name=op.f("fk_pointer_member_id_member")
        ),
        sa.ForeignKeyConstraint(
            ["team"], ["team_turn.team"], name=op.f("fk_pointer_team_team_turn")
        ),
        sa.PrimaryKeyConstraint("team", "member_id", name=op.f("pk_pointer")),
    )
    op.create_table(
        "prospect",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=True),
        sa.Column("email", sa.String(), nullable=True),
        sa.Column("phone", sa.String(), nullable=True),
        sa.Column("name", sa.String(), nullable=True),
        sa.Column("title", sa.String(), nullable=True),
        sa.Column("company", sa.String(), nullable=True),
        sa.Column("country", sa.String(length=2), nullable=True),
        sa.Column("zone", sa.String(), nullable=True),
        sa.Column("language", sa.String(), nullable=True),
        sa.Column("fields", Json, nullable=False),
        sa.Column("owner_id", sa.Uuid(), nullable=True),
        sa.Column("lifecycle", sa.String(length=20), nullable=False),
        sa.Column("stage", sa.String(), nullable=True),
        sa.Column("confirmed_stage", sa.String(), nullable=True),
        sa.Column("confirmed_at", UtcDateTime(), nullable=True),
        sa.Column("points", sa.Double(), nullable=False),
        sa.Column("fit", sa.Double(), nullable=False),
        sa.Column("engagement", sa.Double(), nullable=False),
        sa.Column("grade", sa.String(length=2), nullable=True),
        sa.Column("score", sa.Double(), nullable=True),
        sa.Column("warm", sa.Boolean(), nullable=False),
        sa.Column("gate", sa.String(), nullable=True),
        sa.Column("assessment_id", sa.Uuid(), nullable=True),
        sa.Column("look_due_at", UtcDateTime(), nullable=True),
        sa.Column("absorbed_by", sa.Uuid(), nullable=True),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("changed_at", UtcDateTime(), nullable=False),
        sa.Column("erased_at", UtcDateTime(), nullable=True),
        sa.CheckConstraint("points BETWEEN 0 AND 100", name=op.f("ck_prospect_points")),
        sa.ForeignKeyConstraint(
            ["account_id"], ["account.id"], name=op.f("fk_prospect_account_id_account")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_prospect")),
    )
    op.create_index("ix_prospect_account_id", "prospect", ["account_id", "id"], unique=False)
    op.create_index("ix_prospect_lifecycle", "prospect", ["lifecycle", "id"], unique=False)
    op.create_index("ix_prospect_stage", "prospect", ["stage", "id"], unique=False)
    op.create_table(
        "sign_in",
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("member_id", sa.Uuid(), nullable=False),
        sa.Column("device", sa.String(), nullable=False),
        sa.Column("started_at", UtcDateTime(), nullable=False),
        sa.Column("expires_at", UtcDateTime(), nullable=False),
        sa.Column("ended_at", UtcDateTime(), nullable=True),
        sa.ForeignKeyConstraint(
            ["member_id"], ["member.id"], name=op.f("fk_sign_in_member_id_member")
        ),
        sa.PrimaryKeyConstraint("digest", name=op.f("pk_sign_in")),
    )
    op.create_index(op.f("ix_sign_in_member_id"), "sign_in", ["member_id"], unique=False)
    op.create_table(
        "activity",
        sa.Column("prospect_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(length=30), nullable=False),
        sa.Column("happened_at", UtcDateTime(), nullable=False),
        sa.Column("learned_at", UtcDateTime(), nullable=False),
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("body", Json, nullable=False),
        sa.Column("suspect_robot", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["prospect_id"], ["prospect.id"], name=op.f("fk_activity_prospect_id_prospect")
        ),
        sa.PrimaryKeyConstraint("prospect_id", "id", name=op.f("pk_activity")),
        sa.UniqueConstraint("prospect_id", "key", name=op.f("uq_activity_prospect_id_key")),
    )
    op.create_index("ix_activity_id", "activity", ["id"], unique=False)
    op.create_index(
        "ix_activity_prospect_id_happened_at",
        "activity",
        ["prospect_id", "happened_at"],
        unique=False,
    )
    op.create_table(
        "assessment",
        sa.Column("prospect_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.Column("stage", sa.String(), nullable=True),
        sa.Column("confidence", sa.Double(), nullable=True),
        sa.Column("expires_at", UtcDateTime(), nullable=True),
        sa.Column("model", sa.String(), nullable=False),
        sa.Column("points", sa.Double(), nullable=False),
        sa.Column("fit", sa.Double(), nullable=False),
        sa.Column("engagement", sa.Double(), nullable=False),
        sa.Column("grade", sa.String(length=2), nullable=False),
        sa.Column("score", sa.Double(), nullable=True),
        sa.Column("warm", sa.Boolean(), nullable=False),
        sa.Column("gate", sa.String(), nullable=True),
        sa.Column("reasons", Json, nullable=False),
        sa.Column("stage_reasons", Json, nullable=False),
        sa.ForeignKeyConstraint(
            ["prospect_id"], ["prospect.id"], name=op.f("fk_assessment_prospect_id_prospect")
        ),
        sa.PrimaryKeyConstraint("prospect_id", "id", name=op.f("pk_assessment")),
    )
    op.create_table(
        "capture_key",
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("capture_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["capture_id"],
            ["capture.id"],
            name=op.f("fk_capture_key_capture_id_capture"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.PrimaryKeyConstraint("source", "digest", name=op.f("pk_capture_key")),
    )
    op.create_index(op.f("ix_capture_key_capture_id"), "capture_key", ["capture_id"], unique=False)
    op.create_table(
        "consent",
        sa.Column("prospect_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("topic", sa.String(), nullable=False),
        sa.Column("given", sa.Boolean(), nullable=False),
        sa.Column("text", sa.String(), nullable=True),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(
            ["prospect_id"], ["prospect.id"], name=op.f("fk_consent_prospect_id_prospect")
        ),
        sa.PrimaryKeyConstraint("prospect_id", "id", name=op.f("pk_consent")),
        sa.UniqueConstraint("prospect_id", "key", name=op.f("uq_consent_prospect_id_key")),
    )
    op.create_table(
        "draft",
        sa.Column("prospect_id", sa.Uuid(), nullable=False),
        sa.Column("handoff_id", sa.Uuid(), nullable=False),
        sa.Column("member_id", sa.Uuid(), nullable=False),
        sa.Column("fields", Json, nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("saved_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["member_id"], ["member.id"], name=op.f("fk_draft_member_id_member")
        ),
        sa.ForeignKeyConstraint(
            ["prospect_id"], ["prospect.id"], name=op.f("fk_draft_prospect_id_prospect")
        ),
        sa.PrimaryKeyConstraint("prospect_id", "handoff_id", "member_id", name=op.f("pk_draft")),
    )
    op.create_table(
        "enrollment",
        sa.Column("prospect_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("flow", sa.String(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("reason", sa.String(), nullable=True),
        sa.Column("entry", sa.String(), nullable=False),
        sa.Column("entered_at", UtcDateTime(), nullable=False),
        sa.Column("left_at", UtcDateTime(), nullable=True),
        sa.Column("step", sa.String(), nullable=False),
        sa.Column("visit", sa.Integer(), nullable=False),
        sa.Column("visits", Json, nullable=False),
        sa.Column("since", UtcDateTime(), nullable=False),
        sa.Column("known", Json, nullable=False),
        sa.Column("asked", sa.Boolean(), nullable=False),
        sa.Column("due_at", UtcDateTime(), nullable=True),
        sa.ForeignKeyConstraint(
            ["flow", "version"],
            ["flow_version.flow", "flow_version.version"],
            name=op.f("fk_enrollment_flow_version_flow_version"),
        ),
        sa.ForeignKeyConstraint(
            ["prospect_id"], ["prospect.id"], name=op.f("fk_enrollment_prospect_id_prospect")
        ),
        sa.PrimaryKeyConstraint("prospect_id", "id", name=op.f("pk_enrollment")),
        sa.UniqueConstraint(
            "prospect_id", "flow", "entry", name=op.f("uq_enrollment_prospect_id_flow_entry")
        ),
    )
    op.create_index("ix_enrollment_flow", "enrollment", ["flow", "state"], unique=False)
    op.create_table(
        "handoff",
        sa.Column("prospect_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=True),
        sa.Column("opportunity_id", sa.Uuid(), nullable=True),
        sa.Column("product", sa.String(), nullable=False),
        sa.Column("lane", sa.String(), nullable=False),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("reason", sa.String(), nullable=True),
        sa.Column("rep_id", sa.Uuid(), nullable=True),
        sa.Column("fallback", sa.Boolean(), nullable=False),
        sa.Column("brief", Json, nullable=False),
        sa.Column("buyer", Json, nullable=False),
        sa.Column("brief_template", sa.Integer(), nullable=False),
        sa.Column("claimed_stage", sa.String(), nullable=True),
        sa.Column("requested_by", sa.String(), nullable=False),
        sa.Column("decision_id", sa.Uuid(), nullable=True),
        sa.Column("opened_at", UtcDateTime(), nullable=False),
        sa.Column("offered_at", UtcDateTime(), nullable=True),
        sa.Column("expires_at", UtcDateTime(), nullable=True),
        sa.Column("accepted_at", UtcDateTime(), nullable=True),
        sa.Column("confirm_by", UtcDateTime(), nullable=True),
        sa.Column("closed_at", UtcDateTime(), nullable=True),
        sa.CheckConstraint(
            "(state = 'held') OR (rep_id IS NOT NULL)", name=op.f("ck_handoff_owned")
        ),
        sa.CheckConstraint(
            "state IN ('held', 'offered', 'accepted', 'checked', 'won', 'lost', 'recycled', 'disqualified')",
            name=op.f("ck_handoff_state"),
        ),
        sa.ForeignKeyConstraint(
            ["account_id"], ["account.id"], name=op.f("fk_handoff_account_id_account")
        ),
        sa.ForeignKeyConstraint(
            ["opportunity_id"],
            ["opportunity.id"],
            name=op.f("fk_handoff_opportunity_id_opportunity"),
        ),
        sa.ForeignKeyConstraint(
            ["prospect_id"], ["prospect.id"], name=op.f("fk_handoff_prospect_id_prospect")
        ),
        sa.ForeignKeyConstraint(["rep_id"], ["member.id"], name=op.f("fk_handoff_rep_id_member")),
        sa.PrimaryKeyConstraint("prospect_id", "id", name=op.f("pk_handoff")),
    )
    op.create_index("ix_handoff_account_id", "handoff", ["account_id"], unique=False)
    op.create_index("ix_handoff_id", "handoff", ["id"], unique=False)
    op.create_index("ix_handoff_rep_id", "handoff", ["rep_id", "state"], unique=False)
    op.create_table(
        "handoff_colleague",
        sa.Column("prospect_id", sa.Uuid(), nullable=False),
        sa.Column("handoff_id", sa.Uuid(), nullable=False),
        sa.Column("joined_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["prospect_id"], ["prospect.id"], name=op.f("fk_handoff_colleague_prospect_id_prospect")
        ),
        sa.PrimaryKeyConstraint("prospect_id", "handoff_id", name=op.f("pk_handoff_colleague")),
    )
    op.create_index(
        op.f("ix_handoff_colleague_handoff_id"), "handoff_colleague", ["handoff_id"], unique=False
    )
    op.create_table(
        "identity",
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("prospect_id", sa.Uuid(), nullable=False),
        sa.Column("learned_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["prospect_id"],
            ["prospect.id"],
            name=op.f("fk_identity_prospect_id_prospect"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.PrimaryKeyConstraint("kind", "key", name=op.f("pk_identity")),
    )
    op.create_index(op.f("ix_identity_prospect_id"), "identity", ["prospect_id"], unique=False)
    op.create_table(
        "notice",
        sa.Column("prospect_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("handoff_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("n", sa.Integer(), nullable=False),
        sa.Column("member_id", sa.Uuid(), nullable=False),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("reason", sa.String(), nullable=True),
        sa.Column("made_at", UtcDateTime(), nullable=False),
        sa.Column("settled_at", UtcDateTime(), nullable=True),
        sa.ForeignKeyConstraint(
            ["member_id"], ["member.id"], name=op.f("fk_notice_member_id_member")
        ),
        sa.ForeignKeyConstraint(
            ["prospect_id"], ["prospect.id"], name=op.f("fk_notice_prospect_id_prospect")
        ),
        sa.PrimaryKeyConstraint("prospect_id", "id", name=op.f("pk_notice")),
        sa.UniqueConstraint(
            "prospect_id",
            "handoff_id",
            "kind",
            "n",
            name=op.f("uq_notice_prospect_id_handoff_id_kind_n"),
        ),
    )
    op.create_table(
        "confirmation",
        sa.Column("prospect_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("handoff_id", sa.Uuid(), nullable=False),
        sa.Column("rep_id", sa.Uuid(), nullable=False),
        sa.Column("verdict", sa.String(length=15), nullable=False),
        sa.Column("claimed", sa.String(), nullable=True),
        sa.Column("claimed_confidence", sa.Double(), nullable=True),
        sa.Column("stage_found", sa.String(), nullable=True),
        sa.Column("spoke_with", sa.String(), nullable=False),
        sa.Column("channel", sa.String(length=10), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.Column("fact", sa.String(), nullable=False),
        sa.Column("still_needed", Json, nullable=False),
        sa.Column("deciders", Json, nullable=False),
        sa.Column("right_person", Json, nullable=False),
        sa.Column("right_prospect_id", sa.Uuid(), nullable=True),
        sa.Column("recorded_at", UtcDateTime(), nullable=False),
        sa.Column("supersedes", sa.Uuid(), nullable=True),
        sa.Column("reason", sa.String(), nullable=True),
        sa.Column("superseded_at", UtcDateTime(), nullable=True),
        sa.ForeignKeyConstraint(
            ["prospect_id", "handoff_id"],
            ["handoff.prospect_id", "handoff.id"],
            name=op.f("fk_confirmation_prospect_id_handoff_id_handoff"),
        ),
        sa.ForeignKeyConstraint(
            ["rep_id"], ["member.id"], name=op.f("fk_confirmation_rep_id_member")
        ),
        sa.ForeignKeyConstraint(
            ["right_prospect_id"],
            ["prospect.id"],
            name=op.f("fk_confirmation_right_prospect_id_prospect"),
        ),
        sa.PrimaryKeyConstraint("prospect_id", "id", name=op.f("pk_confirmation")),
    )
    op.create_index(
        op.f("ix_confirmation_right_prospect_id"),
        "confirmation",
        ["right_prospect_id"],
        unique=False,
    )
    op.create_index(
        "uq_confirmation_standing",
        "confirmation",
        ["prospect_id", "handoff_id"],
        unique=True,
        postgresql_where=sa.text("superseded_at IS NULL"),
        sqlite_where=sa.text("superseded_at IS NULL"),
    )
    op.create_table(
        "contact_attempt",
        sa.Column("prospect_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("handoff_id", sa.Uuid(), nullable=False),
        sa.Column("rep_id", sa.Uuid(), nullable=False),
        sa.Column("channel", sa.String(length=10), nullable=True),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.Column("note", sa.String(), nullable=True),
        sa.Column("recorded_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["prospect_id", "handoff_id"],
            ["handoff.prospect_id", "handoff.id"],
            name=op.f("fk_contact_attempt_prospect_id_handoff_id_handoff"),
        ),
        sa.ForeignKeyConstraint(
            ["rep_id"], ["member.id"], name=op.f("fk_contact_attempt_rep_id_member")
        ),
        sa.PrimaryKeyConstraint("prospect_id", "id", name=op.f("pk_contact_attempt")),
    )
    op.create_index(
        "ix_contact_attempt_handoff_id",
        "contact_attempt",
        ["prospect_id", "handoff_id"],
        unique=False,
    )
    op.create_table(
        "decision",
        sa.Column("prospect_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("handoff_id", sa.Uuid(), nullable=False),
        sa.Column("rule", sa.String(), nullable=True),
        sa.Column("lane", sa.String(), nullable=False),
        sa.Column("team", sa.String(), nullable=True),
        sa.Column("turn", sa.Integer(), nullable=True),
        sa.Column("candidates", Json, nullable=False),
        sa.Column("chosen_id", sa.Uuid(), nullable=True),
        sa.Column("fallback", sa.Boolean(), nullable=False),
        sa.Column("why", sa.String(), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.Column("configuration", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["chosen_id"], ["member.id"], name=op.f("fk_decision_chosen_id_member")
        ),
        sa.ForeignKeyConstraint(
            ["prospect_id", "handoff_id"],
            ["handoff.prospect_id", "handoff.id"],
            name=op.f("fk_decision_prospect_id_handoff_id_handoff"),
        ),
        sa.PrimaryKeyConstraint("prospect_id", "id", name=op.f("pk_decision")),
    )
    op.create_index(
        "ix_decision_handoff_id", "decision", ["prospect_id", "handoff_id"], unique=False
    )
    op.create_index("ix_decision_id", "decision", ["id"], unique=False)
    op.create_table(
        "offer",
        sa.Column("prospect_id", sa.Uuid(), nullable=False),
        sa.Column("handoff_id", sa.Uuid(), nullable=False),
        sa.Column("n", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("rep_id", sa.Uuid(), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("reason", sa.String(), nullable=True),
        sa.Column("note", sa.String(), nullable=True),
        sa.Column("offered_at", UtcDateTime(), nullable=False),
        sa.Column("expires_at", UtcDateTime(), nullable=False),
        sa.Column("until", UtcDateTime(), nullable=True),
        sa.Column("closed_at", UtcDateTime(), nullable=True),
        sa.CheckConstraint(
            "state IN ('open', 'accepted', 'declined', 'snoozed', 'expired', 'withdrawn')",
            name=op.f("ck_offer_state"),
        ),
        sa.ForeignKeyConstraint(
            ["prospect_id", "handoff_id"],
            ["handoff.prospect_id", "handoff.id"],
            name=op.f("fk_offer_prospect_id_handoff_id_handoff"),
        ),
        sa.ForeignKeyConstraint(["rep_id"], ["member.id"], name=op.f("fk_offer_rep_id_member")),
        sa.PrimaryKeyConstraint("prospect_id", "handoff_id", "n", name=op.f("pk_offer")),
    )
    op.create_index("ix_offer_rep_id", "offer", ["rep_id", "offered_at"], unique=False)
    op.create_index(
        "uq_offer_open",
        "offer",
        ["prospect_id", "handoff_id"],
        unique=True,
        postgresql_where=sa.text("state = 'open'"),
        sqlite_where=sa.text("state = 'open'"),
    )
    op.create_table(
        "promise",
        sa.Column("prospect_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("handoff_id", sa.Uuid(), nullable=False),
        sa.Column("confirmation_id", sa.Uuid(), nullable=False),
        sa.Column("rep_id", sa.Uuid(), nullable=False),
        sa.Column("what", sa.String(), nullable=False),
        sa.Column("due_at", UtcDateTime(), nullable=False),
        sa.Column("made_at", UtcDateTime(), nullable=False),
        sa.Column("kept_at", UtcDateTime(), nullable=True),
        sa.ForeignKeyConstraint(
            ["prospect_id", "handoff_id"],
            ["handoff.prospect_id", "handoff.id"],
            name=op.f("fk_promise_prospect_id_handoff_id_handoff"),
        ),
        sa.ForeignKeyConstraint(["rep_id"], ["member.id"], name=op.f("fk_promise_rep_id_member")),
        sa.PrimaryKeyConstraint("prospect_id", "id", name=op.f("pk_promise")),
    )
    op.create_index("ix_promise_handoff_id", "promise", ["prospect_id", "handoff_id"], unique=False)
    op.create_index("ix_promise_id", "promise", ["id"], unique=False)
    op.create_index(
        "ix_promise_rep_id",
        "promise",
        ["rep_id", "due_at"],
        unique=False,
        postgresql_where=sa.text("kept_at IS NULL"),
        sqlite_where=sa.text("kept_at IS NULL"),
    )
    op.create_table(
        "send",
        sa.Column("prospect_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("enrollment_id", sa.Uuid(), nullable=False),
        sa.Column("flow", sa.String(), nullable=False),
        sa.Column("step", sa.String(), nullable=False),
        sa.Column("visit", sa.Integer(), nullable=False),
        sa.Column("template", sa.String(), nullable=False),
        sa.Column("topic", sa.String(), nullable=False),
        sa.Column("message_id", sa.String(), nullable=True),
        sa.Column("state", sa.String(length=15), nullable=False),
        sa.Column("reason", sa.String(), nullable=True),
        sa.Column("lease_until", UtcDateTime(), nullable=True),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("planned_at", UtcDateTime(), nullable=False),
        sa.Column("handed_over_at", UtcDateTime(), nullable=True),
        sa.Column("settled_at", UtcDateTime(), nullable=True),
        sa.Column("transport", sa.String(length=10), nullable=True),
        sa.Column("sender", sa.String(), nullable=True),
        sa.Column("reply_to", sa.String(), nullable=True),
        sa.Column("address", sa.String(), nullable=True),
        sa.Column("subject", sa.String(), nullable=True),
        sa.Column("html", sa.String(), nullable=True),
        sa.Column("plain", sa.String(), nullable=True),
        sa.Column("answer", sa.String(), nullable=True),
        sa.ForeignKeyConstraint(
            ["prospect_id", "enrollment_id"],
            ["enrollment.prospect_id", "enrollment.id"],
            name=op.f("fk_send_prospect_id_enrollment_id_enrollment"),
        ),
        sa.ForeignKeyConstraint(
            ["prospect_id"], ["prospect.id"], name=op.f("fk_send_prospect_id_prospect")
        ),
        sa.PrimaryKeyConstraint("prospect_id", "id", name=op.f("pk_send")),
        sa.UniqueConstraint(
            "prospect_id",
            "enrollment_id",
            "step",
            "visit",
            name=op.f("uq_send_prospect_id_enrollment_id_step_visit"),
        ),
    )
    op.create_index(
        "ix_send_held",
        "send",
        ["reason"],
        unique=False,
        postgresql_where=sa.text("state = 'held'"),
        sqlite_where=sa.text("state = 'held'"),
    )
    op.create_index("ix_send_id", "send", ["id"], unique=False)
    op.create_table(
        "visit",
        sa.Column("prospect_id", sa.Uuid(), nullable=False),
        sa.Column("enrollment_id", sa.Uuid(), nullable=False),
        sa.Column("step", sa.String(), nullable=False),
        sa.Column("visit", sa.Integer(), nullable=False),
        sa.Column("reached_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["prospect_id", "enrollment_id"],
            ["enrollment.prospect_id", "enrollment.id"],
            name=op.f("fk_visit_prospect_id_enrollment_id_enrollment"),
        ),
        sa.PrimaryKeyConstraint(
            "prospect_id", "enrollment_id", "step", "visit", name=op.f("pk_visit")
        ),
    )


def downgrade() -> None:
    op.drop_table("visit")
    op.drop_index("ix_send_id", table_name="send")
    op.drop_index(
        "ix_send_held",
        table_name="send",
        postgresql_where=sa.text("state = 'held'"),
        sqlite_where=sa.text("state = 'held'"),
    )
    op.drop_table("send")
    op.drop_index(
        "ix_promise_rep_id",
        table_name="promise",
        postgresql_where=sa.text("kept_at IS NULL"),
        sqlite_where=sa.text("kept_at IS NULL"),
    )
    op.drop_index("ix_promise_id", table_name="promise")
    op.drop_index("ix_promise_handoff_id", table_name="promise")
    op.drop_table("promise")
    op.drop_index(
        "uq_offer_open",
        table_name="offer",
        postgresql_where=sa.text("state = 'open'"),
        sqlite_where=sa.text("state = 'open'"),
    )
    op.drop_index("ix_offer_rep_id", table_name="offer")
    op.drop_table("offer")
    op.drop_index("ix_decision_id", table_name="decision")
    op.drop_index("ix_decision_handoff_id", table_name="decision")
    op.drop_table("decision")
    op.drop_index("ix_contact_attempt_handoff_id", table_name="contact_attempt")
    op.drop_table("contact_attempt")
    op.drop_index(
        "uq_confirmation_standing",
        table_name="confirmation",
        postgresql_where=sa.text("superseded_at IS NULL"),
        sqlite_where=sa.text("superseded_at IS NULL"),
    )
    op.drop_index(op.f("ix_confirmation_right_prospect_id"), table_name="confirmation")
    op.drop_table("confirmation")
    op.drop_table("notice")
    op.drop_index(op.f("ix_identity_prospect_id"), table_name="identity")
    op.drop_table("identity")
    op.drop_index(op.f("ix_handoff_colleague_handoff_id"), table_name="handoff_colleague")
    op.drop_table("handoff_colleague")
    op.drop_index("ix_handoff_rep_id", table_name="handoff")
    op.drop_index("ix_handoff_id", table_name="handoff")
    op.drop_index("ix_handoff_account_id", table_name="handoff")
    op.drop_table("handoff")
    op.drop_index("ix_enrollment_flow", table_name="enrollment")
    op.drop_table("enrollment")
    op.drop_table("draft")
    op.drop_table("consent")
    op.drop_index(op.f("ix_capture_key_capture_id"), table_name="capture_key")
    op.drop_table("capture_key")
    op.drop_table("assessment")
    op.drop_index("ix_activity_prospect_id_happened_at", table_name="activity")
    op.drop_index("ix_activity_id", table_name="activity")
    op.drop_table("activity")
    op.drop_index(op.f("ix_sign_in_member_id"), table_name="sign_in")
    op.drop_table("sign_in")
    op.drop_index("ix_prospect_stage", table_name="prospect")
    op.drop_index("ix_prospect_lifecycle", table_name="prospect")
    op.drop_index("ix_prospect_account_id", table_name="prospect")
    op.drop_table("prospect")
    op.drop_table("pointer")
    op.drop_table("password")
    op.drop_index(op.f("ix_opportunity_account_id"), table_name="opportunity")
    op.drop_table("opportunity")
    op.drop_index(op.f("ix_one_time_link_member_id"), table_name="one_time_link")
    op.drop_table("one_time_link")
    op.drop_index(op.f("ix_capture_prospect_id"), table_name="capture")
    op.drop_table("capture")
    op.drop_table("api_token")
    op.drop_table("workspace")
    op.drop_table("tombstone")
    op.drop_table("team_turn")
    op.drop_table("suppression")
    op.drop_table("source_health")
    op.drop_index(op.f("ix_open_handoff_prospect_id"), table_name="open_handoff")
    op.drop_table("open_handoff")
    op.drop_index(
        "ix_message_leased",
        table_name="message",
        postgresql_where=sa.text("lease IS NOT NULL"),
        sqlite_where=sa.text("lease IS NOT NULL"),
    )
    op.drop_index(
        "ix_message_due",
        table_name="message",
        postgresql_where=sa.text("state = 'waiting' AND lease IS NULL"),
        sqlite_where=sa.text("state = 'waiting' AND lease IS NULL"),
    )
    op.drop_index(
        "ix_message_dead",
        table_name="message",
        postgresql_where=sa.text("state = 'dead'"),
        sqlite_where=sa.text("state = 'dead'"),
    )
    op.drop_table("message")
    op.drop_table("member")
    op.drop_table("flow_version")
    op.drop_index(
        "ix_delivery_unread",
        table_name="delivery",
        postgresql_where=sa.text("state IN ('unreadable', 'test')"),
        sqlite_where=sa.text("state IN ('unreadable', 'test')"),
    )
    op.drop_index("ix_delivery_source_id", table_name="delivery")
    op.drop_table("delivery")
    op.drop_table("configuration")
    op.drop_table("audit")
    op.drop_index(op.f("ix_api_answer_prospect_id"), table_name="api_answer")
    op.drop_index("ix_api_answer_at", table_name="api_answer")
    op.drop_table("api_answer")
    op.drop_table("account")
