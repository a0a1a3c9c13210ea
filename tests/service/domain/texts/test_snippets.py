"""What was searched for is marked where it stands, and the rest is cut at words."""

from __future__ import annotations

from service.domain.texts.snippets import AROUND, asked, snippet


def plain(word: str) -> str:
    return word


def test_a_query_is_its_letters_and_digits_each_word_once() -> None:
    assert asked('  Café "café"* OR (b2b) -- ') == ("cafe", "or", "b2b")
    assert asked("!? ") == ()
    assert len(asked(" ".join(f"w{number}" for number in range(50)))) == 8


def test_the_neighbourhood_of_what_was_found_is_shown_and_cut_at_words() -> None:
    text = "word " * 100 + "the Élan of it" + " word" * 100
    parts = snippet(text, ("elan",), plain)
    assert [part.text for part in parts if part.found] == ["Élan"]
    assert (parts[0].text, parts[-1].text[-2:]) == ("… ", " …")
    assert "".join(part.text for part in parts[1:])[:-2] in text
    assert len("".join(part.text for part in parts)) < 2 * AROUND + 20


def test_where_nothing_is_known_again_the_text_begins() -> None:
    assert "".join(part.text for part in snippet("Two lines.", ("x",), plain)) == "Two lines."
