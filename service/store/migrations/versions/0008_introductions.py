"""Introductions and requests."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

_JSON = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")
_COUNTS = sa.text("asked_at IS NOT NULL OR state NOT IN ('expired', 'withdrawn')")


def _key(table: str, column: str, to: str, ondelete: str | None = "CASCADE") -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint([column], [f"{to}.id"], name=f"fk_{table}_{column}_{to}", ondelete=ondelete)


def _id(name: str = "id", nullable: bool = False) -> sa.Column[str]:
    return sa.Column(name, sa.String(32), nullable=nullable)


def _at(name: str, nullable: bool = False) -> sa.Column[object]:
    return sa.Column(name, sa.DateTime(timezone=True), nullable=nullable)


def _words(*names: str) -> list[sa.Column[str]]:
    return [sa.Column(name, sa.Text(), nullable=False) for name in names]


def upgrade() -> None:
    _requests()
    _introductions()
    _approvals()
    _answers()
    _meetings()


def _requests() -> None:
    op.create_table(
        "requests",
        _id(),
        _id("organization_id"),
        _id("person_id"),
        *_words("text"),
        sa.Column("ai", sa.String(32), nullable=False),
        sa.Column("state", sa.String(32), nullable=False),
        _id("cluster_id", nullable=True),
        _at("stated_at"),
        _at("looked_at", nullable=True),
        *_words("answer"),
        _id("answered_by", nullable=True),
        _at("answered_at", nullable=True),
        _key("requests", "organization_id", "organizations"),
        _key("requests", "person_id", "people"),
        _key("requests", "answered_by", "people", "SET NULL"),
        sa.PrimaryKeyConstraint("id", name="pk_requests"),
    )
    op.create_index("ix_requests_organization_id", "requests", ["organization_id"])
    op.create_index("ix_requests_person_id", "requests", ["person_id"])
    op.create_index("ix_requests_open", "requests", ["organization_id", "state", "stated_at"])
    op.create_table(
        "request_findings",
        _id("request_id"),
        sa.Column("position", sa.Integer(), nullable=False),
        _id("organization_id"),
        sa.Column("shelf", sa.String(16), nullable=False),
        sa.Column("passage_id", sa.String(64), nullable=False),
        _id("owner_id"),
        sa.Column("start", sa.Integer(), nullable=False),
        sa.Column("end", sa.Integer(), nullable=False),
        _key("request_findings", "request_id", "requests"),
        _key("request_findings", "organization_id", "organizations"),
        sa.PrimaryKeyConstraint("request_id", "position", name="pk_request_findings"),
    )
    op.create_index("ix_request_findings_organization_id", "request_findings", ["organization_id"])
    op.create_index("ix_request_findings_owner_id", "request_findings", ["owner_id"])


def _introductions() -> None:
    op.create_table(
        "introductions",
        _id(),
        _id("organization_id"),
        _id("first_id"),
        _id("second_id"),
        sa.Column("pair", sa.String(65), nullable=False),
        _id("request_id", nullable=True),
        _id("through_id", nullable=True),
        sa.Column("kind", sa.String(32), nullable=False),
        sa.Column("reasons", _JSON, nullable=False),
        sa.Column("features", _JSON, nullable=False),
        sa.Column("score", sa.Double(), nullable=False),
        sa.Column("wording", _JSON, nullable=False),
        sa.Column("passages", _JSON, nullable=False),
        sa.Column("state", sa.String(32), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("reason_code", sa.String(64), nullable=False),
        *_words("note"),
        _id("decided_by", nullable=True),
        _at("created_at"),
        _at("asked_at", nullable=True),
        _at("introduced_at", nullable=True),
        _at("ended_at", nullable=True),
        _key("introductions", "organization_id", "organizations"),
        _key("introductions", "first_id", "people"),
        _key("introductions", "second_id", "people"),
        _key("introductions", "request_id", "requests", "SET NULL"),
        _key("introductions", "through_id", "people"),
        _key("introductions", "decided_by", "people", "SET NULL"),
        sa.PrimaryKeyConstraint("id", name="pk_introductions"),
        sa.UniqueConstraint("id", "first_id", "second_id", name="uq_introductions_id_first_id_second_id"),
        sa.CheckConstraint("first_id <> second_id", name="ck_introductions_two_people"),
    )
    for column in ("organization_id", "first_id", "second_id", "request_id", "through_id"):
        op.create_index(f"ix_introductions_{column}", "introductions", [column])
    op.create_index("ix_introductions_queue", "introductions", ["organization_id", "state", "created_at"])
    op.create_index(
        "uq_introductions_pair",
        "introductions",
        ["pair"],
        unique=True,
        sqlite_where=_COUNTS,
        postgresql_where=_COUNTS,
    )


def _approvals() -> None:
    op.create_table(
        "introduction_approvals",
        _id(),
        _id("organization_id"),
        _id("introduction_id"),
        sa.Column("text_hash", sa.String(64), nullable=False),
        sa.Column("body", _JSON, nullable=False),
        _id("facilitator_id"),
        _at("approved_at"),
        _at("ask_at"),
        _at("undone_at", nullable=True),
        _key("introduction_approvals", "organization_id", "organizations"),
        _key("introduction_approvals", "introduction_id", "introductions"),
        _key("introduction_approvals", "facilitator_id", "people", None),
        sa.PrimaryKeyConstraint("id", name="pk_introduction_approvals"),
        sa.UniqueConstraint(
            "introduction_id", "text_hash", "id", name="uq_introduction_approvals_introduction_id_text_hash_id"
        ),
    )
    op.create_index("ix_introduction_approvals_organization_id", "introduction_approvals", ["organization_id"])
    op.create_table(
        "introduction_questions",
        _id("introduction_id"),
        _id("organization_id"),
        sa.Column("text_hash", sa.String(64), nullable=False),
        _id("approval_id"),
        _at("asked_at"),
        _key("introduction_questions", "organization_id", "organizations"),
        sa.ForeignKeyConstraint(
            ["introduction_id", "text_hash", "approval_id"],
            [
                "introduction_approvals.introduction_id",
                "introduction_approvals.text_hash",
                "introduction_approvals.id",
            ],
            name="fk_introduction_questions_approval",
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("introduction_id", name="pk_introduction_questions"),
    )
    op.create_index("ix_introduction_questions_organization_id", "introduction_questions", ["organization_id"])


def _answers() -> None:
    op.create_table(
        "introduction_answers",
        _id("introduction_id"),
        _id("person_id"),
        _id("organization_id"),
        sa.Column("said", sa.String(32), nullable=False),
        _at("said_at"),
        sa.Column("met", sa.Boolean(), nullable=True),
        sa.Column("useful", sa.String(32), nullable=True),
        *_words("note"),
        _at("told_at", nullable=True),
        sa.ForeignKeyConstraint(
            ["introduction_id"],
            ["introduction_questions.introduction_id"],
            name="fk_introduction_answers_introduction_id_introduction_questions",
            ondelete="CASCADE",
        ),
        _key("introduction_answers", "person_id", "people"),
        _key("introduction_answers", "organization_id", "organizations"),
        sa.PrimaryKeyConstraint("introduction_id", "person_id", name="pk_introduction_answers"),
        sa.UniqueConstraint(
            "introduction_id", "person_id", "said", name="uq_introduction_answers_introduction_id_person_id_said"
        ),
    )
    op.create_index("ix_introduction_answers_organization_id", "introduction_answers", ["organization_id"])
    op.create_index("ix_introduction_answers_person_id", "introduction_answers", ["person_id"])


def _meetings() -> None:
    yes = ["introduction_answers.introduction_id", "introduction_answers.person_id", "introduction_answers.said"]
    op.create_table(
        "meetings",
        _id("introduction_id"),
        _id("organization_id"),
        _id("first_id"),
        sa.Column("first_said", sa.String(32), nullable=False),
        _id("second_id"),
        sa.Column("second_said", sa.String(32), nullable=False),
        _at("at"),
        _key("meetings", "organization_id", "organizations"),
        sa.ForeignKeyConstraint(
            ["introduction_id", "first_id", "second_id"],
            ["introductions.id", "introductions.first_id", "introductions.second_id"],
            name="fk_meetings_introduction",
            ondelete="CASCADE",
        ),
        *(
            sa.ForeignKeyConstraint(
                ["introduction_id", f"{side}_id", f"{side}_said"],
                yes,
                name=f"fk_meetings_{side}_yes",
                ondelete="CASCADE",
            )
            for side in ("first", "second")
        ),
        sa.PrimaryKeyConstraint("introduction_id", name="pk_meetings"),
        sa.CheckConstraint("first_said = 'yes' AND second_said = 'yes'", name="ck_meetings_two_yeses"),
    )
    op.create_index("ix_meetings_organization_id", "meetings", ["organization_id"])


def downgrade() -> None:
    for table in (
        "meetings",
        "introduction_answers",
        "introduction_questions",
        "introduction_approvals",
        "introductions",
        "request_findings",
        "requests",
    ):
        op.drop_table(table)
