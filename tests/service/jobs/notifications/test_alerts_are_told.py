"""Decisions that contradict each other are told to those who see both, until one of them settles it."""

from __future__ import annotations

from service.actions.approvals.deciding import Deciding
from service.actions.memory import alerts
from service.actions.notifications import clock
from service.store.tables import RightDecision
from tests.service.jobs.notifications.office import Office
from tests.service.jobs.test_opposed_decisions import decided
from tests.work_off import work_off


def test_who_sees_both_decisions_is_told_that_they_differ_until_it_is_settled(office: Office) -> None:
    office.do(lambda session: decided(session, office.platform, 1))
    work_off(office.parts)
    told = office.do(lambda session: clock.say(session, office.platform.organization, now=office.now))
    assert told == 1
    assert "decisions_differ" in office.kinds("mateo")
    lena = office.do(lambda session: office.row(session, "lena").id)  # who does not review the other group
    assert not [one for one in office.rows() if one.kind == "decisions_differ" and one.person_id == lena]
    assert office.do(lambda session: clock.say(session, office.platform.organization, now=office.now)) == 0
    with office.sessions.writing() as session:
        mateo = office.actor(session, "mateo")
        (alert,) = alerts.alerts(session, mateo, "observe")
        alerts.settle(Deciding(session, mateo, alert.id, alert.version, office.now), right=RightDecision.BOTH, note="")
    assert "decisions_differ" not in office.kinds("mateo")
