"""Others' work that was found for a request waits for a facilitator, and every showing of work is written down.

What was found before waits as well: nobody had decided on it."""

from __future__ import annotations

import secrets

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None

_JSON = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")


def _key(table: str, column: str, to: str, ondelete: str | None = "CASCADE") -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint([column], [f"{to}.id"], name=f"fk_{table}_{column}_{to}", ondelete=ondelete)


def _ids(*names: str, nullable: bool = False) -> list[sa.Column[str]]:
    return [sa.Column(name, sa.String(32), nullable=nullable) for name in names]


def _at(name: str, nullable: bool = False) -> sa.Column[object]:
    return sa.Column(name, sa.DateTime(timezone=True), nullable=nullable)


def _words(*names: str) -> list[sa.Column[str]]:
    return [sa.Column(name, sa.Text(), nullable=False) for name in names]


def _short(name: str, length: int = 64) -> sa.Column[str]:
    return sa.Column(name, sa.String(length), nullable=False)


def _numbers(*names: str) -> list[sa.Column[int]]:
    return [sa.Column(name, sa.Integer(), nullable=False) for name in names]


def _indexes(table: str, *columns: str) -> None:
    for column in columns:
        op.create_index(f"ix_{table}_{column}", table, [column])


def upgrade() -> None:
    _found()
    _decisions()
    _approvals()
    _showings()
    _disclosures()
    _what_was_found_before()


def _found() -> None:
    op.create_table(
        "found_works",
        *_ids("id", "organization_id", "request_id", "revision_id"),
        *_numbers("start", "end", "position"),
        _short("state", 32),
        *_numbers("version"),
        _at("found_at"),
        _key("found_works", "organization_id", "organizations"),
        _key("found_works", "request_id", "requests"),
        _key("found_works", "revision_id", "revisions"),
        sa.PrimaryKeyConstraint("id", name="pk_found_works"),
        sa.UniqueConstraint(
            "request_id", "revision_id", "start", "end", name="uq_found_works_request_id_revision_id_start_end"
        ),
    )
    _indexes("found_works", "organization_id", "revision_id")


def _decisions() -> None:
    op.create_table(
        "found_work_decisions",
        *_ids("id", "organization_id", "found_id"),
        *_ids("person_id", nullable=True),
        _short("act", 32),
        _short("reason_code"),
        *_words("note", "before", "after"),
        _short("text_hash"),
        _at("at"),
        _key("found_work_decisions", "organization_id", "organizations"),
        _key("found_work_decisions", "found_id", "found_works"),
        _key("found_work_decisions", "person_id", "people", "SET NULL"),
        sa.PrimaryKeyConstraint("id", name="pk_found_work_decisions"),
    )
    _indexes("found_work_decisions", "organization_id", "found_id")


def _approvals() -> None:
    op.create_table(
        "found_work_approvals",
        *_ids("id", "organization_id", "found_id"),
        _short("text_hash"),
        sa.Column("body", _JSON, nullable=False),
        *_ids("facilitator_id"),
        _at("approved_at"),
        _at("show_at"),
        _at("undone_at", nullable=True),
        _key("found_work_approvals", "organization_id", "organizations"),
        _key("found_work_approvals", "found_id", "found_works"),
        _key("found_work_approvals", "facilitator_id", "people", None),
        sa.PrimaryKeyConstraint("id", name="pk_found_work_approvals"),
        sa.UniqueConstraint("found_id", "text_hash", "id", name="uq_found_work_approvals_found_id_text_hash_id"),
    )
    _indexes("found_work_approvals", "organization_id")


def _showings() -> None:
    op.create_table(
        "found_work_showings",
        *_ids("id", "organization_id", "found_id"),
        _short("text_hash"),
        *_ids("approval_id"),
        _at("shown_at"),
        _at("ended_at", nullable=True),
        _key("found_work_showings", "organization_id", "organizations"),
        sa.ForeignKeyConstraint(
            ["found_id", "text_hash", "approval_id"],
            ["found_work_approvals.found_id", "found_work_approvals.text_hash", "found_work_approvals.id"],
            name="fk_found_work_showings_approval",
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name="pk_found_work_showings"),
        sa.UniqueConstraint("approval_id", name="uq_found_work_showings_approval_id"),
    )
    _indexes("found_work_showings", "organization_id", "found_id")


def _disclosures() -> None:
    op.create_table(
        "disclosures",
        *_ids("id", "organization_id", "person_id", "revision_id"),
        _short("kind", 32),
        *_ids("subject_id"),
        *_ids("reader_id", nullable=True),
        _short("reader", 255),
        *_ids("approved_by", nullable=True),
        _at("at"),
        _key("disclosures", "organization_id", "organizations"),
        _key("disclosures", "person_id", "people"),
        _key("disclosures", "revision_id", "revisions"),
        _key("disclosures", "reader_id", "people", "SET NULL"),
        _key("disclosures", "approved_by", "people", "SET NULL"),
        sa.PrimaryKeyConstraint("id", name="pk_disclosures"),
    )
    _indexes("disclosures", "organization_id", "revision_id", "subject_id")
    op.create_index("ix_disclosures_person", "disclosures", ["person_id", "at"])


def _what_was_found_before() -> None:
    connection = op.get_bind()
    rows = connection.execute(
        sa.text(
            "SELECT f.request_id, f.organization_id, f.owner_id, f.start, f.\"end\", f.position, r.stated_at"
            " FROM request_findings f JOIN requests r ON r.id = f.request_id JOIN revisions v ON v.id = f.owner_id"
            " WHERE f.shelf = 'work'"
        ).columns(stated_at=sa.DateTime(timezone=True))
    ).all()
    found = sa.table(
        "found_works",
        *(sa.column(one) for one in ("id", "organization_id", "request_id", "revision_id", "state")),
        *(sa.column(one) for one in ("start", "end", "position", "version")),
        sa.column("found_at", sa.DateTime(timezone=True)),
    )
    for request, organization, owner, start, end, position, at in rows:
        one = {"id": secrets.token_hex(16), "organization_id": organization, "request_id": request}
        more = {"revision_id": owner, "start": start, "end": end, "position": position, "found_at": at}
        connection.execute(found.insert().values(**one, **more, state="found", version=1))
    connection.execute(sa.text("DELETE FROM request_findings WHERE shelf = 'work'"))


def downgrade() -> None:
    for table in ("disclosures", "found_work_showings", "found_work_approvals", "found_work_decisions", "found_works"):
        op.drop_table(table)
