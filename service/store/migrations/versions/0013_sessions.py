"""Which credentials are sessions in a browser: until now told by the start of their names."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("credentials") as credentials:
        credentials.add_column(sa.Column("session", sa.Boolean(), server_default=sa.false(), nullable=False))
    table = sa.table("credentials", sa.column("session", sa.Boolean()), sa.column("name"), sa.column("person_id"))
    named = sa.and_(table.c.person_id.is_not(None), table.c.name.startswith("session of "))
    op.execute(table.update().where(named).values(session=sa.true()))


def downgrade() -> None:
    with op.batch_alter_table("credentials") as credentials:
        credentials.drop_column("session")
