"""Passages of documents that work contradicts."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def _key(table: str, column: str, to: str, ondelete: str = "CASCADE") -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint([column], [f"{to}.id"], name=f"fk_{table}_{column}_{to}", ondelete=ondelete)


def _id(name: str = "id", nullable: bool = False) -> sa.Column[str]:
    return sa.Column(name, sa.String(32), nullable=nullable)


def _at(name: str, nullable: bool = False) -> sa.Column[object]:
    return sa.Column(name, sa.DateTime(timezone=True), nullable=nullable)


def _number(name: str) -> sa.Column[int]:
    return sa.Column(name, sa.Integer(), nullable=False)


def _short(name: str, length: int = 64) -> sa.Column[str]:
    return sa.Column(name, sa.String(length), nullable=False)


def upgrade() -> None:
    op.create_table(
        "questioned",
        _id(),
        _id("organization_id"),
        _id("document_id"),
        _id("version_id"),
        _number("start"),
        _number("end"),
        _short("wording"),
        _short("kind"),
        _short("says"),
        _short("instead"),
        _short("state", 32),
        _number("version"),
        sa.Column("note", sa.Text(), nullable=False),
        _id("decided_by", nullable=True),
        _at("decided_at", nullable=True),
        _at("found_at"),
        _key("questioned", "organization_id", "organizations"),
        _key("questioned", "document_id", "documents"),
        _key("questioned", "version_id", "document_versions"),
        _key("questioned", "decided_by", "people", "SET NULL"),
        sa.PrimaryKeyConstraint("id", name="pk_questioned"),
        sa.UniqueConstraint(
            "document_id", "wording", "kind", "instead", name="uq_questioned_document_id_wording_kind_instead"
        ),
    )
    op.create_index("ix_questioned_organization_id", "questioned", ["organization_id"])
    op.create_index("ix_questioned_version_id", "questioned", ["version_id"])
    op.create_index("ix_questioned_list", "questioned", ["organization_id", "state"])
    op.create_table(
        "questioned_by",
        _id("questioned_id"),
        _id("revision_id"),
        _id("organization_id"),
        _number("start"),
        _number("end"),
        _key("questioned_by", "questioned_id", "questioned"),
        _key("questioned_by", "revision_id", "revisions"),
        _key("questioned_by", "organization_id", "organizations"),
        sa.PrimaryKeyConstraint("questioned_id", "revision_id", name="pk_questioned_by"),
    )
    op.create_index("ix_questioned_by_organization_id", "questioned_by", ["organization_id"])
    op.create_index("ix_questioned_by_revision_id", "questioned_by", ["revision_id"])


def downgrade() -> None:
    op.drop_table("questioned_by")
    op.drop_table("questioned")
