"""Endpoints that events are sent to, what became of each delivery, and what is connected and does not answer."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0039"
down_revision = "0038"
branch_labels = None
depends_on = None

_MOMENT = sa.DateTime(timezone=True)
_JSON = sa.JSON().with_variant(JSONB(), "postgresql")
_PENDING = sa.text("state = 'pending'")
_DEAD = sa.text("state = 'dead'")


def _owned(table: str, **keys: str) -> list[sa.ForeignKeyConstraint]:
    return [
        sa.ForeignKeyConstraint([column], [f"{to}.id"], name=f"fk_{table}_{column}_{to}", ondelete="CASCADE")
        for column, to in {**keys, "organization_id": "organizations"}.items()
    ]


def upgrade() -> None:
    op.create_table(
        "integration_troubles",
        sa.Column("id", sa.String(32), nullable=False),
        sa.Column("organization_id", sa.String(32), nullable=False),
        sa.Column("integration", sa.String(32), nullable=False),
        sa.Column("subject_id", sa.String(32), nullable=False),
        sa.Column("path", sa.String(255), nullable=False),
        sa.Column("since", _MOMENT, nullable=False),
        *_owned("integration_troubles"),
        sa.PrimaryKeyConstraint("id", name="pk_integration_troubles"),
        sa.UniqueConstraint("integration", "subject_id", name="uq_integration_troubles_integration_subject_id"),
    )
    op.create_index("ix_integration_troubles_organization_id", "integration_troubles", ["organization_id"])
    op.create_table(
        "webhook_endpoints",
        sa.Column("id", sa.String(32), nullable=False),
        sa.Column("organization_id", sa.String(32), nullable=False),
        sa.Column("name", sa.String(200), nullable=False),
        sa.Column("url", sa.String(2000), nullable=False),
        sa.Column("events", _JSON, nullable=False),
        sa.Column("state", sa.String(32), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("secret", sa.String(255), nullable=False),
        sa.Column("old_secret", sa.String(255), nullable=False),
        sa.Column("old_until", _MOMENT, nullable=True),
        sa.Column("reached", sa.BigInteger(), nullable=False),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("failing_since", _MOMENT, nullable=True),
        sa.Column("rest_until", _MOMENT, nullable=True),
        sa.Column("created_at", _MOMENT, nullable=False),
        *_owned("webhook_endpoints"),
        sa.PrimaryKeyConstraint("id", name="pk_webhook_endpoints"),
    )
    op.create_index("ix_webhook_endpoints_organization_id", "webhook_endpoints", ["organization_id"])
    op.create_table(
        "webhook_deliveries",
        sa.Column("id", sa.String(32), nullable=False),
        sa.Column("organization_id", sa.String(32), nullable=False),
        sa.Column("endpoint_id", sa.String(32), nullable=False),
        sa.Column("event_id", sa.String(32), nullable=True),
        sa.Column("event_name", sa.String(64), nullable=False),
        sa.Column("number", sa.BigInteger(), nullable=False),
        sa.Column("lane", sa.String(64), nullable=False),
        sa.Column("state", sa.String(32), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("begun_at", _MOMENT, nullable=False),
        sa.Column("due_at", _MOMENT, nullable=False),
        sa.Column("tried_at", _MOMENT, nullable=True),
        sa.Column("ended_at", _MOMENT, nullable=True),
        sa.Column("status", sa.Integer(), nullable=True),
        sa.Column("trouble", sa.String(200), nullable=False),
        sa.Column("excerpt", sa.Text(), nullable=False),
        *_owned("webhook_deliveries", endpoint_id="webhook_endpoints", event_id="events"),
        sa.PrimaryKeyConstraint("id", name="pk_webhook_deliveries"),
    )
    pending: dict[str, Any] = {"sqlite_where": _PENDING, "postgresql_where": _PENDING}
    table = "webhook_deliveries"
    op.create_index("ix_webhook_deliveries_lane", table, ["endpoint_id", "lane", "number"], **pending)
    op.create_index("ix_webhook_deliveries_due", table, ["endpoint_id", "due_at"], **pending)
    dead: dict[str, Any] = {"sqlite_where": _DEAD, "postgresql_where": _DEAD}
    op.create_index("ix_webhook_deliveries_dead", table, ["endpoint_id", "id"], **dead)
    op.create_index("ix_webhook_deliveries_listed", table, ["endpoint_id", "id"])
    op.create_index("ix_webhook_deliveries_ended", table, ["organization_id", "ended_at"])
    op.create_index("ix_webhook_deliveries_event_id", table, ["event_id"])


def downgrade() -> None:
    for table in ("webhook_deliveries", "webhook_endpoints", "integration_troubles"):
        op.drop_table(table)
