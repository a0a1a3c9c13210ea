"""A key that is limited to some groups stands in for those people only who have no part anywhere else."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from service.actions.access import credentials, sign_in
from service.actions.learners import own_data
from service.actions.people import directory, register
from service.domain.errors import NotAllowed, NotFound, NotSignedIn
from service.domain.roles import Actor, Role
from service.store.session import Sessions
from service.store.tables import AuditEntry, Credential
from tests.service.actions.school import NOW, approve, found, hand_in, make_ready

LATER = NOW + timedelta(minutes=1)


def _of_north(session: Session, platform: Actor) -> Actor:
    _, secret = credentials.create_key(session, platform, name="North's platform", groups=["north"], now=NOW)
    return credentials.authenticate(session, secret, now=NOW)


def _also_in_south(session: Session, platform: Actor, person: str, role: Role) -> None:
    held = [(role, "north"), (role, "south")]
    register.put_person(session, platform, person, name=person.title(), roles=held, now=NOW)


def _trail(session: Session, act: str) -> list[AuditEntry]:
    session.flush()
    return list(session.scalars(select(AuditEntry).where(AuditEntry.act == act).order_by(AuditEntry.id)))


def test_a_groups_key_cannot_become_somebody_who_has_a_part_elsewhere(sessions: Sessions) -> None:
    with sessions.writing() as session:
        platform = found(session)
        north = _of_north(session, platform)
        _also_in_south(session, platform, "lena", Role.FACILITATOR)
        with pytest.raises(NotAllowed, match="has a part in others"):
            credentials.mint_token(session, north, person="lena", now=NOW)
        with pytest.raises(NotAllowed, match="has a part in others"):
            sign_in.link(session, north, person="lena", embedded=True, now=NOW)
        assert not _trail(session, "token.mint")


def test_for_a_groups_key_somebody_of_other_groups_is_not_there_at_all(sessions: Sessions) -> None:
    with sessions.writing() as session:
        north = _of_north(session, found(session))
        for person in ("lin", "mateo", "nobody"):
            with pytest.raises(NotFound, match=f"There is no person '{person}' here, or it is not yours to see"):
                credentials.mint_token(session, north, person=person, now=NOW)
            with pytest.raises(NotFound, match=f"There is no person '{person}' here, or it is not yours to see"):
                sign_in.link(session, north, person=person, embedded=False, now=NOW)


def test_a_part_that_comes_later_in_another_group_ends_what_a_groups_key_had_made(sessions: Sessions) -> None:
    """The draft of the other group is the one that was approved with a group's key."""
    with sessions.writing() as session:
        platform = found(session)
        north = _of_north(session, platform)
        _, token = credentials.mint_token(session, north, person="lena", now=NOW)
        _, used = sign_in.link(session, north, person="lena", embedded=False, now=NOW)
        _, unused = sign_in.link(session, north, person="lena", embedded=False, now=NOW)
        entered = sign_in.enter(session, used, embedded=False, now=NOW)
        there = make_ready(session, hand_in(session, platform, "lin").draft)
        with pytest.raises((NotAllowed, NotFound)):
            approve(session, credentials.authenticate(session, token, now=LATER), there)
        _also_in_south(session, platform, "lena", Role.FACILITATOR)
        for secret in (token, entered.secret):
            with pytest.raises(NotSignedIn):
                credentials.authenticate(session, secret, now=LATER)
        assert not sign_in.invited(session, unused, now=LATER).works
        with pytest.raises(NotSignedIn):
            sign_in.enter(session, unused, embedded=False, now=LATER)


def test_whoever_coordinates_everything_leads_nothing_by_a_key_that_does_not(sessions: Sessions) -> None:
    with sessions.writing() as session:
        platform = found(session)
        register.put_person(session, platform, "head", name="Head", roles=[(Role.COORDINATOR, "all")], now=NOW)
        _, limited = credentials.create_key(session, platform, name="limited", groups=["all"], now=NOW)
        key = credentials.authenticate(session, limited, now=NOW)
        _, secret = credentials.mint_token(session, key, person="head", now=NOW)
        head = credentials.authenticate(session, secret, now=NOW)
        assert head.coordinates
        with pytest.raises(NotAllowed):
            credentials.create_key(session, head, name="without limits", now=NOW)
        _, whole = credentials.mint_token(session, platform, person="head", now=NOW)
        assert credentials.authenticate(session, whole, now=NOW).everywhere


def test_what_a_person_has_made_who_came_in_with_a_key_ends_with_that_key(sessions: Sessions) -> None:
    with sessions.writing() as session:
        platform = found(session)
        north = _of_north(session, platform)
        register.put_person(session, platform, "chair", name="Chair", roles=[(Role.COORDINATOR, "north")], now=NOW)
        _, secret = credentials.mint_token(session, north, person="chair", now=NOW)
        chair = credentials.authenticate(session, secret, now=NOW)
        link = directory.invite(session, chair, "lena", lifetime=timedelta(days=1), now=NOW)
        begun = sign_in.enter(session, link, embedded=False, now=NOW)
        assert credentials.authenticate(session, begun.secret, now=LATER).person
        credentials.revoke(session, platform, north.credential, now=NOW)
        with pytest.raises(NotSignedIn):
            credentials.authenticate(session, begun.secret, now=LATER)


def test_what_was_made_with_a_key_ends_when_the_key_expires(sessions: Sessions) -> None:
    with sessions.writing() as session:
        platform = found(session)
        _, token = credentials.mint_token(session, platform, person="lena", now=NOW)
        _, link = sign_in.link(session, platform, person="lena", embedded=False, now=NOW)
        session.get_one(Credential, platform.credential).expires_at = LATER
        session.flush()
        with pytest.raises(NotSignedIn):
            credentials.authenticate(session, token, now=LATER)
        with pytest.raises(NotSignedIn):
            sign_in.enter(session, link, embedded=False, now=LATER)


def test_a_groups_key_neither_reads_nor_allows_for_somebody_who_has_a_part_elsewhere(sessions: Sessions) -> None:
    with sessions.writing() as session:
        platform = found(session)
        north = _of_north(session, platform)
        assert own_data.own_data(session, north, "amara", now=NOW)
        _also_in_south(session, platform, "amara", Role.LEARNER)
        with pytest.raises(NotAllowed, match="has a part in others"):
            own_data.own_data(session, north, "amara", now=NOW)
        with pytest.raises(NotAllowed, match="has a part in others"):
            register.set_consent(session, north, "amara", register.ConsentWish(introduce=False), now=NOW)
        with pytest.raises(NotFound):
            register.set_consent(session, north, "lin", register.ConsentWish(introduce=False), now=NOW)


def test_each_token_and_link_leaves_who_for_whom_and_with_which_reach_and_no_secret(sessions: Sessions) -> None:
    with sessions.writing() as session:
        platform = found(session)
        north = _of_north(session, platform)
        token, secret = credentials.mint_token(session, north, person="lena", now=NOW)
        row, link = sign_in.link(session, north, person="lena", embedded=True, now=NOW)
        minted, invited = _trail(session, "token.mint")[0], _trail(session, "sign-in.invite")[0]
        assert minted.actor == invited.actor == f"credential:{north.credential}"
        assert minted.subject == invited.subject == f"person:{token.person_id}"
        assert (minted.facts["credential"], invited.facts["link"]) == (token.id, row.id)
        assert minted.facts["groups"] == invited.facts["groups"] == sorted(north.groups or ())
        assert _trail(session, "key.issue")[-1].facts["groups"] == sorted(north.groups or ())
        told = str([one.facts for one in session.scalars(select(AuditEntry))])
        assert secret not in told
        assert link not in told
