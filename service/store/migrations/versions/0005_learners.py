"""What learners say and do: reactions, commitments, questions, and what they have read."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def _key(table: str, column: str, to: str, ondelete: str = "CASCADE") -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint([column], [f"{to}.id"], name=f"fk_{table}_{column}_{to}", ondelete=ondelete)


def _id(name: str, *, nullable: bool = False) -> sa.Column[str]:
    return sa.Column(name, sa.String(32), nullable=nullable)


def _moment(name: str, *, nullable: bool = False) -> sa.Column[object]:
    return sa.Column(name, sa.DateTime(timezone=True), nullable=nullable)


def _indexes(table: str, *columns: str) -> None:
    for column in columns:
        op.create_index(f"ix_{table}_{column}", table, [column])


def upgrade() -> None:
    _readings()
    _reactions()
    _asks()
    _commitments()


def _readings() -> None:
    op.create_table(
        "readings",
        _id("release_id"),
        _id("organization_id"),
        _id("person_id"),
        _id("draft_id"),
        _moment("read_at"),
        _key("readings", "release_id", "releases"),
        _key("readings", "organization_id", "organizations"),
        _key("readings", "person_id", "people"),
        _key("readings", "draft_id", "drafts"),
        sa.PrimaryKeyConstraint("release_id", name="pk_readings"),
    )
    _indexes("readings", "organization_id", "person_id", "draft_id")


def _reactions() -> None:
    op.create_table(
        "reactions",
        _id("draft_id"),
        _id("person_id"),
        _id("about"),
        _id("organization_id"),
        sa.Column("helpful", sa.Boolean(), nullable=False),
        sa.Column("why", sa.Text(), nullable=False),
        sa.Column("text_hash", sa.String(64), nullable=False),
        _moment("at"),
        _key("reactions", "draft_id", "drafts"),
        _key("reactions", "person_id", "people"),
        _key("reactions", "organization_id", "organizations"),
        sa.PrimaryKeyConstraint("draft_id", "person_id", "about", name="pk_reactions"),
    )
    _indexes("reactions", "organization_id", "person_id")


def _asks() -> None:
    op.create_table(
        "asks",
        _id("id"),
        _id("organization_id"),
        _id("draft_id"),
        _id("point_id", nullable=True),
        _id("person_id"),
        sa.Column("kind", sa.String(32), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        _moment("asked_at"),
        sa.Column("answer", sa.Text(), nullable=False),
        _id("answered_by", nullable=True),
        _moment("answered_at", nullable=True),
        _key("asks", "organization_id", "organizations"),
        _key("asks", "draft_id", "drafts"),
        _key("asks", "point_id", "points", "SET NULL"),
        _key("asks", "person_id", "people"),
        _key("asks", "answered_by", "people", "SET NULL"),
        sa.PrimaryKeyConstraint("id", name="pk_asks"),
    )
    _indexes("asks", "organization_id", "draft_id", "person_id")
    op.create_index("ix_asks_open", "asks", ["organization_id", "kind", "answered_at"])


def _commitments() -> None:
    op.create_table(
        "commitments",
        _id("id"),
        _id("organization_id"),
        _id("person_id"),
        _id("submission_id", nullable=True),
        _id("point_id", nullable=True),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        _moment("made_at"),
        _moment("told_at", nullable=True),
        sa.Column("outcome", sa.String(32), nullable=True),
        sa.Column("said", sa.Text(), nullable=False),
        _moment("said_at", nullable=True),
        _key("commitments", "organization_id", "organizations"),
        _key("commitments", "person_id", "people"),
        _key("commitments", "submission_id", "submissions"),
        _key("commitments", "point_id", "points", "SET NULL"),
        sa.PrimaryKeyConstraint("id", name="pk_commitments"),
    )
    _indexes("commitments", "organization_id", "person_id", "submission_id")
    op.create_index("ix_commitments_due", "commitments", ["due_on", "told_at"])


def downgrade() -> None:
    for table in ("commitments", "asks", "reactions", "readings"):
        op.drop_table(table)
