"""How criteria read inside a sentence, as a person confirmed it: none for those that there are."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0034"
down_revision = "0033"
branch_labels = None
depends_on = None


def upgrade() -> None:
    json = sa.JSON(none_as_null=True).with_variant(postgresql.JSONB(none_as_null=True), "postgresql")
    op.add_column("criteria", sa.Column("forms", json, nullable=True))


def downgrade() -> None:
    op.drop_column("criteria", "forms")
