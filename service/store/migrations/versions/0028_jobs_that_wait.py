"""What a job waits for outside (index, database, model), since when, and how often it was put off for it.

None of that is an attempt, so an outage kills no job."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0028"
down_revision = "0015"
branch_labels = None
depends_on = None

_PUT_OFF = sa.text("state = 'queued' AND waits_for <> ''")


def upgrade() -> None:
    op.add_column("jobs", sa.Column("waits", sa.Integer(), nullable=False, server_default="0"))
    op.add_column("jobs", sa.Column("waits_for", sa.String(16), nullable=False, server_default=""))
    op.add_column("jobs", sa.Column("waits_since", sa.DateTime(timezone=True), nullable=True))
    op.create_index(
        "ix_jobs_waits_for", "jobs", ["waits_for"], sqlite_where=_PUT_OFF, postgresql_where=_PUT_OFF
    )


def downgrade() -> None:
    op.drop_index("ix_jobs_waits_for", "jobs")
    for column in ("waits_since", "waits_for", "waits"):
        op.drop_column("jobs", column)
