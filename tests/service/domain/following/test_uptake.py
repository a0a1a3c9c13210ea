"""Whether a point was taken up is told from the words, with how sure, and "cannot tell" where they do not say."""

from __future__ import annotations

from dataclasses import replace

import pytest

from pipelines.values import Band, PointKind
from service.domain.following.uptake import AskingPoint, ComparedPoint, UptakeVerdict, uptake
from service.domain.texts.worddiff import words

BEFORE = (
    "We pair teachers across grades and visit each other twice before half-term. "
    "We sit at the back and see how it goes. Afterwards we talk about it in the staff meeting."
)
ASKS = AskingPoint(
    PointKind.NEXT_STEP,
    "A visitor cannot tell what to look at. Which one question would your first pair agree on, on the planning sheet?",
    "We sit at the back and see how it goes",
)
KEEP = AskingPoint(PointKind.STRENGTH, "Pairs across grades make this doable.", "pair teachers across grades")


def became(said: AskingPoint, after: str, before: str = BEFORE, language: str = "en") -> ComparedPoint:
    return uptake(said, words(before, after), language=language)


def test_words_of_the_point_that_are_new_near_a_place_worded_anew_mean_taken_up() -> None:
    asked = "The first pair writes one question on the planning sheet; the visitor looks only for that."
    found = became(ASKS, BEFORE.replace("We sit at the back and see how it goes.", asked))
    assert (found.verdict, found.sure) == (UptakeVerdict.TAKEN_UP, Band.HIGH)
    assert {"question", "planning", "sheet"} <= set(found.echoes)


def test_an_answer_added_elsewhere_is_told_with_less_certainty() -> None:
    found = became(ASKS, BEFORE + " New: one question on the planning sheet, agreed before, for the visitor.")
    assert (found.verdict, found.sure) == (UptakeVerdict.TAKEN_UP, Band.MEDIUM)


def test_the_same_text_again_took_up_nothing_for_sure() -> None:
    assert became(ASKS, BEFORE) == ComparedPoint(UptakeVerdict.UNCHANGED, Band.HIGH, (76, 114), ())


def test_a_change_elsewhere_leaves_the_place_unchanged() -> None:
    found = became(ASKS, BEFORE.replace("half-term", "Easter"))
    assert (found.verdict, found.sure) == (UptakeVerdict.UNCHANGED, Band.HIGH)


def test_where_a_sentence_was_added_elsewhere_nobody_is_sure_that_nothing_was_taken_up() -> None:
    found = became(ASKS, f"{BEFORE} On Friday at noon both of us compare our lists in the library.")
    assert found.verdict is not UptakeVerdict.UNCHANGED or found.sure is Band.LOW


@pytest.mark.parametrize(
    ("after", "beside"),
    [
        (BEFORE.replace("it goes. ", "it goes. At noon both compare their lists by the window. "), True),
        (BEFORE.replace("half-term. ", "half-term. At noon both compare their lists by the window. "), True),
        (f"{BEFORE} At noon both compare their lists by the window.", False),  # not beside it: a sentence lies between
        (BEFORE.replace("it goes. ", "it goes. At noon. "), False),
        (BEFORE, False),
    ],
)
def test_a_sentence_that_was_added_beside_an_unchanged_place_is_told(after: str, beside: bool) -> None:
    found = became(replace(ASKS, text="Who counts?"), after)
    assert (found.verdict, found.beside) == (UptakeVerdict.UNCHANGED, beside)


def test_a_place_worded_anew_without_a_word_of_the_point_is_only_changed() -> None:
    after = BEFORE.replace(
        "We sit at the back and see how it goes", "At the back of the room we sit, and see how it went"
    )
    found = became(ASKS, after)
    assert (found.verdict, found.sure) == (UptakeVerdict.CHANGED, Band.MEDIUM)
    assert found.place is not None
    assert after[slice(*found.place)].startswith("At the back")


def test_a_place_that_was_taken_out_is_gone() -> None:
    found = became(ASKS, BEFORE.replace(" We sit at the back and see how it goes.", ""))
    assert (found.verdict, found.place) == (UptakeVerdict.GONE, None)


@pytest.mark.parametrize("said", [ASKS, AskingPoint(PointKind.QUESTION, ASKS.text, "")])
def test_of_another_text_altogether_nothing_can_be_told(said: AskingPoint) -> None:
    found = became(said, "Lunch is at noon; bring soup, bread and somebody who likes both of them very much indeed.")
    assert (found.verdict, found.sure) == (UptakeVerdict.CANNOT_TELL, Band.LOW)


def test_a_strength_is_kept_or_not_and_never_taken_up() -> None:
    assert became(KEEP, BEFORE + " Pairs make this doable.").verdict is UptakeVerdict.UNCHANGED
    assert became(KEEP, BEFORE.replace("pair teachers across grades and ", "")).verdict is UptakeVerdict.GONE


def test_german_words_count_by_their_stems() -> None:
    before = "Wir besuchen einander zweimal. Danach sprechen wir darüber in der Konferenz."
    said = AskingPoint(
        PointKind.QUESTION,
        "Wer schreibt das Gehörte auf, und in welchem gemeinsamen Ordner liegt die Seite?",
        "sprechen wir darüber in der Konferenz",
    )
    after = "Wir besuchen einander zweimal. Danach liegt eine geschriebene Seite im gemeinsamen Ordner."
    assert became(said, after, before, "de").verdict is UptakeVerdict.TAKEN_UP
