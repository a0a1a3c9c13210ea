"""Work that waits longer than was promised is told of once, however often a worker sweeps."""

from __future__ import annotations

from service.actions.work import submit
from service.store.session import Sessions
from tests.service.actions.school import NOW, act_as, approve, found, hand_in, make_ready
from tests.service.actions.sweeping import DAY, events, setting, sweep

LATE = "submission.unanswered"


def test_work_that_waits_longer_than_promised_is_told_of_once_and_without_a_promise_never(sessions: Sessions) -> None:
    with sessions.writing() as session:
        platform = found(session)
        draft = hand_in(session, platform).draft.id
        hand_in(session, platform, "lin")
        submit.withdraw(session, platform, "s-lin", now=NOW)
        answered = make_ready(session, hand_in(session, platform, "yusuf").draft)
        approve(session, act_as(session, platform, "mateo"), answered)
    sweep(sessions, NOW + 30 * DAY)
    assert events(sessions, LATE) == []
    setting(sessions, platform.organization, answer_within_days=3)
    sweep(sessions, NOW + 2 * DAY)
    assert events(sessions, LATE) == []
    for day in (3, 4, 50):
        sweep(sessions, NOW + day * DAY)
    about = {"submission": "s-amara", "draft": draft, "challenge": "observe", "group": "north"}
    assert events(sessions, LATE) == [{**about, "since": NOW.isoformat()}]


def test_a_later_revision_that_waits_is_told_of_and_the_earlier_one_no_more(sqlite_sessions: Sessions) -> None:
    with sqlite_sessions.writing() as session:
        platform = found(session)
        hand_in(session, platform)
        again = hand_in(session, platform, text="We begin on Monday.", now=NOW + 2 * DAY).draft.id
    setting(sqlite_sessions, platform.organization, answer_within_days=3)
    sweep(sqlite_sessions, NOW + 4 * DAY)
    assert events(sqlite_sessions, LATE) == []
    sweep(sqlite_sessions, NOW + 5 * DAY)
    assert [one["draft"] for one in events(sqlite_sessions, LATE)] == [again]
