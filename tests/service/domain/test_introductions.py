"""What holds of introductions alone, over every path and over random histories; see `test_lifecycle`, too."""

from __future__ import annotations

import itertools
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.domain.errors import ChangedSince
from service.domain.introductions import (
    ANSWER_WITHIN,
    LIFE,
    OPEN,
    TOGETHER,
    IntroductionAct,
    IntroductionActor,
    IntroductionHindrance,
    IntroductionReply,
    IntroductionState,
    Limit,
    OwnIntroductionState,
    PastIntroduction,
    hindrance,
    load,
    partners,
    require_seen,
    seen_by,
    step,
    wording_digest,
)

NOW = datetime(2026, 9, 1, 12, tzinfo=UTC)
PEOPLE = ("amara", "bilal", "chiyo", "dagny")
BEFORE_AN_ANSWER = (IntroductionState.SUGGESTED, IntroductionState.APPROVED)


def _reachable(start: IntroductionState) -> set[IntroductionState]:
    seen, ahead = {start}, [start]
    while ahead:
        at = ahead.pop()
        for (state, _, _), rule in LIFE.table.items():
            if state is at and rule.to not in seen:
                seen.add(rule.to)
                ahead.append(rule.to)
    return seen


def test_an_introduction_is_open_or_may_rest_where_it_is():
    assert set(IntroductionState) == OPEN | LIFE.ends
    assert not OPEN & LIFE.ends


def test_no_path_of_any_length_introduces_without_both_yeses_and_an_approval_of_the_present_text():
    """Walks the table with three bits more: the present text is approved; the first, the second has said yes to it."""
    start = (IntroductionState.SUGGESTED, False, False, False)
    seen, ahead = {start}, [start]
    while ahead:
        state, approved, first, second = ahead.pop()
        for (at, act, by), rule in LIFE.table.items():
            if at is not state:
                continue
            to = rule.to
            changes = act in (IntroductionAct.REVISE, IntroductionAct.UNDO)
            now_approved = (
                approved or (act is IntroductionAct.APPROVE and by is IntroductionActor.FACILITATOR)
            ) and not changes
            yes = (first, second) if not changes else (False, False)
            if act is IntroductionAct.AGREE:
                yes = (yes[0] or by is IntroductionActor.FIRST, yes[1] or by is IntroductionActor.SECOND)
            if act is IntroductionAct.DECLINE:
                yes = (yes[0] and by is not IntroductionActor.FIRST, yes[1] and by is not IntroductionActor.SECOND)
            assert to not in TOGETHER or (now_approved and all(yes)), (state, act, by)
            assert (
                to not in (IntroductionState.ASKED, IntroductionState.FIRST_AGREED, IntroductionState.SECOND_AGREED)
                or now_approved
            ), (state, act, by)
            node = (to, now_approved, *yes)
            if node not in seen:
                seen.add(node)
                ahead.append(node)
    assert (IntroductionState.INTRODUCED, True, True, True) in seen


def test_only_a_facilitator_approves_and_only_the_two_people_answer_for_themselves():
    assert {by for (_, act, by) in LIFE.table if act is IntroductionAct.APPROVE} == {IntroductionActor.FACILITATOR}
    for act in (
        IntroductionAct.AGREE,
        IntroductionAct.DECLINE,
        IntroductionAct.MEET,
        IntroductionAct.MISS,
        IntroductionAct.RATE,
        IntroductionAct.WITHDRAW,
    ):
        assert {by for (_, done, by) in LIFE.table if done is act} == {
            IntroductionActor.FIRST,
            IntroductionActor.SECOND,
        }


def test_a_no_cannot_be_turned_by_the_others_yes():
    assert _reachable(IntroductionState.DECLINED) == {IntroductionState.DECLINED, IntroductionState.WITHDRAWN}
    assert (
        step(IntroductionState.DECLINED, IntroductionAct.AGREE, IntroductionActor.SECOND) is IntroductionState.DECLINED
    )


@pytest.mark.parametrize("state", IntroductionState)
def test_either_may_withdraw_everywhere(state: IntroductionState):
    assert (
        step(state, IntroductionAct.WITHDRAW, IntroductionActor.FIRST)
        is step(state, IntroductionAct.WITHDRAW, IntroductionActor.SECOND)
        is IntroductionState.WITHDRAWN
    )


def test_an_approval_holds_for_exactly_the_text_that_was_seen():
    wording = {"to_first": "Would you like to meet Bilal?", "to_second": "Would you like to meet Amara?"}
    seen = wording_digest(wording)
    assert require_seen(seen, dict(reversed(wording.items()))) == seen
    for name in wording:
        with pytest.raises(ChangedSince):
            require_seen(seen, wording | {name: wording[name] + " "})


@given(st.sampled_from([IntroductionReply.NONE, IntroductionReply.YES]), st.integers(0, 40))
def test_a_persons_view_is_the_same_whether_the_other_said_no_or_nothing(own: IntroductionReply, days: int):
    asked, now = NOW, NOW + timedelta(days=days)
    silent = IntroductionState.ASKED if own is IntroductionReply.NONE else IntroductionState.FIRST_AGREED
    unanswered = IntroductionState.EXPIRED if now >= asked + ANSWER_WITHIN else silent
    views = [seen_by(state, own, asked_at=asked, now=now) for state in (unanswered, IntroductionState.DECLINED)]
    assert views[0] is views[1]
    assert OwnIntroductionState.TOGETHER not in views


def test_nobody_sees_anything_of_an_introduction_before_being_asked():
    assert all(
        seen_by(state, IntroductionReply.NONE, asked_at=None, now=NOW) is OwnIntroductionState.NOTHING
        for state in BEFORE_AN_ANSWER
    )
    assert (
        seen_by(IntroductionState.WITHDRAWN, IntroductionReply.NONE, asked_at=None, now=NOW)
        is OwnIntroductionState.NOTHING
    )


_pairs = st.sampled_from([frozenset(pair) for pair in itertools.combinations(PEOPLE, 2)])
_pasts = st.lists(
    st.builds(
        PastIntroduction,
        _pairs,
        st.sampled_from(IntroductionState),
        st.none() | st.integers(0, 90).map(lambda days: NOW - timedelta(days)),
    ),
    max_size=8,
)


@given(st.dictionaries(st.sampled_from(PEOPLE), st.booleans()), _pasts, st.integers(0, 4))
def test_whoever_may_be_introduced_consents_is_new_to_the_other_and_below_the_limit(
    consents: dict[str, bool], past: list[PastIntroduction], count: int
):
    for first, second in itertools.product(PEOPLE, PEOPLE):
        found = hindrance(first, second, consents, past, Limit(count), NOW)
        assert found == hindrance(second, first, consents, past, Limit(count), NOW)
        if found is None:
            assert first != second
            assert consents[first]
            assert consents[second]
            assert not any({first, second} == one.people and one.counts for one in past)
            assert max(load(first, past, NOW), load(second, past, NOW)) < count


def test_a_decline_is_remembered_however_long_ago_and_what_nobody_was_asked_about_may_come_back():
    long_ago = NOW - timedelta(days=900)
    declined = PastIntroduction(frozenset({"amara", "bilal"}), IntroductionState.DECLINED, long_ago)
    faded = PastIntroduction(frozenset({"amara", "chiyo"}), IntroductionState.EXPIRED)
    assert partners("amara", [declined, faded]) == {"bilal"}
    both = dict.fromkeys(PEOPLE, True)
    assert hindrance("bilal", "amara", both, [declined, faded], Limit(), NOW) is IntroductionHindrance.REPEATED
    assert hindrance("amara", "chiyo", both, [declined, faded], Limit(), NOW) is None
    assert load("amara", [declined, faded], NOW) == 0
