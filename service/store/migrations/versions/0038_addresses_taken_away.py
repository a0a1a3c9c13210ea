"""An address that its person took away is known again, so that no roster brings it back."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0038"
down_revision = "0037"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("mailboxes", sa.Column("taken_away", sa.String(32), nullable=False, server_default=""))
    with op.batch_alter_table("mailboxes") as table:
        table.alter_column("taken_away", server_default=None)


def downgrade() -> None:
    op.drop_column("mailboxes", "taken_away")
