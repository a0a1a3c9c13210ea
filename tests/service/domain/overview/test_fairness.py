"""Where shares part it is told, and where they do not it is not; nothing is told of few."""

from __future__ import annotations

import random
from collections.abc import Iterator, Mapping

import pytest

from service.domain.overview.fairness import FairnessBy, FairnessCase, FairnessMeasure, difference, tables

Z95 = 1.959963984540054
GROUPS = ("east", "north", "south", "west")
LANGUAGES = ("de", "en")


def cases(
    seed: int, shares: Mapping[str, float], *, people: int = 30, points: int = 3, alike: float = 0.0
) -> Iterator[FairnessCase]:
    """Each person has some points of each measure. `alike`: how often all of a person's are decided as the first is."""
    chance = random.Random(seed)
    for group, share in shares.items():
        for number in range(people):
            person, language = f"{group}-{number}", LANGUAGES[number % 2]
            for measure in FairnessMeasure:
                same, first = chance.random() < alike, chance.random() < share
                for _ in range(points):
                    yes = first if same else chance.random() < share
                    yield FairnessCase(measure, person, group, language, yes)


@pytest.mark.parametrize(("share", "alike"), [(0.5, 0.0), (0.9, 0.8)])
def test_equal_shares_are_hardly_ever_told_to_part(share: float, alike: float) -> None:
    equal = dict.fromkeys(GROUPS, share)
    warned = sum(any(one.parting for one in tables(cases(seed, equal, alike=alike))) for seed in range(200))
    assert warned <= 10, "at most one page in twenty"


def test_a_planted_bias_is_told_for_the_group_and_measure_that_has_it() -> None:
    fair = list(cases(1, dict.fromkeys(GROUPS, 0.8)))
    unfair = [
        FairnessCase(one.measure, one.person, one.group, one.language, one.yes and one.person[-1] in "02468")
        if (one.group, one.measure) == ("south", FairnessMeasure.KEPT)
        else one
        for one in fair
    ]
    told = {
        (one.measure, one.by, line.key, line.parts.high < 0)
        for one in tables(unfair)
        for line in one.parting
        if line.parts
    }
    assert ("kept", "group", "south", True) in told
    assert {measure for measure, *_ in told} == {"kept"}


def test_of_fewer_than_ten_people_no_share_is_told_and_of_fewer_than_five_nothing() -> None:
    few = [
        *cases(2, {"north": 0.5, "south": 0.5}),
        *cases(3, {"east": 0.5}, people=9, points=20),
        *cases(4, {"hill": 1.0, "mill": 1.0}, people=4),
    ]
    table = next(one for one in tables(few) if one.by is FairnessBy.GROUP)
    assert [(line.key, line.people, line.share is None) for line in table.lines] == [
        ("east", 9, True),
        ("north", 30, False),
        ("south", 30, False),
    ]
    assert table.hidden == 2


def test_who_is_left_out_cannot_be_worked_out_from_the_others() -> None:
    one_small = [*cases(2, {"north": 0.5, "south": 0.5, "west": 0.5}), *cases(3, {"hill": 1.0}, people=3)]
    table = next(one for one in tables(one_small) if one.by is FairnessBy.GROUP)
    assert [line.key for line in table.lines] == ["south", "west"]
    assert table.hidden == 2


def _of(group: str, language: str, people: int, yes: int) -> Iterator[FairnessCase]:
    for number in range(people):
        yield FairnessCase(FairnessMeasure.PROPOSED, f"{group}-{number}", group, language, number < yes)


def test_few_of_one_language_cannot_be_worked_out_from_the_group_beside_them_nor_from_a_warning() -> None:
    few = [*_of("a", "en", 20, 9), *_of("b", "de", 20, 4), *_of("mill", "de", 4, 3), *_of("hill", "en", 6, 5)]
    groups, languages = tables(few)
    shares = {line.key: line.share for table in (groups, languages) for line in table.lines if line.share is not None}
    assert shares == {"a": 0.45, "b": 0.2, "en": 0.45, "de": 0.2}
    apart = [*_of("a", "en", 30, 27), *_of("b", "en", 30, 3)]
    parts = [line.parts for line in tables(apart)[0].lines]
    assert [line.parts for line in tables([*apart, *_of("hill", "en", 6, 5)])[0].lines if line.parts] == parts


def test_the_interval_of_a_difference_is_the_published_one() -> None:
    """Newcombe (1998), table II, method 10: 56/70 and 48/80; 9/10 and 3/10."""
    first, second = difference(56 / 70, 70, 48 / 80, 80, Z95), difference(9 / 10, 10, 3 / 10, 10, Z95)
    assert (round(first.low, 4), round(first.high, 4)) == (0.0524, 0.3339)
    assert (round(second.low, 4), round(second.high, 4)) == (0.1705, 0.8090)
