"""Sessions in a browser are told from a platform's tokens by what they are, not by what they are called."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select, text
from sqlalchemy.orm import Session

from service.actions.access import credentials, sign_in
from service.actions.access import sessions as sessions_of_a_browser
from service.actions.people import directory
from service.domain.errors import NotSignedIn
from service.domain.roles import Actor
from service.store import find, migrate
from service.store.session import Sessions, make_engine
from service.store.tables import Credential, Person
from tests.service.actions.school import NOW, found


def _enter(session: Session, platform: Actor, person: str) -> str:
    row = find.one(session, Person, platform.organization, person)
    _, link = sign_in.invite(session, platform.organization, row, now=NOW, by="operator")
    return sign_in.enter(session, link, embedded=False, now=NOW).secret


def test_sessions_end_whatever_they_are_called_and_tokens_stay(sessions: Sessions) -> None:
    with sessions.writing() as session:
        platform = found(session)
        _, token = credentials.mint_token(session, platform, person="lena", now=NOW)
        entered = _enter(session, platform, "lena")
        session.flush()
        swapped = {"token for lena": "session of lena", "session of lena": "lena, in the staff room"}
        for row in session.scalars(select(Credential).where(Credential.name.in_(swapped))).all():
            row.name = swapped[row.name]
        session.flush()
        assert directory.person(session, platform, "lena", now=NOW).sessions == 1
        sessions_of_a_browser.end_all(session, find.one(session, Person, platform.organization, "lena").id, now=NOW)
        assert directory.person(session, platform, "lena", now=NOW).sessions == 0
        later = NOW + timedelta(minutes=1)
        assert credentials.authenticate(session, token, now=later).person
        with pytest.raises(NotSignedIn):
            credentials.authenticate(session, entered, now=later)


_AS_IT_WAS = (
    "INSERT INTO organizations (id, external_id, name, language, settings, created_at)"
    " VALUES ('o', 'o', 'O', 'en', '{}', :now)",
    "INSERT INTO people (id, organization_id, external_id, name, language, created_at)"
    " VALUES ('p', 'o', 'p', 'P', '', :now)",
    "INSERT INTO credentials (id, organization_id, name, reach, secret_hash, person_id, groups, created_at)"
    " VALUES ('1', 'o', 'session of p', 'person', '1', 'p', '[]', :now)",
    "INSERT INTO credentials (id, organization_id, name, reach, secret_hash, person_id, groups, created_at)"
    " VALUES ('2', 'o', 'token for p', 'person', '2', 'p', '[]', :now)",
    "INSERT INTO credentials (id, organization_id, name, reach, secret_hash, person_id, groups, created_at)"
    " VALUES ('3', 'o', 'session of our platform', 'platform', '3', NULL, '[]', :now)",
)


def test_sessions_that_had_begun_before_they_were_marked_are_found(bare_database: str) -> None:
    engine = make_engine(bare_database)
    migrate.upgrade(engine, "0012")
    with engine.begin() as connection:
        for statement in _AS_IT_WAS:
            connection.execute(text(statement), {"now": NOW})
    migrate.upgrade(engine, "0013")
    with engine.connect() as connection:
        assert connection.scalars(text("SELECT id FROM credentials WHERE session")).all() == ["1"]
    migrate.downgrade(engine, "0012")
    engine.dispose()
