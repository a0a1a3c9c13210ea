"""A quotation is found as a reader would find it, and what is given back are the text's own characters."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines.texts.quoting import LEFT_OUT, locate

TEXT = (
    "We visit each other; they said ‘yes’ – twice.\n"
    "Our **first pair** starts on Monday, and the others don’t.\n"
    "The eﬃ\u00adcient way of imple-\nmentation costs 10.5 % of the time (not 105), x + y = 3.\n"
    "Afterwards we talk about it in the staff meeting. Who was away reads the minutes."
)


@pytest.mark.parametrize(
    ("quote", "found"),
    [
        ("visit each other", "visit each other"),
        ("  visit   each\nother ", "visit each other"),
        ("they said 'yes' — twice", "they said ‘yes’ – twice"),
        ("they said “yes”, twice", "they said ‘yes’ – twice"),
        ("visit each-other", "visit each other"),
        ("Visit Each Other", "visit each other"),
        ("“We visit each other…”", "We visit each other"),
        ("... they said 'yes'", "they said ‘yes’"),
        ("first pair starts on Monday and the others don't", "first pair** starts on Monday, and the others don’t"),
        ("the efficient way of implementation", "The eﬃ\u00adcient way of imple-\nmentation"),
        ("the ef\u00adfi\u00adcient way", "The eﬃ\u00adcient way"),
        ("effi- cient way of", "eﬃ\u00adcient way of"),
        ("10.5 %", "10.5 %"),
        ("X+Y = 3", "x + y = 3"),
        ("Afterwards … in the staff meeting", "Afterwards we talk about it in the staff meeting"),
        ("We talk [...] staff meeting. Who was away", "we talk about it in the staff meeting. Who was away"),
        ("staff meeting . . . reads the minutes.", "staff meeting. Who was away reads the minutes."),
    ],
)  # fmt: skip
def test_a_quotation_is_found_despite_how_it_was_typed(quote: str, found: str) -> None:
    span = locate(quote, TEXT)
    assert span is not None
    assert TEXT[slice(*span)] == found


@pytest.mark.parametrize(
    "quote",
    ["", "   ", "…", "“”", "105 %", "visits each other", "isit each-othe", "we visited", "they said no", "x - y = 3",
     "reads the minutes … Afterwards", "Our second pair", "staff meeting … in the staff meeting"],
)  # fmt: skip
def test_other_words_figures_and_signs_and_parts_in_another_order_are_not_found(quote: str) -> None:
    assert locate(quote, TEXT) is None


def test_a_quotation_with_signs_of_patterns_is_taken_literally() -> None:
    assert locate("a.*b (c", "x a.*b (c y") == (2, 9)


def test_an_ellipsis_stands_for_no_more_than_two_sentences() -> None:
    def text(between: int) -> str:
        return f"At first we ask.{' so' * between} At last we tell."

    assert locate("we ask … we tell", text(LEFT_OUT // 4))
    assert locate("we ask … we tell", text(LEFT_OUT)) is None


def test_where_the_beginning_stands_twice_the_end_tells_which_one_is_meant() -> None:
    text = f"We ask. {'They talk of much else. ' * 20}We ask. Then we tell."
    assert locate("We ask … we tell", text) == (text.rindex("We ask"), len(text) - 1)


def test_of_several_places_the_first_from_where_one_looks_is_taken_else_the_first() -> None:
    text = "“Yes”, they said. “Yes”, they say."
    assert locate('"yes"', text) == (0, 5)
    assert locate('"yes"', text, near=10) == (18, 23)
    assert locate('"yes"', text, near=30) == (0, 5)


@pytest.mark.parametrize(
    ("quote", "text", "found"),
    [
        ("fur Straße", "Wir gehen für Straße und Weg", None),
        ("für STRASSE", "Wir gehen fu\u0308r Straße und Weg", "fu\u0308r Straße"),
        ("„wer fehlt“ fragt", "Und »Wer fehlt« fragt man.", "»Wer fehlt« fragt"),
        ("教师互相听课", "我们让教师互相听课，然后讨论。", "教师互相听课"),
        ("المعلم يزور", "قال إن المعلم يزور الصف", "المعلم يزور"),
        ("कक्षा में", "हम कक्षा में जाते हैं", "कक्षा में"),
    ],
)
def test_letters_of_every_language_count_with_their_accents(quote: str, text: str, found: str | None) -> None:
    span = locate(quote, text)
    assert (text[slice(*span)] if span else None) == found


@given(st.text(max_size=80), st.text(max_size=20))
def test_whatever_is_looked_for_what_is_found_lies_in_the_text(text: str, quote: str) -> None:
    span = locate(quote, text)
    if span is not None:
        assert 0 <= span[0] < span[1] <= len(text)


@given(st.text(max_size=60), st.integers(0, 50), st.integers(1, 30))
def test_every_piece_of_a_text_is_found_in_it(text: str, start: int, length: int) -> None:
    piece = text[start : start + length].strip()
    assert not piece or locate(piece, text) is not None


def test_a_long_text_is_searched_in_a_blink() -> None:
    text = "and then we ask. " * 12_000
    begun = time.process_time()
    assert locate("“and then we ask” … nobody tells", text) is None
    assert locate("“and then we ask” … and then we ask … nobody tells", text) is None
    assert time.process_time() - begun < 5  # once in time, not once for each of 12,000 places
