"""People are told: notifications, how each wants them, addresses, and the mail that went out.

What happened before is told to nobody: each organization that is there begins at its latest event.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0036"
down_revision = "0035"
branch_labels = None
depends_on = None

_MOMENT = sa.DateTime(timezone=True)


def _owned(table: str, **keys: str) -> list[sa.ForeignKeyConstraint]:
    return [
        sa.ForeignKeyConstraint([column], [f"{to}.id"], name=f"fk_{table}_{column}_{to}", ondelete="CASCADE")
        for column, to in {**keys, "organization_id": "organizations"}.items()
    ]


def upgrade() -> None:
    op.create_table(
        "mailboxes",
        sa.Column("person_id", sa.String(32), nullable=False),
        sa.Column("organization_id", sa.String(32), nullable=False),
        sa.Column("address", sa.String(254), nullable=False),
        sa.Column("time_zone", sa.String(64), nullable=False),
        sa.Column("hour", sa.Integer(), nullable=False),
        sa.Column("quiet_from", sa.Integer(), nullable=False),
        sa.Column("quiet_until", sa.Integer(), nullable=False),
        sa.Column("bounced_at", _MOMENT, nullable=True),
        sa.Column("bounced_code", sa.String(16), nullable=False),
        sa.Column("changed_at", _MOMENT, nullable=False),
        *_owned("mailboxes", person_id="people"),
        sa.PrimaryKeyConstraint("person_id", name="pk_mailboxes"),
    )
    op.create_table(
        "notification_rhythms",
        sa.Column("person_id", sa.String(32), nullable=False),
        sa.Column("topic", sa.String(32), nullable=False),
        sa.Column("organization_id", sa.String(32), nullable=False),
        sa.Column("rhythm", sa.String(32), nullable=False),
        *_owned("notification_rhythms", person_id="people"),
        sa.PrimaryKeyConstraint("person_id", "topic", name="pk_notification_rhythms"),
    )
    op.create_table(
        "mailings",
        sa.Column("id", sa.String(32), nullable=False),
        sa.Column("organization_id", sa.String(32), nullable=False),
        sa.Column("person_id", sa.String(32), nullable=False),
        sa.Column("state", sa.String(32), nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("planned_at", _MOMENT, nullable=False),
        sa.Column("tried_at", _MOMENT, nullable=True),
        sa.Column("ended_at", _MOMENT, nullable=True),
        *_owned("mailings", person_id="people"),
        sa.PrimaryKeyConstraint("id", name="pk_mailings"),
    )
    op.create_index("ix_mailings_person_id", "mailings", ["person_id"])
    op.create_table(
        "notifications",
        sa.Column("id", sa.String(32), nullable=False),
        sa.Column("organization_id", sa.String(32), nullable=False),
        sa.Column("person_id", sa.String(32), nullable=False),
        sa.Column("kind", sa.String(32), nullable=False),
        sa.Column("subject_id", sa.String(32), nullable=False),
        sa.Column("turn", sa.String(32), nullable=False),
        sa.Column("at", _MOMENT, nullable=False),
        sa.Column("read_at", _MOMENT, nullable=True),
        sa.Column("mail_at", _MOMENT, nullable=True),
        sa.Column("mailing_id", sa.String(32), nullable=True),
        *_owned("notifications", person_id="people"),
        sa.ForeignKeyConstraint(
            ["mailing_id"], ["mailings.id"], name="fk_notifications_mailing_id_mailings", ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_notifications"),
        sa.UniqueConstraint(
            "person_id", "kind", "subject_id", "turn", name="uq_notifications_person_id_kind_subject_id_turn"
        ),
    )
    op.create_index("ix_notifications_page", "notifications", ["person_id", "at"])
    op.create_index("ix_notifications_mail", "notifications", ["organization_id", "mail_at"])
    op.create_index("ix_notifications_subject", "notifications", ["subject_id"])
    op.create_index("ix_notifications_mailing_id", "notifications", ["mailing_id"])
    op.create_table(
        "notification_runs",
        sa.Column("organization_id", sa.String(32), nullable=False),
        sa.Column("number", sa.BigInteger(), nullable=False),
        *_owned("notification_runs"),
        sa.PrimaryKeyConstraint("organization_id", name="pk_notification_runs"),
    )
    for table in ("mailboxes", "notification_rhythms", "mailings"):
        op.create_index(f"ix_{table}_organization_id", table, ["organization_id"])
    op.execute(
        sa.text(
            "INSERT INTO notification_runs (organization_id, number) SELECT organizations.id, "
            "COALESCE((SELECT MAX(events.number) FROM events WHERE events.organization_id = organizations.id), 0) "
            "FROM organizations"
        )
    )


def downgrade() -> None:
    for table in ("notification_runs", "notifications", "mailings", "notification_rhythms", "mailboxes"):
        op.drop_table(table)
