"""The trail is a chain: whoever changes, thins out, reorders or cuts it is found; the database refuses it first."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta

import pytest
from sqlalchemy import Connection, select, text
from sqlalchemy.exc import DBAPIError

from service.domain.audit import Anchor, beginning
from service.store import audit
from service.store.session import Sessions
from service.store.tables import AuditEntry, Organization, Person, Pseudonym
from tests.service.store.world import NOW, World
from tests.trust.told import TOLD

Harm = Callable[[Connection, str], object]


def write(world: World, count: int = 1, *, actor: str = "clock", subject: str = "d1", **facts: object) -> None:
    for turn in range(count):
        with world.sessions.writing() as session:
            who = {"organization": world.organization, "actor": actor, "act": "x", "subject": subject}
            audit.record(session, **who, now=NOW + timedelta(seconds=turn), turn=turn, **facts)


def wrong(world: World, *anchors: Anchor) -> list[str]:
    with world.sessions.reading() as session:
        return audit.verify(session, world.organization, anchors)


def end(world: World) -> Anchor:
    with world.sessions.reading() as session:
        return audit.head(session, world.organization)


@contextmanager
def unguarded(sessions: Sessions) -> Iterator[Connection]:
    """A connection for which the triggers do not run: that of whoever has the database's files or its superuser."""
    with sessions.engine.begin() as connection:
        if sessions.engine.dialect.name == "postgresql":
            connection.execute(text("SET LOCAL session_replication_role = replica"))
            yield connection
            return
        triggers = connection.execute(text("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'")).all()
        for name, _ in triggers:
            connection.execute(text(f"DROP TRIGGER {name}"))
        yield connection
        for _, sql in triggers:
            connection.exec_driver_sql(sql)


def flip(column: str, to: str) -> Harm:
    return lambda at, org: at.execute(
        text(f"UPDATE audit_entries SET {column} = {to} WHERE organization_id = :o AND number = 3"),  # noqa: S608
        {"o": org},
    )


def delete(number: int) -> Harm:
    return lambda at, org: at.execute(
        text("DELETE FROM audit_entries WHERE organization_id = :o AND number = :n"), {"o": org, "n": number}
    )


def swap(at: Connection, org: str) -> None:
    for old, new in ((2, -1), (3, 2), (-1, 3)):
        at.execute(
            text("UPDATE audit_entries SET number = :new WHERE organization_id = :o AND number = :old"),
            {"o": org, "old": old, "new": new},
        )


def slip_in(at: Connection, org: str) -> None:
    at.execute(
        text(
            "INSERT INTO audit_entries (id, organization_id, at, actor, act, subject, facts) "
            "SELECT '0', organization_id, at, actor, act, subject, facts FROM audit_entries "
            "WHERE organization_id = :o AND number = 1"
        ),
        {"o": org},
    )


HARMS: dict[str, tuple[Harm, str]] = {
    "an actor": (flip("actor", "'operator'"), "Entry 3 was changed"),
    "an act": (flip("act", "'y'"), "Entry 3 was changed"),
    "a subject": (flip("subject", "'d2'"), "Entry 3 was changed"),
    "a time": (flip("at", "(SELECT at FROM audit_entries WHERE organization_id = :o AND number = 1)"), "3 was changed"),
    "a fact": (flip("facts", "'{\"turn\": 7}'"), "Entry 3 was changed"),
    "a hash": (flip("hash", f"'{'0' * 64}'"), "Entry 3 was changed"),
    "a hash before": (flip("previous_hash", f"'{'0' * 64}'"), "Entry 3 does not follow"),
    "the first": (delete(1), "Missing: 1. "),
    "one in the middle": (delete(3), "Missing: 3. "),
    "the last": (delete(5), "The end is cut off: the trail ends with entry 4, and entry 5 was written"),
    "the order": (swap, "Entry 2 does not follow"),
    "one slipped in": (slip_in, "Entry 0 stands outside of the chain"),
}


@pytest.mark.parametrize("what", HARMS)
def test_the_database_refuses_and_who_goes_around_it_is_found(world: World, what: str) -> None:
    harm, said = HARMS[what]
    write(world, 5)
    write(other := World(world.sessions, "valley"), 5)
    assert wrong(world) == []
    if what != "one slipped in":  # an insert is what the trail is for
        refused = pytest.raises(DBAPIError, match=r"cannot be (changed|deleted)|is refused")
        with refused, world.sessions.engine.begin() as connection:
            harm(connection, world.organization)
        assert wrong(world) == []
    with unguarded(world.sessions) as connection:
        harm(connection, world.organization)
    found = wrong(world)
    TOLD.count(world.sessions.engine.dialect.name, "changes behind the trail's back", through=int(not found))
    assert any(said in one for one in found), found
    assert wrong(other) == []


def test_an_end_that_is_cut_off_and_written_down_anew_is_found_by_an_anchor_kept_elsewhere(world: World) -> None:
    write(world, 3)
    early = end(world)
    write(world, 2)
    anchor = end(world)
    with unguarded(world.sessions) as connection:
        delete(5)(connection, world.organization)
        delete(4)(connection, world.organization)
        connection.execute(
            text("UPDATE audit_heads SET number = 3, hash = :h WHERE organization_id = :o"),
            {"h": early.hash, "o": world.organization},
        )
    assert wrong(world) == []  # all that is left agrees: nothing in the database can tell
    assert wrong(world, early) == []
    assert wrong(world, early, anchor) == ["The end is cut off: there is no entry 5, which the anchor names."]
    write(world, 2, actor="machine")
    assert "written anew before it" in wrong(world, anchor)[0]


def test_an_anchor_of_another_organization_does_not_pass(world: World) -> None:
    write(world)
    other = World(world.sessions, "valley")
    write(other)
    assert wrong(world, end(other)) != []
    assert wrong(world, beginning(other.organization)) != []
    assert wrong(world, beginning(world.organization), end(world)) == []


def test_the_trail_cannot_be_emptied_and_goes_with_its_organization(world: World) -> None:
    write(world, 2)
    postgres = world.sessions.engine.dialect.name == "postgresql"
    refused = ["DELETE FROM audit_entries", "DELETE FROM audit_heads", "UPDATE audit_heads SET number = 1"]
    for statement in refused + ["TRUNCATE audit_entries CASCADE", "TRUNCATE audit_heads"] * postgres:
        with pytest.raises(DBAPIError), world.sessions.engine.begin() as connection:
            connection.execute(text(statement))
    with world.sessions.writing() as session:
        session.delete(session.get_one(Organization, world.organization))
    with world.sessions.reading() as session:
        assert session.scalars(select(AuditEntry)).all() == []


def test_people_stand_in_it_by_a_pseudonym_that_goes_with_them_and_the_chain_holds(world: World) -> None:
    person = world.person("amara")
    write(world, 2, actor=f"person:{person}", subject=person, to=f"person:{person}", all=[person])
    with world.sessions.reading() as session:
        entries = session.scalars(select(AuditEntry)).all()
        (name,) = session.scalars(select(Pseudonym.name))
        kept = {(one.actor, one.subject, one.facts["to"], *one.facts["all"]) for one in entries}
        assert kept == {(f"somebody:{name}",) * 4}
        assert audit.people(session, world.organization, [f"somebody:{name}"])[f"somebody:{name}"].id == person
        assert person not in str([(one.actor, one.subject, one.facts) for one in entries])
    with world.sessions.writing() as session:
        session.delete(session.get_one(Person, person))
    with world.sessions.reading() as session:
        assert session.scalars(select(Pseudonym)).all() == []
        assert audit.people(session, world.organization, [f"somebody:{name}"]) == {}
    assert wrong(world) == []
    write(world, 1, actor=f"person:{person}")
    with world.sessions.reading() as session:
        assert (
            session.scalars(select(AuditEntry).order_by(AuditEntry.number.desc())).first().actor.startswith("somebody:")
        )
    assert wrong(world) == []


def test_what_a_savepoint_takes_back_is_in_no_chain(world: World) -> None:
    who = {"organization": world.organization, "actor": "clock", "subject": "d1", "now": NOW}
    with world.sessions.writing() as session:
        audit.record(session, **who, act="first")
        inner = session.begin_nested()
        audit.record(session, **who, act="taken back")
        inner.rollback()
        audit.record(session, **who, act="last")
    with world.sessions.reading() as session:
        rows = session.execute(select(AuditEntry.number, AuditEntry.act).order_by(AuditEntry.number)).all()
        assert rows == [(1, "first"), (2, "last")]
    assert wrong(world) == []


def test_numbers_with_a_fraction_and_other_alphabets_are_hashed_alike_when_read_back(world: World) -> None:
    write(
        world, 1, price=1e22, share=0.1, at=NOW, words="Zürich, 東京, \u202e", none=None, yes=True, deep={"b": [1, 2.5]}
    )
    assert wrong(world) == []


def test_many_who_write_at_once_make_one_chain(world: World) -> None:
    failed: list[BaseException] = []

    def work() -> None:
        try:
            write(world, 10, actor=f"person:{people.pop()}")
        except BaseException as error:
            failed.append(error)

    people = [world.person(f"p{turn}") for turn in range(8)]
    threads = [threading.Thread(target=work) for _ in range(8)]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    assert failed == []
    assert end(world).number == 80
    assert wrong(world) == []
