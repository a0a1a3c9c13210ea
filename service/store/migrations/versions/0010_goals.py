"""Goals read from strategy documents, and work found for them."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def _key(table: str, column: str, to: str, ondelete: str = "CASCADE") -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint([column], [f"{to}.id"], name=f"fk_{table}_{column}_{to}", ondelete=ondelete)


def _id(name: str = "id", nullable: bool = False) -> sa.Column[str]:
    return sa.Column(name, sa.String(32), nullable=nullable)


def _at(name: str, nullable: bool = False) -> sa.Column[object]:
    return sa.Column(name, sa.DateTime(timezone=True), nullable=nullable)


def _place() -> list[sa.Column[int]]:
    return [sa.Column(name, sa.Integer(), nullable=False) for name in ("start", "end")]


def upgrade() -> None:
    _readings()
    _goals()
    _evidence()


def _readings() -> None:
    op.create_table(
        "goal_readings",
        _id("document_id"),
        _id("organization_id"),
        sa.Column("version", sa.Integer(), nullable=False),
        _at("looked_at", nullable=True),
        _key("goal_readings", "document_id", "documents"),
        _key("goal_readings", "organization_id", "organizations"),
        sa.PrimaryKeyConstraint("document_id", name="pk_goal_readings"),
    )
    op.create_index("ix_goal_readings_organization_id", "goal_readings", ["organization_id"])


def _goals() -> None:
    op.create_table(
        "goals",
        _id(),
        _id("organization_id"),
        _id("document_id"),
        sa.Column("key", sa.String(64), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        _id("version_id"),
        sa.Column("position", sa.Integer(), nullable=False),
        *_place(),
        sa.Column("title", sa.Text(), nullable=False),
        _id("follows_id", nullable=True),
        _at("created_at"),
        _key("goals", "organization_id", "organizations"),
        _key("goals", "document_id", "documents"),
        _key("goals", "version_id", "document_versions"),
        _key("goals", "follows_id", "goals", "SET NULL"),
        sa.PrimaryKeyConstraint("id", name="pk_goals"),
        sa.UniqueConstraint("document_id", "key", name="uq_goals_document_id_key"),
    )
    for column in ("organization_id", "version_id", "follows_id"):
        op.create_index(f"ix_goals_{column}", "goals", [column])


def _evidence() -> None:
    op.create_table(
        "goal_evidence",
        _id(),
        _id("organization_id"),
        _id("goal_id"),
        _id("submission_id"),
        _id("revision_id"),
        sa.Column("passage_id", sa.String(64), nullable=False),
        *_place(),
        sa.Column("dense", sa.Double(), nullable=False),
        sa.Column("standing", sa.String(32), nullable=False),
        _at("found_at"),
        _id("decided_by", nullable=True),
        _at("decided_at", nullable=True),
        _key("goal_evidence", "organization_id", "organizations"),
        _key("goal_evidence", "goal_id", "goals"),
        _key("goal_evidence", "submission_id", "submissions"),
        _key("goal_evidence", "revision_id", "revisions"),
        _key("goal_evidence", "decided_by", "people", "SET NULL"),
        sa.PrimaryKeyConstraint("id", name="pk_goal_evidence"),
        sa.UniqueConstraint("goal_id", "submission_id", name="uq_goal_evidence_goal_id_submission_id"),
    )
    for column in ("organization_id", "submission_id", "revision_id", "decided_by"):
        op.create_index(f"ix_goal_evidence_{column}", "goal_evidence", [column])
    op.create_index("ix_goal_evidence_standing", "goal_evidence", ["organization_id", "standing", "goal_id"])


def downgrade() -> None:
    for table in ("goal_evidence", "goals", "goal_readings"):
        op.drop_table(table)
