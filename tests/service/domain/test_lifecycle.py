"""Every table of something that is approved is walked in full: every state, every act, everybody who may act."""

from __future__ import annotations

import itertools
from dataclasses import replace
from enum import StrEnum
from typing import Any

import pytest

from service.domain import drafts, galleries, introductions
from service.domain.errors import ChangedSince, NotNow
from service.domain.lifecycle import Lifecycle, require_seen, table
from service.domain.requests import found as found_work

Life = Lifecycle[Any, Any, Any]

LIVES: list[Life] = [room.LIFE for room in (drafts, galleries, introductions, found_work)]


def _each(life: Life) -> tuple[type[StrEnum], type[StrEnum], type[StrEnum]]:
    """All states, acts and actors that there are, whether or not the table names them."""
    state, act, by = next(iter(life.table))
    return type(state), type(act), type(by)


EVERYTHING = [
    pytest.param(life, *each, id="-".join((life.a, *each)))
    for life in LIVES
    for each in itertools.product(*_each(life))
]
STATES = [pytest.param(life, state, id=f"{life.a}-{state}") for life in LIVES for state in _each(life)[0]]
WITHDRAWN = [one for one in STATES if one.values[0] is not found_work.LIFE]
"""Found work is withdrawn by looking anew at what may be shown, not by an act of its own."""
MAY_APPROVE = {"facilitator", "policy"}
"""A person, or what a person has laid down."""
SAYS_NOTHING_NEW: dict[str, set[StrEnum]] = {
    "A draft": {drafts.DraftAct.APPROVE, drafts.DraftAct.RELEASE},
    "A gallery": {galleries.GalleryAct.APPROVE, galleries.GalleryAct.SHOW},
    "Work that was found": {found_work.FoundWorkAct.APPROVE, found_work.FoundWorkAct.SHOW},
    "An introduction": set(introductions.IntroductionAct)
    - {introductions.IntroductionAct.REVISE, introductions.IntroductionAct.UNDO},
}
"""Acts after which the text is still the one approved. All others may change it, or take the approval back."""

each_life = pytest.mark.parametrize("life", LIVES, ids=[life.a for life in LIVES])


def _reachable(life: Life, start: StrEnum) -> set[StrEnum]:
    seen, ahead = {start}, [start]
    while ahead:
        at = ahead.pop()
        new = {rule.to for (state, _, _), rule in life.table.items() if state is at} - seen
        seen |= new
        ahead += new
    return seen


@pytest.mark.parametrize(("life", "state", "act", "by"), EVERYTHING)
def test_an_act_is_either_in_the_table_for_this_actor_or_refused_with_what_is_possible(
    life: Life, state: StrEnum, act: StrEnum, by: StrEnum
):
    rule = life.table.get((state, act, by))
    if rule is not None:
        assert by in rule.by
        assert life.step(state, act, by) is rule.to
        assert act.value in life.possible(state, by)
        return
    with pytest.raises(NotNow) as refusal:
        life.step(state, act, by)
    can = ", ".join(life.possible(state, by)) or "nothing"
    assert refusal.value.detail == (
        f"{life.a} that is {state.value} cannot be changed by '{act.value}'. Possible now: {can}."
    )


@pytest.mark.parametrize(("life", "state"), STATES)
def test_every_state_can_be_reached_and_none_but_the_ends_is_a_dead_end(life: Life, state: StrEnum):
    assert state in _reachable(life, life.first)
    assert state in life.ends or _reachable(life, state) & life.out


@pytest.mark.parametrize(("life", "state"), WITHDRAWN)
def test_whoever_it_is_made_for_may_withdraw_everywhere_and_nothing_leads_out_of_that(life: Life, state: StrEnum):
    withdrawn = next(one for one in type(state) if one.value == "withdrawn")
    by = {by for (at, act, by) in life.table if at is state and act.value == "withdraw"}
    assert by
    assert all(life.table[at, act, who].to is withdrawn for at, act, who in life.table if act.value == "withdraw")
    assert _reachable(life, withdrawn) == {withdrawn}


@each_life
def test_it_is_let_out_only_from_approval_and_approved_only_by_a_person_or_what_a_person_laid_down(life: Life):
    let_out = {(at, by.value) for (at, _, by), rule in life.table.items() if rule.to in life.out and at not in life.out}
    assert {at for at, _ in let_out} == {life.approved}
    assert {by for _, by in let_out} <= {"facilitator", "clock"}
    approving = {(act.value, by.value) for (_, act, by), rule in life.table.items() if rule.to is life.approved}
    assert {act for act, _ in approving} == {"approve"}
    assert {by for _, by in approving} <= MAY_APPROVE


@each_life
def test_no_path_of_any_length_lets_out_what_changed_after_its_approval(life: Life):
    """Walks the table with one bit more: whether the present text is the approved one."""
    seen: set[tuple[StrEnum, bool]] = {(life.first, False)}
    ahead = list(seen)
    while ahead:
        state, approved = ahead.pop()
        for (at, act, by), rule in life.table.items():
            if at is not state:
                continue
            gives = act.value == "approve" and by.value in MAY_APPROVE
            still = gives or (approved and act in SAYS_NOTHING_NEW[life.a])
            assert rule.to not in life.out or still, (state, act)
            if (rule.to, still) not in seen:
                seen.add((rule.to, still))
                ahead.append((rule.to, still))
    assert {(state, True) for state in life.out} <= seen


@each_life
def test_nothing_is_let_out_where_nobody_approves(life: Life):
    unapproved = {key: rule for key, rule in life.table.items() if key[1].value != "approve"}
    barred = replace(life, table=unapproved)
    assert _reachable(barred, life.first).isdisjoint({life.approved, *life.out})


@each_life
def test_an_approval_can_be_undone_by_a_person_until_it_is_let_out(life: Life):
    undone = {(at, act, by.value) for (at, act, by) in life.table if act.value == "undo"}
    assert undone == {(life.approved, life.undo[0], "facilitator")}
    assert life.undo[1].value == "facilitator"


@each_life
def test_no_act_leaves_what_is_approved_approved(life: Life):
    assert not [key for key, rule in life.table.items() if key[0] is life.approved and rule.to is life.approved]


def test_a_table_with_two_rules_for_the_same_is_refused():
    ready, approve, person = drafts.DraftState.READY, drafts.DraftAct.APPROVE, drafts.DraftActor.FACILITATOR
    with pytest.raises(ValueError, match="Two rules for 'approve' by facilitator in ready"):
        table(
            [(ready, approve, drafts.DraftState.APPROVED, person), (ready, approve, drafts.DraftState.RELEASED, person)]
        )


def test_a_hash_that_was_not_the_one_seen_is_refused_in_the_words_given():
    assert require_seen("a", "a") == "a"
    with pytest.raises(ChangedSince) as plain:
        require_seen("a", "b")
    assert plain.value.detail == "The text has changed since you saw it. Read the new text, then decide."
    with pytest.raises(ChangedSince) as worded:
        require_seen("a", "b", "It is another gallery by now.")
    assert worded.value.detail == "It is another gallery by now."
