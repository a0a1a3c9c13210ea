"""Reminders, what is told once, and what became of released points."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def _key(table: str, column: str, to: str, ondelete: str = "CASCADE", at: str = "id") -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint([column], [f"{to}.{at}"], name=f"fk_{table}_{column}_{to}", ondelete=ondelete)


def _id(name: str = "id", nullable: bool = False) -> sa.Column[str]:
    return sa.Column(name, sa.String(32), nullable=nullable)


def _at(name: str, nullable: bool = False) -> sa.Column[object]:
    return sa.Column(name, sa.DateTime(timezone=True), nullable=nullable)


def upgrade() -> None:
    _reminders()
    _tellings()
    _uptakes()


def _reminders() -> None:
    op.create_table(
        "reminders",
        _id(),
        _id("organization_id"),
        _id("person_id"),
        _id("challenge_id"),
        _id("submission_id", nullable=True),
        sa.Column("kind", sa.String(32), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        _id("sent_by", nullable=True),
        _at("sent_at"),
        _at("dismissed_at", nullable=True),
        _key("reminders", "organization_id", "organizations"),
        _key("reminders", "person_id", "people"),
        _key("reminders", "challenge_id", "challenges"),
        _key("reminders", "submission_id", "submissions"),
        _key("reminders", "sent_by", "people", "SET NULL"),
        sa.PrimaryKeyConstraint("id", name="pk_reminders"),
    )
    op.create_index("ix_reminders_organization_id", "reminders", ["organization_id"])
    op.create_index("ix_reminders_submission_id", "reminders", ["submission_id"])
    op.create_index("ix_reminders_challenge", "reminders", ["challenge_id", "person_id", "sent_at"])
    op.create_index("ix_reminders_person", "reminders", ["person_id", "dismissed_at"])


def _tellings() -> None:
    op.create_table(
        "tellings",
        _id("organization_id"),
        sa.Column("name", sa.String(64), nullable=False),
        _id("subject_id"),
        sa.Column("turn", sa.String(16), nullable=False),
        _at("at"),
        _key("tellings", "organization_id", "organizations"),
        sa.PrimaryKeyConstraint("organization_id", "name", "subject_id", "turn", name="pk_tellings"),
    )


def _uptakes() -> None:
    op.create_table(
        "uptakes",
        _id("draft_id"),
        _id("organization_id"),
        _id("approval_id"),
        _id("after_id"),
        sa.Column("method", sa.Integer(), nullable=False),
        sa.Column("month", sa.String(7), nullable=False),
        _at("reckoned_at"),
        _key("uptakes", "draft_id", "drafts"),
        _key("uptakes", "organization_id", "organizations"),
        _key("uptakes", "after_id", "revisions"),
        sa.PrimaryKeyConstraint("draft_id", name="pk_uptakes"),
    )
    op.create_index("ix_uptakes_organization_id", "uptakes", ["organization_id"])
    op.create_index("ix_uptakes_after_id", "uptakes", ["after_id"])
    op.create_table(
        "uptake_counts",
        _id("draft_id"),
        sa.Column("verdict", sa.String(32), nullable=False),
        sa.Column("sure", sa.String(32), nullable=False),
        _id("organization_id"),
        sa.Column("points", sa.Integer(), nullable=False),
        _key("uptake_counts", "draft_id", "uptakes", at="draft_id"),
        _key("uptake_counts", "organization_id", "organizations"),
        sa.PrimaryKeyConstraint("draft_id", "verdict", "sure", name="pk_uptake_counts"),
    )
    op.create_index("ix_uptake_counts_organization_id", "uptake_counts", ["organization_id"])


def downgrade() -> None:
    for table in ("uptake_counts", "uptakes", "tellings", "reminders"):
        op.drop_table(table)
