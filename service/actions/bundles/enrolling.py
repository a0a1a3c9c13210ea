"""A roster on a page: what it would change is shown before it counts, row by row, by doing it and taking it back."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final

from pydantic import ValidationError
from sqlalchemy import select
from sqlalchemy.orm import Session

from service.actions.bundles import roster
from service.actions.bundles.lines import MemberLine, act_on
from service.actions.bundles.take_in import in_words
from service.actions.people import addresses
from service.domain.errors import Invalid, PeerloomError
from service.domain.roles import Actor, require_coordinator
from service.store import find
from service.store.tables import Group, Person, RoleGrant

MOST: Final = 300
"""Rows of one page, all in one transaction, while which SQLite has no other writer; more go by `POST /v1/imports`."""


class RosterRow(StrEnum):
    """What a row of a roster comes to."""

    ADDED = "added"  # somebody new
    JOINS = "joins"  # somebody known gets this part
    RENAMED = "renamed"  # somebody known, by another name so far
    CHANGED = "changed"  # somebody known, by another language or e-mail address so far
    THERE = "there"  # all of it is so already
    WRONG = "wrong"


@dataclass(frozen=True, slots=True)
class RosterChange:
    """What a row changes of somebody known: what of them, and what it was before; empty where there was nothing."""

    what: str
    was: str


@dataclass(frozen=True, slots=True)
class RosterLine:
    """One row by its number in the table: who, and what it comes to. `email` is what stands in it, `stays_away` that
    its person took that address away, so that no roster brings it back; `fault` is what is wrong."""

    number: int
    outcome: RosterRow
    id: str = ""
    name: str = ""
    role: str = ""
    group: str = ""
    email: str = ""
    changes: tuple[RosterChange, ...] = ()
    stays_away: bool = False
    fault: str = ""


class _TakenBack(Exception):
    """Whatever was done in a savepoint has not been done."""


def preview(session: Session, actor: Actor, text: str, *, now: datetime) -> tuple[RosterLine, ...]:
    """What each row would come to. Changes nothing. Raises NotAllowed; Invalid for a heading that is not understood,
    for no rows, or more than MOST."""
    seen: list[RosterLine] = []
    with suppress(_TakenBack), session.begin_nested():
        seen += take(session, actor, text, now=now)
        raise _TakenBack
    session.expire_all()
    return tuple(seen)


def take(session: Session, actor: Actor, text: str, *, now: datetime) -> tuple[RosterLine, ...]:
    """Do what each row says; one that is wrong changes nothing, and the others count. Raises as `preview` does."""
    require_coordinator(actor)
    rows = [(number, line) for number, line in enumerate(roster.lines(text), 1) if line]
    if not rows:
        raise Invalid("There is no row below the heading.")
    if len(rows) > MOST:
        raise Invalid(f"That is more than {MOST} rows. Send some at a time, or all by POST /v1/imports.")
    return tuple(_row(session, actor, number, line, now) for number, line in rows)


def _row(session: Session, actor: Actor, number: int, line: str, now: datetime) -> RosterLine:
    try:
        asked = MemberLine.model_validate_json(line)
    except ValidationError as error:
        return RosterLine(number, RosterRow.WRONG, fault=in_words(error))
    who = (asked.id, asked.name, asked.role.value, asked.group, asked.email or "")
    outcome, changes = _comes_to(session, actor, asked)
    away = _stays_away(session, actor, asked)
    try:
        with session.begin_nested():
            act_on(session, actor, asked, now=now)
            session.flush()
    except PeerloomError as error:
        return RosterLine(number, RosterRow.WRONG, *who, fault=error.detail)
    return RosterLine(number, outcome, *who, changes, away)


def _comes_to(session: Session, actor: Actor, asked: MemberLine) -> tuple[RosterRow, tuple[RosterChange, ...]]:
    there = find.maybe(session, Person, actor.organization, asked.id)
    if there is None:
        return RosterRow.ADDED, ()
    changes = tuple(_changes(session, there, asked))
    if there.name != asked.name:
        return RosterRow.RENAMED, changes
    has = (
        select(RoleGrant.person_id)
        .join(Group, Group.id == RoleGrant.group_id)
        .where(RoleGrant.person_id == there.id, RoleGrant.role == asked.role, Group.external_id == asked.group)
    )
    if session.scalar(has) is None:
        return RosterRow.JOINS, changes
    return (RosterRow.CHANGED if changes else RosterRow.THERE), changes


def _stays_away(session: Session, actor: Actor, asked: MemberLine) -> bool:
    there = find.maybe(session, Person, actor.organization, asked.id)
    return there is not None and bool(asked.email) and addresses.stays_away(session, there, asked.email or "")


def _changes(session: Session, there: Person, asked: MemberLine) -> Iterator[RosterChange]:
    """What is another in the row than it is now; a cell without anything in it changes nothing."""
    if there.name != asked.name:
        yield RosterChange("Name", there.name)
    if asked.language and asked.language != there.language:
        yield RosterChange("Language", there.language)
    box = addresses.of(session, there)
    has = box.address if box is not None else ""
    if asked.email is not None and asked.email != has and not addresses.stays_away(session, there, asked.email):
        yield RosterChange("E-mail", has)
