"""What may be in a gallery is tried rule by rule; the table of its life is walked in `test_lifecycle`."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.domain.galleries import (
    LIFE,
    OPEN_POLICY,
    GalleryAct,
    GalleryActor,
    GalleryReader,
    GalleryState,
    PeerWorkFacts,
    Policy,
    SharingHindrance,
    body_digest,
    effect,
    reasons_against,
    sharing,
)
from service.domain.visibility import PeersShown, SharingReach, ShowWork

NOW = datetime(2026, 10, 5, 9, 0, tzinfo=UTC)
READER = GalleryReader("amara", True, PeersShown.AFTER_ATTEMPT, SharingReach.ORGANIZATION)
WORK = PeerWorkFacts("yusuf", ShowWork.WITH_NAME, True, False, True, NOW - timedelta(days=1), 1)


def test_approval_is_a_persons_or_a_persons_policys_and_leads_to_showing_by_one_act_only() -> None:
    shown = {(state, act) for (state, act, _), rule in LIFE.table.items() if rule.to is GalleryState.SHOWN}
    assert shown == {(GalleryState.APPROVED, GalleryAct.SHOW)}
    approving = {key for key, rule in LIFE.table.items() if rule.to is GalleryState.APPROVED}
    assert approving == {
        (GalleryState.READY, GalleryAct.APPROVE, by) for by in (GalleryActor.FACILITATOR, GalleryActor.POLICY)
    }


@pytest.mark.parametrize(
    ("reader", "work", "policy", "why"),
    [
        (READER, WORK, OPEN_POLICY, None),
        (replace(READER, attempted=False), WORK, OPEN_POLICY, SharingHindrance.NO_ATTEMPT),
        (replace(READER, peers=PeersShown.NEVER), WORK, OPEN_POLICY, SharingHindrance.PEERS_NEVER),
        (replace(READER, person="yusuf"), WORK, OPEN_POLICY, SharingHindrance.OWN),
        (READER, replace(WORK, withdrawn=True), OPEN_POLICY, SharingHindrance.WITHDRAWN),
        (READER, replace(WORK, consent=ShowWork.NO), OPEN_POLICY, SharingHindrance.CONSENT),
        (READER, replace(WORK, machines=False), OPEN_POLICY, SharingHindrance.NO_AI),
        (READER, replace(WORK, near=False), OPEN_POLICY, None),
        (
            replace(READER, reach=SharingReach.GROUP),
            replace(WORK, near=False),
            OPEN_POLICY,
            SharingHindrance.OTHER_GROUP,
        ),
        (READER, WORK, Policy(weeks=1), SharingHindrance.TOO_RECENT),
        (READER, replace(WORK, submitted_at=NOW - timedelta(weeks=1)), Policy(weeks=1), None),
        (READER, replace(WORK, nth=3), Policy(most_per_author=2), SharingHindrance.SHOWN_OFTEN),
        (READER, replace(WORK, nth=2), Policy(most_per_author=2), None),
    ],
)
def test_a_work_is_shown_only_as_consent_sharing_and_policy_stand(
    reader: GalleryReader, work: PeerWorkFacts, policy: Policy, why: SharingHindrance | None
) -> None:
    assert sharing(work, reader, policy, NOW).hindrance is why


def test_a_name_is_shown_only_if_the_author_chose_so_and_the_policy_does_not_hide_it() -> None:
    assert sharing(WORK, READER, OPEN_POLICY, NOW).named
    assert not sharing(replace(WORK, consent=ShowWork.WITHOUT_NAME), READER, OPEN_POLICY, NOW).named
    assert not sharing(WORK, READER, Policy(without_names=True), NOW).named
    assert not sharing(replace(WORK, withdrawn=True), READER, OPEN_POLICY, NOW).named


def test_the_effect_says_how_many_would_have_been_shown_and_why_the_others_not() -> None:
    fresh = replace(WORK, author="lin", submitted_at=NOW)
    galleries = [
        ("first", READER, [WORK, replace(WORK, author="noor")]),
        ("second", READER, [WORK, fresh]),
        ("third", READER, [WORK, replace(WORK, author="noor", withdrawn=True)]),
        ("fourth", READER, [WORK]),
        ("fifth", READER, [WORK, replace(WORK, author="tiago")]),
    ]
    lenient = effect(Policy(automatic=True), galleries, NOW)
    assert [one.shown for one in lenient] == [True, True, False, False, True]
    assert reasons_against(lenient) == {"withdrawn": 1, "too_few": 1}
    strict = effect(Policy(automatic=True, most_per_author=1), galleries, NOW)
    assert [one.gallery for one in strict if one.shown] == ["first"]
    assert strict[-1].why == (SharingHindrance.SHOWN_OFTEN,)


FACTS = st.builds(
    PeerWorkFacts,
    author=st.sampled_from(["yusuf", "lin", "noor"]),
    consent=st.sampled_from(ShowWork),
    machines=st.booleans(),
    withdrawn=st.booleans(),
    near=st.booleans(),
    submitted_at=st.integers(0, 60).map(lambda days: NOW - timedelta(days=days)),
    nth=st.integers(1, 4),
)
POLICIES = st.builds(
    Policy,
    without_names=st.booleans(),
    weeks=st.integers(0, 6),
    most_per_author=st.integers(0, 3),
)
READERS = st.builds(
    GalleryReader, st.just("amara"), st.booleans(), st.sampled_from(PeersShown), st.sampled_from(SharingReach)
)


@given(FACTS, READERS, POLICIES)
def test_a_policy_only_ever_narrows(work: PeerWorkFacts, reader: GalleryReader, policy: Policy) -> None:
    with_it, without = sharing(work, reader, policy, NOW), sharing(work, reader, OPEN_POLICY, NOW)
    assert with_it.hindrance is not None or without.hindrance is None
    assert not with_it.named or without.named


@given(st.lists(st.lists(FACTS, min_size=1, max_size=4), max_size=8), READERS, POLICIES)
def test_no_author_is_shown_more_often_than_a_policy_lets(
    works: list[list[PeerWorkFacts]], reader: GalleryReader, policy: Policy
):
    found = effect(policy, [(str(at), reader, one) for at, one in enumerate(works)], NOW)
    shown = [
        facts.author for one in found if one.shown for facts in {w.author: w for w in works[int(one.gallery)]}.values()
    ]
    assert not policy.most_per_author or all(shown.count(name) <= policy.most_per_author for name in shown)


def test_the_hash_of_a_gallery_changes_with_all_that_is_shown() -> None:
    body = {"comparison": "A or B?", "own": {"marks": []}, "works": [{"revision": "r", "text_hash": "t", "marks": []}]}
    others = [
        {**body, "comparison": "B or A?"},
        {**body, "own": {"marks": [[0, 3]]}},
        {**body, "works": [{"revision": "r", "text_hash": "u", "marks": []}]},
    ]
    assert len({body_digest(one) for one in [body, *others]}) == 4
