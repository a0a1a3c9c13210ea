"""What has had its time goes, no sooner, and only what a rule says; by a clock that is turned."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from service.actions.erasure import retention
from service.actions.requests import need
from service.actions.work import submit
from service.domain.erasure.retention import KINDS, Retention
from service.domain.errors import Invalid, NotAllowed
from service.domain.roles import Actor
from service.store import outbox
from service.store.session import Sessions
from service.store.tables import DraftRow, Erasure, OutgoingEvent, Request, Submission
from tests.service.actions.school import NOW, act_as, found, hand_in, make_ready

DAY = timedelta(days=1)


def _goes(session: Session, platform: Actor, at: datetime) -> dict[str, int]:
    return {one.kind: one.now for one in retention.preview(session, platform, now=at) if one.now}


def _let_go(session: Session, platform: Actor, at: datetime) -> None:
    while retention.apply(session, platform.organization, now=at):
        pass


def test_work_that_was_taken_back_goes_after_thirty_days_where_nobody_says_otherwise(sessions: Sessions) -> None:
    with sessions.writing() as session:
        platform = found(session)
        hand_in(session, platform, "amara")
        hand_in(session, platform, "yusuf")
        submit.withdraw(session, act_as(session, platform, "amara"), "s-amara", now=NOW)
        (told,) = (one for one in retention.preview(session, platform, now=NOW) if one.kind == "withdrawn_days")
        assert (told.days, told.now, told.soon) == (30, 0, 0)
        assert retention.preview(session, platform, now=NOW + DAY)[0].soon == 1
        assert _goes(session, platform, NOW + 30 * DAY) == {}
        _let_go(session, platform, NOW + 30 * DAY)
        assert session.scalars(select(Erasure)).all() == []
        later = NOW + 30 * DAY + timedelta(seconds=1)
        assert _goes(session, platform, later) == {"withdrawn_days": 1}
        _let_go(session, platform, later)
        (erasure,) = session.scalars(select(Erasure))
        assert (erasure.kind, erasure.asked_by) == ("submission", "clock")
        assert _goes(session, platform, later) == {}, "it is going already"
        assert session.scalars(select(Submission.withdrawn_at).where(Submission.external_id == "s-yusuf")).one() is None


def _ended_request(session: Session, platform: Actor) -> None:
    amara = act_as(session, platform, "amara")
    row = need.state(session, amara, text="Who has a plan for rainy days?", now=NOW)
    need.settle(session, amara, row.id, answered=False, now=NOW)


def test_nothing_else_goes_by_itself(sessions: Sessions) -> None:
    with sessions.writing() as session:
        platform = found(session)
        make_ready(session, hand_in(session, platform, "amara").draft)
        _ended_request(session, platform)
        assert _goes(session, platform, NOW + 4000 * DAY) == {}


def test_each_kind_goes_by_its_own_rule(sessions: Sessions) -> None:
    with sessions.writing() as session:
        platform = found(session)
        row = make_ready(session, hand_in(session, platform, "amara").draft)
        row.prompt_rendered = "What was sent."
        hand_in(session, platform, "yusuf", now=NOW + 5 * DAY)
        _ended_request(session, platform)
        outbox.number(session, platform.organization)
        numbers = list(session.scalars(select(OutgoingEvent.number).order_by(OutgoingEvent.number)))
        assert len(numbers) > 1
        wish = Retention(work_days=10, prompt_days=11, request_days=12, event_days=13)
        retention.change(session, platform, wish, now=NOW)
        assert _goes(session, platform, NOW + 9 * DAY) == {}
        later = NOW + 14 * DAY
        of_rules = {"work_days": 1, "prompt_days": 1, "request_days": 1, "event_days": len(numbers) - 1}
        assert _goes(session, platform, later) == of_rules
        _let_go(session, platform, later)
        assert [one.kind for one in session.scalars(select(Erasure))] == ["submission"]
        standing = select(Submission.external_id).where(Submission.withdrawn_at.is_(None))
        assert session.scalars(standing).all() == ["s-yusuf"]
        assert session.scalars(select(DraftRow.prompt_rendered).where(DraftRow.prompt_rendered != "")).all() == []
        assert session.scalars(select(Request)).all() == []
        left = session.scalars(select(OutgoingEvent.number).where(OutgoingEvent.number.is_not(None))).all()
        assert left == numbers[-1:], "the next number follows it"


def test_whoever_does_not_lead_sets_nothing_and_no_rule_is_odd(sessions: Sessions) -> None:
    with sessions.writing() as session:
        platform = found(session)
        lena = act_as(session, platform, "lena")
        with pytest.raises(NotAllowed):
            retention.preview(session, lena, now=NOW)
        with pytest.raises(NotAllowed):
            retention.change(session, lena, Retention(), now=NOW)
        for kind in KINDS:
            with pytest.raises(Invalid, match=kind):
                retention.change(session, platform, Retention(**{kind: 0}), now=NOW)
        assert retention.show(session, platform) == Retention()
