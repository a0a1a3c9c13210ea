"""What becomes of introductions by the clock, each once, however many workers sweep, however often they begin anew."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime

import pytest
from sqlalchemy import select, true

from service.actions.introductions import answers, ends, met, suggest
from service.domain.introductions import ANSWER_WITHIN, ASK_HOW_IT_WENT_AFTER
from service.store.session import Sessions
from service.store.tables import Introduction, Job
from tests.service.actions.introductions.village import Village, settle
from tests.service.actions.school import found
from tests.service.actions.sweeping import DAY, events, setting, sweep


def introduced(here: Village) -> str:
    """Amara and Lin said yes."""
    id_ = here.asked("amara", "lin")
    for person in ("amara", "lin"):
        actor = here.actor(person)
        with here.sessions.writing() as session:
            answers.answer(session, actor, id_, yes=True, now=here.now)
    return id_


MEET = "introduction.did_you_meet"


def test_whether_they_met_is_asked_twice_and_then_never(sessions: Sessions) -> None:
    here = settle(sessions)
    id_ = introduced(here)
    at = here.now + ASK_HOW_IT_WENT_AFTER
    counts = []
    for day in (at - DAY, at, at + DAY, at + ASK_HOW_IT_WENT_AFTER, at + 30 * DAY, at + 90 * DAY):
        sweep(sessions, day)
        counts.append(len(events(sessions, MEET)))
    assert counts == [0, 1, 1, 2, 2, 2]
    assert {str(one["introduction"]) for one in events(sessions, MEET)} == {id_}
    assert sorted(events(sessions, MEET)[0]["people"]) == ["amara", "lin"]  # type: ignore[call-overload]


def test_whoever_said_whether_they_met_or_took_the_consent_back_is_not_asked(sqlite_sessions: Sessions) -> None:
    here = settle(sqlite_sessions)
    id_ = introduced(here)
    actor = here.actor("lin")
    with sqlite_sessions.writing() as session:
        answers.report(session, actor, id_, met=False, now=here.now + DAY)
    sweep(sqlite_sessions, here.now + 40 * DAY)
    assert events(sqlite_sessions, MEET) == []


def test_an_introduction_of_somebody_who_no_longer_allows_it_is_not_asked_about(sqlite_sessions: Sessions) -> None:
    here = settle(sqlite_sessions)
    introduced(here)
    here.allow("lin", introduce=False)
    sweep(sqlite_sessions, here.now + 40 * DAY)
    assert events(sqlite_sessions, MEET) == []


def test_a_question_that_was_not_answered_ends_and_its_end_is_told_once(sqlite_sessions: Sessions) -> None:
    here = settle(sqlite_sessions)
    here.asked("amara", "lin")
    for _ in range(2):
        with sqlite_sessions.writing() as session:
            ends.sweep(session, now=here.now + ANSWER_WITHIN + DAY)
    assert len(events(sqlite_sessions, "introduction.ended")) == 1


def looked(sessions: Sessions) -> int:
    """Jobs that look for introductions; a worker takes those that wait."""
    with sessions.writing() as session:
        rows = session.scalars(select(Job).where(Job.kind == "introduce")).all()
        for row in rows:
            row.dedupe = None  # as if it had been done
        return len(rows)


MONDAY = datetime(2026, 12, 28, 8, 0, tzinfo=UTC)


def test_introductions_are_looked_for_once_a_week_where_somebody_switched_it_on(sessions: Sessions) -> None:
    with sessions.writing() as session:
        on, off = found(session), found(session, "hillside")
    setting(sessions, on.organization, look_for_introductions_weekly=True)
    counts = []
    for day in (0, 1, 6, 7, 8):  # a week that spans two years is one
        sweep(sessions, MONDAY + day * DAY)
        counts.append(looked(sessions))
    assert counts == [1, 1, 1, 2, 2]
    with sessions.reading() as session:
        assert session.scalars(select(Job.id).where(Job.organization_id == off.organization)).all() == []


def test_many_workers_at_once_look_for_introductions_once(sessions: Sessions) -> None:
    with sessions.writing() as session:
        organization = found(session).organization

    def one(_: int) -> bool:
        with sessions.writing() as session:
            done = suggest.look_weekly(session, organization, now=MONDAY)
            for row in session.scalars(select(Job).where(Job.kind == "introduce")):
                row.dedupe = None  # only the guard itself is tried here, not the queue's
            return done

    with ThreadPoolExecutor(8) as threads:
        assert sum(threads.map(one, range(8))) == 1
    assert looked(sessions) == 1


def test_many_workers_at_once_ask_once_whether_two_have_met(sessions: Sessions) -> None:
    here = settle(sessions)
    introduced(here)
    at = here.now + ASK_HOW_IT_WENT_AFTER
    with ThreadPoolExecutor(4) as threads:
        list(threads.map(lambda _: sweep(sessions, at), range(4)))
    assert len(events(sessions, MEET)) == 1


def test_whoever_saw_an_introduction_before_another_asked_does_not_ask_at_once_again(
    sqlite_sessions: Sessions, monkeypatch: pytest.MonkeyPatch
) -> None:
    here = settle(sqlite_sessions)
    introduced(here)
    at = here.now + ASK_HOW_IT_WENT_AFTER
    sweep(sqlite_sessions, at)
    monkeypatch.setattr(met, "_its_turn", lambda _: true())  # what a statement sees that began before
    sweep(sqlite_sessions, at)
    assert len(events(sqlite_sessions, MEET)) == 1


def test_nothing_is_looked_for_while_many_suggestions_wait_and_it_is_made_up_for_in_the_same_week(
    sqlite_sessions: Sessions, monkeypatch
) -> None:  # type: ignore[no-untyped-def]
    here = settle(sqlite_sessions)
    monkeypatch.setattr(suggest, "MOST_WAITING", 0)
    id_ = here.suggest("amara", "lin")
    with sqlite_sessions.writing() as session:
        assert not suggest.look_weekly(session, here.organization, now=MONDAY)
        session.delete(session.get_one(Introduction, id_))
    with sqlite_sessions.writing() as session:
        assert suggest.look_weekly(session, here.organization, now=MONDAY + DAY)
        assert not suggest.look_weekly(session, here.organization, now=MONDAY + 2 * DAY)
