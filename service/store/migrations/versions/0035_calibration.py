"""A challenge can wait until a few pieces of its work are judged; what was seen in its criteria."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from service.store.columns import Json

revision = "0035"
down_revision = "0034"
branch_labels = None
depends_on = None

_MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.add_column("challenges", sa.Column("calibrate", sa.Integer(), nullable=False, server_default="0"))
    op.create_table(
        "calibrations",
        sa.Column("challenge_id", sa.String(32), nullable=False),
        sa.Column("organization_id", sa.String(32), nullable=False),
        sa.Column("done_at", _MOMENT, nullable=True),
        sa.Column("chosen_of", sa.Integer(), nullable=False),
        sa.Column("remarks", Json, nullable=False),
        sa.Column("looked_version", sa.Integer(), nullable=False),
        sa.Column("looked_works", sa.Integer(), nullable=False),
        sa.Column("looked_at", _MOMENT, nullable=True),
        *_owned("calibrations", challenge_id="challenges"),
        sa.PrimaryKeyConstraint("challenge_id", name="pk_calibrations"),
    )
    op.create_table(
        "calibration_pieces",
        sa.Column("draft_id", sa.String(32), nullable=False),
        sa.Column("challenge_id", sa.String(32), nullable=False),
        sa.Column("organization_id", sa.String(32), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("reason", sa.String(32), nullable=False),
        sa.Column("of", sa.Integer(), nullable=False),
        sa.Column("generation", sa.Integer(), nullable=False),
        sa.Column("chosen_at", _MOMENT, nullable=False),
        *_owned("calibration_pieces", challenge_id="challenges", draft_id="drafts"),
        sa.PrimaryKeyConstraint("draft_id", name="pk_calibration_pieces"),
    )
    op.create_index("ix_calibration_pieces_challenge", "calibration_pieces", ["challenge_id"])
    for table in ("calibrations", "calibration_pieces"):
        op.create_index(f"ix_{table}_organization_id", table, ["organization_id"])


def _owned(table: str, **keys: str) -> list[sa.ForeignKeyConstraint]:
    return [
        sa.ForeignKeyConstraint([column], [f"{to}.id"], name=f"fk_{table}_{column}_{to}", ondelete="CASCADE")
        for column, to in {**keys, "organization_id": "organizations"}.items()
    ]


def downgrade() -> None:
    op.drop_table("calibration_pieces")
    op.drop_table("calibrations")
    with op.batch_alter_table("challenges") as challenges:
        challenges.drop_column("calibrate")
    # the version before has no such state, and no job that would take these up: a person is told, and has them drafted
    op.execute(
        sa.text(
            "UPDATE drafts SET state = 'stuck', reason_code = 'gave_up', reason = 'It waited for calibration, which this "
            "version has not. Ask for a draft.' WHERE state = 'awaits_calibration'"
        )
    )
