"""Ids that people give with their own tokens are their own: they take nobody's, and tell nothing of anybody's."""

from __future__ import annotations

import pytest
from sqlalchemy.orm import Session

from service.actions.learners import guard
from service.actions.work import submit
from service.actions.work.submit import SubmissionWish, Submitted
from service.domain.errors import Conflict, Invalid, NotFound
from service.domain.roles import Actor
from service.store.session import Sessions
from tests.service.actions.school import NOW, OTHER_PLAN, PLAN, act_as, found, hand_in


def _in(session: Session, actor: Actor, person: str, id_: str, text: str = PLAN) -> Submitted:
    return submit.submit(session, actor, id_, SubmissionWish("observe", person, text), now=NOW)


def test_a_learner_cannot_take_the_id_with_which_the_platform_hands_in_for_another(sessions: Sessions) -> None:
    with sessions.writing() as session:
        platform = found(session)
        taken = _in(session, act_as(session, platform, "yusuf"), "yusuf", "plan-of-amara")
        done = _in(session, platform, "amara", "plan-of-amara")
        assert done.created
        assert done.submission.external_id == "plan-of-amara"
        assert taken.submission.external_id == f"~{taken.submission.person_id}~plan-of-amara"


def test_an_id_that_another_has_is_free_for_a_learner_and_tells_nothing(sessions: Sessions) -> None:
    with sessions.writing() as session:
        platform = found(session)
        theirs = hand_in(session, platform, "amara", id_="plan").submission
        yusuf, lin = act_as(session, platform, "yusuf"), act_as(session, platform, "lin")
        made = [_in(session, yusuf, "yusuf", "plan", OTHER_PLAN), _in(session, lin, "lin", "plan", OTHER_PLAN)]
        assert all(one.created for one in made)
        assert len({theirs.id, *(one.submission.id for one in made)}) == 3
        assert submit.get(session, platform, "plan").id == theirs.id


def test_the_author_goes_on_by_the_id_they_gave_and_everybody_else_by_the_one_that_is_shown(sessions: Sessions) -> None:
    with sessions.writing() as session:
        platform = found(session)
        amara, lena = act_as(session, platform, "amara"), act_as(session, platform, "lena")
        first = _in(session, amara, "amara", "plan").submission
        second = _in(session, amara, "amara", "plan", OTHER_PLAN)
        third = _in(session, amara, "amara", first.external_id, PLAN + OTHER_PLAN)
        assert (second.submission.id, second.revision.number) == (first.id, 2)
        assert (third.submission.id, third.revision.number) == (first.id, 3)
        for id_ in ("plan", first.external_id):
            assert submit.get(session, amara, id_).id == guard.submission_of(session, amara, id_).id == first.id
        assert submit.get(session, lena, first.external_id).id == first.id
        for other in (platform, lena):
            with pytest.raises(NotFound, match="There is no submission 'plan' here"):
                submit.get(session, other, "plan")


def test_what_the_platform_handed_in_its_learner_revises_by_the_platforms_id(sessions: Sessions) -> None:
    with sessions.writing() as session:
        platform = found(session)
        first = hand_in(session, platform, "amara", id_="plan").submission
        second = _in(session, act_as(session, platform, "amara"), "amara", "plan", OTHER_PLAN)
        assert (second.submission.id, second.revision.number) == (first.id, 2)


def test_a_platform_is_still_told_that_an_id_of_its_own_is_anothers(sessions: Sessions) -> None:
    with sessions.writing() as session:
        platform = found(session)
        hand_in(session, platform, "amara", id_="plan")
        with pytest.raises(Conflict, match="belongs to another person"):
            _in(session, platform, "yusuf", "plan")


def test_an_id_of_ones_own_that_is_too_long_is_refused_with_how_long_it_may_be(sessions: Sessions) -> None:
    with sessions.writing() as session:
        platform = found(session)
        amara = act_as(session, platform, "amara")
        with pytest.raises(Invalid, match="at most 221 characters"):
            _in(session, amara, "amara", "x" * 222)
        assert _in(session, amara, "amara", "x" * 221).created
        assert _in(session, platform, "amara", "x" * 255).created
