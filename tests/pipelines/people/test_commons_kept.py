"""What was worked out of texts is used again while it says the same, and never for what may not be used now."""

from __future__ import annotations

import random
import threading
from collections.abc import Collection, Mapping
from dataclasses import replace

import numpy as np

from pipelines.adapters.hashing import HashingEmbedder
from pipelines.people.commons import Commons, held
from pipelines.people.keeping import KeptCommons
from pipelines.people.matching import MatchWish, match
from pipelines.people.values import PersonWork
from tests.pipelines.people.neighbours import CHALLENGES, EMBEDDER, TEXTS, circle, reciprocal, work

WORDS = " ".join(TEXTS.values()).split()


def works_of(count: int) -> list[PersonWork]:
    """One work each, of words of the neighbours."""
    dice = random.Random(7)
    return [work(f"p{at}", " ".join(dice.choices(WORDS, k=20)) + ".") for at in range(count)]


class Shelf:
    """Texts apart from the works; tells how many were read."""

    def __init__(self, works: Collection[PersonWork]) -> None:
        self._read, self.asked = held(list(works)), 0
        self.closed = frozenset[str]()

    def __call__(self, ids: Collection[str]) -> Mapping[str, str]:
        self.asked += len(ids)
        return {id_: text for id_, text in self._read(ids).items() if id_ not in self.closed}


def bare(works: Collection[PersonWork]) -> list[PersonWork]:
    return [replace(one, text="") for one in works]


def test_matches_are_the_same_whether_texts_come_with_the_works_or_are_read() -> None:
    whole = reciprocal()
    apart = Commons(bare(whole.works), EMBEDDER, Shelf(whole.works))
    for asked in (MatchWish(), MatchWish(request="Who agrees on a question before each visit?")):
        found = match("amara", circle(), apart, CHALLENGES, asked)
        assert found == match("amara", circle(), whole, CHALLENGES, asked)
        assert any(reason.passages for one in found for reason in one.reasons)


def test_a_text_that_may_not_be_read_any_more_is_not_quoted() -> None:
    whole = reciprocal()
    shelf = Shelf(whole.works)
    apart = Commons(bare(whole.works), EMBEDDER, shelf)
    shelf.closed = frozenset({"w-bilal"})
    shown = [
        one for found in match("amara", circle(), apart, CHALLENGES) for why in found.reasons for one in why.passages
    ]
    assert shown
    assert not any(one.person == "bilal" for one in shown)


def test_a_few_new_works_are_compared_as_all_others_are_and_nothing_is_read_twice() -> None:
    works = works_of(201)
    shelf = Shelf(works)
    before = Commons(bare(works[:200]), EMBEDDER, shelf)
    after = Commons(bare(works), EMBEDDER, shelf, before)
    assert shelf.asked == 201
    anew = Commons(works, EMBEDDER)
    assert after.people == anew.people
    for name in ("p3", "p200"):  # one from before, and the new one; statistics of 200 and of 201 works
        assert np.corrcoef(after.nearness(name), anew.nearness(name))[0, 1] > 0.999
        assert np.abs(after.nearness(name) - anew.nearness(name)).max() < 0.1
    assert np.abs(after.knowing(works[200].text) - anew.knowing(works[200].text)).max() < 0.1


def test_who_is_gone_is_in_nothing_though_their_numbers_are_kept() -> None:
    works = works_of(100)
    before = Commons(works, EMBEDDER)
    after = Commons([one for one in works if one.person != "p5"], EMBEDDER, None, before)
    assert after.space is before.space
    assert "p5" not in after.people
    assert len(after.nearness("p1")) == 99
    assert not after.by_person.get("p5")
    assert "p5" not in after.at("observe")
    anew = Commons([one for one in works if one.person != "p5"], EMBEDDER)
    assert np.abs(after.nearness("p60") - anew.nearness("p60")).max() < 0.2
    again = Commons(works, EMBEDDER, None, after)  # and back: nothing is embedded again
    assert again.space is before.space
    assert np.array_equal(again.nearness("p1"), before.nearness("p1"))


def test_where_much_has_changed_everything_is_reckoned_anew() -> None:
    works = works_of(100)
    few = Commons(works[:90], EMBEDDER)
    assert Commons(works, EMBEDDER, None, few).space.measured == 100
    assert Commons(works[:40], EMBEDDER, None, few).space.measured == 40


def test_a_challenge_that_gets_another_title_has_its_works_read_again() -> None:
    works = works_of(100)
    before = Commons(works, EMBEDDER)
    after = Commons([replace(works[0], title="Peer observation"), *works[1:]], EMBEDDER, None, before)
    assert after.space.size == 101
    assert not np.array_equal(after.space.vectors[100], before.space.vectors[0])


def test_organizations_are_kept_apart_and_the_one_not_used_for_longest_goes() -> None:
    kept, works = KeptCommons(most=2), {name: works_of(count) for name, count in (("a", 4), ("b", 5), ("c", 6))}

    def asked(name: str) -> Commons:
        return kept.commons(name, works[name], EMBEDDER, held(works[name]), name)

    first, second = asked("a"), asked("b")
    assert asked("a") is first
    works["a"] = works["a"][1:]
    assert asked("a").people == ("p1", "p2", "p3")  # other works, so another commons
    assert {one.id for one in second.works} == {one.id for one in works["b"]}
    asked("c")
    assert [kept.state(name) for name in "abc"] == ["a", None, "c"]
    assert asked("b") is not second


def test_vectors_of_one_embedder_are_not_compared_with_those_of_another() -> None:
    kept, works = KeptCommons(), works_of(60)
    kept.commons("a", works, EMBEDDER, held(works), None)
    other = HashingEmbedder(64)
    assert other.name != EMBEDDER.name
    assert kept.commons("a", works, other, held(works), None).space.vectors.shape == (60, 64)


def test_threads_that_ask_at_once_get_one_commons() -> None:
    kept, works = KeptCommons(), works_of(60)
    shelf, found = Shelf(works), list[Commons]()
    ask = [
        threading.Thread(target=lambda: found.append(kept.commons("a", works, EMBEDDER, shelf, None))) for _ in range(8)
    ]
    for one in ask:
        one.start()
    for one in ask:
        one.join()
    assert len(found) == 8
    assert len({id(one) for one in found}) == 1
    assert shelf.asked == 60
