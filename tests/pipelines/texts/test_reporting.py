"""A plain sentence in reported speech; and nothing that would put words into somebody's mouth."""

from __future__ import annotations

import pytest

from pipelines.texts.quoting import locate
from pipelines.texts.reporting import reported, verbatim

REPORTED = {
    "I will ask my neighbour on Sunday.": "you will ask your neighbour on Sunday",
    "At the end I thank him for his time.": "at the end you thank him for his time",
    "However, I'm not sure that we can pay.": "you're not sure that you can pay",
    "Although she is away, the plants need water.": "although she is away, the plants need water",
    "We ask the drivers to put our leaflet in.": "you ask the drivers to put your leaflet in",
    "In our society we should be careful with it.": "in our society we should be careful with it",  # everybody
    "I check the stock every morning with Amara.": "you check the stock every morning with Amara",
    "From talks with colleagues I assume that they know.": "from talks with colleagues you assume that they know",
    "The cars reduce the traffic on every road.": "the cars reduce the traffic on every road",
    "For example, asking for help is what they learn.": "asking for help is what they learn",
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
    "Preparation: look up the file and the orders.",
    "Amara: I would call the nurse.",  # somebody else speaks
    "Who would argue against a better light?",
    "The key to the shed and the list of names.",  # no verb
    "Going there by bus is what we will try.",
    'I will say "come in" to everybody there.',
    "I will meet you there at nine.",  # who is "you" then?
    "We go.",
    "I " + "really " * 40 + "will go there.",
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
    "I personally am for it, and so is she.",
    "Look up the file and the orders that are old.",  # an order
    "Idea: tea on Saturday in the hall, so that working parents can come too.",
    "It also includes the old, and when they consider that the others are not",  # goes on in the next line
    "No more noise, each of them talking to the other one.",
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


LONG = (
    "and this is, as all of them know, how all of it has been done in every house of this street for as long as any "
    "of them can remember it"
)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (f"They bring the key at nine, which is the day of the market, {LONG}.",
         "they bring the key at nine, which is the day of the market"),
        (f"They bring the key at nine, but nobody is in, {LONG}.", "they bring the key at nine, but nobody is in"),
        (f"They bring the key at nine, {LONG}, but nobody is there.", ""),
        (f"They bring the key at nine, {LONG}, says the woman.", ""),
    ],
)  # fmt: skip
def test_of_a_long_sentence_the_beginning_is_reported_where_the_rest_only_goes_on(text: str, said: str) -> None:
    assert reported(text, (0, len(text)), "en") == said


def test_german_is_quoted_and_never_reported() -> None:
    text = "Die Nachbarin hat am Sonntag den Schlüssel."
    assert reported(text, (0, len(text)), "de") == ""
    assert verbatim(text, (0, len(text))) == "Die Nachbarin hat am Sonntag den Schlüssel"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("- Handle objections calmly, then close.", "Handle objections calmly, then close"),
        ("Who would argue against a better light?", "Who would argue against a better light?"),
        ("He said “come in” to everybody there.", ""),  # a mark within closes ours
        ("We go.", ""),
        (
            f"They bring the key on Sunday, but nobody opens, {LONG}.",
            "They bring the key on Sunday, but nobody opens …",
        ),
        (f"They have a key, says the old woman, {LONG}.", "They have a key, says the old woman …"),
        (f"They have no key at all, {LONG}, says the woman.", ""),
        (f"As the article says, they have the key, {LONG}.", "As the article says, they have the key …"),
        ("As the article of the town says, " + "really " * 40 + "they have it.", ""),  # waits for what it is about
    ],
)
def test_what_is_quoted_stands_in_the_text_and_shows_what_it_leaves_off(text: str, said: str) -> None:
    assert verbatim(text, (0, len(text))) == said
    assert locate(said, text) or not said


@pytest.mark.parametrize("text", ["", " ", "the", "I", "a\n\nb", "𝒜 the 𝒷", "The (", "(" * 50, "I I I I I I"])
def test_any_text_can_be_asked(text: str) -> None:
    for language in ("en", "de", "und", "fr"):
        reported(text, (0, len(text)), language)
    verbatim(text, (0, len(text)))
