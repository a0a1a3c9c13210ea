"""The audit trail as a chain that nobody can change or thin out, with people by pseudonym; openings of sources."""

from __future__ import annotations

import hashlib
import hmac
import json
import secrets
from collections import defaultdict
from datetime import UTC, datetime
from typing import Any

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0022"
down_revision = "0026"
branch_labels = None
depends_on = None

JSON = sa.JSON().with_variant(JSONB(), "postgresql")
ENTRIES = sa.table(
    "audit_entries",
    sa.column("id", sa.String),
    sa.column("organization_id", sa.String),
    sa.column("at", sa.DateTime(timezone=True)),
    sa.column("actor", sa.String),
    sa.column("act", sa.String),
    sa.column("subject", sa.String),
    sa.column("facts", JSON),
    sa.column("number", sa.Integer),
    sa.column("previous_hash", sa.String),
    sa.column("hash", sa.String),
)
AT_ONCE = 1000


def _key(table: str, column: str, to: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint([column], [f"{to}.id"], name=f"fk_{table}_{column}_{to}", ondelete="CASCADE")


def _id(name: str) -> sa.Column[str]:
    return sa.Column(name, sa.String(32), nullable=False)


def upgrade() -> None:
    op.create_table(
        "pseudonyms",
        _id("person_id"),
        _id("organization_id"),
        sa.Column("name", sa.String(32), nullable=False),
        _key("pseudonyms", "person_id", "people"),
        _key("pseudonyms", "organization_id", "organizations"),
        sa.PrimaryKeyConstraint("person_id", name="pk_pseudonyms"),
        sa.UniqueConstraint("name", name="uq_pseudonyms_name"),
    )
    op.create_index("ix_pseudonyms_organization_id", "pseudonyms", ["organization_id"])
    op.create_table(
        "audit_heads",
        _id("organization_id"),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("hash", sa.String(64), nullable=False),
        _key("audit_heads", "organization_id", "organizations"),
        sa.PrimaryKeyConstraint("organization_id", name="pk_audit_heads"),
    )
    op.create_table(
        "source_openings",
        _id("draft_id"),
        _id("person_id"),
        sa.Column("generation", sa.Integer(), nullable=False),
        sa.Column("source", sa.String(128), nullable=False),
        _id("organization_id"),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        _key("source_openings", "draft_id", "drafts"),
        _key("source_openings", "person_id", "people"),
        _key("source_openings", "organization_id", "organizations"),
        sa.PrimaryKeyConstraint("draft_id", "person_id", "generation", "source", name="pk_source_openings"),
    )
    op.create_index("ix_source_openings_organization_id", "source_openings", ["organization_id"])
    op.create_index("ix_source_openings_person_id", "source_openings", ["person_id"])
    with op.batch_alter_table("audit_entries") as table:
        table.add_column(sa.Column("number", sa.Integer(), nullable=True))
        table.add_column(sa.Column("previous_hash", sa.String(64), nullable=True))
        table.add_column(sa.Column("hash", sa.String(64), nullable=True))
        table.create_unique_constraint("uq_audit_entries_organization_id_number", ["organization_id", "number"])
    _chain_all(op.get_bind())
    for statement in GUARDS[op.get_bind().dialect.name]:
        op.execute(statement)


def downgrade() -> None:
    for statement in UNGUARD[op.get_bind().dialect.name]:
        op.execute(statement)
    with op.batch_alter_table("audit_entries") as table:
        table.drop_constraint("uq_audit_entries_organization_id_number", type_="unique")
        table.drop_column("hash")
        table.drop_column("previous_hash")
        table.drop_column("number")
    op.drop_table("source_openings")
    op.drop_table("audit_heads")
    op.drop_table("pseudonyms")


# An entry that is in the chain is there for good; entries and ends of chains go with their organization only: then its
# row is gone already when these are deleted along with it.
GUARDS = {
    "sqlite": [
        "CREATE TRIGGER audit_entries_stay BEFORE UPDATE ON audit_entries WHEN OLD.number IS NOT NULL "
        "BEGIN SELECT RAISE(ABORT, 'an audit entry cannot be changed'); END",
        "CREATE TRIGGER audit_entries_are_kept BEFORE DELETE ON audit_entries "
        "WHEN EXISTS (SELECT 1 FROM organizations WHERE id = OLD.organization_id) "
        "BEGIN SELECT RAISE(ABORT, 'an audit entry cannot be deleted'); END",
        "CREATE TRIGGER audit_heads_grow BEFORE UPDATE ON audit_heads "
        "WHEN NEW.number <= OLD.number OR NEW.organization_id <> OLD.organization_id "
        "BEGIN SELECT RAISE(ABORT, 'the audit trail only grows'); END",
        "CREATE TRIGGER audit_heads_are_kept BEFORE DELETE ON audit_heads "
        "WHEN EXISTS (SELECT 1 FROM organizations WHERE id = OLD.organization_id) "
        "BEGIN SELECT RAISE(ABORT, 'the end of the audit trail cannot be deleted'); END",
    ],
    "postgresql": [
        "CREATE FUNCTION audit_refuses() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
        "RAISE EXCEPTION 'the audit trail only grows: % of % is refused', TG_OP, TG_TABLE_NAME "
        "USING ERRCODE = 'integrity_constraint_violation'; END $$",
        "CREATE FUNCTION audit_goes_with_its_organization() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
        "IF EXISTS (SELECT 1 FROM organizations WHERE id = OLD.organization_id) THEN "
        "RAISE EXCEPTION 'the audit trail only grows: % of % is refused', TG_OP, TG_TABLE_NAME "
        "USING ERRCODE = 'integrity_constraint_violation'; END IF; RETURN OLD; END $$",
        "CREATE TRIGGER audit_entries_stay BEFORE UPDATE ON audit_entries FOR EACH ROW "
        "WHEN (OLD.number IS NOT NULL) EXECUTE FUNCTION audit_refuses()",
        "CREATE TRIGGER audit_entries_are_kept BEFORE DELETE ON audit_entries FOR EACH ROW "
        "EXECUTE FUNCTION audit_goes_with_its_organization()",
        "CREATE TRIGGER audit_entries_are_not_emptied BEFORE TRUNCATE ON audit_entries "
        "EXECUTE FUNCTION audit_refuses()",
        "CREATE TRIGGER audit_heads_grow BEFORE UPDATE ON audit_heads FOR EACH ROW "
        "WHEN (NEW.number <= OLD.number OR NEW.organization_id <> OLD.organization_id) "
        "EXECUTE FUNCTION audit_refuses()",
        "CREATE TRIGGER audit_heads_are_kept BEFORE DELETE ON audit_heads FOR EACH ROW "
        "EXECUTE FUNCTION audit_goes_with_its_organization()",
        "CREATE TRIGGER audit_heads_are_not_emptied BEFORE TRUNCATE ON audit_heads EXECUTE FUNCTION audit_refuses()",
    ],
}
_OF_ENTRIES = ["audit_entries_stay", "audit_entries_are_kept"]
_OF_HEADS = ["audit_heads_grow", "audit_heads_are_kept"]
UNGUARD = {
    "sqlite": [f"DROP TRIGGER {name}" for name in (*_OF_ENTRIES, *_OF_HEADS)],
    "postgresql": [
        *(f"DROP TRIGGER {name} ON audit_entries" for name in (*_OF_ENTRIES, "audit_entries_are_not_emptied")),
        *(f"DROP TRIGGER {name} ON audit_heads" for name in (*_OF_HEADS, "audit_heads_are_not_emptied")),
        "DROP FUNCTION audit_refuses()",
        "DROP FUNCTION audit_goes_with_its_organization()",
    ],
}


def _chain_all(connection: sa.Connection) -> None:
    """What was written so far joins the chains, oldest first, with people by pseudonym. The form of what is hashed is
    written here once more, as it was when this migration ran."""
    organizations = connection.execute(sa.text("SELECT id FROM organizations ORDER BY id")).scalars().all()
    for organization in organizations:
        people = connection.execute(
            sa.text("SELECT id FROM people WHERE organization_id = :id ORDER BY id"), {"id": organization}
        ).scalars()
        names = {id_: secrets.token_hex(16) for id_ in people}
        if names:
            rows = [{"p": id_, "o": organization, "n": name} for id_, name in names.items()]
            connection.execute(
                sa.text("INSERT INTO pseudonyms (person_id, organization_id, name) VALUES (:p, :o, :n)"), rows
            )
        number, last = _chain(connection, organization, names)
        connection.execute(
            sa.text("INSERT INTO audit_heads (organization_id, number, hash) VALUES (:o, :n, :h)"),
            {"o": organization, "n": number, "h": last},
        )


def _chain(connection: sa.Connection, organization: str, names: dict[str, str]) -> tuple[int, str]:
    number, last = 0, hashlib.sha256(f"peerloom-audit-1\n{organization}".encode()).hexdigest()
    salts: dict[tuple[str, str], str] = defaultdict(lambda: secrets.token_hex(16))
    query = sa.select(ENTRIES).where(ENTRIES.c.organization_id == organization, ENTRIES.c.number.is_(None))
    while rows := connection.execute(query.order_by(ENTRIES.c.id).limit(AT_ONCE)).all():
        for row in rows:
            number += 1
            facts = _facts(dict(row.facts), row.subject, names, salts)
            told = {
                "actor": _name(row.actor, names),
                "subject": _name(f"person:{row.subject}" if row.subject in names else row.subject, names),
                "facts": facts,
                "number": number,
            }
            held = {**told, "act": row.act, "at": _stamp(row.at), "organization": organization, "previous": last}
            text = json.dumps(held, sort_keys=True, separators=(",", ":"), allow_nan=False)
            found = hashlib.sha256(f"peerloom-audit-1\n{text}".encode()).hexdigest()
            connection.execute(
                sa.update(ENTRIES).where(ENTRIES.c.id == row.id).values(**told, previous_hash=last, hash=found)
            )
            last = found
    return number, last


def _name(text: str, names: dict[str, str]) -> str:
    """Who is not there any more is called at random: nothing else would name them."""
    id_ = text.removeprefix("person:")
    return text if id_ == text else f"somebody:{names.get(id_) or secrets.token_hex(16)}"


def _facts(
    facts: dict[str, Any], subject: str, names: dict[str, str], salts: dict[tuple[str, str], str]
) -> dict[str, Any]:
    if "text_hash" in facts:  # which could be tried with words that somebody guesses
        digest = str(facts.pop("text_hash"))
        facts["text_digest"] = hmac.new(salts[subject, digest].encode(), digest.encode(), hashlib.sha256).hexdigest()
    plain = {key: str(fact) if isinstance(fact, float) else fact for key, fact in facts.items()}
    return {
        key: _name(f"person:{fact}", names) if isinstance(fact, str) and fact in names else fact
        for key, fact in plain.items()
    }


def _stamp(at: datetime) -> str:
    at = at.replace(tzinfo=UTC) if at.tzinfo is None else at.astimezone(UTC)
    return at.isoformat(timespec="microseconds")
