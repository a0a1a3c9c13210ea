"""Texts in pieces: every piece verbatim, in order and within the model's reach, whatever string comes in."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from pipelines.texts.passages import MODEL_TOKENS, PASSAGE_TOKENS, cut, estimate_tokens
from pipelines.values import Passage, Shelf, ShelfItem
from tests.budget import examples

HANDBOOK = """---
title: Observation handbook
---
# Visits

Agree on one question before each visit.

## Afterwards

* write three lines
* keep them to yourselves

| who | when |
|---|---|
| pairs | twice before half-term |
"""
PROSE = {
    "English": "Before a visit both colleagues agree on one question, which is written down where both can find it. ",
    "German": "Vor jedem Unterrichtsbesuch vereinbaren beide Lehrkräfte eine gemeinsame Beobachtungsfrage, die "
    "schriftlich festgehalten und anschließend nachbesprochen wird. ",
}

marks = st.sampled_from(
    [
        "# ",
        "## ",
        "\n",
        "\n\n",
        "\r\n",
        "\r",
        "\x00",
        "---\n",
        "```\n",
        "> ",
        "- ",
        "1. ",
        "|a|b|\n|-|-|\n",
        "\u2028",
        "\ufeff",
    ]
)
words = st.sampled_from(
    ["visit", "Besuch", "e\u0301", "光合成", "x" * 300, "4711", "*", "[a](b)", "<b>", "‍", "ß", "한국어"]
)
texts = st.one_of(st.text(max_size=400), st.lists(st.one_of(marks, words, st.just(" ")), max_size=120).map("".join))


def check(text: str, passages: list[Passage], budget: int = PASSAGE_TOKENS) -> None:
    last = 0
    for passage in passages:
        assert passage.text == text[passage.start : passage.end]
        assert passage.text.strip() == passage.text != ""
        assert passage.start >= last, "passages overlap or are out of order"
        assert passage.id == f"{passage.document}@{passage.start}-{passage.end}"
        assert estimate_tokens(passage.text) <= budget
        last = passage.end
    inside = bytearray(len(text))
    for passage in passages:
        inside[passage.start : passage.end] = b"\x01" * (passage.end - passage.start)
    assert not [at for at, char in enumerate(text) if char.isalnum() and not inside[at]], "something said is left out"


@pytest.mark.parametrize("markdown", [False, True])
@given(text=texts)
@example("\ud800 half a pair")
@example("# A\r\n\r\nbody\r\n## B\rbody")
@settings(max_examples=examples(50, 1000))
def test_any_string_is_cut_into_verbatim_pieces_in_order_and_within_the_budget(markdown: bool, text: str) -> None:
    check(text, cut(text, "r1", markdown=markdown))


@given(text=texts, budget=st.integers(48, 200))
@settings(max_examples=examples(25, 500))
def test_any_budget_holds(text: str, budget: int) -> None:
    check(text, cut(text, "r1", markdown=True, max_tokens=budget), budget)


HUGE: dict[str, Callable[[], str]] = {
    "nested quotes": lambda: "> " * 20_000 + "x",
    "nested lists": lambda: "".join("  " * depth + "- a\n" for depth in range(400)),
    "no spaces": lambda: "x" * 200_000,
    "one paragraph": lambda: "word " * 40_000,
    "headings only": lambda: "# h\n" * 20_000,
    "brackets": lambda: "# " + "[" * 20_000 + "\nx",
    "an open fence": lambda: "```\n" + "# no heading\n" * 5_000,
    "blank lines": lambda: "\n" * 200_000 + "x",
    "backticks": lambda: "`" * 100_000,
    "a table": lambda: "| a | b |\n|---|---|\n" + "| some words here | and here |\n" * 2_000,
}


@pytest.mark.parametrize("make", HUGE.values(), ids=HUGE.keys())
@pytest.mark.timeout(60)
def test_a_huge_text_is_cut_in_seconds(make: Callable[[], str]) -> None:
    text = make()
    check(text, cut(text, "r1", markdown=True))


def test_a_passage_knows_the_headings_above_it() -> None:
    text = "# Handbook\n\n" + PROSE["English"] * 6 + "\n\n## After a visit\n\n" + PROSE["English"] * 6
    headings = [passage.heading for passage in cut(text, "d1", markdown=True)]
    assert headings[0] == "Handbook"
    assert headings[-1] == "Handbook › After a visit"


def test_small_neighbours_are_joined_under_what_they_share() -> None:
    (passage,) = cut("# Handbook\n\n## Before\n\nAgree.\n\n## After\n\nWrite.", "d1", markdown=True)
    assert passage.heading == "Handbook"
    assert "Agree." in passage.text
    assert "Write." in passage.text


def test_front_matter_makes_no_heading_and_stays_in_the_text() -> None:
    passages = cut(HANDBOOK, "d1", markdown=True)
    check(HANDBOOK, passages)
    assert [passage.heading for passage in passages] == ["Visits"]


def test_a_code_block_makes_no_headings() -> None:
    assert [one.heading for one in cut("# Real\n\n```\n# not one\n```\n", "d1", markdown=True)] == ["Real"]


def test_plain_text_has_no_headings() -> None:
    assert [one.heading for one in cut("# a hash is a hash\n\nand text", "r1")] == [""]


def test_sentences_stay_whole_where_they_fit() -> None:
    for passage in cut(PROSE["English"] * 40, "r1"):
        assert passage.text.startswith("Before")
        assert passage.text.endswith(".")


def test_what_says_nothing_gives_no_passage() -> None:
    for text in ("", " \n\t", "---", "🎉 🎉", "…"):
        assert cut(text, "r1", markdown=True) == []


def test_the_same_text_gives_the_same_ids() -> None:
    assert cut(HANDBOOK, "d1", markdown=True) == cut(HANDBOOK, "d1", markdown=True)


def test_a_budget_that_no_word_fits_is_refused() -> None:
    with pytest.raises(ValueError, match="at least 8"):
        cut("word", "r1", max_tokens=4)


@pytest.fixture(scope="module")
def count() -> Callable[[str], int]:
    """The packaged model's own tokens, the two special ones included."""
    from transformers import AutoTokenizer  # type: ignore[import-untyped,unused-ignore]

    from pipelines.adapters.sentence_transformer import packaged_model_path

    tokenizer = AutoTokenizer.from_pretrained(str(packaged_model_path()), local_files_only=True)
    return lambda text: len(tokenizer(text, truncation=False, verbose=False)["input_ids"])


@pytest.mark.model
@pytest.mark.parametrize("prose", PROSE.values(), ids=PROSE.keys())
def test_the_model_reads_every_passage_to_its_end_headings_included(prose: str, count: Callable[[str], int]) -> None:
    headings = "".join(f"{'#' * depth} {prose[:60].strip()}\n\n" for depth in range(1, 5))
    item = partial(ShelfItem, shelf=Shelf.CONTEXT, title=prose[:90].strip())
    for joined in (prose * 40, headings + prose * 40, prose.replace(", ", ".\n\n") * 40):
        for one in cut(joined, "d1", markdown=True):
            indexed = item(id=one.id, text=one.text, document="d1", heading=one.heading).indexed
            assert count(indexed) <= MODEL_TOKENS
