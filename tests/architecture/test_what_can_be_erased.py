"""Every column that can hold words has a rule of erasure, and every table goes with somebody or says why not."""

from __future__ import annotations

import pytest
from sqlalchemy import Column, MetaData, String, Table, Text

from service.store.erasure.rules import KEPT, LOOSE, RULES, undeclared
from service.store.tables import Base

TABLES = Base.metadata.sorted_tables
OWNED = {"people", "submissions", "challenges", "groups", "organizations"}
SHARED = {
    "assessment_fits": "worked out anew",
    "documents": "the organization's own",
    "document_versions": "the organization's own",
    "goal_readings": "of a document",
    "goals": "of a document",
    "import_chunks": "lines that tell of what is erased are taken out",
    "questioned": "of a document",
    "credentials": "of a platform; a person's own go with them",
    "stored_replies": "those that tell of what is erased go",
    "vectors": "swept by what is said",
}
"""The organization's, of which only parts go with a person or their work."""


def _owners(table: Table) -> set[str]:
    """Tables whose rows take these along."""
    found: set[str] = set()
    todo = [table]
    while todo:
        for key in todo.pop().foreign_keys:
            above = key.column.table
            if key.ondelete == "CASCADE" and above.name not in found:
                found.add(above.name)
                todo.append(above)
    return found


def test_every_column_that_can_hold_words_says_what_becomes_of_it() -> None:
    assert undeclared(TABLES) == []


def test_a_new_column_without_a_rule_is_seen() -> None:
    new = Table("diaries", MetaData(), Column("id", String(32), primary_key=True), Column("entry", Text))
    assert undeclared([*TABLES, new]) == ["diaries.entry"]
    assert undeclared([table for table in TABLES if table.name != "asks"]) == ["asks.answer", "asks.text"]


@pytest.mark.parametrize("table", TABLES, ids=lambda table: table.name)
def test_every_table_goes_with_somebody_or_says_why_it_stays(table: Table) -> None:
    goes = table.name in OWNED or table.name in LOOSE or bool(_owners(table) & (OWNED - {"organizations"}))
    assert goes or table.name in KEPT or table.name in SHARED, f"Say in rules.py how {table.name} is erased."


@pytest.mark.parametrize("table", TABLES, ids=lambda table: table.name)
def test_every_table_goes_with_its_organization(table: Table) -> None:
    outlives = {"organizations", "erasures", "erasure_salts"}
    assert table.name in outlives or "organizations" in _owners(table), f"{table.name} would outlive its organization."


def test_no_rule_is_of_a_table_that_is_not_there() -> None:
    there = {table.name for table in TABLES}
    assert {*RULES, *LOOSE, *KEPT, *SHARED} <= there
