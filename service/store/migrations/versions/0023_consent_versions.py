"""What each person allowed from when on, said by whom and on whose word."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0023"
down_revision = "0022"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "consent_versions",
        sa.Column("id", sa.String(32), nullable=False),
        sa.Column("organization_id", sa.String(32), nullable=False),
        sa.Column("person_id", sa.String(32), nullable=False),
        sa.Column("show_work", sa.String(32), nullable=False),
        sa.Column("introduce", sa.Boolean(), nullable=False),
        sa.Column("ai", sa.String(32), nullable=False),
        sa.Column("basis", sa.String(32), nullable=False),
        sa.Column("basis_note", sa.String(500), nullable=False),
        sa.Column("said_by", sa.String(80), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["organization_id"],
            ["organizations.id"],
            name="fk_consent_versions_organization_id_organizations",
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["people.id"], name="fk_consent_versions_person_id_people", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_consent_versions"),
    )
    op.create_index("ix_consent_versions_organization_id", "consent_versions", ["organization_id"])
    op.create_index("ix_consent_versions_person", "consent_versions", ["person_id", "at"])
    # Each as it stands now, since its last change: by whom that was, nobody wrote down. A person has one consent, so that
    # the person's id serves as the id of the first version.
    op.execute(
        "INSERT INTO consent_versions "
        "(id, organization_id, person_id, show_work, introduce, ai, basis, basis_note, said_by, at) "
        "SELECT person_id, organization_id, person_id, show_work, introduce, ai, 'unstated', '', '', changed_at "
        "FROM consents"
    )


def downgrade() -> None:
    op.drop_table("consent_versions")
