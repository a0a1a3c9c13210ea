"""When drafts were opened, spot checks by a second reader, which work is nearly the same, and a wider index for the queue."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def _key(table: str, column: str, to: str, ondelete: str = "CASCADE") -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint([column], [f"{to}.id"], name=f"fk_{table}_{column}_{to}", ondelete=ondelete)


_JSON = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")


_QUEUE = ["organization_id", "state", "group_id", "challenge_id"]
_SHOWN = ["band", "stale", "created_at", "shuffle", "id", "version", "claimed_by", "claimed_until"]


def upgrade() -> None:
    op.create_table(
        "openings",
        sa.Column("draft_id", sa.String(32), nullable=False),
        sa.Column("person_id", sa.String(32), nullable=False),
        sa.Column("generation", sa.Integer(), nullable=False),
        sa.Column("organization_id", sa.String(32), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        _key("openings", "draft_id", "drafts"),
        _key("openings", "person_id", "people"),
        _key("openings", "organization_id", "organizations"),
        sa.PrimaryKeyConstraint("draft_id", "person_id", "generation", name="pk_openings"),
    )
    op.create_index("ix_openings_organization_id", "openings", ["organization_id"])
    op.create_index("ix_openings_person_id", "openings", ["person_id"])
    op.create_table(
        "spot_checks",
        sa.Column("id", sa.String(32), nullable=False),
        sa.Column("organization_id", sa.String(32), nullable=False),
        sa.Column("draft_id", sa.String(32), nullable=False),
        sa.Column("approval_id", sa.String(32), nullable=False),
        sa.Column("first_id", sa.String(32), nullable=True),
        sa.Column("first_standing", sa.String(32), nullable=True),
        sa.Column("first_judgements", _JSON, nullable=False),
        sa.Column("second_id", sa.String(32), nullable=True),
        sa.Column("second_standing", sa.String(32), nullable=True),
        sa.Column("second_judgements", _JSON, nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        _key("spot_checks", "organization_id", "organizations"),
        _key("spot_checks", "draft_id", "drafts"),
        _key("spot_checks", "approval_id", "approvals"),
        _key("spot_checks", "first_id", "people", "SET NULL"),
        _key("spot_checks", "second_id", "people", "SET NULL"),
        sa.PrimaryKeyConstraint("id", name="pk_spot_checks"),
        sa.UniqueConstraint("approval_id", name="uq_spot_checks_approval_id"),
    )
    op.create_index("ix_spot_checks_organization_id", "spot_checks", ["organization_id"])
    op.create_index("ix_spot_checks_draft_id", "spot_checks", ["draft_id"])
    op.create_table(
        "sketches",
        sa.Column("draft_id", sa.String(32), nullable=False),
        sa.Column("organization_id", sa.String(32), nullable=False),
        sa.Column("challenge_id", sa.String(32), nullable=False),
        sa.Column("first_id", sa.String(32), nullable=False),
        sa.Column("data", sa.LargeBinary(), nullable=False),
        _key("sketches", "draft_id", "drafts"),
        _key("sketches", "organization_id", "organizations"),
        _key("sketches", "challenge_id", "challenges"),
        sa.PrimaryKeyConstraint("draft_id", name="pk_sketches"),
    )
    op.create_index("ix_sketches_organization_id", "sketches", ["organization_id"])
    op.create_index("ix_sketches_challenge", "sketches", ["challenge_id", "first_id"])
    op.create_index("ix_sketches_first", "sketches", ["first_id"])
    op.drop_index("ix_drafts_queue", "drafts")
    op.create_index("ix_drafts_queue", "drafts", [*_QUEUE, *_SHOWN])


def downgrade() -> None:
    op.drop_index("ix_drafts_queue", "drafts")
    op.create_index("ix_drafts_queue", "drafts", _QUEUE)
    op.drop_table("sketches")
    op.drop_table("spot_checks")
    op.drop_table("openings")
