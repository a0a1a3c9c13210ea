"""A draft that is given to a colleague: who may take it, how long it is theirs, and what is kept of it."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select

from service.actions.approvals.deciding import Deciding
from service.actions.decisions import claim, hand_over
from service.actions.queue import waiting
from service.actions.queue.waiting import QueueFilter, Whose
from service.domain.errors import ChangedSince, Conflict, Invalid, NotFound, NotNow
from service.store.session import Sessions
from service.store.tables import AuditEntry, Decision
from tests.service.actions.school import NOW, act_as, approve, found, hand_in, make_ready

MINE = QueueFilter(whose=Whose.MINE)


def test_the_colleague_finds_it_among_their_own_for_two_days_and_the_giver_goes_on_to_the_next(sessions: Sessions):
    with sessions.writing() as session:
        platform = found(session)
        lena, mateo = act_as(session, platform, "lena"), act_as(session, platform, "mateo")
        row = make_ready(session, hand_in(session, platform).draft)
        before = row.version
        hand_over.hand_over(Deciding(session, lena, row.id, before, NOW), to="mateo", note="It is about sums.")
        assert row.version == before
        for later, there in ((timedelta(hours=47), [row.id]), (timedelta(hours=49), [])):
            shown = waiting.page(session, mateo, MINE, now=NOW + later)
            assert [one.id for one in shown.rows] == there
        assert waiting.page(session, lena, MINE, now=NOW).rows == ()
        assert waiting.next(session, lena, QueueFilter(), now=NOW) is None
        assert waiting.next(session, mateo, QueueFilter(), now=NOW) == row.id
        with pytest.raises(Conflict, match="Mateo is at this draft"):
            approve(session, lena, row)
        approve(session, mateo, row)


def test_who_gave_it_to_whom_is_on_record_and_why_is_in_its_history(sessions: Sessions):
    with sessions.writing() as session:
        platform = found(session)
        lena, mateo = act_as(session, platform, "lena"), act_as(session, platform, "mateo")
        row = make_ready(session, hand_in(session, platform).draft)
        hand_over.hand_over(Deciding(session, lena, row.id, row.version, NOW), to="mateo", note="It is about sums.")
        entry = session.scalars(select(AuditEntry).where(AuditEntry.act == "draft.hand_over")).one()
        assert (entry.actor, entry.subject, entry.facts) == (
            f"person:{lena.person}",
            row.id,
            {"to": f"person:{mateo.person}"},
        )
        act = session.scalars(select(Decision)).one()
        assert (act.act, act.person_id, act.note) == ("hand_over", lena.person, "It is about sums.")


def test_opening_it_does_not_make_the_colleagues_time_shorter(sessions: Sessions):
    with sessions.writing() as session:
        platform = found(session)
        lena, mateo = act_as(session, platform, "lena"), act_as(session, platform, "mateo")
        row = make_ready(session, hand_in(session, platform).draft)
        hand_over.hand_over(Deciding(session, lena, row.id, row.version, NOW), to="mateo")
        claim.be_at(session, mateo, row.id, now=NOW + timedelta(hours=1))
        assert row.claimed_until == NOW + hand_over.HELD
        claim.be_at(session, lena, row.id, take_over=True, now=NOW + timedelta(hours=1))
        assert row.claimed_until == NOW + timedelta(hours=1) + claim.CLAIM


def test_only_those_who_review_the_group_can_be_given_it(sessions: Sessions):
    with sessions.writing() as session:
        platform = found(session)
        lena, mateo = act_as(session, platform, "lena"), act_as(session, platform, "mateo")
        north = make_ready(session, hand_in(session, platform).draft)
        south = make_ready(session, hand_in(session, platform, "lin").draft)
        assert [one.id for one in hand_over.colleagues(session, lena, north.id)] == ["mateo"]
        assert [one.id for one in hand_over.colleagues(session, mateo, north.id)] == ["lena"]
        assert hand_over.colleagues(session, mateo, south.id) == []
        for to in ("lena", "yusuf"):
            with pytest.raises(Invalid):
                hand_over.hand_over(Deciding(session, mateo, south.id, south.version, NOW), to=to)
        with pytest.raises(NotFound):
            hand_over.hand_over(Deciding(session, mateo, south.id, south.version, NOW), to="nobody")
        with pytest.raises(NotFound):
            hand_over.colleagues(session, lena, south.id)
        with pytest.raises(NotFound):
            hand_over.hand_over(Deciding(session, lena, south.id, south.version, NOW), to="mateo")
        assert south.claimed_by is None


def test_neither_a_draft_that_changed_nor_one_that_somebody_is_at_nor_one_decided_on_is_given_away(sessions: Sessions):
    with sessions.writing() as session:
        platform = found(session)
        lena, mateo = act_as(session, platform, "lena"), act_as(session, platform, "mateo")
        row = make_ready(session, hand_in(session, platform).draft)
        with pytest.raises(ChangedSince):
            hand_over.hand_over(Deciding(session, lena, row.id, row.version - 1, NOW), to="mateo")
        claim.be_at(session, mateo, row.id, now=NOW)
        with pytest.raises(Conflict):
            hand_over.hand_over(Deciding(session, lena, row.id, row.version, NOW), to="mateo")
        approve(session, mateo, row)
        with pytest.raises(NotNow):
            hand_over.hand_over(Deciding(session, mateo, row.id, row.version, NOW), to="lena")
