"""Opposite decisions on passages alike are told to whoever decides and whoever coordinates, until they are settled."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from sqlalchemy.orm import Session

from pipelines.values import AI
from service.actions.approvals.deciding import Deciding
from service.actions.decisions import points
from service.actions.desk import in_full
from service.actions.drafts import read
from service.actions.memory import alerts, outward
from service.actions.people import register
from service.actions.work import submit
from service.domain.drafts import DraftState
from service.domain.errors import ChangedSince, NotAllowed, NotFound
from service.domain.memory.consistency import ContradictionKind
from service.domain.roles import Actor, Role
from service.store.session import Sessions
from service.store.tables import DraftRow, PointState, RightDecision
from tests.service.actions.memory.remembered import (
    CARD,
    CARD_TOO,
    HUSHED,
    NATURAL,
    NEXT,
    QUIET,
    STRENGTH,
    accept,
    compare,
    dismiss,
    first,
    ready,
)
from tests.service.actions.school import NOW, act_as, approve, found
from tests.statements import count

LATER = NOW + timedelta(hours=1)


def on(alert: alerts.Alert, session: Session, actor: Actor, now: datetime) -> Deciding:
    """A decision on the alert as it was seen."""
    return Deciding(session, actor, alert.id, alert.version, now)


def opposed(session: Session) -> tuple[Actor, DraftRow, DraftRow]:
    """Praise in the north and a next step in the south, for the same silence, both approved."""
    platform = found(session)
    praised = ready(session, platform, "amara", HUSHED, (STRENGTH, "k2", HUSHED[:-1], NATURAL))
    wanted = ready(session, platform, "lin", QUIET, (NEXT, "k2", QUIET[:-1], CARD))
    approve(session, act_as(session, platform, "lena"), praised)
    approve(session, act_as(session, platform, "mateo"), wanted, now=LATER)
    compare(session)
    return platform, praised, wanted


def test_praise_and_a_next_step_for_nearly_the_same_passage_raise_an_alert(sessions: Sessions):
    with sessions.writing() as session:
        platform, praised, wanted = opposed(session)
        mateo = act_as(session, platform, "mateo")
        (alert,) = alerts.alerts(session, mateo, "observe")
        assert (alert.first.draft, alert.second.draft) == (praised.id, wanted.id)
        assert (alert.clash, alert.at) == (ContradictionKind.STRENGTH_AND_GAP, LATER)
        assert {alert.first.said.text, alert.second.said.text} == {NATURAL, CARD}
        assert alert.first.by == act_as(session, platform, "lena").person


def test_nearly_the_same_point_kept_here_and_dismissed_there_raises_an_alert(sessions: Sessions):
    with sessions.writing() as session:
        platform = found(session)
        mateo = act_as(session, platform, "mateo")
        kept = ready(session, platform, "amara", QUIET, (NEXT, "k2", QUIET[:-1], CARD))
        gone = ready(session, platform, "lin", HUSHED, (NEXT, "k2", HUSHED[:-1], CARD_TOO))
        approve(session, mateo, kept)
        dismiss(session, mateo, gone, "Cards disturb.")
        compare(session)
        assert [one.clash for one in alerts.alerts(session, mateo, "observe")] == [ContradictionKind.KEPT_AND_DISMISSED]
        points.edit_point(
            Deciding(session, mateo, gone.id, gone.version, LATER), point_id=first(gone).id, text="Why not?"
        )
        assert alerts.alerts(session, mateo, "observe") == []


def test_what_was_dismissed_only_because_it_had_been_said_contradicts_nothing(sessions: Sessions):
    with sessions.writing() as session:
        platform = found(session)
        mateo = act_as(session, platform, "mateo")
        approve(session, mateo, ready(session, platform, "amara", QUIET, (NEXT, "k2", QUIET[:-1], CARD)))
        gone = ready(session, platform, "lin", HUSHED, (NEXT, "k2", HUSHED[:-1], CARD_TOO))
        dismiss(session, mateo, gone, code="already_said")
        compare(session)
        assert alerts.alerts(session, mateo, "observe") == []


def test_whoever_decides_is_told_at_once_and_nothing_is_in_the_way(sessions: Sessions):
    with sessions.writing() as session:
        platform = found(session)
        lena, mateo = act_as(session, platform, "lena"), act_as(session, platform, "mateo")
        approve(session, lena, ready(session, platform, "amara", HUSHED, (STRENGTH, "k2", HUSHED[:-1], NATURAL)))
        row = ready(session, platform, "lin", QUIET, (NEXT, "k2", QUIET[:-1], CARD))
        assert alerts.raised_by(session, row) == ()
        accept(session, mateo, row)
        (mark,) = in_full.draft(session, mateo, read.draft(session, mateo, row.id)).marks
        assert (mark.code, mark.point) == ("opposite-decision", first(row).id)
        assert "Lena approved a strength" in mark.message
        assert NATURAL in mark.message
        assert HUSHED not in mark.message  # another group's learner wrote that
        assert alerts.raised_by(session, row) == (mark.alert,)
        assert approve(session, mateo, row).state is DraftState.APPROVED
        assert alerts.raised_by(session, row) == (mark.alert,)


def test_a_settled_alert_is_quiet_until_one_of_the_two_is_decided_on_anew(sessions: Sessions):
    with sessions.writing() as session:
        platform, _, wanted = opposed(session)
        mateo = act_as(session, platform, "mateo")
        (alert,) = alerts.alerts(session, mateo, "observe")
        settled_at = LATER + timedelta(hours=1)
        done = alerts.settle(
            on(alert, session, mateo, settled_at),
            right=RightDecision.SECOND,
            note="With a card.",
        )
        assert done.settled
        assert alerts.alerts(session, mateo, "observe") == []
        (kept,) = alerts.alerts(session, mateo, "observe", settled=True)
        assert kept.settlement is not None
        assert (kept.settlement.right, kept.settlement.note) == (RightDecision.SECOND, "With a card.")
        assert alerts.raised_by(session, wanted) == ()
        alerts.settle(on(kept, session, mateo, settled_at), right=RightDecision.BOTH, note="")  # a second thought
        first(wanted).decided_at = settled_at + timedelta(days=1)
        session.flush()
        assert len(alerts.alerts(session, mateo, "observe")) == 1


def test_an_alert_is_settled_only_as_it_was_seen(sessions: Sessions):
    with sessions.writing() as session:
        platform, _, wanted = opposed(session)
        mateo = act_as(session, platform, "mateo")
        (alert,) = alerts.alerts(session, mateo, "observe")
        seen = on(alert, session, mateo, LATER)
        point = first(wanted)
        before, point.text = point.text, f"{point.text} Before noon."
        session.flush()
        with pytest.raises(ChangedSince):
            alerts.settle(seen, right=RightDecision.SECOND, note="")
        point.text = before
        session.flush()
        alerts.settle(seen, right=RightDecision.SECOND, note="")
        with pytest.raises(ChangedSince):
            alerts.settle(seen, right=RightDecision.FIRST, note="I have not seen that it is settled.")
        (kept,) = alerts.alerts(session, mateo, "observe", settled=True)
        assert kept.settlement is not None
        assert kept.settlement.right is RightDecision.SECOND


def test_only_who_reviews_both_groups_sees_and_settles_an_alert(sessions: Sessions):
    with sessions.writing() as session:
        platform, *_ = opposed(session)
        lena, mateo, amara = (act_as(session, platform, name) for name in ("lena", "mateo", "amara"))
        (alert,) = alerts.alerts(session, platform, "observe")
        assert alerts.alerts(session, lena, "observe") == []
        with pytest.raises(NotFound):
            alerts.settle(on(alert, session, lena, LATER), right=RightDecision.FIRST, note="")
        with pytest.raises(NotAllowed):
            alerts.settle(on(alert, session, platform, LATER), right=RightDecision.FIRST, note="")
        with pytest.raises(NotAllowed):
            alerts.alerts(session, amara, "observe")
        register.put_person(session, platform, "noor", name="Noor", roles=[(Role.COORDINATOR, "all")], now=NOW)
        noor = act_as(session, platform, "noor")
        assert alerts.settle(on(alert, session, noor, LATER), right=RightDecision.FIRST, note="").settled
        with pytest.raises(NotFound):
            alerts.settle(
                Deciding(session, mateo, alert.id[::-1], alert.version, LATER), right=RightDecision.FIRST, note=""
            )


def test_an_alert_goes_with_the_work_it_was_about(sessions: Sessions):
    with sessions.writing() as session:
        platform, *_ = opposed(session)
        assert len(alerts.alerts(session, platform, "observe")) == 1
        register.set_consent(session, platform, "lin", register.ConsentWish(ai=AI.NONE), now=LATER)
        assert alerts.alerts(session, platform, "observe") == []
        register.set_consent(session, platform, "lin", register.ConsentWish(ai=AI.LOCAL), now=LATER)
        submit.withdraw(session, platform, "s-amara", now=LATER)
        assert alerts.alerts(session, platform, "observe") == []


def test_a_near_twin_that_waits_elsewhere_stays_and_is_marked_with_the_reason(sessions: Sessions):
    with sessions.writing() as session:
        platform = found(session)
        mateo = act_as(session, platform, "mateo")
        gone = ready(session, platform, "amara", QUIET, (NEXT, "k2", QUIET[:-1], CARD))
        waits = ready(session, platform, "lin", "We drink tea.", (NEXT, "k2", "We drink", CARD_TOO))
        version = waits.version
        assert alerts.marks(session, waits) == []
        dismiss(session, mateo, gone, "Cards disturb.")
        (mark,) = alerts.marks(session, waits)
        assert (mark.code, mark.point) == ("dismissed-elsewhere", first(waits).id)
        assert mark.message.endswith("elsewhere: Cards disturb.")
        assert (first(waits).state, waits.version) == (PointState.PROPOSED, version)
        accept(session, mateo, gone)
        assert alerts.marks(session, waits) == []


def test_who_decided_is_named_in_one_statement_however_many_decided(sessions: Sessions):
    with sessions.writing() as session:
        platform, *_ = opposed(session)
        rows = alerts.alerts(session, platform, "observe")
        (seen,) = outward.alerts(session, rows)
        assert {seen.first.name, seen.second.name} == {"Lena", "Mateo"}
        assert count(session, lambda: outward.alerts(session, rows)) == 3  # people, submissions, groups
