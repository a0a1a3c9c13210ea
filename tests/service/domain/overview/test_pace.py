"""What reading takes at least, and when quick approvals are worth a word."""

from __future__ import annotations

import pytest

from service.domain.overview.pace import is_habit, least_seconds, words


@pytest.mark.parametrize(
    ("text", "count"),
    [("", 0), ("We pair teachers, across grades — twice.", 6), ("l'équipe s'entraide half-term", 3), ("観察計画", 2)],
)
def test_words_are_counted_also_where_no_spaces_part_them(text: str, count: float) -> None:
    assert words(text) == count


def test_three_hundred_words_take_a_minute_at_least() -> None:
    assert least_seconds(["word " * 200, "word " * 100]) == 60


def test_one_quick_approval_says_nothing_and_a_few_among_many_say_little() -> None:
    assert not is_habit(2, 2)
    assert is_habit(3, 3)
    assert is_habit(3, 12)
    assert not is_habit(3, 13)
