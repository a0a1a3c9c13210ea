"""Who may do what, and what of a person's work others may see."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.domain.errors import NotAllowed
from service.domain.ids import new_id
from service.domain.roles import (
    Actor,
    CredentialReach,
    may_see_group,
    require_organization_wide,
    require_platform,
    require_reviewer,
)
from service.domain.texts import feedback_digest
from service.domain.visibility import PeersShown, SharingReach, ShowWork, may_see_peers, shown_as

LENA = Actor("org", "token", CredentialReach.PERSON, person="lena", facilitates=frozenset({"north"}))
OMAR = Actor("org", "token", CredentialReach.PERSON, person="omar", learns_in=frozenset({"north"}))
KEY = Actor("org", "key", CredentialReach.PLATFORM)
NORTH_KEY = Actor("org", "key", CredentialReach.PLATFORM, groups=frozenset({"north"}))


def test_a_facilitator_reviews_the_own_group_and_no_other():
    assert require_reviewer(LENA, "north") == "lena"
    with pytest.raises(NotAllowed):
        require_reviewer(LENA, "south")


@pytest.mark.parametrize("actor", [OMAR, KEY, NORTH_KEY])
def test_neither_a_learner_nor_a_platform_can_stand_in_for_a_facilitator(actor: Actor):
    with pytest.raises(NotAllowed):
        require_reviewer(actor, "north")


def test_a_key_limited_to_groups_sees_only_these_and_changes_nothing_organization_wide():
    assert may_see_group(NORTH_KEY, "north")
    assert not may_see_group(NORTH_KEY, "south")
    require_platform(NORTH_KEY)
    with pytest.raises(NotAllowed):
        require_organization_wide(NORTH_KEY)
    require_organization_wide(KEY)


def test_a_learner_sees_no_group_as_a_reviewer_would():
    assert not may_see_group(OMAR, "north")


def test_nobody_sees_others_work_before_an_own_attempt_unless_the_challenge_says_otherwise():
    assert not may_see_peers(PeersShown.AFTER_ATTEMPT, has_attempted=False)
    assert may_see_peers(PeersShown.AFTER_ATTEMPT, has_attempted=True)
    assert may_see_peers(PeersShown.ALWAYS, has_attempted=False)
    assert not may_see_peers(PeersShown.NEVER, has_attempted=True)


@given(st.sampled_from(ShowWork), st.booleans(), st.booleans(), st.sampled_from(SharingReach))
def test_work_is_never_shown_beyond_its_authors_consent(
    consent: ShowWork, withdrawn: bool, same_group: bool, reach: SharingReach
):
    shown = shown_as(consent, withdrawn=withdrawn, same_group=same_group, reach=reach)
    assert shown in (ShowWork.NO, consent)
    if withdrawn or (reach is SharingReach.GROUP and not same_group):
        assert shown is ShowWork.NO


def test_ids_sort_by_the_time_they_were_made():
    made = [new_id() for _ in range(50)]
    assert len(set(made)) == 50
    assert [id_[:12] for id_ in made] == sorted(id_[:12] for id_ in made)
    assert all(len(id_) == 32 and id_[12] == "7" for id_ in made)


@given(st.text(), st.lists(st.dictionaries(st.sampled_from(["text", "quote", "kind"]), st.text(), min_size=1)))
def test_the_hash_that_is_approved_changes_with_any_word_that_a_learner_would_read(summary: str, points: list):
    before = feedback_digest(summary, points)
    assert before == feedback_digest(summary, [dict(reversed(list(p.items()))) for p in points])
    assert before != feedback_digest(summary + "x", points)
    for index, point in enumerate(points):
        changed = [*points[:index], {**point, next(iter(point)): "another wording"}, *points[index + 1 :]]
        if changed != points:
            assert before != feedback_digest(summary, changed)
