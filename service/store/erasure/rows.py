"""Takes rows away, and erased words out of those that stay. Which rows: the caller says so. Commits nothing.

Tables and columns are read from the metadata and their declared rules, so that a new one is taken along.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from typing import Any, Final

from sqlalchemy import Column, ColumnElement, Row, Table, and_, delete, func, or_, select, tuple_, update
from sqlalchemy.orm import Session

from service.domain.erasure.erased import Traces, strings
from service.store import replies
from service.store.erasure.rules import LOOSE, RULES, ErasureRule, columns_of
from service.store.session import changed_rows
from service.store.tables import Base, ImportRun, Job, SourceRow, StoredReply

AT_ONCE: Final = 500
"""Ids in one statement, and rows read at once."""

Changed = Mapping[str, set[tuple[Any, ...]]]
"""By table: primary keys of rows of which words are taken out."""


def tables() -> list[Table]:
    return list(Base.metadata.sorted_tables)


def pointing(target: str, ondelete: str) -> Iterator[tuple[Table, str]]:
    """Every table and column with a plain key to `target` that acts so when its row is deleted."""
    for table in tables():
        for key in table.foreign_keys:
            single = key.constraint is not None and len(key.constraint.columns) == 1
            if single and key.column.table.name == target and (key.ondelete or "") == ondelete:
                yield table, key.parent.name


def held(session: Session, target: str, id_: str) -> bool:
    """Whether a row cannot be deleted, since others rest on it by keys that do not give way."""
    return any(
        session.execute(select(table.c[column]).where(table.c[column] == id_).limit(1)).first() is not None
        for table, column in pointing(target, "")
    )


def take_away(
    session: Session, target: str, ids: Any, *, but: Collection[str] = (), only: Collection[str] | None = None
) -> None:
    """Delete all rows that would go with these rows of `target` (ids or a SELECT of them), except from tables `but`;
    with `only`, from these alone."""
    for table, column in pointing(target, "CASCADE"):
        if table.name not in but and (only is None or table.name in only):
            changed_rows(session, delete(table).where(table.c[column].in_(ids)))


def delete_rows(session: Session, target: str, ids: Collection[str]) -> int:
    """Delete these rows, and with them all that hangs on them."""
    table = Base.metadata.tables[target]
    return sum(changed_rows(session, delete(table).where(table.c.id.in_(part))) for part in chunks(sorted(ids)))


def delete_loose(session: Session, organization: str, own: Collection[str]) -> None:
    """Rows that name what is gone by our own ids, without a key."""
    for name, loose in LOOSE.items():
        table = Base.metadata.tables[name]
        for part in chunks(sorted(own)):
            named: ColumnElement[bool] = table.c[loose.column].in_(part)
            if name == SourceRow.__tablename__:
                named = or_(named, table.c.ref_id.in_(part))  # a point that is a precedent
            if name == Job.__tablename__:
                named = and_(named, table.c.kind != "erase")
            changed_rows(session, delete(table).where(table.c.organization_id == organization, named))


def delete_replies(session: Session, organization: str, traces: Traces) -> int:
    """Answers kept for repeats that tell of what is gone, and all that forms led to: addresses, in which ids stand
    within other words. Who asks again then finds things as they are."""
    of_forms = StoredReply.key.startswith(replies.FORM, autoescape=True)
    forms = delete(StoredReply).where(StoredReply.organization_id == organization, of_forms)
    gone = changed_rows(session, forms)
    rows = session.execute(
        select(StoredReply.credential_id, StoredReply.key, StoredReply.body, StoredReply.headers).where(
            StoredReply.organization_id == organization
        )
    )
    told = [(row.credential_id, row.key) for row in rows if traces.in_any(_said(row.body, row.headers))]
    key = tuple_(StoredReply.credential_id, StoredReply.key)
    return gone + sum(changed_rows(session, delete(StoredReply).where(key.in_(part))) for part in chunks(told))


def _said(body: str, headers: Mapping[str, Any]) -> Iterator[str]:
    yield from strings(headers)
    try:
        yield from strings(json.loads(body))
    except ValueError:
        yield body


def traced(session: Session, organization: str, traces: Traces) -> Changed:
    """By table: keys of rows with words that must go. Reads all that may repeat others' words; changes nothing."""
    found = {}
    for table in tables():
        if _repeating(table):
            key = list(table.primary_key.columns)
            query = select(*key, *_repeating(table)).where(_of(table, organization))
            there = session.execute(query.execution_options(yield_per=AT_ONCE))
            keys = {tuple(row[: len(key)]) for row in there if _left(table, row, traces)}
            if keys:
                found[table.name] = keys
    return found


def scrub(session: Session, organization: str, traces: Traces, where: Changed) -> Changed:
    """Take words of what is erased out of these rows, as they stand now; those of them that are still there."""
    changed: dict[str, set[tuple[Any, ...]]] = defaultdict(set)
    for name, keys in where.items():
        table = Base.metadata.tables[name]
        for values in sorted(keys):
            is_it = _is(table, values)
            row = session.execute(select(table).where(is_it)).one_or_none()
            left = _left(table, row, traces) if row is not None else {}
            if left:
                changed_rows(session, update(table).where(is_it).values(left))
                changed[name].add(values)
    session.expire_all()
    return changed


def ids(changed: Changed, table: str) -> set[str]:
    """The rows of a table that has our own id for its key."""
    return {str(values[0]) for values in changed.get(table, ())}


def _repeating(table: Table) -> list[Column[Any]]:
    return list(columns_of(table, ErasureRule.MADE, ErasureRule.PLACES, ErasureRule.FOREIGN))


def _left(table: Table, row: Row[Any], traces: Traces) -> dict[str, Any]:
    """The columns that change, as they are then."""
    found = {}
    for column in _repeating(table):
        value = getattr(row, column.name)
        rule = RULES[table.name][column.name]
        kept = traces.unplaced(value) if rule is ErasureRule.PLACES else value
        new = "" if rule is ErasureRule.FOREIGN else traces.scrub_all(kept)
        if new != value:
            found[column.name] = new
    return found


def _is(table: Table, values: Sequence[Any]) -> ColumnElement[bool]:
    return and_(*(column == value for column, value in zip(table.primary_key.columns, values, strict=True)))


def _of(table: Table, organization: str) -> ColumnElement[bool]:
    if "organization_id" in table.c:
        return table.c.organization_id == organization
    return table.c.import_id.in_(select(ImportRun.id).where(ImportRun.organization_id == organization))


def chunks(items: Sequence[Any]) -> Iterator[Sequence[Any]]:
    return (items[at : at + AT_ONCE] for at in range(0, len(items), AT_ONCE))


def counted(session: Session, wheres: Iterable[tuple[Table, ColumnElement[bool]]]) -> dict[str, int]:
    """How many rows of each table, those without any left out."""
    found = {table.name: session.scalar(select(func.count()).select_from(table).where(of)) or 0 for table, of in wheres}
    return {name: count for name, count in found.items() if count}
