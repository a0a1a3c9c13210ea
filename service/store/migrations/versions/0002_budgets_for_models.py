"""Budgets for models: a book of spending by day, what is set aside for drafts in the making, and what a draft cost."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def _cascade(table: str, column: str, to: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint([column], [f"{to}.id"], name=f"fk_{table}_{column}_{to}", ondelete="CASCADE")


def upgrade() -> None:
    op.create_table(
        "spending",
        sa.Column("organization_id", sa.String(32), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("reserved", sa.BigInteger(), nullable=False),
        sa.Column("spent", sa.BigInteger(), nullable=False),
        sa.Column("calls", sa.Integer(), nullable=False),
        sa.Column("prompt_tokens", sa.BigInteger(), nullable=False),
        sa.Column("completion_tokens", sa.BigInteger(), nullable=False),
        sa.Column("lapsed", sa.Integer(), nullable=False),
        _cascade("spending", "organization_id", "organizations"),
        sa.PrimaryKeyConstraint("organization_id", "day", name="pk_spending"),
    )
    op.create_table(
        "reservations",
        sa.Column("job_id", sa.String(32), nullable=False),
        sa.Column("organization_id", sa.String(32), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        _cascade("reservations", "job_id", "jobs"),
        _cascade("reservations", "organization_id", "organizations"),
        sa.PrimaryKeyConstraint("job_id", name="pk_reservations"),
    )
    op.create_index("ix_reservations_organization_id", "reservations", ["organization_id"])
    with op.batch_alter_table("drafts") as drafts:
        drafts.add_column(sa.Column("cost", sa.BigInteger(), server_default="0", nullable=False))


def downgrade() -> None:
    with op.batch_alter_table("drafts") as drafts:
        drafts.drop_column("cost")
    op.drop_index("ix_reservations_organization_id", "reservations")
    op.drop_table("reservations")
    op.drop_table("spending")
