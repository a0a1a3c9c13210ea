"""A rule for a challenge: its effect is seen before, and it shows what keeps to it in its setter's words only."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select

from service.actions.approvals.deciding import Deciding
from service.actions.galleries import policy, review
from service.actions.learners import galleries as galleries_learn
from service.actions.people import register
from service.domain.errors import Invalid, NotFound
from service.domain.galleries import GalleryState, Policy, SharingHindrance
from service.domain.roles import Actor, Role
from service.domain.visibility import ShowWork
from service.store.session import Sessions
from service.store.tables import Gallery, GalleryApproval, GalleryPolicy
from tests.service.actions.galleries.world import all_hand_in, allow, approved, authors, machine, of, peopled
from tests.service.actions.school import NOW, act_as, hand_in

LATER = NOW + timedelta(seconds=10)
QUESTION = "Where does each begin, and what does yours see that the others do not?"


@pytest.fixture
def platform(sessions: Sessions) -> Actor:
    with sessions.writing() as session:
        platform = peopled(session)
        all_hand_in(session, platform, now=NOW - timedelta(weeks=4))
        hand_in(session, platform, "tiago", "We begin anew and let the students say what to watch for.", now=NOW)
        policy.suggest(session, act_as(session, platform, "mateo"), "observe", group=None, now=NOW)
        machine(session)
    return platform


def test_the_effect_of_a_rule_is_seen_before_it_holds(sessions: Sessions, platform: Actor) -> None:
    with sessions.writing() as session:
        galleries = session.scalars(select(Gallery)).all()
        mateo = act_as(session, platform, "mateo")
        here = policy.place(session, mateo, "observe")
        assert here.group.external_id == "all"
        open_rule = policy.weigh(session, here, Policy(automatic=True), now=NOW)
        assert (open_rule.shown, len(open_rule.weighed)) == (5, 5)
        weeks = policy.weigh(session, here, Policy(automatic=True, weeks=3), now=NOW)
        with_tiago = sum("tiago" in authors(session, row) for row in galleries)
        assert (weeks.shown, weeks.against) == (5 - with_tiago, {SharingHindrance.TOO_RECENT: with_tiago})
        assert 0 < with_tiago < 5
        assert {row.state for row in session.scalars(select(Gallery))} == {GalleryState.READY}
        assert session.scalars(select(GalleryPolicy)).all() == []


def test_what_keeps_to_the_rule_is_shown_in_the_words_of_whoever_set_it(sessions: Sessions, platform: Actor) -> None:
    with sessions.writing() as session:
        mateo, amara = act_as(session, platform, "mateo"), act_as(session, platform, "amara")
        for author in ("yusuf", "noor", "lin"):
            allow(session, platform, author, show_work=ShowWork.WITH_NAME)
        rule = Policy(automatic=True, without_names=True, weeks=3, question=QUESTION)
        policy.lay_down(session, mateo, "observe", group=None, policy=rule, now=NOW)
        for row in session.scalars(select(Gallery)).all():
            keeps = "tiago" not in authors(session, row)
            assert (row.state is GalleryState.APPROVED) == keeps
            assert review.show_due(session, row.id, now=LATER) == keeps
        approvals = session.scalars(select(GalleryApproval)).all()
        assert {one.facilitator_id for one in approvals} == {mateo.person}
        assert all(one.policy_id and one.body["comparison"] == QUESTION for one in approvals)
        seen = galleries_learn.others(session, amara, "s-amara", now=LATER)
        if of(session).state is GalleryState.SHOWN:
            assert (seen.comparison, seen.by_rule, seen.approved_by) == (QUESTION, True, "Mateo")
            assert not any(work.author or work.marks for work in seen.works)


def test_a_rule_needs_words_of_a_persons_own_and_that_person_still_in_charge(
    sessions: Sessions, platform: Actor
) -> None:
    with sessions.writing() as session:
        mateo = act_as(session, platform, "mateo")
        with pytest.raises(Invalid):
            policy.lay_down(session, mateo, "observe", group=None, policy=Policy(automatic=True), now=NOW)
        lena = act_as(session, platform, "lena")
        with pytest.raises(NotFound):  # as for a group that is not there
            policy.lay_down(session, lena, "observe", group="all", policy=Policy(), now=NOW)
        rule = Policy(suggest=True, automatic=True, question=QUESTION)
        policy.lay_down(session, mateo, "observe", group="all", policy=rule, now=NOW)
        review.undo(Deciding(session, mateo, of(session).id, of(session).version, NOW))
        register.put_person(session, platform, "mateo", name="Mateo", roles=[(Role.LEARNER, "south")], now=NOW)
        session.flush()
        assert not review.by_policy(session, of(session), now=NOW)


def test_a_rule_that_ends_in_the_undo_window_shows_nothing_any_more(sessions: Sessions, platform: Actor) -> None:
    with sessions.writing() as session:
        mateo = act_as(session, platform, "mateo")
        rule = Policy(automatic=True, question=QUESTION)
        policy.lay_down(session, mateo, "observe", group="all", policy=rule, now=NOW)
        policy.lay_down(session, mateo, "observe", group="all", policy=Policy(), now=NOW)
        assert not review.show_due(session, of(session).id, now=LATER)
        assert (of(session).state, of(session).reason_code) == (GalleryState.READY, "rule_changed")
        kept = session.scalars(select(GalleryPolicy).order_by(GalleryPolicy.id)).all()
        assert [one.ended_at is None for one in kept] == [False, True]


def test_an_authors_work_is_shown_no_more_often_than_the_rule_says(sessions: Sessions, platform: Actor) -> None:
    with sessions.writing() as session:
        mateo = act_as(session, platform, "mateo")
        rule = Policy(automatic=True, most_per_author=1, question=QUESTION)
        policy.lay_down(session, mateo, "observe", group="all", policy=rule, now=NOW)
        live = [row for row in session.scalars(select(Gallery)) if row.state is GalleryState.APPROVED]
        shown = [author for row in live for author in authors(session, row)]
        assert live
        assert len(shown) == len(set(shown))
        waiting = next(row for row in session.scalars(select(Gallery)) if row.state is GalleryState.READY)
        with pytest.raises(Invalid):
            approved(session, mateo, waiting)


def test_whoever_hands_in_gets_a_gallery_where_the_nearest_rule_says_so(sessions: Sessions) -> None:
    with sessions.writing() as session:
        platform = peopled(session)
        mateo = act_as(session, platform, "mateo")
        policy.lay_down(session, mateo, "observe", group="all", policy=Policy(suggest=True), now=NOW)
        policy.lay_down(session, mateo, "observe", group="south", policy=Policy(), now=NOW)
        all_hand_in(session, platform)
        assert len(session.scalars(select(Gallery)).all()) == 4
        assert of(session).state is GalleryState.SUGGESTED
