"""When a draft's work was handed in, beside the draft, so that the queue is filtered and ordered by it off its index; and
people by name, so that namesakes are found."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0025"
down_revision = "0019"
branch_labels = None
depends_on = None

_QUEUE = (
    *("organization_id", "state", "group_id", "challenge_id", "band", "stale", "created_at", "shuffle", "id"),
    *("version", "claimed_by", "claimed_until"),
)


def upgrade() -> None:
    op.add_column("drafts", sa.Column("handed_in_at", sa.DateTime(timezone=True), nullable=True))
    op.execute(
        "UPDATE drafts SET handed_in_at = (SELECT r.submitted_at FROM revisions r WHERE r.id = drafts.revision_id)"
    )
    op.drop_index("ix_drafts_queue", "drafts")
    op.create_index("ix_drafts_queue", "drafts", [*_QUEUE, "handed_in_at"])
    op.create_index("ix_people_name", "people", ["organization_id", "name"])


def downgrade() -> None:
    op.drop_index("ix_people_name", "people")
    op.drop_index("ix_drafts_queue", "drafts")
    op.create_index("ix_drafts_queue", "drafts", list(_QUEUE))
    with op.batch_alter_table("drafts") as drafts:
        drafts.drop_column("handed_in_at")
