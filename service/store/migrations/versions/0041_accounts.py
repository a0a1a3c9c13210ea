"""The service with which an organization's people have accounts, its rules, and which account stands for whom."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0041"
down_revision = "0040"
branch_labels = None
depends_on = None

_MOMENT = sa.DateTime(timezone=True)
_JSON = sa.JSON().with_variant(JSONB(), "postgresql")


def _owned(table: str, **keys: str) -> list[sa.ForeignKeyConstraint]:
    return [
        sa.ForeignKeyConstraint([column], [f"{to}.id"], name=f"fk_{table}_{column}_{to}", ondelete="CASCADE")
        for column, to in {**keys, "organization_id": "organizations"}.items()
    ]


def _text(*columns: tuple[str, int]) -> list[sa.Column[str]]:
    return [sa.Column(name, sa.String(length), nullable=False) for name, length in columns]


def upgrade() -> None:
    op.create_table(
        "account_providers",
        *_text(("id", 32), ("organization_id", 32), ("name", 200), ("issuer", 500), ("client_id", 255)),
        *_text(("secret", 2000), ("scopes", 500), ("person_claim", 200)),
        sa.Column("by_email", sa.Boolean(), nullable=False),
        sa.Column("strangers", sa.String(32), nullable=False),
        sa.Column("strangers_group_id", sa.String(32), nullable=True),
        sa.Column("listed", sa.Boolean(), nullable=False),
        sa.Column("on", sa.Boolean(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        *_text(("trouble", 64), ("trouble_said", 200)),
        sa.Column("trouble_at", _MOMENT, nullable=True),
        sa.Column("created_at", _MOMENT, nullable=False),
        *_owned("account_providers"),
        sa.ForeignKeyConstraint(
            ["strangers_group_id"],
            ["groups.id"],
            name="fk_account_providers_strangers_group_id_groups",
            ondelete="SET NULL",
        ),
        sa.PrimaryKeyConstraint("id", name="pk_account_providers"),
        sa.UniqueConstraint("organization_id", name="uq_account_providers_organization_id"),
    )
    op.create_index("ix_account_providers_organization_id", "account_providers", ["organization_id"])
    op.create_table(
        "account_rules",
        *_text(("id", 32), ("organization_id", 32), ("provider_id", 32), ("claim", 200), ("value", 500)),
        *_text(("role", 32), ("group_id", 32)),
        *_owned("account_rules", provider_id="account_providers", group_id="groups"),
        sa.PrimaryKeyConstraint("id", name="pk_account_rules"),
    )
    for column in ("organization_id", "provider_id", "group_id"):
        op.create_index(f"ix_account_rules_{column}", "account_rules", [column])
    op.create_table(
        "account_bindings",
        *_text(("id", 32), ("organization_id", 32), ("provider_id", 32), ("person_id", 32), ("account_hash", 64)),
        *_text(("said", 500)),
        sa.Column("granted", _JSON, nullable=False),
        sa.Column("confirmed_at", _MOMENT, nullable=True),
        sa.Column("made_at", _MOMENT, nullable=False),
        *_owned("account_bindings", provider_id="account_providers", person_id="people"),
        sa.PrimaryKeyConstraint("id", name="pk_account_bindings"),
        sa.UniqueConstraint("provider_id", "account_hash", name="uq_account_bindings_provider_id_account_hash"),
    )
    for column in ("organization_id", "person_id"):
        op.create_index(f"ix_account_bindings_{column}", "account_bindings", [column])
    op.create_table(
        "account_sign_ins",
        *_text(("id", 32), ("organization_id", 32), ("binding_id", 32), ("session_hash", 64)),
        sa.Column("at", _MOMENT, nullable=False),
        *_owned("account_sign_ins", binding_id="account_bindings"),
        sa.PrimaryKeyConstraint("id", name="pk_account_sign_ins"),
    )
    for column in ("binding_id", "session_hash"):
        op.create_index(f"ix_account_sign_ins_{column}", "account_sign_ins", [column])
    op.create_index("ix_account_sign_ins_at", "account_sign_ins", ["organization_id", "at"])
    op.create_table(
        "account_uses",
        *_text(("provider_id", 32), ("use_hash", 64), ("organization_id", 32)),
        sa.Column("until", _MOMENT, nullable=False),
        *_owned("account_uses", provider_id="account_providers"),
        sa.PrimaryKeyConstraint("provider_id", "use_hash", name="pk_account_uses"),
    )
    op.create_index("ix_account_uses_until", "account_uses", ["organization_id", "until"])


def downgrade() -> None:
    for table in ("account_uses", "account_sign_ins", "account_bindings", "account_rules", "account_providers"):
        op.drop_table(table)
