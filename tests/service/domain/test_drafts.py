"""The state table is walked in full: every state, every act, everybody who may act."""

from __future__ import annotations

import itertools

import pytest

from service.domain.drafts import ENDS, TABLE, Act, By, State, possible, step
from service.domain.errors import NotNow

EVERYTHING = list(itertools.product(State, Act, By))
SAYS_NOTHING_NEW = {Act.APPROVE, Act.RELEASE}
"""Acts after which the text is still the one approved. All others may change it, or take the approval back."""


def _ways(state: State) -> list[tuple[Act, By, State]]:
    return [(act, by, rule.to) for (at, act), rule in TABLE.items() if at is state for by in rule.by]


def _reachable(start: State) -> set[State]:
    seen, ahead = {start}, [start]
    while ahead:
        for _, _, to in _ways(ahead.pop()):
            if to not in seen:
                seen.add(to)
                ahead.append(to)
    return seen


@pytest.mark.parametrize(("state", "act", "by"), EVERYTHING)
def test_an_act_is_either_in_the_table_for_this_actor_or_refused_with_what_is_possible(state: State, act: Act, by: By):
    rule = TABLE.get((state, act))
    if rule is not None and by in rule.by:
        assert step(state, act, by) is rule.to
    else:
        with pytest.raises(NotNow) as refusal:
            step(state, act, by)
        assert state.value in refusal.value.detail
        assert all(name in refusal.value.detail for name in possible(state, by))


@pytest.mark.parametrize("state", State)
def test_every_state_can_be_reached_from_the_first(state: State):
    assert state in _reachable(State.WAITING)


@pytest.mark.parametrize("state", sorted(set(State) - ENDS))
def test_no_state_is_a_dead_end_for_the_people_who_wait(state: State):
    """From everywhere but a resting place, somebody or something on our side can bring it to the learner."""
    assert State.RELEASED in _reachable(state)
    assert {by for _, by, _ in _ways(state)} & {By.FACILITATOR, By.MACHINE, By.CLOCK}


@pytest.mark.parametrize("state", [State.WAITING, State.DRAFTING, State.READY, State.STUCK, State.DECLINED])
def test_a_facilitator_is_never_shut_out_by_a_machine_that_does_not_answer(state: State):
    acts = possible(state, By.FACILITATOR)
    assert acts, state


def test_release_is_reached_only_from_approval_and_approval_only_by_a_facilitator():
    into_released = {(state, act) for (state, act), rule in TABLE.items() if rule.to is State.RELEASED}
    into_approved = {(state, act): rule.by for (state, act), rule in TABLE.items() if rule.to is State.APPROVED}
    assert into_released == {(State.APPROVED, Act.RELEASE)}
    assert into_approved == {(State.READY, Act.APPROVE): frozenset({By.FACILITATOR})}


def test_no_path_of_any_length_releases_a_text_that_changed_after_its_approval():
    """Walks the table with one bit more: whether the present text is the approved one."""
    seen = {(State.WAITING, False)}
    ahead = list(seen)
    while ahead:
        state, approved = ahead.pop()
        for act, _, to in _ways(state):
            still = act is Act.APPROVE or (approved and act in SAYS_NOTHING_NEW)
            assert to is not State.RELEASED or still, (state, act)
            if (to, still) not in seen:
                seen.add((to, still))
                ahead.append((to, still))
    assert (State.RELEASED, True) in seen


def test_the_machine_and_the_clock_can_never_approve_and_the_author_never_releases():
    assert all(
        not (by in {By.MACHINE, By.CLOCK, By.AUTHOR} and act is Act.APPROVE)
        and not (by in {By.MACHINE, By.AUTHOR} and act is Act.RELEASE)
        for (_, act), rule in TABLE.items()
        for by in rule.by
    )


@pytest.mark.parametrize("state", State)
def test_withdrawal_is_open_to_the_author_everywhere_and_absorbs(state: State):
    assert step(state, Act.WITHDRAW, By.AUTHOR) is State.WITHDRAWN
    assert _reachable(State.WITHDRAWN) == {State.WITHDRAWN}
