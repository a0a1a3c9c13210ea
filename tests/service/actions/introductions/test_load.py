"""Nobody is asked about more than they can bear, however many decide at the same moment; nobody is suggested twice."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import timedelta

import pytest

from service.actions.approvals.deciding import Deciding
from service.actions.introductions import common, ends, review
from service.actions.people import register
from service.domain.errors import NotNow, PeerloomError
from service.domain.introductions import LOAD_LIMIT, LOAD_WINDOW, IntroductionState, wording_digest
from tests.service.actions.introductions.village import Village


def together(*work: Callable[[], object]) -> list[object]:
    """Run all at the same moment; what each gave, or the error that it raised."""
    gate, found = threading.Barrier(len(work)), [None] * len(work)

    def run(at: int) -> None:
        gate.wait()
        try:
            found[at] = work[at]()  # type: ignore[call-overload]
        except PeerloomError as error:
            found[at] = error  # type: ignore[call-overload]

    threads = [threading.Thread(target=run, args=(at,)) for at in range(len(work))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    return list(found)


def approver(village: Village, one: str) -> Callable[[], object]:
    mateo, row = village.actor("mateo"), village.row(one)
    seen = wording_digest(common.texts(row))

    def approve() -> object:
        with village.sessions.writing() as session:
            return review.approve(Deciding(session, mateo, one, row.version, village.now), seen=seen)

    return approve


def test_two_approvals_at_once_do_not_pass_anybodys_limit(village: Village) -> None:
    """Suggestions are made while there is room; the limit is kept where people are about to be asked."""
    assert LOAD_LIMIT == 2
    village.asked("amara", "lin")
    rivals = [village.suggest(*pair) for pair in (("amara", "noor"), ("tiago", "amara"))]
    assert all(rivals)
    outcomes = together(*(approver(village, one) for one in rivals))
    assert sum(isinstance(one, NotNow) for one in outcomes) == 1, outcomes
    assert "enough introductions" in str(next(one for one in outcomes if isinstance(one, NotNow)))
    assert sorted(village.row(one).state for one in rivals) == [IntroductionState.APPROVED, IntroductionState.SUGGESTED]


def test_two_workers_at_once_suggest_two_people_once(village: Village) -> None:
    found = together(*(lambda turn=turn: village.suggest(*turn) for turn in (("amara", "lin"), ("lin", "amara"))))  # type: ignore[misc]
    assert sorted(bool(one) for one in found) == [False, True], found


def test_an_approval_and_a_withdrawn_consent_at_once_leave_nobody_asked(village: Village) -> None:
    one = village.suggest("amara", "lin")
    together(approver(village, one), lambda: village.allow("lin", introduce=False))
    assert village.row(one).state is IntroductionState.WITHDRAWN
    assert not village.ask(one)


def test_two_yeses_at_once_introduce_once(village: Village) -> None:
    one = village.asked("amara", "lin")
    together(*(lambda who=who: village.answer(one, who, True) for who in ("amara", "lin")))  # type: ignore[misc]
    assert village.row(one).state is IntroductionState.INTRODUCED


def test_who_has_enough_is_not_suggested_until_time_has_passed(hamlet: Village) -> None:
    hamlet.asked("amara", "lin")
    hamlet.asked("amara", "noor")
    assert hamlet.suggest("amara", "tiago") == ""
    hamlet.now += LOAD_WINDOW + timedelta(minutes=1)
    with hamlet.sessions.writing() as session:
        ends.sweep(session, now=hamlet.now)
    assert hamlet.suggest("amara", "tiago") != ""


def test_an_organization_says_how_much_is_enough(hamlet: Village) -> None:
    from service.store.tables import Organization

    with hamlet.sessions.writing() as session:
        session.get_one(Organization, hamlet.organization).settings = {"introductions_at_once": 1}
    one, two = hamlet.suggest("amara", "lin"), hamlet.suggest("amara", "noor")
    hamlet.approve(one)
    with pytest.raises(NotNow, match="enough introductions"):
        hamlet.approve(two)


def test_who_does_not_want_to_be_introduced_is_never_suggested(hamlet: Village) -> None:
    hamlet.allow("lin", introduce=False)
    assert hamlet.suggest("amara", "lin") == hamlet.suggest("lin", "amara") == ""
    assert register.ConsentWish().introduce is None
