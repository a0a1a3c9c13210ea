"""Files are handed in with work."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0030"
down_revision = "0028"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "files",
        *(sa.Column(name, sa.String(32), nullable=False) for name in ("id", "organization_id", "person_id")),
        sa.Column("revision_id", sa.String(32), nullable=True),
        sa.Column("name", sa.String(255), nullable=False),
        sa.Column("kind", sa.String(32), nullable=False),
        sa.Column("media_type", sa.String(128), nullable=False),
        sa.Column("sha256", sa.String(64), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("data", sa.LargeBinary(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("pages", sa.Integer(), nullable=False),
        sa.Column("remarks", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=False),
        *(
            sa.ForeignKeyConstraint([column], [f"{to}.id"], name=f"fk_files_{column}_{to}", ondelete="CASCADE")
            for column, to in (
                ("organization_id", "organizations"),
                ("person_id", "people"),
                ("revision_id", "revisions"),
            )
        ),
        sa.PrimaryKeyConstraint("id", name="pk_files"),
    )
    for column in ("organization_id", "person_id", "revision_id"):
        op.create_index(f"ix_files_{column}", "files", [column])


def downgrade() -> None:
    op.drop_table("files")
