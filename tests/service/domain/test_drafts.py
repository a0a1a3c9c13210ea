"""What holds of the life of a draft alone; what holds of all that is approved is in `test_lifecycle`."""

from __future__ import annotations

import pytest

from service.domain.drafts import LIFE, DraftAct, DraftActor, DraftState, possible, step


def _ways(state: DraftState) -> list[tuple[DraftAct, DraftActor, DraftState]]:
    return [(act, by, rule.to) for (at, act, by), rule in LIFE.table.items() if at is state]


def _reachable(start: DraftState) -> set[DraftState]:
    seen, ahead = {start}, [start]
    while ahead:
        for _, _, to in _ways(ahead.pop()):
            if to not in seen:
                seen.add(to)
                ahead.append(to)
    return seen


@pytest.mark.parametrize("state", sorted(set(DraftState) - LIFE.ends))
def test_no_state_is_a_dead_end_for_the_people_who_wait(state: DraftState):
    """From everywhere but a resting place, somebody or something on our side can bring it to the learner."""
    assert DraftState.RELEASED in _reachable(state)
    assert {by for _, by, _ in _ways(state)} & {DraftActor.FACILITATOR, DraftActor.MACHINE, DraftActor.CLOCK}


@pytest.mark.parametrize(
    "state", [DraftState.WAITING, DraftState.DRAFTING, DraftState.READY, DraftState.STUCK, DraftState.DECLINED]
)
def test_a_facilitator_is_never_shut_out_by_a_machine_that_does_not_answer(state: DraftState):
    acts = possible(state, DraftActor.FACILITATOR)
    assert acts, state


def test_release_is_reached_only_from_approval_and_approval_only_by_a_facilitator():
    into_released = {(state, act) for (state, act, _), rule in LIFE.table.items() if rule.to is DraftState.RELEASED}
    into_approved = {key for key, rule in LIFE.table.items() if rule.to is DraftState.APPROVED}
    assert into_released == {(DraftState.APPROVED, DraftAct.RELEASE)}
    assert into_approved == {(DraftState.READY, DraftAct.APPROVE, DraftActor.FACILITATOR)}


def test_the_author_never_releases_and_withdraws_from_everywhere():
    assert not [
        state
        for (state, act, by) in LIFE.table
        if act is DraftAct.RELEASE and by in {DraftActor.MACHINE, DraftActor.AUTHOR}
    ]
    assert all(step(state, DraftAct.WITHDRAW, DraftActor.AUTHOR) is DraftState.WITHDRAWN for state in DraftState)
