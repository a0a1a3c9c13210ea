"""All tables as they were first. Needs nothing of the code's own tables, so that it means the same after they change."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

JSON = sa.JSON().with_variant(JSONB(), "postgresql")
MOMENT = sa.DateTime(timezone=True)
METADATA = sa.MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
        "pk": "pk_%(table_name)s",
    }
)
_WAITS = sa.text("state = 'queued'")


def _organization() -> sa.Column[str]:
    return sa.Column("organization_id", sa.String(32), _cascade("organizations.id"), nullable=False, index=True)


def _cascade(column: str) -> sa.ForeignKey:
    return sa.ForeignKey(column, ondelete="CASCADE")


def upgrade() -> None:
    METADATA.create_all(op.get_bind(), checkfirst=False)


def downgrade() -> None:
    METADATA.drop_all(op.get_bind(), checkfirst=False)


sa.Table(
    "organizations",
    METADATA,
    sa.Column("id", sa.String(32), primary_key=True),
    sa.Column("external_id", sa.String(255), nullable=False, unique=True),
    sa.Column("name", sa.String(), nullable=False),
    sa.Column("language", sa.String(), nullable=False),
    sa.Column("settings", JSON, nullable=False),
    sa.Column("created_at", MOMENT, nullable=False),
)
sa.Table(
    "assessment_fits",
    METADATA,
    sa.Column("organization_id", sa.String(32), _cascade("organizations.id"), primary_key=True),
    sa.Column("model", sa.String(128), primary_key=True),
    sa.Column("history", sa.Integer(), nullable=False),
    sa.Column("data", JSON, nullable=False),
    sa.Column("fitted_at", MOMENT, nullable=False),
)
sa.Table(
    "audit_entries",
    METADATA,
    sa.Column("id", sa.String(32), primary_key=True),
    sa.Column("organization_id", sa.String(32), _cascade("organizations.id"), nullable=False),
    sa.Column("at", MOMENT, nullable=False),
    sa.Column("actor", sa.String(80), nullable=False),
    sa.Column("act", sa.String(64), nullable=False),
    sa.Column("subject", sa.String(80), nullable=False),
    sa.Column("facts", JSON, nullable=False),
    sa.Index("ix_audit_entries_organization_id_id", "organization_id", "id"),
)
sa.Table(
    "challenges",
    METADATA,
    sa.Column("id", sa.String(32), primary_key=True),
    _organization(),
    sa.Column("external_id", sa.String(255), nullable=False),
    sa.Column("title", sa.String(), nullable=False),
    sa.Column("prompt", sa.Text(), nullable=False),
    sa.Column("outcome", sa.Text(), nullable=False),
    sa.Column("reference", sa.Text(), nullable=False),
    sa.Column("notes", sa.Text(), nullable=False),
    sa.Column("language", sa.String(), nullable=False),
    sa.Column("sharing_peers", sa.String(32), nullable=False),
    sa.Column("sharing_reach", sa.String(32), nullable=False),
    sa.Column("tags", JSON, nullable=False),
    sa.Column("version", sa.Integer(), nullable=False),
    sa.Column("opened_at", MOMENT, nullable=True),
    sa.Column("created_at", MOMENT, nullable=False),
    sa.UniqueConstraint("organization_id", "external_id"),
)
sa.Table(
    "documents",
    METADATA,
    sa.Column("id", sa.String(32), primary_key=True),
    _organization(),
    sa.Column("external_id", sa.String(255), nullable=False),
    sa.Column("title", sa.String(), nullable=False),
    sa.Column("media_type", sa.String(), nullable=False),
    sa.Column("tags", JSON, nullable=False),
    sa.Column("version", sa.Integer(), nullable=False),
    sa.Column("created_at", MOMENT, nullable=False),
    sa.Column("removed_at", MOMENT, nullable=True),
    sa.UniqueConstraint("organization_id", "external_id"),
)
sa.Table(
    "events",
    METADATA,
    sa.Column("id", sa.String(32), primary_key=True),
    sa.Column("organization_id", sa.String(32), _cascade("organizations.id"), nullable=False),
    sa.Column("name", sa.String(64), nullable=False),
    sa.Column("data", JSON, nullable=False),
    sa.Column("at", MOMENT, nullable=False),
    sa.Column("number", sa.BigInteger),
    sa.UniqueConstraint("organization_id", "number"),
)
sa.Table(
    "groups",
    METADATA,
    sa.Column("id", sa.String(32), primary_key=True),
    _organization(),
    sa.Column("external_id", sa.String(255), nullable=False),
    sa.Column("name", sa.String(), nullable=False),
    sa.Column("parent_id", sa.String(32), sa.ForeignKey("groups.id", ondelete="SET NULL"), nullable=True, index=True),
    sa.UniqueConstraint("organization_id", "external_id"),
)
sa.Table(
    "imports",
    METADATA,
    sa.Column("id", sa.String(32), primary_key=True),
    _organization(),
    sa.Column("credential_id", sa.String(32), nullable=False),
    sa.Column("state", sa.String(16), nullable=False),
    sa.Column("lines", sa.Integer(), nullable=False),
    sa.Column("kept", sa.Integer(), nullable=False),
    sa.Column("failed", sa.Integer(), nullable=False),
    sa.Column("created_at", MOMENT, nullable=False),
    sa.Column("finished_at", MOMENT, nullable=True),
)
sa.Table(
    "jobs",
    METADATA,
    sa.Column("id", sa.String(32), primary_key=True),
    _organization(),
    sa.Column("kind", sa.String(32), nullable=False),
    sa.Column("subject_id", sa.String(64), nullable=False),
    sa.Column("generation", sa.Integer(), nullable=False),
    sa.Column("dedupe", sa.String(160), nullable=True),
    sa.Column("state", sa.String(32), nullable=False),
    sa.Column("priority", sa.Integer(), nullable=False),
    sa.Column("not_before", MOMENT, nullable=False),
    sa.Column("lease_owner", sa.String(64), nullable=False),
    sa.Column("lease_until", MOMENT, nullable=True),
    sa.Column("attempts", sa.Integer(), nullable=False),
    sa.Column("last_error", sa.Text(), nullable=False),
    sa.Column("request_id", sa.String(64), nullable=False),
    sa.Column("created_at", MOMENT, nullable=False),
    sa.Column("finished_at", MOMENT, nullable=True),
    sa.Column("told_at", MOMENT, nullable=True),
    sa.Index("ix_jobs_due", "state", "not_before"),
    sa.Index("ix_jobs_lease", "state", "lease_until"),
    sa.Index("uq_jobs_dedupe", "dedupe", unique=True, sqlite_where=_WAITS, postgresql_where=_WAITS),
)
sa.Table(
    "passages",
    METADATA,
    sa.Column("id", sa.String(64), primary_key=True),
    _organization(),
    sa.Column("shelf", sa.String(32), nullable=False),
    sa.Column("part_id", sa.String(32), nullable=False),
    sa.Column("owner_id", sa.String(32), nullable=False),
    sa.Column("start", sa.Integer(), nullable=False),
    sa.Column("end", sa.Integer(), nullable=False),
    sa.Column("heading", sa.Text(), nullable=False),
    sa.Index("ix_passages_owner", "owner_id"),
    sa.Index("ix_passages_part", "shelf", "part_id"),
)
sa.Table(
    "people",
    METADATA,
    sa.Column("id", sa.String(32), primary_key=True),
    _organization(),
    sa.Column("external_id", sa.String(255), nullable=False),
    sa.Column("name", sa.String(), nullable=False),
    sa.Column("language", sa.String(), nullable=False),
    sa.Column("created_at", MOMENT, nullable=False),
    sa.UniqueConstraint("organization_id", "external_id"),
)
sa.Table(
    "vectors",
    METADATA,
    sa.Column("organization_id", sa.String(32), _cascade("organizations.id"), primary_key=True),
    sa.Column("model", sa.String(128), primary_key=True),
    sa.Column("text_hash", sa.String(64), primary_key=True),
    sa.Column("data", sa.LargeBinary(), nullable=False),
)
sa.Table(
    "challenge_groups",
    METADATA,
    sa.Column("challenge_id", sa.String(32), _cascade("challenges.id"), primary_key=True),
    sa.Column("group_id", sa.String(32), _cascade("groups.id"), primary_key=True, index=True),
    _organization(),
)
sa.Table(
    "consents",
    METADATA,
    sa.Column("person_id", sa.String(32), _cascade("people.id"), primary_key=True),
    _organization(),
    sa.Column("show_work", sa.String(32), nullable=False),
    sa.Column("introduce", sa.Boolean(), nullable=False),
    sa.Column("ai", sa.String(32), nullable=False),
    sa.Column("changed_at", MOMENT, nullable=False),
)
sa.Table(
    "credentials",
    METADATA,
    sa.Column("id", sa.String(32), primary_key=True),
    _organization(),
    sa.Column("name", sa.String(), nullable=False),
    sa.Column("reach", sa.String(32), nullable=False),
    sa.Column("secret_hash", sa.String(64), nullable=False, unique=True),
    sa.Column("person_id", sa.String(32), _cascade("people.id"), nullable=True),
    sa.Column("groups", JSON, nullable=False),
    sa.Column("minted_by", sa.String(32), _cascade("credentials.id"), nullable=True),
    sa.Column("created_at", MOMENT, nullable=False),
    sa.Column("expires_at", MOMENT, nullable=True),
    sa.Column("revoked_at", MOMENT, nullable=True),
)
sa.Table(
    "criteria",
    METADATA,
    sa.Column("challenge_id", sa.String(32), _cascade("challenges.id"), primary_key=True),
    sa.Column("key", sa.String(64), primary_key=True),
    _organization(),
    sa.Column("position", sa.Integer(), nullable=False),
    sa.Column("text", sa.Text(), nullable=False),
    sa.Column("question", sa.Text(), nullable=False),
    sa.Column("points", sa.Double(), nullable=True),
)
sa.Table(
    "document_versions",
    METADATA,
    sa.Column("id", sa.String(32), primary_key=True),
    _organization(),
    sa.Column("document_id", sa.String(32), _cascade("documents.id"), nullable=False),
    sa.Column("number", sa.Integer(), nullable=False),
    sa.Column("text", sa.Text(), nullable=False),
    sa.Column("text_hash", sa.String(64), nullable=False),
    sa.Column("created_at", MOMENT, nullable=False),
    sa.UniqueConstraint("document_id", "number"),
)
sa.Table(
    "import_chunks",
    METADATA,
    sa.Column("import_id", sa.String(32), _cascade("imports.id"), primary_key=True),
    sa.Column("first_line", sa.Integer(), primary_key=True),
    sa.Column("body", sa.Text(), nullable=False),
)
sa.Table(
    "import_errors",
    METADATA,
    sa.Column("import_id", sa.String(32), _cascade("imports.id"), primary_key=True),
    sa.Column("line", sa.Integer(), primary_key=True),
    sa.Column("kind", sa.String(64), nullable=False),
    sa.Column("message", sa.Text(), nullable=False),
)
sa.Table(
    "roles",
    METADATA,
    sa.Column("person_id", sa.String(32), _cascade("people.id"), primary_key=True),
    sa.Column("group_id", sa.String(32), _cascade("groups.id"), primary_key=True, index=True),
    sa.Column("role", sa.String(32), primary_key=True),
    _organization(),
)
sa.Table(
    "submissions",
    METADATA,
    sa.Column("id", sa.String(32), primary_key=True),
    _organization(),
    sa.Column("external_id", sa.String(255), nullable=False),
    sa.Column("challenge_id", sa.String(32), _cascade("challenges.id"), nullable=False),
    sa.Column("person_id", sa.String(32), _cascade("people.id"), nullable=False, index=True),
    sa.Column("group_id", sa.String(32), sa.ForeignKey("groups.id"), nullable=False, index=True),
    sa.Column("latest", sa.Integer(), nullable=False),
    sa.Column("created_at", MOMENT, nullable=False),
    sa.Column("withdrawn_at", MOMENT, nullable=True),
    sa.UniqueConstraint("organization_id", "external_id"),
    sa.Index("ix_submissions_challenge_person", "challenge_id", "person_id"),
)
sa.Table(
    "revisions",
    METADATA,
    sa.Column("id", sa.String(32), primary_key=True),
    _organization(),
    sa.Column("submission_id", sa.String(32), _cascade("submissions.id"), nullable=False),
    sa.Column("number", sa.Integer(), nullable=False),
    sa.Column("text", sa.Text(), nullable=False),
    sa.Column("text_hash", sa.String(64), nullable=False),
    sa.Column("language", sa.String(), nullable=False),
    sa.Column("ai", sa.String(32), nullable=False),
    sa.Column("submitted_at", MOMENT, nullable=False),
    sa.UniqueConstraint("submission_id", "number"),
)
sa.Table(
    "stored_replies",
    METADATA,
    sa.Column("credential_id", sa.String(32), _cascade("credentials.id"), primary_key=True),
    sa.Column("key", sa.String(255), primary_key=True),
    _organization(),
    sa.Column("request_hash", sa.String(64), nullable=False),
    sa.Column("status", sa.Integer(), nullable=True),
    sa.Column("headers", JSON, nullable=False),
    sa.Column("body", sa.Text(), nullable=False),
    sa.Column("created_at", MOMENT, nullable=False),
)
sa.Table(
    "drafts",
    METADATA,
    sa.Column("id", sa.String(32), primary_key=True),
    _organization(),
    sa.Column("revision_id", sa.String(32), _cascade("revisions.id"), nullable=False, unique=True),
    sa.Column("submission_id", sa.String(32), _cascade("submissions.id"), nullable=False),
    sa.Column("challenge_id", sa.String(32), _cascade("challenges.id"), nullable=False),
    sa.Column("group_id", sa.String(32), sa.ForeignKey("groups.id"), nullable=False),
    sa.Column("state", sa.String(32), nullable=False),
    sa.Column("generation", sa.Integer(), nullable=False),
    sa.Column("version", sa.Integer(), nullable=False),
    sa.Column("reason_code", sa.String(64), nullable=False),
    sa.Column("reason", sa.Text(), nullable=False),
    sa.Column("summary", sa.Text(), nullable=False),
    sa.Column("language", sa.String(), nullable=False),
    sa.Column("instruction", sa.Text(), nullable=False),
    sa.Column("band", sa.String(32), nullable=True),
    sa.Column("standing", sa.String(32), nullable=True),
    sa.Column("score", sa.Double(), nullable=True),
    sa.Column("judgements", JSON, nullable=False),
    sa.Column("assessment", JSON, nullable=False),
    sa.Column("evidence", JSON, nullable=False),
    sa.Column("challenge_version", sa.Integer(), nullable=False),
    sa.Column("stale", sa.Boolean(), nullable=False),
    sa.Column("shuffle", sa.String(16), nullable=False),
    sa.Column("model", sa.String(128), nullable=False),
    sa.Column("prompt_name", sa.String(64), nullable=False),
    sa.Column("prompt_version", sa.Integer(), nullable=True),
    sa.Column("prompt_sha", sa.String(64), nullable=False),
    sa.Column("prompt_rendered", sa.Text(), nullable=False),
    sa.Column("prompt_tokens", sa.Integer(), nullable=False),
    sa.Column("completion_tokens", sa.Integer(), nullable=False),
    sa.Column("model_calls", sa.Integer(), nullable=False),
    sa.Column("claimed_by", sa.String(32), sa.ForeignKey("people.id", ondelete="SET NULL"), nullable=True),
    sa.Column("claimed_until", MOMENT, nullable=True),
    sa.Column("created_at", MOMENT, nullable=False),
    sa.Column("ready_at", MOMENT, nullable=True),
    sa.Column("changed_at", MOMENT, nullable=False),
    sa.Index("ix_drafts_queue", "organization_id", "state", "group_id", "challenge_id"),
    sa.Index("ix_drafts_submission", "submission_id"),
)
sa.Table(
    "approvals",
    METADATA,
    sa.Column("id", sa.String(32), primary_key=True),
    _organization(),
    sa.Column("draft_id", sa.String(32), _cascade("drafts.id"), nullable=False),
    sa.Column("text_hash", sa.String(64), nullable=False),
    sa.Column("body", JSON, nullable=False),
    sa.Column("facilitator_id", sa.String(32), sa.ForeignKey("people.id"), nullable=False),
    sa.Column("approved_at", MOMENT, nullable=False),
    sa.Column("release_at", MOMENT, nullable=False),
    sa.Column("undone_at", MOMENT, nullable=True),
    sa.UniqueConstraint("draft_id", "text_hash", "id"),
)
sa.Table(
    "points",
    METADATA,
    sa.Column("id", sa.String(32), primary_key=True),
    _organization(),
    sa.Column("draft_id", sa.String(32), _cascade("drafts.id"), nullable=False),
    sa.Column("generation", sa.Integer(), nullable=False),
    sa.Column("position", sa.Integer(), nullable=False),
    sa.Column("kind", sa.String(32), nullable=False),
    sa.Column("criterion", sa.String(64), nullable=False),
    sa.Column("text", sa.Text(), nullable=False),
    sa.Column("drafted", sa.Text(), nullable=False),
    sa.Column("quote", sa.Text(), nullable=False),
    sa.Column("start", sa.Integer(), nullable=False),
    sa.Column("end", sa.Integer(), nullable=False),
    sa.Column("band", sa.String(32), nullable=True),
    sa.Column("state", sa.String(32), nullable=False),
    sa.Column("reason_code", sa.String(64), nullable=False),
    sa.Column("reason", sa.Text(), nullable=False),
    sa.Column("decided_by", sa.String(32), sa.ForeignKey("people.id", ondelete="SET NULL"), nullable=True),
    sa.Column("decided_at", MOMENT, nullable=True),
    sa.Index("ix_points_draft", "draft_id", "generation"),
)
sa.Table(
    "decisions",
    METADATA,
    sa.Column("id", sa.String(32), primary_key=True),
    _organization(),
    sa.Column("draft_id", sa.String(32), _cascade("drafts.id"), nullable=False),
    sa.Column("point_id", sa.String(32), _cascade("points.id"), nullable=True),
    sa.Column("person_id", sa.String(32), sa.ForeignKey("people.id", ondelete="SET NULL"), nullable=True),
    sa.Column("act", sa.String(32), nullable=False),
    sa.Column("reason_code", sa.String(64), nullable=False),
    sa.Column("note", sa.Text(), nullable=False),
    sa.Column("before", sa.Text(), nullable=False),
    sa.Column("after", sa.Text(), nullable=False),
    sa.Column("text_hash", sa.String(64), nullable=False),
    sa.Column("at", MOMENT, nullable=False),
    sa.Index("ix_decisions_draft", "draft_id", "at"),
)
sa.Table(
    "findings",
    METADATA,
    sa.Column("id", sa.String(32), primary_key=True),
    _organization(),
    sa.Column("draft_id", sa.String(32), _cascade("drafts.id"), nullable=False, index=True),
    sa.Column("generation", sa.Integer(), nullable=False),
    sa.Column("point_id", sa.String(32), _cascade("points.id"), nullable=True),
    sa.Column("code", sa.String(64), nullable=False),
    sa.Column("message", sa.Text(), nullable=False),
)
sa.Table(
    "releases",
    METADATA,
    sa.Column("id", sa.String(32), primary_key=True),
    _organization(),
    sa.Column("draft_id", sa.String(32), nullable=False, index=True),
    sa.Column("text_hash", sa.String(64), nullable=False),
    sa.Column("approval_id", sa.String(32), nullable=False, unique=True),
    sa.Column("released_at", MOMENT, nullable=False),
    sa.Column("retracted_at", MOMENT, nullable=True),
    sa.Column("retracted_reason", sa.Text(), nullable=False),
    sa.ForeignKeyConstraint(
        ["draft_id", "text_hash", "approval_id"],
        ["approvals.draft_id", "approvals.text_hash", "approvals.id"],
        name="fk_releases_approval",
        ondelete="CASCADE",
    ),
)
sa.Table(
    "sources",
    METADATA,
    sa.Column("point_id", sa.String(32), _cascade("points.id"), primary_key=True),
    sa.Column("position", sa.Integer(), primary_key=True),
    _organization(),
    sa.Column("kind", sa.String(32), nullable=False),
    sa.Column("ref_id", sa.String(128), nullable=False),
    sa.Column("owner_id", sa.String(32), nullable=False, index=True),
    sa.Column("quote", sa.Text(), nullable=False),
    sa.Column("start", sa.Integer(), nullable=True),
    sa.Column("end", sa.Integer(), nullable=True),
    sa.Column("title", sa.Text(), nullable=False),
    sa.Column("version", sa.Integer(), nullable=True),
)
