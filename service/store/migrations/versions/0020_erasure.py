"""What was erased is remembered; whoever was erased keeps a row without a name where approvals rest on it; entries on
showings outlive the work that was shown. Keys along which rows are deleted have an index, or each deletion reads all."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0020"
down_revision = "0026"
branch_labels = None
depends_on = None

_JSON = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")
_POINTS = ("decisions", "findings", "asks", "commitments")
_SHOWN = (("person_id", "people"), ("revision_id", "revisions"))


def upgrade() -> None:
    op.create_table(
        "erasures",
        sa.Column("id", sa.String(32), nullable=False),
        sa.Column("organization_id", sa.String(32), nullable=False),
        sa.Column("kind", sa.String(32), nullable=False),
        sa.Column("state", sa.String(32), nullable=False),
        sa.Column("digest", sa.String(64), nullable=False),
        sa.Column("subject_id", sa.String(32), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("external_id", sa.String(255), nullable=False),
        sa.Column("asked_by", sa.String(80), nullable=False),
        sa.Column("counts", _JSON, nullable=False),
        sa.Column("left", sa.Text(), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("done_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_erasures"),
    )
    op.create_index("ix_erasures_organization", "erasures", ["organization_id", "asked_at"])
    op.create_index("ix_erasures_state", "erasures", ["state"])
    op.create_index("ix_erasures_digest", "erasures", ["digest"])
    op.create_table(
        "erasure_salts",
        sa.Column("id", sa.String(32), nullable=False),
        sa.Column("salt", sa.String(64), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_erasure_salts"),
    )
    op.add_column("people", sa.Column("erased_at", sa.DateTime(timezone=True), nullable=True))
    for table in _POINTS:
        op.create_index(f"ix_{table}_point_id", table, ["point_id"])
    _keep_showings(kept=True)


def _keep_showings(*, kept: bool) -> None:
    with op.batch_alter_table("disclosures") as table:
        for column, to in _SHOWN:
            name = f"fk_disclosures_{column}_{to}"
            table.drop_constraint(name, type_="foreignkey")
            table.alter_column(column, existing_type=sa.String(32), nullable=kept)
            table.create_foreign_key(name, to, [column], ["id"], ondelete="SET NULL" if kept else "CASCADE")


def downgrade() -> None:
    for column, _ in _SHOWN:
        op.execute(sa.text(f"DELETE FROM disclosures WHERE {column} IS NULL"))
    _keep_showings(kept=False)
    for table in _POINTS:
        op.drop_index(f"ix_{table}_point_id", table)
    with op.batch_alter_table("people") as people:
        people.drop_column("erased_at")
    op.drop_table("erasure_salts")
    op.drop_table("erasures")
