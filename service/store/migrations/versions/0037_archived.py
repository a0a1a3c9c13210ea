"""Groups and challenges can be archived."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0037"
down_revision = "0036"
branch_labels = None
depends_on = None


def upgrade() -> None:
    for table in ("groups", "challenges"):
        op.add_column(table, sa.Column("archived_at", sa.DateTime(timezone=True), nullable=True))


def downgrade() -> None:
    for table in ("groups", "challenges"):
        with op.batch_alter_table(table) as changed:
            changed.drop_column("archived_at")
