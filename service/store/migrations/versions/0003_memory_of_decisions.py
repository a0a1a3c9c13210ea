"""Memory of decisions: settlements of opposite ones, what criteria mean, and which decisions were made for several."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def _key(table: str, column: str, to: str, ondelete: str = "CASCADE") -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint([column], [f"{to}.id"], name=f"fk_{table}_{column}_{to}", ondelete=ondelete)


def upgrade() -> None:
    op.create_table(
        "settlements",
        sa.Column("first_id", sa.String(32), nullable=False),
        sa.Column("second_id", sa.String(32), nullable=False),
        sa.Column("organization_id", sa.String(32), nullable=False),
        sa.Column("right", sa.String(32), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("person_id", sa.String(32), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        _key("settlements", "first_id", "points"),
        _key("settlements", "second_id", "points"),
        _key("settlements", "organization_id", "organizations"),
        _key("settlements", "person_id", "people", "SET NULL"),
        sa.PrimaryKeyConstraint("first_id", "second_id", name="pk_settlements"),
    )
    op.create_index("ix_settlements_organization_id", "settlements", ["organization_id"])
    op.create_index("ix_settlements_second_id", "settlements", ["second_id"])
    op.create_table(
        "clarifications",
        sa.Column("id", sa.String(32), nullable=False),
        sa.Column("organization_id", sa.String(32), nullable=False),
        sa.Column("challenge_id", sa.String(32), nullable=False),
        sa.Column("criterion", sa.String(64), nullable=False),
        sa.Column("question", sa.Text(), nullable=False),
        sa.Column("answer", sa.Text(), nullable=False),
        sa.Column("person_id", sa.String(32), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        _key("clarifications", "organization_id", "organizations"),
        _key("clarifications", "challenge_id", "challenges"),
        _key("clarifications", "person_id", "people", "SET NULL"),
        sa.PrimaryKeyConstraint("id", name="pk_clarifications"),
    )
    op.create_index("ix_clarifications_organization_id", "clarifications", ["organization_id"])
    op.create_index("ix_clarifications_challenge", "clarifications", ["challenge_id", "at"])
    with op.batch_alter_table("decisions") as decisions:
        decisions.add_column(sa.Column("bulk", sa.Boolean(), server_default=sa.false(), nullable=False))


def downgrade() -> None:
    with op.batch_alter_table("decisions") as decisions:
        decisions.drop_column("bulk")
    op.drop_table("clarifications")
    op.drop_table("settlements")
