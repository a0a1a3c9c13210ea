"""Showings that happen by looking (a brief, others' work at the desk, a search) are written down once for each author."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0033"
down_revision = "0032"
branch_labels = None
depends_on = None

_ONCE = sa.text("kind IN ('brief', 'desk', 'search')")


def upgrade() -> None:
    op.create_index(
        "uq_disclosures_once",
        "disclosures",
        ["subject_id", "person_id", "kind"],
        unique=True,
        sqlite_where=_ONCE,
        postgresql_where=_ONCE,
    )


def downgrade() -> None:
    op.drop_index("uq_disclosures_once", "disclosures")
    # the version before knows none of these kinds
    op.execute(sa.text("DELETE FROM disclosures WHERE kind IN ('brief', 'desk', 'search', 'export', 'local_model')"))
