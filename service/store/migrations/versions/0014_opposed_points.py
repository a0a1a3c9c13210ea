"""Decisions that contradict each other, as a job found them; and when each document was last compared with work."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None


def _key(table: str, column: str, to: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint([column], [f"{to}.id"], name=f"fk_{table}_{column}_{to}", ondelete="CASCADE")


def _id(name: str) -> sa.Column[str]:
    return sa.Column(name, sa.String(32), nullable=False)


def upgrade() -> None:
    op.create_table(
        "compared_points",
        _id("point_id"),
        _id("organization_id"),
        sa.Column("stamp", sa.String(64), nullable=False),
        _key("compared_points", "point_id", "points"),
        _key("compared_points", "organization_id", "organizations"),
        sa.PrimaryKeyConstraint("point_id", name="pk_compared_points"),
    )
    op.create_index("ix_compared_points_organization_id", "compared_points", ["organization_id"])
    op.create_table(
        "opposed_points",
        _id("first_id"),
        _id("second_id"),
        _id("organization_id"),
        _id("challenge_id"),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        _key("opposed_points", "first_id", "points"),
        _key("opposed_points", "second_id", "points"),
        _key("opposed_points", "organization_id", "organizations"),
        _key("opposed_points", "challenge_id", "challenges"),
        sa.PrimaryKeyConstraint("first_id", "second_id", name="pk_opposed_points"),
    )
    op.create_index("ix_opposed_points_organization_id", "opposed_points", ["organization_id"])
    op.create_index("ix_opposed_points_second_id", "opposed_points", ["second_id"])
    op.create_index("ix_opposed_points_challenge", "opposed_points", ["challenge_id", "at"])
    op.add_column("documents", sa.Column("compared_at", sa.DateTime(timezone=True), nullable=True))


def downgrade() -> None:
    op.drop_column("documents", "compared_at")
    op.drop_table("opposed_points")
    op.drop_table("compared_points")
