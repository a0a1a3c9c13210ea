"""The database's own search for words: the one place that knows how SQLite and PostgreSQL do it.

What is searched are the copies in `search_texts`, which triggers keep (migration 0040). Words are found by their
beginnings and by their stems (Porter's in SQLite, whatever the language; Snowball's of the text's language in
PostgreSQL), with accents folded. Each folds what is asked as it folded what it holds: SQLite in its tokenizer, and
PostgreSQL by `search_folded`. Who may find what is no matter of this module: callers add their conditions.
"""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any, Final

from sqlalchemy import ColumnElement, Connection, Row, Select, Text, cast, column, func, select, table, text
from sqlalchemy.dialects.postgresql import REGCONFIG, TSQUERY
from sqlalchemy.orm import Session

from service.domain.texts.snippets import MOST_WORDS, begins
from service.store.tables import SearchText

SQLITES_OWN: Final = re.compile(r"search_words(_(data|idx|docsize|config))?")
"""Tables by which SQLite keeps its index of words; they hold nothing that is not in `search_texts`."""
POSTGRESQLS_OWN: Final = (("column", "words"), ("index", "ix_search_texts_words"))
"""What PostgreSQL keeps there for searching, made of the row's own text."""
LONGEST_WORD: Final = 100
"""Characters of a word that are looked for; PostgreSQL takes none of more than 2,046 bytes."""
_STEMMERS: Final = (
    *("arabic", "danish", "dutch", "english", "finnish", "french", "german", "greek", "hungarian", "italian"),
    *("lithuanian", "norwegian", "portuguese", "romanian", "russian", "spanish", "swedish", "turkish"),
)


def ours(name: str | None, kind: str, parents: Mapping[Any, str | None]) -> bool:
    """Whether a table, column or index is one of the models', and not one that a database keeps for searching only."""
    if kind == "table":
        return not SQLITES_OWN.fullmatch(name or "")
    return parents.get("table_name") != SearchText.__tablename__ or (kind, name) not in POSTGRESQLS_OWN


def holding(session: Session, organization: str, words: Sequence[str]) -> ColumnElement[bool]:
    """That a search text of the organization has each of these words (as `asked` gives them), or one that begins so."""
    if session.get_bind().dialect.name == "postgresql":
        has: ColumnElement[bool] = column("words").op("@@", is_comparison=True)(_query(session, organization, words))
        there = select(SearchText.id).where(has)
        # For its own sake first: a planner that hopes for an early hit among the latest looks through all there are.
        return SearchText.id.in_(select(there.cte("holding").prefix_with("MATERIALIZED").c.id))
    index = table("search_words", column("rowid"), column("search_words"))
    asked = " ".join(f'"{word}"{_begins(word, "*")}' for word in words)
    return SearchText.id.in_(select(index.c.rowid).where(index.c.search_words.op("MATCH")(asked)))


def _begins(word: str, mark: str) -> str:
    """The database's mark for a beginning."""
    return mark if begins(word) else ""


def _query(session: Session, organization: str, words: Sequence[str]) -> ColumnElement[Any]:
    """Each word's beginning, or its stem in any of the languages: which one a text is in, the query cannot know."""
    said = _folded(session, words)
    if not said:  # a sign that counts as a letter: nothing holds it
        return cast("", TSQUERY)
    each = [_either(word, stems) for word, stems in zip(said, _stems(session, said), strict=True)]
    return cast(" & ".join([f"'of {organization}'", *each]), TSQUERY)


def _folded(session: Session, words: Sequence[str]) -> list[str]:
    """The words as the index has them; what is a sign of several words (½) as these."""
    row = session.execute(select(*(func.left(func.search_folded(word), LONGEST_WORD) for word in words))).one()
    return [part for text in row for part in text.split()][:MOST_WORDS]


def _stems(session: Session, said: Sequence[str]) -> Iterator[Sequence[str]]:
    """Of each word. Asked first and all at once, so that each is looked for once and not eighteen times."""
    wide = len(_STEMMERS)
    asked = [func.to_tsquery(cast(one, REGCONFIG), word).cast(Text) for word in said for one in _STEMMERS]
    found = session.execute(select(*asked)).one()
    return (found[at * wide : (at + 1) * wide] for at in range(len(said)))


def _either(word: str, stems: Sequence[str]) -> str:
    ways = {f"'{word}'{_begins(word, ':*')}", *stems} - {""}
    return f"({' | '.join(sorted(ways))})"


def write_anew(raw: sqlite3.Connection) -> None:
    """Make SQLite's index of words anew from the rows that there are: its parts keep deleted words until they are
    merged, and a part of which all is deleted may never be."""
    there = raw.execute("SELECT 1 FROM sqlite_master WHERE name = 'search_words'").fetchone()
    if there:
        raw.execute("INSERT INTO search_words (search_words) VALUES ('rebuild')")


@contextmanager
def without_triggers(connection: Connection) -> Iterator[None]:
    """For a migration that makes a table anew which the triggers of search name: SQLite renames no table while a
    trigger names one that is not there. They are made again as they were. PostgreSQL changes tables as they are."""
    kept: list[tuple[str, str]] = []
    if connection.dialect.name == "sqlite":
        named = "SELECT name, sql FROM sqlite_master WHERE type = 'trigger' AND name LIKE 'search@_%' ESCAPE '@'"
        kept = [(one.name, one.sql) for one in connection.exec_driver_sql(named)]
    for name, _ in kept:
        connection.exec_driver_sql(f"DROP TRIGGER {name}")
    yield
    for _, made in kept:
        connection.exec_driver_sql(made)


def latest_first(session: Session, query: Select[Any], *, before: int | None, limit: int) -> Sequence[Row[Any]]:
    """The rows, the latest changed first, those before a number.

    PostgreSQL is kept from reading all texts: its planner counts the pages of the table, and not those in which long
    texts stand (10,000 works: 120 ms instead of 10, and ten times that with ten times as many).
    """
    if before is not None:
        query = query.where(SearchText.id < before)
    with _by_index(session):
        return session.execute(query.order_by(SearchText.id.desc()).limit(limit)).all()


@contextmanager
def _by_index(session: Session) -> Iterator[None]:
    if session.get_bind().dialect.name != "postgresql":
        yield
        return
    session.execute(text("SET LOCAL enable_seqscan = off"))
    yield
    session.execute(text("SET LOCAL enable_seqscan TO DEFAULT"))
