"""What a passage speaks of, named by its own nouns; nothing where that is unsure."""

from __future__ import annotations

import pytest

from pipelines.texts.language import content
from pipelines.texts.mentions import mentions


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("Give my neighbour the spare key, please.", ["your neighbour", "the spare key"]),
        ("Put one page into the folder.", ["the folder"]),
        ("Talk with parents and with teachers.", ["parents", "teachers"]),
        ("See no difference to the cheap one.", []),  # no noun is said
        ("Ask the old bus company drivers first.", []),  # too long to be sure where it ends
        ("Ask Amara and Lin Petrov.", []),  # people are not named
        ("Go quickly, then come back.", []),
        ("Ask the doctor first, the sick yesterday, the list twice.", []),
        ("She was a child, and he is an idiot.", []),  # what somebody is called
        ("Go to wash hands, please.", []),
    ],
)
def test_things_are_named_where_it_is_plain_that_they_are_things(text: str, named: list[str]) -> None:
    assert mentions(text, (0, len(text)), "en", frozenset()) == named


def test_german_things_are_named_by_their_article() -> None:
    text = "Ich gebe dem Nachbarn den Schlüssel, und nach Meinung der Frau ist das im Grunde gut."
    assert mentions(text, (0, len(text)), "de", frozenset()) == ["Nachbarn", "Schlüssel"]


def test_what_the_challenge_speaks_of_itself_is_nothing_of_this_text() -> None:
    text = "Put the plan into the folder of the hotel."
    assert mentions(text, (0, len(text)), "en", content("Write a plan. Name the folder.", "en")) == ["the hotel"]


def test_what_a_passage_does_not_name_its_sentence_may() -> None:
    text = "We will try it again next year, with the help of the choir."
    part = (0, text.index(","))
    assert mentions(text, part, "en", content("next year help", "en")) == ["the choir"]


@pytest.mark.parametrize("language", ["und", "ar", "fr"])
def test_nothing_is_said_in_a_language_without_words_of_ours(language: str) -> None:
    text = "I will ask my neighbour about the key."
    assert mentions(text, (0, len(text)), language, frozenset()) == []


@pytest.mark.parametrize("text", ["", " ", "the", "the the the", "I", "a\n\nb", "𝒜 the 𝒷", "The (", "(" * 50])
def test_any_text_can_be_asked(text: str) -> None:
    for language in ("en", "de"):
        assert len(mentions(text, (0, len(text)), language, frozenset())) <= 2
