"""What a passage says or speaks of, said by us: reported, or named by its own nouns; nothing where that is unsure."""

from __future__ import annotations

import pytest

from pipelines.texts.language import content
from pipelines.texts.mentions import mentions, reported

REPORTED = {
    "I will ask my neighbour on Sunday.": "you will ask your neighbour on Sunday",
    "At the end I thank him for his time.": "at the end you thank him for his time",
    "However, I'm not sure that we can pay.": "you're not sure that you can pay",
    "Objection: she sees no difference between us and them.": "she sees no difference between you and them",
    "The two buses will leave at nine.": "the two buses will leave at nine",
    "I was late, and I am sorry.": "you were late, and you are sorry",
    "There is only one key for all of us.": "there is only one key for all of you",
}
NOT_REPORTED = (
    "Say who I am and why I call.",  # an order has no subject
    "Although she is away, the plants need water.",
    "Preparation: look up the file and the orders.",
    "Who would argue against a better light?",
    "The key to the shed and the list of names.",  # no verb
    "Going there by bus is what we will try.",
    'I will say "come in" to everybody there.',
    "I will meet you there at nine.",  # who is "you" then?
    "We go.",
    "I " + "really " * 25 + "will go there.",
)


@pytest.mark.parametrize(("text", "said"), REPORTED.items())
def test_a_plain_clause_is_reported_with_its_first_person_turned(text: str, said: str) -> None:
    assert reported(text, (0, len(text)), "en") == said


@pytest.mark.parametrize("text", NOT_REPORTED)
def test_what_is_no_plain_clause_is_not_reported(text: str) -> None:
    assert reported(text, (0, len(text)), "en") == ""


def test_a_part_of_a_sentence_is_not_reported() -> None:
    text = "Before noon they will bring the key."
    assert reported(text, (text.index("they"), len(text)), "en") == ""


def test_german_is_reported_where_nobody_speaks_of_themselves() -> None:
    text = "Die Nachbarin hat am Sonntag den Schlüssel."
    assert reported(text, (0, len(text)), "de") == "die Nachbarin hat am Sonntag den Schlüssel"
    for other in ("Die Frage nach dem Schlüssel der Nachbarin.", "Der Nachbar sagt, dass er am Sonntag kommt."):
        assert reported(other, (0, len(other)), "de") == ""


def test_a_german_verb_would_have_to_change_with_its_person_so_things_are_named() -> None:
    text = "Ich gebe dem Nachbarn den Schlüssel."
    assert reported(text, (0, len(text)), "de") == ""
    assert mentions(text, (0, len(text)), "de", frozenset()) == ["Nachbarn", "Schlüssel"]


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
    ],
)
def test_things_are_named_where_it_is_plain_that_they_are_things(text: str, named: list[str]) -> None:
    assert mentions(text, (0, len(text)), "en", frozenset()) == named


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
    assert (reported(text, (0, len(text)), language), mentions(text, (0, len(text)), language, frozenset())) == ("", [])


@pytest.mark.parametrize("text", ["", " ", "the", "the the the", "I", "a\n\nb", "𝒜 the 𝒷", "The (", "(" * 50])
def test_any_text_can_be_asked(text: str) -> None:
    for language in ("en", "de"):
        reported(text, (0, len(text)), language)
        assert len(mentions(text, (0, len(text)), language, frozenset())) <= 2
