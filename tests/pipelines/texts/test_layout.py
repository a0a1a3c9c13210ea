"""Wrapped lines are read as one, words that a line's end parts as one word; tables, code and formulas stay whole."""

from __future__ import annotations

import time

import pytest

from pipelines.texts.language import clauses, content, quotable, sentences, tokens
from pipelines.texts.layout import unparted, wraps
from pipelines.texts.lexical import terms

WRAPPED = (
    "We pair teachers across grades so that each of them sees another age group. The\n"
    "two agree on one question before the visit and write it on the card. Afterwards\n"
    "they talk for ten minutes, and what they noticed goes into the shared document-\n"
    "ation folder, where whoever was away can find it.\n"
    "\n"
    "Cover is the hard part."
)


def said(text: str) -> list[str]:
    return [text[slice(*span)] for span in sentences(text)]


def test_lines_that_were_wrapped_at_one_width_are_read_as_one_paragraph() -> None:
    found = said(WRAPPED)
    assert len(found) == 4
    assert found[0].endswith("another age group.")
    assert found[1].startswith("The\ntwo agree")
    assert found[2].endswith("can find it.")
    assert found[3] == "Cover is the hard part."


@pytest.mark.parametrize(
    "text",
    [
        "Monday: we visit\nTuesday: we talk\nWednesday: we write",
        "- we pair teachers across grades so that each sees another age group of the\n- school\n- and talk",
        "Roses are red and stand along the wall of the school\nViolets are blue\nand so on it goes for a while",
    ],
)  # fmt: skip
def test_lines_that_end_where_their_writer_ended_them_stay_lines(text: str) -> None:
    assert wraps(text) == frozenset()
    assert len(said(text)) == 3


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("the imple-\nmentation of it", "implementation"),
        ("die Unter\u00adrichts\u00adbesuche", "unterrichtsbesuche"),
        ("die Zusammen-\r\n  arbeit", "zusammenarbeit"),
        ("Grund-\nSchule", "grund"),
        ("a well-known way", "well-known"),
    ],
)
def test_a_word_that_a_lines_end_or_a_soft_hyphen_parts_is_one(text: str, word: str) -> None:
    assert word in tokens(text)
    assert terms(text, "") == terms(unparted(text), "")


def test_a_parted_word_counts_as_the_same_word() -> None:
    assert content("our imple-\nmentation", "en") == content("our implementation", "en")


@pytest.mark.parametrize(
    ("text", "whole"),
    [
        ("| who | when | what for. And why |\n| --- | --- | --- |", "| who | when | what for. And why |"),
        ("pair\tMonday. Early\tsecond lesson", "pair\tMonday. Early\tsecond lesson"),
        ("We call `visit(a, b). Then c` twice.", "We call `visit(a, b). Then c` twice."),
        ("It follows that $f(x, y) = 0. Always$ here.", "It follows that $f(x, y) = 0. Always$ here."),
    ],
)  # fmt: skip
def test_rows_of_tables_code_and_formulas_are_not_cut(text: str, whole: str) -> None:
    assert said(text)[0] == whole
    start = text.index(whole)
    inside = [text[slice(*span)] for span in clauses(text, (start, start + len(whole)))]
    assert not any(piece.startswith(("b)", "y)")) for piece in inside)


def test_code_in_a_fence_is_cut_at_its_lines_only() -> None:
    text = "We count so.\n```python\nfor a in visits: count(a. b, c)\n    total += 1\n```\nThat is all."
    assert "for a in visits: count(a. b, c)" in said(text)


@pytest.mark.parametrize("piece", ["\\(", "$x ", "`x", "```\n", "|\n", "a-\n", "a\tb\t", "$$"])
def test_a_long_text_of_marks_that_never_close_is_read_in_time(piece: str) -> None:
    text = piece * (60_000 // len(piece))
    begun = time.process_time()
    sentences(text)
    assert time.process_time() - begun < 5


PLAN = (
    "# Plan\n\n| who | whom |\n|-----|------|\n| Bo | Ines |\n\nSteps\n-----\n"
    "1. Bo visits Ines, e.g. in art.\n- [ ] write two sentences\n---\n"
    "```python\nx = visit(a, b)\n```\n![board](board.png)\n"
)


def test_headings_a_tables_head_and_marks_are_no_place_to_send_a_reader() -> None:
    assert [PLAN[slice(*span)] for span in quotable(PLAN)] == [
        "| Bo | Ines |",
        "1. Bo visits Ines, e.g. in art.",
        "- [ ] write two sentences",
        "x = visit(a, b)",
    ]


@pytest.mark.parametrize("text", ["# We visit twice", "who | whom\n--- | ---"])
def test_where_there_is_nothing_else_a_heading_is_a_place(text: str) -> None:
    assert quotable(text)


@pytest.mark.parametrize(
    ("text", "items"),
    [
        (
            "Pairs follow $p = \\frac{1}{n}$. \\begin{itemize}\\item We look for waiting time.\\item We write $t < 5$ "
            "and $a > b$.\\end{itemize}",
            ["Pairs follow $p = \\frac{1}{n}$.", "We look for waiting time.", "We write $t < 5$ and $a > b$."],
        ),
        ("\\section{Plan}\nBo visits Ines \\\\\nInes visits Bo", ["Bo visits Ines", "Ines visits Bo"]),
        ("Pairs are fixed so that A != B. Bo visits Ines.", ["Pairs are fixed so that A != B.", "Bo visits Ines."]),
        ("It was told by A. Novak. We agree.", ["It was told by A. Novak.", "We agree."]),
    ],
)  # fmt: skip
def test_what_parts_a_text_in_latex_or_ends_a_formula_parts_sentences(text: str, items: list[str]) -> None:
    assert said(text) == items


@pytest.mark.parametrize(
    "text", [" " * 30_000 + "\\", "-" + " " * 20_000 + "x", "\\item " * 5000, "| a " * 10_000, "-:|" * 8000 + "z"]
)
def test_marks_that_never_end_cost_no_time(text: str) -> None:
    began = time.process_time()
    quotable(text)
    assert time.process_time() - began < 2
