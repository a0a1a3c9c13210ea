"""What is found, and above all what is not: only what the scope may see, whatever the index still holds."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import numpy as np
import pytest

from pipelines.adapters.exact import ExactIndex
from pipelines.adapters.hashing import HashingEmbedder
from pipelines.evaluation.shelves import MemoryLibrary
from pipelines.ports import Embedder
from pipelines.retrieval import PIECES, Caps, QueryPart, Shelves, collection, find, pieces_of
from pipelines.values import Evidence, Scope, Shelf, ShelfItem

NOW = datetime(2026, 9, 14, 9, tzinfo=UTC)
SCOPE = Scope("quillmere", "c1", "amara", "amara", NOW)
ANY = Caps(per_document=0, per_author=0)


class Hiding(MemoryLibrary):
    """A library in which some items may be seen by nobody any more, or by one group only."""

    def __init__(self) -> None:
        super().__init__()
        self.hidden: set[str] = set()
        self.group_of: dict[str, str] = {}
        self.asked = 0

    def read(self, shelf: Shelf, scope: Scope, ids: Sequence[str] | None = None) -> list[ShelfItem]:
        self.asked += ids is not None
        there = [item for item in super().read(shelf, scope, ids) if item.id not in self.hidden]
        return [item for item in there if not scope.groups or self.group_of.get(item.id) in scope.groups]


@pytest.fixture
def embedder() -> Embedder:
    return HashingEmbedder(128)


@pytest.fixture
def library() -> Hiding:
    return Hiding()


@pytest.fixture
def shelves(library: Hiding) -> Shelves:
    return Shelves(library, ExactIndex())


def work(id_: str, text: str, *, author: str = "", document: str = "") -> ShelfItem:
    return ShelfItem(id_, Shelf.WORK, text, document or id_, 0, len(text), author=author or f"author of {id_}")


def put(
    shelves: Shelves, embedder: Embedder, items: Sequence[ShelfItem], part: str = "c1", where: Scope = SCOPE
) -> None:
    assert isinstance(shelves.library, MemoryLibrary)
    shelves.library.add(part, items)
    vectors = embedder.embed([item.indexed for item in items])
    shelves.index.write(collection(items[0].shelf, where), [item.id for item in items], vectors)


def ask(
    shelves: Shelves,
    embedder: Embedder,
    *texts: str,
    scope: Scope = SCOPE,
    shelf: Shelf = Shelf.WORK,
    limit: int = 5,
    caps: Caps = ANY,
    first: Sequence[str] = (),
) -> list[Evidence]:
    parts = [QueryPart(text, vector) for text, vector in zip(texts, embedder.embed(texts), strict=True)]
    return find(shelf, parts, scope, shelves, embedder, limit=limit, caps=caps, first=first)


def ids(found: Sequence[Evidence]) -> list[str]:
    return [one.item.id for one in found]


GARDEN = (
    work("w1", "We pair teachers across grades for visits."),
    work("w2", "The garden needs water twice a week."),
    work("w3", "Teachers visit each other in pairs, and write three lines."),
)


def test_what_speaks_to_the_question_comes_first(shelves: Shelves, embedder: Embedder) -> None:
    put(shelves, embedder, GARDEN)
    assert ids(ask(shelves, embedder, "Who waters the garden?"))[0] == "w2"
    assert set(ids(ask(shelves, embedder, "teachers visit in pairs", limit=2))) == {"w1", "w3"}


def test_what_the_scope_may_not_see_is_never_found_though_the_index_still_has_it(
    shelves: Shelves, library: Hiding, embedder: Embedder
) -> None:
    put(shelves, embedder, GARDEN)
    library.hidden.add("w2")
    assert "w2" in shelves.index.ids(collection(Shelf.WORK, SCOPE))
    assert ids(ask(shelves, embedder, "The garden needs water twice a week.")) == ["w3", "w1"]
    assert ids(ask(shelves, embedder, "garden water", first=["w2"]))[:1] != ["w2"]


def test_what_only_the_index_knows_is_passed_over(shelves: Shelves, embedder: Embedder) -> None:
    put(shelves, embedder, GARDEN)
    shelves.index.write(collection(Shelf.WORK, SCOPE), ["ghost"], embedder.embed(["Who waters the garden?"]))
    assert "ghost" not in ids(ask(shelves, embedder, "Who waters the garden?"))


def test_what_the_index_does_not_know_yet_is_found_by_its_words(shelves: Shelves, embedder: Embedder) -> None:
    put(shelves, embedder, GARDEN)
    shelves.index.delete(collection(Shelf.WORK, SCOPE), ["w2"])
    assert ids(ask(shelves, embedder, "Who waters the garden?"))[0] == "w2"


def test_a_learner_never_finds_own_work_among_that_of_peers(shelves: Shelves, embedder: Embedder) -> None:
    put(shelves, embedder, [*GARDEN, work("own", "Who waters the garden?", author="amara")])
    assert "own" not in ids(ask(shelves, embedder, "Who waters the garden?"))
    assert "own" in ids(ask(shelves, embedder, "Who waters the garden?", scope=replace(SCOPE, author="ilse")))


def test_where_peers_may_not_be_seen_none_is_found(shelves: Shelves, embedder: Embedder) -> None:
    put(shelves, embedder, GARDEN)
    assert ask(shelves, embedder, "garden", scope=replace(SCOPE, peers=False)) == []
    assert ask(shelves, embedder, "garden") != []


def test_one_shelf_serves_readers_who_may_see_different_things(
    shelves: Shelves, library: Hiding, embedder: Embedder
) -> None:
    put(shelves, embedder, GARDEN)
    library.group_of = {"w1": "north", "w2": "north", "w3": "south"}
    north, south = (replace(SCOPE, groups=(group,)) for group in ("north", "south"))
    assert set(ids(ask(shelves, embedder, "visits", scope=north))) == {"w1", "w2"}
    assert ids(ask(shelves, embedder, "visits", scope=south)) == ["w3"]
    assert shelves.corpus(Shelf.WORK, north, embedder) is shelves.corpus(Shelf.WORK, south, embedder)


def test_hidden_items_do_not_take_the_places_of_visible_ones(
    shelves: Shelves, library: Hiding, embedder: Embedder
) -> None:
    many = [work(f"h{number}", f"garden water number {number}") for number in range(120)]
    put(shelves, embedder, [*many, *GARDEN])
    library.hidden = {item.id for item in many}
    assert set(ids(ask(shelves, embedder, "garden water", limit=3))) == {"w1", "w2", "w3"}


def test_a_narrow_scope_is_not_looked_for_through_the_whole_shelf(
    shelves: Shelves, library: Hiding, embedder: Embedder
) -> None:
    put(shelves, embedder, [work(f"w{n:04}", f"Pairs of teachers visit room {n}.") for n in range(1200)])
    library.group_of = {f"w{n:04}": "south" for n in range(1100, 1106)} | {"w0000": "north"}
    narrow = replace(SCOPE, groups=("south",))
    found = ask(shelves, embedder, "Teachers visit room 3 in pairs.", scope=narrow, limit=6)
    assert sorted(ids(found)) == [f"w{n}" for n in range(1100, 1106)]
    assert library.asked == 2  # the nearest first; then those that the scope holds


@pytest.mark.parametrize("change", ["added", "taken away", "rewritten"])
def test_a_changed_library_is_seen_at_once(shelves: Shelves, library: Hiding, embedder: Embedder, change: str) -> None:
    put(shelves, embedder, GARDEN)
    before = ids(ask(shelves, embedder, "Who feeds the hens?"))
    match change:
        case "added":
            put(shelves, embedder, [work("w4", "Hens are fed at seven.")])
            assert ids(ask(shelves, embedder, "Who feeds the hens?"))[0] == "w4"
        case "taken away":
            library.remove("c1", Shelf.WORK, [before[0]])
            assert ids(ask(shelves, embedder, "Who feeds the hens?")) == before[1:]
        case "rewritten":
            put(shelves, embedder, [work("w1", "Hens are fed at seven.")])
            assert ids(ask(shelves, embedder, "Who feeds the hens?"))[0] == "w1"


def test_an_unchanged_shelf_is_not_built_again(shelves: Shelves, embedder: Embedder) -> None:
    put(shelves, embedder, GARDEN)
    assert shelves.corpus(Shelf.WORK, SCOPE, embedder) is shelves.corpus(Shelf.WORK, SCOPE, embedder)


def test_no_more_of_one_document_or_author_than_asked_for(shelves: Shelves, embedder: Embedder) -> None:
    topics = ("sand", "stone", "wool", "glass", "iron", "wood")
    items = [
        work(f"w{at}", f"the garden wall of {topic} and its gate", author=f"a{at // 2}", document=f"d{at // 3}")
        for at, topic in enumerate(topics)
    ]
    put(shelves, embedder, items)

    def counted(caps: Caps) -> tuple[list[str], list[str]]:
        found = ask(shelves, embedder, "garden wall gate", limit=6, caps=caps)
        return sorted(one.item.document for one in found), sorted(one.item.author for one in found)

    assert counted(Caps(per_document=1, per_author=0))[0] == ["d0", "d1"]
    assert counted(Caps(per_document=2, per_author=0))[0] == ["d0", "d0", "d1", "d1"]
    assert counted(Caps(per_document=0, per_author=1))[1] == ["a0", "a1", "a2"]
    assert len(counted(ANY)[0]) == 6


def test_documents_without_an_author_are_not_counted_as_one_author(shelves: Shelves, embedder: Embedder) -> None:
    texts = ("The garden opens at nine.", "Hens are fed in the yard.", "Nobody mends a ladder alone.")
    items = [ShelfItem(f"d{at}", Shelf.CONTEXT, text, f"d{at}", 0, len(text)) for at, text in enumerate(texts)]
    put(shelves, embedder, items, part="quillmere")
    assert len(ask(shelves, embedder, "garden", shelf=Shelf.CONTEXT, caps=Caps(per_author=1))) == 3


def test_of_twins_only_one_is_given(shelves: Shelves, embedder: Embedder) -> None:
    put(shelves, embedder, [*GARDEN, work("twin", GARDEN[1].text)])
    found = ids(ask(shelves, embedder, "garden water"))
    assert len({"w2", "twin"} & set(found)) == 1
    assert len(found) == 3


def test_documents_named_first_come_first_and_in_that_order(shelves: Shelves, embedder: Embedder) -> None:
    put(shelves, embedder, GARDEN)
    assert ids(ask(shelves, embedder, "Who waters the garden?", first=["w3", "w1"])) == ["w3", "w1", "w2"]
    assert ids(ask(shelves, embedder, "Who waters the garden?", first=["nothing of ours", "w1"]))[0] == "w1"


def test_another_organization_is_never_found_even_under_the_same_ids(shelves: Shelves, embedder: Embedder) -> None:
    ours = [ShelfItem("handbook@0-9", Shelf.CONTEXT, "We visit in pairs.", "handbook", title="Handbook")]
    theirs = [ShelfItem("handbook@0-9", Shelf.CONTEXT, "Who waters the garden? Hens do.", "handbook", title="Handbook")]
    other = replace(SCOPE, organization="fenwick")
    put(shelves, embedder, ours, part="quillmere")
    put(shelves, embedder, theirs, part="fenwick", where=other)
    (found,) = ask(shelves, embedder, "Who waters the garden?", shelf=Shelf.CONTEXT)
    assert found.item.text == "We visit in pairs."
    (found,) = ask(shelves, embedder, "We visit in pairs.", shelf=Shelf.CONTEXT, scope=other)
    assert found.item.text.startswith("Who waters")


def test_another_challenge_is_never_found(shelves: Shelves, embedder: Embedder) -> None:
    put(shelves, embedder, GARDEN)
    put(shelves, embedder, [work("x1", "Who waters the garden?")], part="c2", where=replace(SCOPE, challenge="c2"))
    assert "x1" not in ids(ask(shelves, embedder, "Who waters the garden?"))


def test_a_question_finds_the_passage_of_which_one_sentence_is_about_it(shelves: Shelves, embedder: Embedder) -> None:
    other = "Hens peck at seven. Ladders need two people. Glass stays in the shed. Wool brings a good price in May. "
    more = "Bread rises overnight. The mayor opens the fair. Nobody whistles indoors. Bees swarm in June. "
    texts = {"long": other + more + "Canoes are lent on Sundays.", "near": "Canoes on the lake are lent out."}
    items = [ShelfItem(id_, Shelf.CONTEXT, text, id_, 0, len(text)) for id_, text in texts.items()]
    put(shelves, embedder, items, part="quillmere")
    whole = embedder.embed(list(texts.values())) @ embedder.embed(["Canoes are lent on Sundays."])[0]
    assert whole[0] < whole[1]
    assert ids(ask(shelves, embedder, "Canoes are lent on Sundays.", shelf=Shelf.CONTEXT))[0] == "long"


@pytest.mark.parametrize("count", [1, 2, 6, 7, 40])
def test_of_a_documents_passage_six_pieces_at_most_are_embedded_and_of_work_none(count: int) -> None:
    text = " ".join(f"Boat number {at} is lent out on Sundays." for at in range(count))
    item = ShelfItem("d", Shelf.CONTEXT, text, "d", title="Boats")
    pieces = pieces_of(item)
    assert len(pieces) <= PIECES
    assert " ".join(piece.removeprefix("Boats\n") for piece in pieces) == (text if count > 1 else "")
    assert pieces_of(replace(item, shelf=Shelf.WORK)) == []


def test_the_words_of_a_long_text_do_not_drown_what_it_means(shelves: Shelves, embedder: Embedder) -> None:
    """A single rare word shared by chance weighs less, the longer the text is that is asked."""
    put(shelves, embedder, GARDEN)
    long = " ".join(f"matter{number}" for number in range(80)) + " grades"

    def lead(text: str) -> float:
        fused = {one.item.id: one.fused for one in ask(shelves, embedder, text, limit=3)}
        return fused["w1"] - max(fused["w2"], fused["w3"])

    assert lead("grades") > 2 * lead(long)


def test_each_part_of_a_question_is_heard(shelves: Shelves, embedder: Embedder) -> None:
    put(shelves, embedder, [*GARDEN, *(work(f"n{at}", f"nothing of note happened on day {at}") for at in range(10))])
    found = ids(ask(shelves, embedder, "Who waters the garden?", "teachers visit in pairs", limit=3))
    assert set(found) == {"w1", "w2", "w3"}


def test_the_same_question_is_answered_the_same_every_time(library: Hiding, embedder: Embedder) -> None:
    many = [work(f"w{at}", f"visit {at % 7} in the garden of house {at % 5}") for at in range(60)]
    seen = set()
    for _ in range(3):
        fresh = Shelves(MemoryLibrary(), ExactIndex())
        put(fresh, embedder, many)
        seen.add(tuple((one.item.id, one.fused) for one in ask(fresh, embedder, "visit the garden", limit=20)))
    assert len(seen) == 1


def test_nothing_is_found_on_an_empty_shelf_or_for_no_question(shelves: Shelves, embedder: Embedder) -> None:
    assert ask(shelves, embedder, "garden") == []
    put(shelves, embedder, GARDEN)
    assert ask(shelves, embedder) == []


@pytest.mark.parametrize("text", ["", "???", "\x00", "der die das", "x" * 5000])
def test_any_text_can_be_asked(shelves: Shelves, embedder: Embedder, text: str) -> None:
    put(shelves, embedder, GARDEN)
    assert all(np.isfinite([one.dense, one.lexical, one.fused]).all() for one in ask(shelves, embedder, text))


def test_the_only_item_there_is_is_found(shelves: Shelves, embedder: Embedder) -> None:
    put(shelves, embedder, GARDEN[:1])
    assert ids(ask(shelves, embedder, "hens")) == ["w1"]


def test_title_and_headings_are_searched_once_each() -> None:
    item = ShelfItem("p", Shelf.CONTEXT, "Nine.", "d", title="Opening hours", heading="Opening Hours › Winter")
    assert item.indexed == "Opening hours. Winter\nNine."
    assert replace(item, heading="").indexed == "Opening hours\nNine."
    assert replace(item, title="", heading="").indexed == "Nine."


def test_within_one_glance_a_shelf_is_asked_after_once_and_a_text_read_once(
    library: Hiding, shelves: Shelves, embedder: Embedder, monkeypatch: pytest.MonkeyPatch
) -> None:
    put(shelves, embedder, GARDEN)
    first = ids(ask(shelves, embedder, "what do you write"))
    asked: list[str] = []
    read, fingerprint = library.read, library.fingerprint

    def counted(*given: Any) -> Any:
        asked.append("read")
        return read(*given)

    def marked(*given: Any) -> Any:
        asked.append("fingerprint")
        return fingerprint(*given)

    monkeypatch.setattr(library, "read", counted)
    monkeypatch.setattr(library, "fingerprint", marked)
    once = shelves.glance()
    for _ in range(3):
        assert ids(ask(once, embedder, "what do you write")) == first
    assert asked == ["fingerprint", "read"]
    ask(shelves, embedder, "what do you write")
    assert asked[2:] == ["fingerprint", "read"], "without it, all is looked at anew"
