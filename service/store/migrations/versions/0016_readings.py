"""Evidence sheets, what people read on them, and which points were composed from that."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0016"
down_revision = "0020"
branch_labels = None
depends_on = None

_JSON = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")


def upgrade() -> None:
    op.create_table(
        "criterion_readings",
        sa.Column("id", sa.String(32), nullable=False),
        sa.Column("organization_id", sa.String(32), nullable=False),
        sa.Column("draft_id", sa.String(32), nullable=False),
        sa.Column("criterion", sa.String(64), nullable=False),
        sa.Column("standing", sa.String(32), nullable=False),
        sa.Column("start", sa.Integer(), nullable=True),
        sa.Column("end", sa.Integer(), nullable=True),
        sa.Column("person_id", sa.String(32), nullable=True),
        sa.Column("read_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["organization_id"],
            ["organizations.id"],
            name="fk_criterion_readings_organization_id_organizations",
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["draft_id"], ["drafts.id"], name="fk_criterion_readings_draft_id_drafts", ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["people.id"], name="fk_criterion_readings_person_id_people", ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_criterion_readings"),
        sa.UniqueConstraint("draft_id", "criterion", name="uq_criterion_readings_draft_id_criterion"),
    )
    op.create_index("ix_criterion_readings_organization_id", "criterion_readings", ["organization_id"])
    with op.batch_alter_table("drafts") as drafts:
        drafts.add_column(sa.Column("sheet", _JSON, server_default=sa.text("'[]'"), nullable=False))
    with op.batch_alter_table("points") as points:
        points.add_column(sa.Column("composed", sa.Boolean(), server_default=sa.false(), nullable=False))


def downgrade() -> None:
    with op.batch_alter_table("points") as points:
        points.drop_column("composed")
    with op.batch_alter_table("drafts") as drafts:
        drafts.drop_column("sheet")
    op.drop_table("criterion_readings")
