"""Second factors, recovery codes, links that wait for a code, and which sessions began in a frame."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0031"
down_revision = "0016"
branch_labels = None
depends_on = None


def _owned(table: str) -> list[sa.ForeignKeyConstraint]:
    return [
        sa.ForeignKeyConstraint([column], [f"{to}.id"], name=f"fk_{table}_{column}_{to}", ondelete="CASCADE")
        for column, to in (("organization_id", "organizations"), ("person_id", "people"))
    ]


def upgrade() -> None:
    op.create_table(
        "second_factors",
        sa.Column("person_id", sa.String(32), nullable=False),
        sa.Column("organization_id", sa.String(32), nullable=False),
        sa.Column("secret", sa.Text(), nullable=False),
        sa.Column("begun_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("confirmed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("last_step", sa.Integer(), nullable=False, server_default="0"),
        sa.Column("wrong", sa.Integer(), nullable=False, server_default="0"),
        *_owned("second_factors"),
        sa.PrimaryKeyConstraint("person_id", name="pk_second_factors"),
    )
    op.create_index("ix_second_factors_organization_id", "second_factors", ["organization_id"])
    op.create_table(
        "recovery_codes",
        sa.Column("id", sa.String(32), nullable=False),
        sa.Column("organization_id", sa.String(32), nullable=False),
        sa.Column("person_id", sa.String(32), nullable=False),
        sa.Column("code_hash", sa.String(64), nullable=False),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=True),
        *_owned("recovery_codes"),
        sa.PrimaryKeyConstraint("id", name="pk_recovery_codes"),
    )
    for column in ("organization_id", "person_id"):
        op.create_index(f"ix_recovery_codes_{column}", "recovery_codes", [column])
    op.add_column("sign_ins", sa.Column("half_way_until", sa.DateTime(timezone=True), nullable=True))
    op.add_column("sign_ins", sa.Column("wrong_codes", sa.Integer(), nullable=False, server_default="0"))
    op.add_column("credentials", sa.Column("embedded", sa.Boolean(), nullable=False, server_default=sa.false()))


def downgrade() -> None:
    with op.batch_alter_table("credentials") as credentials:
        credentials.drop_column("embedded")
    for column in ("wrong_codes", "half_way_until"):
        op.drop_column("sign_ins", column)
    op.drop_table("recovery_codes")
    op.drop_table("second_factors")
