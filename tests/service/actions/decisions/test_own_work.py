"""Whoever facilitates and learns decides on nothing that is for themselves; a colleague does."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy.orm import Session

from service.actions.approvals.deciding import Deciding
from service.actions.decisions import claim, openings, release, review
from service.actions.desk import around
from service.actions.desk import draft as desk_draft
from service.actions.galleries import desk as galleries_desk
from service.actions.galleries import review as galleries_review
from service.actions.learners import asks
from service.actions.learners import galleries as learners_galleries
from service.actions.people import register
from service.actions.requests import desk as requests_desk
from service.actions.requests import need as requests_need
from service.domain.errors import NotAllowed, NotFound
from service.domain.roles import Actor, Role
from service.store.session import Sessions
from service.store.tables import AskKind, DraftRow
from tests.service.actions.galleries.world import WORKS, machine, of, peopled
from tests.service.actions.school import NOW, PLAN, act_as, approve, hand_in, make_ready

LATER = NOW + timedelta(seconds=30)


def both(session: Session, platform: Actor) -> Actor:
    """Lena, who facilitates North and learns in it, too."""
    roles = [(Role.FACILITATOR, "north"), (Role.LEARNER, "north")]
    register.put_person(session, platform, "lena", name="Lena", roles=roles, now=NOW)
    return act_as(session, platform, "lena")


def own_draft(session: Session, platform: Actor) -> DraftRow:
    return make_ready(session, hand_in(session, platform, "lena", PLAN).draft)


def test_feedback_on_own_work_is_neither_read_nor_decided_on_before_a_colleague_has(sessions: Sessions) -> None:
    with sessions.writing() as session:
        platform = peopled(session)
        lena = both(session, platform)
        row = own_draft(session, platform)
        at = Deciding(session, lena, row.id, row.version, NOW)
        for act in (
            lambda: desk_draft.show(session, lena, row.id, now=NOW),
            lambda: around.left_behind(session, lena, row.id),
            lambda: openings.opened(session, lena, row.id, now=NOW),
            lambda: claim.be_at(session, lena, row.id, now=NOW),
            lambda: review.decline(at),
            lambda: approve(session, lena, row),
        ):
            with pytest.raises(NotAllowed, match="work of your own"):
                act()
        assert approve(session, act_as(session, platform, "mateo"), row).state == "approved"


def test_a_gallery_for_oneself_is_decided_on_by_a_colleague(sessions: Sessions) -> None:
    with sessions.writing() as session:
        platform = peopled(session)
        lena = both(session, platform)
        for person in ("noor", "yusuf", "tiago"):
            hand_in(session, platform, person, WORKS[person])
        hand_in(session, platform, "lena", WORKS["amara"])
        learners_galleries.ask(session, lena, "s-lena", now=NOW)
        machine(session)
        row = of(session, "lena")
        assert galleries_desk.listing(session, lena, now=NOW).items == ()
        with pytest.raises(NotAllowed, match="shown to you"):
            galleries_desk.show(session, lena, row.id, now=NOW)
        with pytest.raises(NotAllowed, match="shown to you"):
            galleries_review.opened(Deciding(session, lena, row.id, row.version, NOW))
        assert galleries_desk.show(session, act_as(session, platform, "mateo"), row.id, now=NOW).works


def test_own_questions_and_requests_are_answered_by_a_colleague(sessions: Sessions) -> None:
    with sessions.writing() as session:
        platform = peopled(session)
        lena, mateo = both(session, platform), act_as(session, platform, "mateo")
        row = approve(session, mateo, own_draft(session, platform))
        release.release(Deciding(session, mateo, row.id, row.version, NOW))
        asked = asks.ask(session, lena, "s-lena", asks.AskWish("What counts?", AskKind.QUESTION), now=LATER)
        assert asks.asks_open(session, lena) == []
        assert [one.id for one in asks.asks_open(session, mateo)] == [asked.id]
        with pytest.raises(NotAllowed, match="asked this yourself"):
            asks.answer(Deciding(session, lena, asked.id, asked.version, LATER), "Everything.")
        need = requests_need.state(session, lena, text="Somebody who has begun.", now=LATER)
        assert requests_desk.clusters(session, lena) == []
        with pytest.raises(NotFound):
            requests_desk.reply(session, lena, need.id, text="I have.", now=LATER)
        assert len(requests_desk.clusters(session, mateo)) == 1
