"""What holds of the life of a draft alone; what holds of all that is approved is in `test_lifecycle`."""

from __future__ import annotations

import pytest

from service.domain.drafts import LIFE, Act, By, State, possible, step


def _ways(state: State) -> list[tuple[Act, By, State]]:
    return [(act, by, rule.to) for (at, act, by), rule in LIFE.table.items() if at is state]


def _reachable(start: State) -> set[State]:
    seen, ahead = {start}, [start]
    while ahead:
        for _, _, to in _ways(ahead.pop()):
            if to not in seen:
                seen.add(to)
                ahead.append(to)
    return seen


@pytest.mark.parametrize("state", sorted(set(State) - LIFE.ends))
def test_no_state_is_a_dead_end_for_the_people_who_wait(state: State):
    """From everywhere but a resting place, somebody or something on our side can bring it to the learner."""
    assert State.RELEASED in _reachable(state)
    assert {by for _, by, _ in _ways(state)} & {By.FACILITATOR, By.MACHINE, By.CLOCK}


@pytest.mark.parametrize("state", [State.WAITING, State.DRAFTING, State.READY, State.STUCK, State.DECLINED])
def test_a_facilitator_is_never_shut_out_by_a_machine_that_does_not_answer(state: State):
    acts = possible(state, By.FACILITATOR)
    assert acts, state


def test_release_is_reached_only_from_approval_and_approval_only_by_a_facilitator():
    into_released = {(state, act) for (state, act, _), rule in LIFE.table.items() if rule.to is State.RELEASED}
    into_approved = {key for key, rule in LIFE.table.items() if rule.to is State.APPROVED}
    assert into_released == {(State.APPROVED, Act.RELEASE)}
    assert into_approved == {(State.READY, Act.APPROVE, By.FACILITATOR)}


def test_the_author_never_releases_and_withdraws_from_everywhere():
    assert not [state for (state, act, by) in LIFE.table if act is Act.RELEASE and by in {By.MACHINE, By.AUTHOR}]
    assert all(step(state, Act.WITHDRAW, By.AUTHOR) is State.WITHDRAWN for state in State)
