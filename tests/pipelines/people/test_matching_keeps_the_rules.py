"""Over random consents, groups, loads and histories: no match against consent, no repeat, no overload; a symmetric
reason holds from either side."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import given, settings
from hypothesis import strategies as st

from pipelines.people.matching import MatchWish, match
from pipelines.people.ranking import PRIOR, IntroductionOutcome, chance, weights
from pipelines.people.reasons import Circle
from pipelines.people.values import Profile, ReasonKind
from pipelines.values import Standing
from tests.budget import examples
from tests.pipelines.people.neighbours import CHALLENGES, TEXTS, commons, work

NAMES = sorted(TEXTS)
GROUPS = st.frozensets(st.sampled_from(["north", "south", "west"]), max_size=2)
SOME = st.frozensets(st.sampled_from(NAMES), max_size=2)
STANDINGS = st.dictionaries(st.sampled_from(["who", "look", "share"]), st.sampled_from(Standing))


@st.composite
def worlds(draw: st.DrawFn) -> tuple[Circle, dict[str, dict[str, Standing]]]:
    profiles = {
        name: Profile(
            name, name.capitalize(), draw(GROUPS), draw(st.frozensets(st.just("librarian"))),
            draw(st.frozensets(st.just("observe"))), draw(st.booleans()), draw(st.integers(0, 3)),
            draw(SOME), draw(SOME),
        )
        for name in NAMES
    }  # fmt: skip
    return Circle.of(profiles), {name: draw(STANDINGS) for name in NAMES}


@settings(max_examples=examples(50, 500))
@given(worlds(), st.integers(0, 3), st.sampled_from(["", "dates for visits of pairs"]))
def test_nobody_is_matched_against_consent_beyond_the_limit_or_again(world, load_limit: int, request: str):
    people, standings = world
    works = commons(*(work(name, criteria=standings[name]) for name in NAMES))
    for name in NAMES:
        for found in match(name, people, works, CHALLENGES, MatchWish(9, load_limit, request=request)):
            first, second = people.profiles[found.first], people.profiles[found.second]
            assert first.person == name != second.person
            assert first.open_to
            assert second.open_to
            assert max(first.load, second.load) < load_limit
            assert second.person not in first.past | first.contacts
            assert first.person not in second.past | second.contacts
            assert found.reasons
            named = {one for reason in found.reasons for one in reason.facts.get("through", ())}
            assert all(people.profiles[one].open_to for one in named)
            shown = {passage.person for reason in found.reasons for passage in reason.passages}
            assert shown <= {first.person, second.person}


@settings(max_examples=examples(50, 500))
@given(worlds())
def test_what_two_people_give_each_other_is_the_same_seen_from_either_side(world):
    people, standings = world
    works = commons(*(work(name, criteria=standings[name]) for name in NAMES))
    facts = {}
    for name in NAMES:
        for found in match(name, people, works, CHALLENGES, MatchWish(9, 4)):
            facts[found.first, found.second] = {reason.kind: reason.facts for reason in found.reasons}
    turned = {"first_gives": "second_gives", "second_gives": "first_gives"}
    for (first, second), found in facts.items():
        back = facts.get((second, first), {})
        for kind in (ReasonKind.COMPLEMENTARY, ReasonKind.SAME_PROBLEM, ReasonKind.TRIANGLE, ReasonKind.SAME_ROLE):
            if kind in found:
                assert back.get(kind) == {turned.get(key, key): value for key, value in found[kind].items()}


def test_answers_move_the_ranking_and_none_leave_it_as_judged():
    triangle, bridge = {"triangle": 1.0, "near": 0.5}, {"bridge": 1.0, "near": 0.5}
    assert weights() == PRIOR
    assert chance(triangle, PRIOR) > chance(bridge, PRIOR)
    answered = [IntroductionOutcome(bridge, True)] * 30 + [IntroductionOutcome(triangle, False)] * 30
    learned = weights(answered)
    assert chance(bridge, learned) > 0.6 > 0.3 > chance(triangle, learned)
    assert learned == weights(answered)
    one = weights([replace(answered[0])])
    assert max(abs(one[name] - PRIOR[name]) for name in PRIOR) < 0.25


def test_learning_stays_bounded_where_judgement_was_sure_and_wrong():
    sure = {"complementary": 1.0, "triangle": 1.0, "near": 1.0, "across": 1.0, "load": 3.0}
    learned = weights(
        [IntroductionOutcome(sure, False)] * 200
        + [IntroductionOutcome({"load": 4.0}, True)] * 50
        + [IntroductionOutcome(sure, True)] * 5
    )
    assert max(abs(value) for value in learned.values()) < 6
    assert chance(sure, learned) < 0.15
