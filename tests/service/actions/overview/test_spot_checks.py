"""A second facilitator judges a sample of approved work not knowing what the first thought; the two are compared."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy.orm import Session

from pipelines.values import Standing
from service.actions.approvals.deciding import Deciding
from service.actions.decisions import openings, points
from service.actions.overview import challenge, spot_checks
from service.actions.work import submit
from service.domain.access import organization_settings
from service.domain.errors import Invalid, NotAllowed, NotFound, NotNow
from service.domain.roles import Actor
from service.store.session import Sessions
from service.store.tables import DraftRow, Organization
from tests.service.actions.memory.remembered import NEXT, ready
from tests.service.actions.school import NOW, act_as, approve, found

TEXT = "We meet on Fridays and write nothing down."
MET, PARTLY, NOT_YET = Standing.MET, Standing.PARTLY, Standing.NOT_YET
LATER = NOW + timedelta(hours=1)
ALL = 1


def founded(session: Session, every: int = ALL) -> tuple[Actor, Actor, Actor]:
    """The platform, and two facilitators who both review the north."""
    platform = found(session)
    session.get_one(Organization, platform.organization).settings = {organization_settings.SPOT: every}
    return platform, act_as(session, platform, "lena"), act_as(session, platform, "mateo")


def judged(session: Session, platform: Actor, actor: Actor, person: str = "amara", k1: Standing = MET) -> DraftRow:
    """Work that this facilitator judged and approved."""
    row = ready(session, platform, person, TEXT, (NEXT, "k2", "We meet", "What for?"))
    points.judge(Deciding(session, actor, row.id, row.version, NOW), standing=PARTLY, criteria={"k1": k1})
    return approve(session, actor, row)


def due(session: Session, actor: Actor) -> list[str]:
    return [one.draft for one in spot_checks.due(session, actor, now=LATER)]


def check(session: Session, actor: Actor, row: DraftRow, **said: Standing) -> None:
    spot_checks.check(session, actor, row.id, standing=PARTLY, criteria=said, now=LATER)


def test_what_one_facilitator_approved_another_is_asked_about_and_no_third(sessions: Sessions) -> None:
    with sessions.writing() as session:
        platform, lena, mateo = founded(session)
        row = judged(session, platform, lena)
        assert (due(session, lena), due(session, mateo)) == ([], [row.id])
        shown = spot_checks.work(session, mateo, row.id, now=LATER)
        assert (shown.text, shown.words, shown.challenge.external_id) == (TEXT, 8, "observe")
        check(session, mateo, row, k1=MET)
        assert due(session, mateo) == []
        with pytest.raises(NotNow):
            check(session, mateo, row, k1=MET)


def test_one_who_had_a_hand_in_it_or_opened_it_is_not_asked(sessions: Sessions) -> None:
    with sessions.writing() as session:
        platform, lena, mateo = founded(session)
        first, second, third = (
            ready(session, platform, "amara", TEXT, (NEXT, "k2", "We meet", "Why?"), id_=f"s{number}")
            for number in range(3)
        )
        points.set_summary(Deciding(session, mateo, first.id, first.version, NOW), text="Hm.")
        openings.opened(session, mateo, second.id, now=NOW)
        for row in (first, second, third):
            points.judge(Deciding(session, lena, row.id, row.version, NOW), standing=MET)
            approve(session, lena, row)
        assert due(session, mateo) == [third.id]
        for row in (first, second):
            with pytest.raises(NotNow):
                spot_checks.work(session, mateo, row.id, now=LATER)


def test_only_facilitators_of_the_group_are_asked(sessions: Sessions) -> None:
    with sessions.writing() as session:
        platform, lena, mateo = founded(session)
        row = judged(session, platform, mateo, "lin")
        assert due(session, lena) == []
        for who in (platform, act_as(session, platform, "amara")):
            with pytest.raises(NotAllowed):
                due(session, who)
        with pytest.raises(NotFound):
            check(session, lena, row, k1=MET)
        with pytest.raises(NotFound):
            check(session, act_as(session, found(session, "valley"), "mateo"), row, k1=MET)


def test_nothing_is_asked_of_work_taken_back_approvals_of_long_ago_or_where_checks_are_off(sessions: Sessions) -> None:
    with sessions.writing() as session:
        platform, lena, mateo = founded(session)
        judged(session, platform, lena)
        assert spot_checks.due(session, mateo, now=NOW + timedelta(days=61)) == []
        organization = session.get_one(Organization, platform.organization)
        organization.settings = {organization_settings.SPOT: 0}
        assert due(session, mateo) == []
        organization.settings = {organization_settings.SPOT: ALL}
        assert len(due(session, mateo)) == 1
        submit.withdraw(session, platform, "s-amara", now=LATER)
        assert due(session, mateo) == []


def test_one_in_so_many_is_drawn_whatever_its_place_in_the_queue(sessions: Sessions) -> None:
    with sessions.writing() as session:
        platform, lena, mateo = founded(session, every=16)
        row = judged(session, platform, lena)
        drawn = 0
        for value in range(256):
            row.shuffle = f"{255 - value:02x}" * 7 + f"{value:02x}"
            session.flush()
            drawn += len(due(session, mateo))
        assert drawn == 16


def test_a_check_needs_a_judgement_of_what_the_challenge_asks(sessions: Sessions) -> None:
    with sessions.writing() as session:
        platform, lena, mateo = founded(session)
        row = judged(session, platform, lena)
        with pytest.raises(Invalid, match="no criterion 'k9'"):
            check(session, mateo, row, k9=MET)
        with pytest.raises(Invalid, match="Say how the work stands"):
            spot_checks.check(session, mateo, row.id, now=LATER)


def test_two_readers_are_compared_on_each_criterion_and_on_all_together(sessions: Sessions) -> None:
    with sessions.writing() as session:
        platform, lena, mateo = founded(session)
        amara, yusuf = (judged(session, platform, lena, person) for person in ("amara", "yusuf"))
        before = challenge.workings(session, mateo, "observe", now=LATER).spot
        assert (before.checked, before.due, before.every, before.together.pairs) == (0, 2, ALL, 0)
        check(session, mateo, amara, k1=MET, k2=Standing.CANNOT_TELL)
        check(session, mateo, yusuf, k1=NOT_YET, k2=NOT_YET)
        seen = challenge.workings(session, mateo, "observe", now=LATER).spot
        whole, k1, k2 = seen.compared
        assert (seen.checked, seen.due, whole.agreement.same) == (2, 0, 2)
        assert (k1.agreement.pairs, k1.agreement.same, k1.kinder) == (2, 1, 1)
        assert (k2.agreement.pairs, k2.abstained) == (1, 1)
        assert (seen.together.pairs, seen.together.same, seen.together.small) == (3, 2, True)


def test_the_first_judgement_is_kept_as_it_was_when_the_second_was_made(sessions: Sessions) -> None:
    with sessions.writing() as session:
        platform, lena, mateo = founded(session)
        row = judged(session, platform, lena)
        kept = spot_checks.check(session, mateo, row.id, criteria={"k1": NOT_YET}, note="No dates.", now=LATER)
        row.judgements = {"k1": "not_yet"}
        session.flush()
        session.refresh(kept)
        assert (kept.first_id, kept.second_id) == (lena.person, mateo.person)
        assert (kept.first_judgements["k1"], kept.second_judgements, kept.note) == (
            "met",
            {"k1": "not_yet"},
            "No dates.",
        )
