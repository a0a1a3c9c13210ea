"""A plain sentence in reported speech; and nothing that would put words into somebody's mouth."""

from __future__ import annotations

import pytest

from pipelines.texts.reporting import reported

REPORTED = {
    "I will ask my neighbour on Sunday.": "you will ask your neighbour on Sunday",
    "At the end I thank him for his time.": "at the end you thank him for his time",
    "However, I'm not sure that we can pay.": "you're not sure that you can pay",
    "Objection: she sees no difference between these two.": "she sees no difference between these two",
    "- I would write it on a list.": "you would write it on a list",
    "2. I would write it on a list.": "you would write it on a list",
    "The two buses will leave at nine.": "the two buses will leave at nine",
    "I was late, and I am sorry.": "you were late, and you are sorry",
    "I wasn't there when it was opened.": "you weren't there when it was opened",
    "There is only one key for all of them.": "there is only one key for all of them",
    "I think that I can pay for it.": "you think that you can pay for it",
}
NOT_REPORTED = (
    "Say who I am and why I call.",  # an order has no subject
    "Although she is away, the plants need water.",
    "Preparation: look up the file and the orders.",
    "Amara: I would call the nurse.",  # somebody else speaks
    "Who would argue against a better light?",
    "The key to the shed and the list of names.",  # no verb
    "Going there by bus is what we will try.",
    'I will say "come in" to everybody there.',
    "I will meet you there at nine.",  # who is "you" then?
    "We go.",
    "I " + "really " * 25 + "will go there.",
    "The US is the largest market for it.",  # "us", "I", "mine" that are something else
    "In World War I nurses checked it all.",
    "World War I were caused by pride.",
    "The current I is U divided by R.",
    "The coal mine was closed in spring.",
    "The team is told by the office, i.e. by mail.",
    "I/we would meet on one day.",
    "The main problem was us.",
    "We was there when it was opened.",
    "Jonas will call the family today.",  # names
    "Mrs. Brown is the head of it all.",
    "I check the stock every morning with Amara.",
    "They have called me on 0171 2345678.",
    "They have a page at https://peer.example/us there.",
)


@pytest.mark.parametrize(("text", "said"), REPORTED.items())
def test_a_plain_sentence_is_reported_with_its_first_person_turned(text: str, said: str) -> None:
    assert reported(text, (0, len(text)), "en") == said


@pytest.mark.parametrize("text", NOT_REPORTED)
def test_what_is_no_plain_sentence_is_not_reported(text: str) -> None:
    assert reported(text, (0, len(text)), "en") == ""


@pytest.mark.parametrize(
    ("language", "text", "part"),
    [
        ("en", "It is fine to leave the child alone, said the manager.", "It is fine to leave the child alone"),
        ("en", "They have no rights, according to the author of it.", "They have no rights"),
        ("en", "All refugees are criminals, some people say, and I disagree.", "All refugees are criminals"),
        ("en", "I would call the doctor, but only if there is a fever.", "I would call the doctor"),
        ("en", "I think this is right, isn't it?", "I think this is right"),
        ("en", "Before noon they will bring the key.", "they will bring the key."),
        (
            "en",
            'He said: "I am the king. I was there when it was opened. All of it."',
            "I was there when it was opened.",
        ),
        ("de", "Die Kinder sind faul, sagt der Lehrer, und das stimmt nicht.", "Die Kinder sind faul"),
        ("de", "Im Heft: „Die Pumpe ist kaputt. Der Motor ist viel zu heiß. Schluss.“", "Der Motor ist viel zu heiß."),
    ],
)
def test_what_is_cut_off_may_say_whose_words_they_are(language: str, text: str, part: str) -> None:
    at = text.index(part)
    assert reported(text, (at, at + len(part)), language) == ""


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("Die Nachbarin hat am Sonntag den Schlüssel.", "die Nachbarin hat am Sonntag den Schlüssel"),
        ("Die Frage nach dem Schlüssel der Nachbarin.", ""),
        ("Der Nachbar sagt, dass er am Sonntag kommt.", ""),
        ("Die Kinder sind faul, sagt der Lehrer dazu.", ""),
        ("Ich gebe dem Nachbarn den Schlüssel.", ""),
        ("Die Leute sollen meinen Schlüssel haben.", ""),
    ],
)
def test_german_is_reported_where_nobody_speaks_of_themselves(text: str, said: str) -> None:
    assert reported(text, (0, len(text)), "de") == said


@pytest.mark.parametrize("text", ["", " ", "the", "I", "a\n\nb", "𝒜 the 𝒷", "The (", "(" * 50, "I I I I I I"])
def test_any_text_can_be_asked(text: str) -> None:
    for language in ("en", "de", "und", "fr"):
        reported(text, (0, len(text)), language)
