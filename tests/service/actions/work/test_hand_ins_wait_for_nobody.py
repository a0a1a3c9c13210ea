"""While somebody holds what others refer to, work comes in all the same: on PostgreSQL, which holds row by row."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace

import pytest
from sqlalchemy import select, text
from sqlalchemy.orm import Session

from service.actions.access import organizations
from service.actions.approvals.deciding import Deciding
from service.actions.challenges import editor
from service.actions.introductions import common
from service.actions.learners import galleries
from service.actions.memory import clarifying
from service.actions.people import register
from service.actions.questioned import make
from service.actions.requests import need
from service.domain.roles import Actor, Role
from service.store import outbox
from service.store.session import Sessions, make_engine
from service.store.tables import Person, Submission
from tests.service.actions.galleries.world import WORKS, all_hand_in, approved, machine, of, peopled
from tests.service.actions.memory.test_clarifying import ANSWER, thrice
from tests.service.actions.school import NOW, act_as, hand_in

Holds = Callable[[Session, Actor], object]


@pytest.fixture
def crossed(postgres_database: str) -> Iterator[Sessions]:
    engine = make_engine(postgres_database)
    yield Sessions(engine)
    engine.dispose()


def _events_are_numbered(session: Session, platform: Actor) -> None:
    outbox.number(session, platform.organization)


def _settings_are_changed(session: Session, platform: Actor) -> None:
    _, wish = organizations.show(session, platform)
    organizations.change(session, platform, replace(wish, name="Lakeside and Hill"), now=NOW)


def _questioned_passages_are_kept(session: Session, platform: Actor) -> None:
    make.finish(session, platform.organization, {}, now=NOW)


def _a_coordinator_is_taken_off(session: Session, platform: Actor) -> None:
    for person in ("ada", "ben"):
        register.put_person(session, platform, person, name=person, roles=[(Role.COORDINATOR, "all")], now=NOW)
    register.put_person(session, act_as(session, platform, "ada"), "ben", name="ben", roles=[], now=NOW)


def _a_gallery_is_approved(session: Session, platform: Actor) -> None:
    approved(session, act_as(session, platform, "mateo"), of(session))


def _a_challenge_is_edited(session: Session, platform: Actor) -> None:
    form = editor.form(session, platform, "observe")
    editor.change(session, platform, "observe", form.wish, seen=form.seen, now=NOW)


def _introductions_are_sought(session: Session, platform: Actor) -> None:
    common.hold(session, session.scalars(select(Person.id)))


def _a_need_is_stated(session: Session, platform: Actor) -> None:
    need.state(session, act_as(session, platform, "amara"), text="I look for a partner to observe.", now=NOW)


@pytest.mark.servers
@pytest.mark.parametrize(
    "holds",
    [
        _events_are_numbered,
        _settings_are_changed,
        _questioned_passages_are_kept,
        _a_coordinator_is_taken_off,
        _a_gallery_is_approved,
        _a_challenge_is_edited,
        _introductions_are_sought,
        _a_need_is_stated,
    ],
)
def test_everybody_can_hand_in_while(crossed: Sessions, holds: Holds) -> None:
    with crossed.writing() as session:
        platform = peopled(session)
        all_hand_in(session, platform)
        galleries.ask(session, act_as(session, platform, "amara"), "s-amara", now=NOW)
        machine(session)
    with crossed.writing() as session:
        holds(session, platform)
        session.flush()
        _hand_in_quickly(crossed, platform)
    with crossed.reading() as session:
        assert session.scalars(select(Submission.external_id).where(Submission.latest == 1)).all().count("new-lin") == 1


@pytest.mark.servers
def test_everybody_can_hand_in_while_a_question_is_answered(crossed: Sessions) -> None:
    with crossed.writing() as session:
        platform, lena, _ = thrice(session)
    with crossed.writing() as session:
        version = clarifying.challenge_questions(session, lena, "observe").version
        clarifying.answer(Deciding(session, lena, "observe", version, NOW), criterion="k2", text=ANSWER)
        with crossed.writing() as other:
            other.execute(text("SET LOCAL lock_timeout = '1s'"))
            assert hand_in(other, platform, "lin", id_="new-lin").created


def _hand_in_quickly(sessions: Sessions, platform: Actor) -> None:
    with sessions.writing() as session:
        session.execute(text("SET LOCAL lock_timeout = '1s'"))
        for person, words in WORKS.items():
            hand_in(session, platform, person, words, id_=f"new-{person}")
