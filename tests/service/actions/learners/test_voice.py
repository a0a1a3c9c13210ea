"""Learners say whether feedback helped, ask a person and reply: about what they can read, and for themselves only."""

from __future__ import annotations

import pytest

from service.actions.approvals.deciding import Deciding
from service.actions.decisions import release
from service.actions.learners import asks, reactions
from service.actions.learners.asks import AskWish
from service.actions.work import submit
from service.domain.errors import ChangedSince, Conflict, Invalid, NotAllowed, NotFound
from service.store.session import Sessions
from service.store.tables import AskKind
from tests.service.actions.learners.learning import LATER, a_class
from tests.service.actions.school import NOW, act_as

HOSTILE = "<script>alert(1)</script> {{7*7}} '; DROP TABLE asks; -- \u202eשלום\u202c 🌱 \t\n ' \" & é"


def test_one_reaction_on_each_point_and_on_the_whole_which_can_change_and_go(sessions: Sessions) -> None:
    with sessions.writing() as session:
        here = a_class(session)
        said = [
            reactions.react(session, here.amara, "s-amara", about=about, helpful=helpful, why=why, now=LATER)[1]
            for about, helpful, why in ((here.point, True, ""), ("", True, "Clear."), (here.point, False, HOSTILE))
        ]
        assert said == [True, True, False]
        seen = reactions.reactions(session, here.amara, "s-amara")
        assert [(one.row.about, one.row.helpful, one.row.why) for one in seen] == [
            ("", True, "Clear."),
            (here.point, False, HOSTILE),
        ]
        reactions.take_back(session, here.amara, "s-amara", about=here.point)
        session.flush()
        assert [one.row.about for one in reactions.reactions(session, here.amara, "s-amara")] == [""]


def test_a_point_that_was_not_released_or_was_taken_back_cannot_be_reacted_to(sessions: Sessions) -> None:
    with sessions.writing() as session:
        here = a_class(session)
        with pytest.raises(NotFound):
            reactions.react(session, here.amara, "s-amara", about="0" * 32, helpful=True, now=LATER)
        release.retract(Deciding(session, here.lena, here.draft.id, here.draft.version, LATER))
        for about in ("", here.point):
            with pytest.raises(NotFound):
                reactions.react(session, here.amara, "s-amara", about=about, helpful=True, now=LATER)


def test_a_question_is_open_until_a_facilitator_of_the_group_answers_it(sessions: Sessions) -> None:
    with sessions.writing() as session:
        here = a_class(session)
        asked = asks.ask(session, here.amara, "s-amara", AskWish(HOSTILE, point=here.point), now=NOW)
        assert (asked.text, asked.point, asked.person_name) == (HOSTILE, here.point, "Amara Okafor")
        mateo = act_as(session, here.platform, "mateo")
        for actor in (here.lena, mateo, here.platform):
            assert [one.id for one in asks.asks_open(session, actor)] == [asked.id]
        answered = asks.answer(Deciding(session, mateo, asked.id, asked.version, LATER), "The one about questions.")
        assert (answered.answered_by, answered.answered_at) == ("Mateo", LATER)
        assert asks.asks_open(session, here.lena) == []
        assert [one.answer for one in asks.asks(session, here.amara, "s-amara")] == ["The one about questions."]
        assert len(here.told("ask.opened")) == len(here.told("ask.answered")) == 1
        with pytest.raises(Conflict):
            asks.answer(Deciding(session, here.lena, asked.id, asked.version, LATER), "Another.")
        with pytest.raises(ChangedSince):
            asks.answer(Deciding(session, mateo, asked.id, asked.version, LATER), "Typed on another page, before.")
        asks.answer(Deciding(session, mateo, asked.id, answered.version, LATER), "Worded anew.")
        assert len(here.told("ask.answered")) == 1


def test_a_reply_waits_for_nobody_and_is_read_with_its_draft(sessions: Sessions) -> None:
    with sessions.writing() as session:
        here = a_class(session)
        asks.ask(session, here.amara, "s-amara", AskWish("Thank you.", AskKind.REPLY), now=NOW)
        assert asks.asks_open(session, here.lena) == []
        (reply,) = asks.asks_open(session, here.lena, draft=here.draft.id)
        assert (reply.kind, reply.text) == (AskKind.REPLY, "Thank you.")


def test_only_the_learner_asks_and_only_a_facilitator_there_answers(sessions: Sessions) -> None:
    with sessions.writing() as session:
        here, elsewhere = a_class(session), a_class(session, name="valley")
        for actor in (here.yusuf, here.lena):
            with pytest.raises(NotFound):
                asks.ask(session, actor, "s-amara", AskWish("Mine?"), now=NOW)
        asked = asks.ask(session, here.amara, "s-amara", AskWish("Which one?"), now=NOW)
        for actor in (here.amara, here.yusuf, elsewhere.lena, elsewhere.platform):
            with pytest.raises(NotFound):
                asks.answer(Deciding(session, actor, asked.id, asked.version, NOW), "This.")
        with pytest.raises(NotAllowed):
            asks.answer(Deciding(session, here.platform, asked.id, asked.version, NOW), "This.")
        with pytest.raises(NotAllowed):
            asks.asks_open(session, here.yusuf)
        assert asks.asks_open(session, elsewhere.lena) == []
        with pytest.raises(Invalid):
            asks.ask(session, here.amara, "s-amara", AskWish(" \n"), now=NOW)


def test_work_taken_back_takes_its_questions_and_reactions_along(sessions: Sessions) -> None:
    with sessions.writing() as session:
        here = a_class(session)
        asked = asks.ask(session, here.amara, "s-amara", AskWish("Which one?"), now=NOW)
        reactions.react(session, here.amara, "s-amara", helpful=True, now=NOW)
        submit.withdraw(session, here.amara, "s-amara", now=LATER)
        assert asks.asks_open(session, here.lena) == []
        with pytest.raises(NotFound):
            asks.answer(Deciding(session, here.lena, asked.id, asked.version, LATER), "This.")
        with pytest.raises(NotFound):
            asks.asks(session, here.amara, "s-amara")
        with pytest.raises(NotFound):
            reactions.reactions(session, here.amara, "s-amara")
