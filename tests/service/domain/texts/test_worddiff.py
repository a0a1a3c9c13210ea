"""What changed between two texts is told exactly, word by word, and quickly also for long ones."""

from __future__ import annotations

import time
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.domain.texts.worddiff import ChangeKind, DiffPiece, words

TEXTS = st.lists(
    st.sampled_from(["pairs", "visit", "each", "other", ".", "!", " ", "\n", "\n\n", "ø", "ß", "שלום", "-", "visits"])
).map("".join)


@given(TEXTS | st.text(), TEXTS | st.text())
def test_the_pieces_put_together_are_the_two_texts(before: str, after: str) -> None:
    pieces = words(before, after)
    assert "".join(piece.text for piece in pieces if piece.kind is not ChangeKind.ADDED) == before
    assert "".join(piece.text for piece in pieces if piece.kind is not ChangeKind.REMOVED) == after
    assert all(piece.text for piece in pieces)
    assert all(a.kind is not b.kind for a, b in pairwise(pieces))


def test_only_the_words_that_differ_are_told_as_different() -> None:
    assert words("We meet on Monday. All come.", "We meet on Friday. All come.") == [
        DiffPiece(ChangeKind.SAME, "We meet on "),
        DiffPiece(ChangeKind.REMOVED, "Monday"),
        DiffPiece(ChangeKind.ADDED, "Friday"),
        DiffPiece(ChangeKind.SAME, ". All come."),
    ]


def test_small_words_amid_much_that_changed_are_not_told_as_kept() -> None:
    before, after = "Nobody fills in a form afterwards.", "Our part-timer is in on Friday and reads."
    assert [piece.kind for piece in words(before, after)][:2] == [ChangeKind.REMOVED, ChangeKind.ADDED]
    assert sum(piece.kind is ChangeKind.SAME for piece in words(before, after)) <= 1


def test_twenty_thousand_words_with_changes_all_over_take_a_moment() -> None:
    sentences = [f"Sentence {n} says that pair {n * 7 % 911} visits room {n % 13} before noon." for n in range(2_000)]
    changed = [one.replace("noon", "lunch") if n % 3 == 0 else one for n, one in enumerate(sentences)]
    started = time.perf_counter()
    pieces = words(" ".join(sentences), " ".join(changed))
    assert time.perf_counter() - started < 3
    assert sum(piece.kind is ChangeKind.ADDED for piece in pieces) == 667


@pytest.mark.parametrize(
    ("before", "after"),
    [("a. " * 20_000, "a. " * 9_000 + "b. " + "a. " * 11_000), ("a. " * 20_000, "b a. " * 13_000)],
)
def test_a_text_that_repeats_itself_takes_no_longer(before: str, after: str) -> None:
    started = time.perf_counter()
    pieces = words(before, after)
    assert time.perf_counter() - started < 5
    assert "".join(piece.text for piece in pieces if piece.kind is not ChangeKind.REMOVED) == after
