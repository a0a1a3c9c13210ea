"""Words that facilitators keep to say again."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0026"
down_revision = "0025"
branch_labels = None
depends_on = None


def _key(column: str, to: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint([column], [f"{to}.id"], name=f"fk_phrases_{column}_{to}", ondelete="CASCADE")


def upgrade() -> None:
    op.create_table(
        "phrases",
        sa.Column("id", sa.String(32), nullable=False),
        sa.Column("organization_id", sa.String(32), nullable=False),
        sa.Column("person_id", sa.String(32), nullable=False),
        sa.Column("group_id", sa.String(32), nullable=True),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        _key("organization_id", "organizations"),
        _key("person_id", "people"),
        _key("group_id", "groups"),
        sa.PrimaryKeyConstraint("id", name="pk_phrases"),
    )
    for column in ("organization_id", "person_id", "group_id"):
        op.create_index(f"ix_phrases_{column}", "phrases", [column])


def downgrade() -> None:
    op.drop_table("phrases")
