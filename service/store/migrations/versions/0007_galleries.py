"""Galleries, and what authors and learners say of them."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

_JSON = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")


def _key(table: str, column: str, to: str, ondelete: str | None = "CASCADE") -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint([column], [f"{to}.id"], name=f"fk_{table}_{column}_{to}", ondelete=ondelete)


def _ids(*names: str) -> list[sa.Column[str]]:
    return [sa.Column(name, sa.String(32), nullable=False) for name in names]


def _maybe_id(name: str) -> sa.Column[str]:
    return sa.Column(name, sa.String(32), nullable=True)


def _at(name: str, nullable: bool = False) -> sa.Column[object]:
    return sa.Column(name, sa.DateTime(timezone=True), nullable=nullable)


def _words(*names: str) -> list[sa.Column[str]]:
    return [sa.Column(name, sa.Text(), nullable=False) for name in names]


def _flags(*names: str) -> list[sa.Column[bool]]:
    return [sa.Column(name, sa.Boolean(), nullable=False) for name in names]


def _numbers(*names: str) -> list[sa.Column[int]]:
    return [sa.Column(name, sa.Integer(), nullable=False) for name in names]


def _indexes(table: str, *columns: str) -> None:
    for column in columns:
        op.create_index(f"ix_{table}_{column}", table, [column])


def upgrade() -> None:
    _policies()
    _galleries()
    _items()
    _decisions()
    _approvals()
    _thanks()


def _policies() -> None:
    op.create_table(
        "gallery_policies",
        *_ids("id", "organization_id", "challenge_id", "group_id", "facilitator_id"),
        *_flags("suggest", "automatic", "without_names"),
        *_numbers("weeks", "most_per_author"),
        *_words("question"),
        _at("set_at"),
        _at("ended_at", nullable=True),
        _key("gallery_policies", "organization_id", "organizations"),
        _key("gallery_policies", "challenge_id", "challenges"),
        _key("gallery_policies", "group_id", "groups"),
        _key("gallery_policies", "facilitator_id", "people", None),
        sa.PrimaryKeyConstraint("id", name="pk_gallery_policies"),
    )
    _indexes("gallery_policies", "organization_id", "group_id")
    in_force = ["challenge_id", "group_id", "ended_at"]
    op.create_index("ix_gallery_policies_in_force", "gallery_policies", in_force)


def _galleries() -> None:
    op.create_table(
        "galleries",
        *_ids("id", "organization_id", "submission_id", "revision_id", "challenge_id", "group_id", "person_id"),
        sa.Column("state", sa.String(32), nullable=False),
        *_numbers("generation", "version"),
        *_flags("asked"),
        sa.Column("reason_code", sa.String(64), nullable=False),
        *_words("reason", "comparison", "drafted"),
        sa.Column("marks", _JSON, nullable=False),
        _at("created_at"),
        _at("ready_at", nullable=True),
        _at("shown_at", nullable=True),
        _at("changed_at"),
        *_words("takeaway"),
        _at("takeaway_at", nullable=True),
        _maybe_id("commitment_id"),
        _key("galleries", "organization_id", "organizations"),
        _key("galleries", "submission_id", "submissions"),
        _key("galleries", "revision_id", "revisions"),
        _key("galleries", "challenge_id", "challenges"),
        _key("galleries", "group_id", "groups", None),
        _key("galleries", "person_id", "people"),
        _key("galleries", "commitment_id", "commitments", "SET NULL"),
        sa.PrimaryKeyConstraint("id", name="pk_galleries"),
        sa.UniqueConstraint("submission_id", name="uq_galleries_submission_id"),
    )
    _indexes("galleries", "organization_id", "revision_id", "challenge_id", "person_id", "commitment_id")
    queue = ["organization_id", "state", "group_id", "challenge_id", "created_at"]
    op.create_index("ix_galleries_queue", "galleries", queue)


def _items() -> None:
    op.create_table(
        "gallery_items",
        *_ids("id", "organization_id", "gallery_id", "revision_id", "author_id"),
        *_numbers("position"),
        sa.Column("reasons", _JSON, nullable=False),
        sa.Column("marks", _JSON, nullable=False),
        sa.Column("nth", sa.Integer(), nullable=True),
        _key("gallery_items", "organization_id", "organizations"),
        _key("gallery_items", "gallery_id", "galleries"),
        _key("gallery_items", "revision_id", "revisions"),
        _key("gallery_items", "author_id", "people"),
        sa.PrimaryKeyConstraint("id", name="pk_gallery_items"),
        sa.UniqueConstraint("gallery_id", "revision_id", name="uq_gallery_items_gallery_id_revision_id"),
    )
    _indexes("gallery_items", "organization_id", "revision_id", "author_id")


def _decisions() -> None:
    op.create_table(
        "gallery_decisions",
        *_ids("id", "organization_id", "gallery_id"),
        _maybe_id("person_id"),
        sa.Column("act", sa.String(32), nullable=False),
        sa.Column("reason_code", sa.String(64), nullable=False),
        *_words("note", "before", "after"),
        sa.Column("text_hash", sa.String(64), nullable=False),
        _at("at"),
        _key("gallery_decisions", "organization_id", "organizations"),
        _key("gallery_decisions", "gallery_id", "galleries"),
        _key("gallery_decisions", "person_id", "people", "SET NULL"),
        sa.PrimaryKeyConstraint("id", name="pk_gallery_decisions"),
    )
    _indexes("gallery_decisions", "organization_id")
    op.create_index("ix_gallery_decisions_gallery", "gallery_decisions", ["gallery_id", "at"])


def _approvals() -> None:
    op.create_table(
        "gallery_approvals",
        *_ids("id", "organization_id", "gallery_id"),
        sa.Column("text_hash", sa.String(64), nullable=False),
        sa.Column("body", _JSON, nullable=False),
        *_ids("facilitator_id"),
        _maybe_id("policy_id"),
        _at("approved_at"),
        _at("show_at"),
        _at("undone_at", nullable=True),
        _key("gallery_approvals", "organization_id", "organizations"),
        _key("gallery_approvals", "gallery_id", "galleries"),
        _key("gallery_approvals", "facilitator_id", "people", None),
        _key("gallery_approvals", "policy_id", "gallery_policies"),
        sa.PrimaryKeyConstraint("id", name="pk_gallery_approvals"),
        sa.UniqueConstraint("gallery_id", "text_hash", "id", name="uq_gallery_approvals_gallery_id_text_hash_id"),
    )
    _indexes("gallery_approvals", "organization_id", "policy_id")
    op.create_table(
        "gallery_showings",
        *_ids("id", "organization_id", "gallery_id"),
        sa.Column("text_hash", sa.String(64), nullable=False),
        *_ids("approval_id"),
        _at("shown_at"),
        _at("ended_at", nullable=True),
        _key("gallery_showings", "organization_id", "organizations"),
        sa.ForeignKeyConstraint(
            ["gallery_id", "text_hash", "approval_id"],
            ["gallery_approvals.gallery_id", "gallery_approvals.text_hash", "gallery_approvals.id"],
            name="fk_gallery_showings_approval",
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name="pk_gallery_showings"),
        sa.UniqueConstraint("approval_id", name="uq_gallery_showings_approval_id"),
    )
    _indexes("gallery_showings", "organization_id", "gallery_id")


def _thanks() -> None:
    op.create_table(
        "gallery_thanks",
        *_ids("item_id", "organization_id"),
        *_flags("named", "met"),
        _at("at"),
        _at("returned_at", nullable=True),
        _key("gallery_thanks", "item_id", "gallery_items"),
        _key("gallery_thanks", "organization_id", "organizations"),
        sa.PrimaryKeyConstraint("item_id", name="pk_gallery_thanks"),
        sa.CheckConstraint("NOT met OR named", name="ck_gallery_thanks_both_wish"),
    )
    _indexes("gallery_thanks", "organization_id")


def downgrade() -> None:
    for table in (
        "gallery_thanks",
        "gallery_showings",
        "gallery_approvals",
        "gallery_decisions",
        "gallery_items",
        "galleries",
        "gallery_policies",
    ):
        op.drop_table(table)
