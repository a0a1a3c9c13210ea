"""Rows are found within their organization only, and the audit trail keeps what happened."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from service.domain.errors import NotFound
from service.store import audit, find
from service.store.tables import AuditEntry, Challenge, DraftRow, Group, Person
from tests.service.store.world import NOW, World


def test_a_row_is_found_by_the_platforms_id(world: World) -> None:
    with world.sessions.reading() as session:
        assert find.one(session, Group, world.organization, "g1").id == world.group
        assert find.maybe(session, Group, world.organization, "g9") is None


def test_a_row_of_another_organization_is_not_found_by_either_id(world: World) -> None:
    other = World(world.sessions, "valley")
    lone = other.person("lone")
    with world.sessions.reading() as session:
        assert find.one(session, Challenge, other.organization, "c1").id == other.challenge
        assert find.own(session, Person, other.organization, lone).external_id == "lone"
        with pytest.raises(NotFound, match="There is no person 'lone' here"):
            find.one(session, Person, world.organization, "lone")
        with pytest.raises(NotFound):
            find.own(session, Person, world.organization, lone)


def test_the_error_names_what_was_looked_for_in_our_words(world: World) -> None:
    with (
        world.sessions.reading() as session,
        pytest.raises(NotFound, match="There is no draft 'd1' here, or it is not"),
    ):
        find.own(session, DraftRow, world.organization, "d1")


def test_an_audit_entry_is_written_with_the_change_it_tells_of(world: World) -> None:
    with world.sessions.writing() as session:
        audit.record(
            session,
            organization=world.organization,
            actor="person:p1",
            act="draft.approve",
            subject="d1",
            now=NOW,
            points=3,
            bulk=False,
        )
    with world.sessions.reading() as session:
        (entry,) = session.scalars(select(AuditEntry))
        assert (entry.act, entry.at, entry.facts) == ("draft.approve", NOW, {"points": 3, "bulk": False})


def test_an_audit_entry_goes_with_the_change_that_failed(world: World) -> None:
    def fails() -> None:
        with world.sessions.writing() as session:
            audit.record(session, organization=world.organization, actor="clock", act="x", subject="y", now=NOW)
            raise KeyError

    with pytest.raises(KeyError):
        fails()
    with world.sessions.reading() as session:
        assert session.scalars(select(AuditEntry)).all() == []
