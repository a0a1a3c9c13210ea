"""Meeting briefs in a model's words."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

_JSON = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")


def _key(column: str, to: str) -> sa.ForeignKeyConstraint:
    name = f"fk_brief_wordings_{column}_{to}"
    return sa.ForeignKeyConstraint([column], [f"{to}.id"], name=name, ondelete="CASCADE")


def _number(name: str, kind: type[sa.Integer] = sa.Integer) -> sa.Column[int]:
    return sa.Column(name, kind(), nullable=False)


def _words(name: str, length: int) -> sa.Column[str]:
    return sa.Column(name, sa.String(length), nullable=False)


def upgrade() -> None:
    op.create_table(
        "brief_wordings",
        _words("id", 32),
        _words("organization_id", 32),
        _words("challenge_id", 32),
        _words("scope", 64),
        sa.Column("lens", _JSON, nullable=False),
        _number("generation"),
        _words("state", 32),
        sa.Column("reason", sa.Text(), nullable=False),
        _words("fingerprint", 64),
        sa.Column("lines", _JSON, nullable=False),
        sa.Column("line_order", _JSON, nullable=False),
        _number("asked_for"),
        sa.Column("local", sa.Boolean(), nullable=False),
        _words("model", 128),
        _words("prompt_name", 64),
        sa.Column("prompt_version", sa.Integer(), nullable=True),
        _words("prompt_sha", 64),
        _number("prompt_tokens"),
        _number("completion_tokens"),
        _number("model_calls"),
        _number("cost", sa.BigInteger),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("worded_at", sa.DateTime(timezone=True), nullable=True),
        _key("organization_id", "organizations"),
        _key("challenge_id", "challenges"),
        sa.PrimaryKeyConstraint("id", name="pk_brief_wordings"),
        sa.UniqueConstraint("challenge_id", "scope", name="uq_brief_wordings_challenge_id_scope"),
    )
    op.create_index("ix_brief_wordings_organization_id", "brief_wordings", ["organization_id"])


def downgrade() -> None:
    op.drop_table("brief_wordings")
