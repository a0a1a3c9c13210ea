"""What is said of a passage speaks of this text and of no other, names nobody, and begins no question with a wound."""

from __future__ import annotations

from dataclasses import replace

import pytest

from pipelines.adapters.extractive.memory import agreement, precedents
from pipelines.adapters.extractive.phrasing import Phrases, joined
from pipelines.adapters.extractive.speech import OfThisText
from pipelines.texts.saying_back import without_mention
from tests.pipelines.worked_example import brief, precedent

ASKS = "Who checks the stock?"
QUOTE = "visit each other twice before half-term"


def said_of(text: str, language: str = "en", names: tuple[str, ...] = ()) -> str:
    task = replace(brief(text=text, language=language), names=names)
    return OfThisText(task, language, Phrases(language, "seed", language)).of_it((0, len(text)), ASKS, "k")


def test_a_sentence_is_said_back_before_the_question() -> None:
    said = said_of("The stock is counted on two evenings.")
    assert said.endswith("that the stock is counted on two evenings: who checks the stock?")


def test_what_cannot_be_reported_is_quoted() -> None:
    assert said_of("Everything calmly, with the feel-felt-found method.").endswith(
        "“Everything calmly, with the feel-felt-found method”: who checks the stock?"
    )
    german = said_of("Ich zähle am Sonntag alles.", "de")
    assert german.endswith(f"„Ich zähle am Sonntag alles“: {ASKS}")  # after a colon German begins a sentence large


def test_questions_and_orders_are_said_back_as_such() -> None:
    assert said_of("But who will count the cellar?").endswith(
        "the question of who will count the cellar: who checks the stock?"
    )
    assert said_of("Count the cellar on two evenings.").endswith(
        "says to count the cellar on two evenings: who checks the stock?"
    )


def test_a_german_statement_about_others_is_reported() -> None:
    assert said_of("Die Nachbarin zählt am Sonntag.", "de").endswith(f", die Nachbarin zählt am Sonntag: {ASKS}")


def test_of_a_long_sentence_the_clause_is_said_back_that_the_criterion_asks_for() -> None:
    text = (
        "The women of the choir sing in the old church of the town on every second evening of the week in winter; "
        "they count the whole stock in the cellar."
    )
    speech = OfThisText(brief(text=text), "en", Phrases("en", "seed", "en"))
    assert "they count the whole stock" in (said := speech.of_it((0, len(text)), ASKS, "k", ["stock"]))
    assert "choir" not in said
    assert "choir" in speech.of_it((0, len(text)), ASKS, "other", ["stock"])  # the second time, what was not said


def test_words_that_only_say_the_challenge_again_are_not_said_back() -> None:
    assert said_of("The plan names who observes whom and when.") == ASKS


def test_a_sentence_is_said_back_once_and_then_only_pointed_at() -> None:
    text = "The stock is counted on two evenings."
    speech = OfThisText(brief(text=text), "en", Phrases("en", "seed", "en"))
    first, second = (speech.of_it((0, len(text)), ASKS, key) for key in ("one", "two"))
    assert "two evenings" in first
    assert "two evenings" not in second
    assert without_mention(first) == without_mention(second) == ASKS


@pytest.mark.parametrize(
    ("question", "said"),
    [
        ("In one sentence: what is it?", "You write that it is so – in one sentence: what is it?"),
        ("Say which one it is.", "You write that it is so: say which one it is."),
        ("I would ask for the day.", "You write that it is so. I would ask for the day."),
        ("Quillmere has a rule for it.", "You write that it is so. Quillmere has a rule for it."),
    ],
)
def test_after_a_colon_english_goes_on_small_where_the_word_is_no_name(question: str, said: str) -> None:
    assert joined("You write that it is so", question, "en") == said


@pytest.mark.parametrize(
    "text",
    [
        "I will kill myself before I do that.",
        "I was raped when I was a child.",
        "My boss is an idiot, a liar and a thief.",
        "The stock waits since the divorce and the judge.",
        "I was in hospital with the broken leg.",
    ],
)
def test_what_needs_a_person_begins_no_question(text: str) -> None:
    assert said_of(text) == ASKS


def test_nobody_is_named_and_the_question_stays() -> None:
    names = ("Jonas Lindqvist", "Amara Okafor")
    assert said_of("I check it every morning with Amara.", names=names) == ASKS
    assert "onas" not in said_of("Then I ask jonas about the stock in the cellar.", names=names)
    assert said_of("Mit der Amara habe ich gesprochen.", "de", names) == ASKS


@pytest.mark.parametrize(
    ("past", "left"),
    [
        ("You write that you check it every day: Who checks the stock?", "Who checks the stock?"),
        ("Where you write of the divorce and the judge: Who checks the stock?", "Who checks the stock?"),
        ("Our rules say: “count it”. In your words, it is counted: Who does?", "Our rules say: “count it”. Who does?"),
        ("Hier steht, der Vater ist im Gefängnis: Wer zählt?", "Wer zählt?"),
        ("Stichworte Vater und Bruder: Wer zählt?", "Wer zählt?"),
        ("You say that it opens at 9.30 on Sunday: who checks the stock?", "Who checks the stock?"),
        ("You write “it is: counted. Twice”: who checks the stock?", "Who checks the stock?"),
        ("Your text says that it is so – in one sentence: who does?", "In one sentence: who does?"),
        ("About this sentence, too: who checks the stock?", "Who checks the stock?"),
        ("You raise the question of who pays: who checks the stock?", "Who checks the stock?"),
        ("Your text says to count it: who checks the stock?", "Who checks the stock?"),
        ("Im Text heißt es, er zählt zwei: Wer zählt?", "Wer zählt?"),
        ("Hier steht „er zählt: zwei“: Wer zählt?", "Wer zählt?"),
        ("On which day: morning or evening?", "On which day: morning or evening?"),
    ],
)
def test_what_was_said_of_another_text_is_left_out(past: str, left: str) -> None:
    assert without_mention(past) == left


def test_no_learner_is_told_of_another_ones_text() -> None:
    """Three were asked the same, each with what their own text spoke of; who comes next is asked that alone."""
    evidence = tuple(
        precedent(f"E{n}", f"Where you write of {what}: Who visits whom first?", QUOTE, author=f"a{n}", criterion="k1")
        for n, what in enumerate(("the choir and the judge", "the leg and the ward", "the bus and the debt"), 1)
    )
    found = agreement(precedents(evidence, "k1"), brief(), on_criterion=True)
    assert found is not None
    assert found.text == "Who visits whom first?"
