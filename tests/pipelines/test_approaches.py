"""Approaches are honest: none where there is nothing to part, the same in any order, every quotation in its place."""

from __future__ import annotations

import json
import random
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from pipelines.approaches import ApproachWork, approaches
from tests.budget import examples
from tests.pipelines.gallery_works import INTERVIEWS, anything, works


@settings(max_examples=examples(15, 200), deadline=None)
@given(anything, st.randoms(use_true_random=False))
def test_every_work_is_in_one_approach_and_order_does_not_matter(some: list[ApproachWork], dice: random.Random) -> None:
    found = approaches(some)
    assert sorted(id_ for one in found for id_ in one.members) == sorted(work.id for work in some)
    assert approaches(dice.sample(some, len(some))) == found
    text = {work.id: work.text for work in some}
    for one in found:
        assert [spot.work for spot in one.spots] == list(one.members)
        assert all(0 <= spot.x <= 1 and 0 <= spot.y <= 1 for spot in one.spots)
        if one.representative:
            assert one.representative.work in one.members
            assert (
                text[one.representative.work][one.representative.start : one.representative.end]
                == one.representative.quote
            )


def test_two_ways_are_told_apart_and_named_by_their_words() -> None:
    found = approaches(works())
    kinds = [{member[0] for member in one.members} for one in found]
    assert len(found) >= 2
    assert all(len(kind) == 1 for kind in kinds)
    assert {"interviews", "figures"} <= {word for one in found for word in one.words}


def test_one_approach_is_an_answer() -> None:
    same = [ApproachWork(str(n), INTERVIEWS[0].format(a=f"Name{n}", b="")) for n in range(12)]
    assert len(approaches(same)) == 1
    assert len(approaches(works()[:4])) == 1


def test_the_works_of_a_map_do_not_lie_upon_one_another() -> None:
    spots = [(spot.x, spot.y) for one in approaches(works()) for spot in one.spots]
    assert len(set(spots)) == len(spots)


def test_approaches_are_those_that_were_found_when_every_text_was_reckoned_twice() -> None:
    found = [
        [[*one.members], [*one.words], one.representative and one.representative.id] for one in approaches(works())
    ]
    assert found == json.loads((Path(__file__).parent / "golden" / "approaches.json").read_text("utf-8"))
