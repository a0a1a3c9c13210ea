"""Opposite decisions are looked for once, by a job; whoever looks reads what it kept, as decisions stand now."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

import pytest
from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from pipelines.values import AI
from service import wiring
from service.actions.approvals.deciding import Deciding
from service.actions.decisions import review
from service.actions.desk import in_full
from service.actions.drafts import read
from service.actions.memory import alerts, clarifying, opposed
from service.actions.people import register
from service.domain.memory import consistency
from service.domain.roles import Actor
from service.jobs.housekeeping import Housekeeping
from service.store.session import Sessions
from service.store.tables import Challenge, Job, JobState, OpposedDecisions
from tests.service.actions.memory.remembered import (
    CARD,
    HUSHED,
    NATURAL,
    NEXT,
    QUIET,
    STRENGTH,
    accept,
    compare,
    dismiss,
    ready,
)
from tests.service.actions.school import NOW, act_as, approve, found
from tests.statements import count
from tests.work_off import work_off


@contextmanager
def comparisons(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[str]]:
    """Every pair of passages that is compared while the block runs."""
    made: list[str] = []
    real = consistency.passages_alike

    def noted(a: str, b: str, language: str) -> float:
        made.append(f"{a} / {b}")
        return real(a, b, language)

    with monkeypatch.context() as patch:
        patch.setattr(consistency, "passages_alike", noted)
        yield made


def decided(session: Session, platform: Actor, pairs: int) -> None:
    """So many praises of a silence and so many next steps for it, all approved by Mateo."""
    mateo = act_as(session, platform, "mateo")
    for at in range(pairs):
        praised = ready(session, platform, "amara", HUSHED, (STRENGTH, "k2", HUSHED[:-1], NATURAL), id_=f"a{at}")
        wanted = ready(session, platform, "lin", QUIET, (NEXT, "k2", QUIET[:-1], CARD), id_=f"l{at}")
        approve(session, mateo, praised)
        approve(session, mateo, wanted)


def test_a_decision_has_the_job_look_and_the_page_then_shows_the_alert(parts: wiring.Parts) -> None:
    with parts.sessions.writing() as session:
        platform = found(session)
        decided(session, platform, 1)
        mateo = act_as(session, platform, "mateo")
        assert alerts.alerts(session, mateo, "observe") == []
        waits = session.scalars(select(Job.subject_id).where(Job.kind == "oppose", Job.state == JobState.QUEUED)).all()
        assert waits == [session.scalars(select(Challenge.id)).one()]  # one for all decisions
    work_off(parts)
    with parts.sessions.reading() as session:
        (alert,) = alerts.alerts(session, mateo, "observe")
        assert {alert.first.said.text, alert.second.said.text} == {NATURAL, CARD}
        asked = clarifying.challenge_questions(session, mateo, "observe").open
        assert asked is not None
        assert asked.cause.value == "contradiction"


def test_the_desk_compares_nothing_with_everything_however_much_was_decided(
    sessions: Sessions, monkeypatch: pytest.MonkeyPatch
) -> None:
    made, asked = [], []
    with sessions.writing() as session:
        platform = found(session)
        mateo = act_as(session, platform, "mateo")
        for add in (lambda: decided(session, platform, 2), lambda: _more(session, platform)):
            add()
            compare(session)
            kept = session.scalar(select(func.count()).select_from(OpposedDecisions))
            with comparisons(monkeypatch) as compared:
                asked.append(count(session, lambda: clarifying.challenge_questions(session, mateo, "observe")))
            made.append((len(compared), kept))
    assert asked[0] == asked[1]
    assert made == [(4, 4), (4, 4)]


def _more(session: Session, platform: Actor) -> None:
    """Decisions that contradict nothing."""
    mateo = act_as(session, platform, "mateo")
    for at in range(8):
        text = f"Tea number {at} is served in the blue room."
        approve(session, mateo, ready(session, platform, "amara", text, (NEXT, "k2", text[:-1], CARD), id_=f"t{at}"))


def test_each_pair_is_compared_once_and_a_new_decision_only_with_the_others(
    sessions: Sessions, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(opposed, "AT_ONCE", 2)  # several steps
    with sessions.writing() as session:
        platform = found(session)
        decided(session, platform, 3)
        with comparisons(monkeypatch) as all_:
            compare(session)
        assert len(all_) == 6 * 5 / 2
        with comparisons(monkeypatch) as again:
            compare(session)
        assert again == []
        row = ready(session, platform, "lin", QUIET, (NEXT, "k2", QUIET[:-1], CARD), id_="late")
        approve(session, act_as(session, platform, "mateo"), row)
        with comparisons(monkeypatch) as one:
            compare(session)
        assert len(one) == 6
        assert session.scalar(select(func.count()).select_from(OpposedDecisions)) == 3 * 4


def test_of_one_decision_only_so_many_contradictions_are_kept(
    sessions: Sessions, monkeypatch: pytest.MonkeyPatch
) -> None:
    with sessions.writing() as session:
        platform = found(session)
        decided(session, platform, 4)
        material = opposed.gather(session, session.scalars(select(Challenge.id)).one())
        said = [one.said for one in material.new]
        praised = [one for one in said if one.praises]
        (late,) = [one for one in said if not one.praises][:1]
        assert len(list(consistency.clashes([late], praised, most=3))) == 3
        assert len(list(consistency.clashes([late], praised))) == 4


def test_a_decision_that_was_taken_back_and_made_again_is_compared_with_what_came_between(sessions: Sessions) -> None:
    with sessions.writing() as session:
        platform = found(session)
        mateo = act_as(session, platform, "mateo")
        back = ready(session, platform, "amara", HUSHED, (STRENGTH, "k2", HUSHED[:-1], NATURAL))
        accept(session, mateo, back)
        approve(session, mateo, back)
        compare(session)
        review.undo(Deciding(session, mateo, back.id, back.version, NOW))
        approve(session, mateo, ready(session, platform, "lin", QUIET, (NEXT, "k2", QUIET[:-1], CARD)))
        compare(session)
        assert alerts.alerts(session, mateo, "observe") == []
        approve(session, mateo, back)
        compare(session)
        assert len(alerts.alerts(session, mateo, "observe")) == 1


def test_whoever_decides_is_still_told_at_once_and_may_settle_before_the_job_has_run(sessions: Sessions) -> None:
    with sessions.writing() as session:
        platform = found(session)
        decided(session, platform, 1)
        mateo = act_as(session, platform, "mateo")
        gone = ready(session, platform, "lin", HUSHED, (STRENGTH, "k2", HUSHED[:-1], NATURAL), id_="other")
        dismiss(session, mateo, gone)
        (mark,) = in_full.draft(session, mateo, read.draft(session, mateo, gone.id)).marks
        at = Deciding(session, mateo, mark.alert, mark.alert_version, NOW)
        assert alerts.settle(at, right=alerts.RightDecision.BOTH, note="").settled


def test_decisions_that_were_never_compared_are_caught_up_with(parts: wiring.Parts) -> None:
    """As after an update, or when somebody lets machines read again."""
    with parts.sessions.writing() as session:
        platform = found(session)
        register.set_consent(session, platform, "lin", register.ConsentWish(ai=AI.LOCAL), now=NOW)
        decided(session, platform, 1)
        mateo = act_as(session, platform, "mateo")
        session.execute(delete(Job).where(Job.kind == "oppose"))
    Housekeeping(parts).sweep()
    work_off(parts)
    with parts.sessions.writing() as session:
        assert len(alerts.alerts(session, mateo, "observe")) == 1
        assert opposed.want(session, now=NOW + timedelta(days=1)) == 0
