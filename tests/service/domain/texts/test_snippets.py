"""What was searched for is marked where it stands, and the rest is cut at words."""

from __future__ import annotations

from service.domain.texts.snippets import AROUND, LOOKED_THROUGH, asked, snippet


def plain(word: str) -> str:
    return word


def test_a_query_is_its_letters_and_digits_each_word_once() -> None:
    assert asked('  Café "café"* OR (b2b) -- ') == ("Café", "OR", "b2b")
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


def test_accents_and_vowels_around_a_letter_are_parts_of_the_word() -> None:
    assert asked("हिन्दी, Cafe\u0301 \u0301x") == ("हिन्दी", "Café", "x")
    assert [part.text for part in snippet("यह हिन्दी है", ("हिन्दी",), plain) if part.found] == ["हिन्दी"]


def test_one_letter_is_marked_where_it_stands_alone_as_it_is_looked_for() -> None:
    assert [part.text for part in snippet("A pair, part b.", ("b", "p"), plain) if part.found] == ["b"]


def test_of_a_long_text_no_more_is_looked_through_than_tells_where_to_begin() -> None:
    seen: list[str] = []

    def stem(word: str) -> str:
        seen.append(word)
        return word

    text = "lantern " + " ".join(f"w{number}" for number in range(20_000))
    assert snippet(text, ("lantern",), stem)[0].text == "lantern"
    assert len(seen) < 100
    assert snippet(text, ("lost",), stem)[0].text.startswith("lantern w0")
    assert len(seen) < LOOKED_THROUGH + 200
