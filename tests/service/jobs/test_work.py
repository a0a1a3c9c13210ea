"""Similar work, found by the real index, for people who review and as consent stands now."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import select

from pipelines.values import AI
from service.actions.people import register
from service.actions.people.register import ConsentWish
from service.actions.work.similar import Similar
from service.domain.errors import Invalid, NotAllowed
from service.domain.roles import Actor, CredentialReach
from service.domain.visibility import ShowWork
from service.jobs.work import finder, searcher
from service.store.tables import Group, Person
from tests.service.jobs.conftest import TEXT, School
from tests.work_off import work_off


def search(school: School, actor: Actor | None = None, **asked: Any) -> list[Similar]:
    wish = {"challenge": None, "submission": None, "text": None, "limit": 5, "now": school.parts.now()} | asked
    return searcher(school.parts.sessions, finder(school.parts))(actor or school.actor, **wish)


def allow(school: School, person: str, wish: ConsentWish) -> None:
    with school.parts.sessions.writing() as session:
        register.set_consent(session, school.actor, person, wish, now=school.parts.now())


def shared(school: School) -> None:
    """Two solutions, both shown to others, indexed."""
    for person in ("amara", "noor"):
        allow(school, person, ConsentWish(show_work=ShowWork.WITHOUT_NAME))
    school.hand_in("s-1", "amara", TEXT)
    school.hand_in("s-2", "noor", "We pair teachers across grades and visit each other once, and write it down.")
    work_off(school.parts)


def test_work_like_a_submission_is_somebody_elses_at_its_place(school: School) -> None:
    shared(school)
    (found,) = search(school, submission="s-1")
    assert (found.submission, found.person, found.revision) == ("s-2", "noor", 1)
    assert 0.3 < found.similarity < 1


def test_work_like_a_text_comes_the_most_similar_first(school: School) -> None:
    shared(school)
    found = search(school, challenge="observation", text=TEXT)
    assert [one.submission for one in found] == ["s-1", "s-2"]
    assert found[0].similarity == pytest.approx(1.0, abs=0.01)


def test_what_an_author_no_longer_shows_or_took_back_is_gone_at_once(school: School) -> None:
    shared(school)
    allow(school, "noor", ConsentWish(show_work=ShowWork.NO))
    assert search(school, submission="s-1") == []
    school.withdraw("s-1")
    assert search(school, challenge="observation", text=TEXT) == []


def test_a_learner_may_not_search_and_a_text_that_no_machine_may_read_is_not_looked_for(school: School) -> None:
    shared(school)
    with school.parts.sessions.reading() as session:
        amara = session.scalars(select(Person).where(Person.external_id == "amara")).one()
        group = session.scalars(select(Group)).one()
    learner = Actor(school.actor.organization, "t", CredentialReach.PERSON, amara.id, learns_in=frozenset({group.id}))
    with pytest.raises(NotAllowed):
        search(school, learner, submission="s-1")
    other = replace(learner, facilitates=frozenset({"another group"}))
    assert search(school, other, challenge="observation", text=TEXT) == []
    allow(school, "amara", ConsentWish(ai=AI.NONE))
    with pytest.raises(NotAllowed, match="no machine"):
        search(school, submission="s-1")


def test_a_question_without_a_text_is_refused_with_what_to_send(school: School) -> None:
    with pytest.raises(Invalid, match="Give a submission"):
        search(school, challenge="observation")
