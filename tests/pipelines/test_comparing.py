"""A comparison is of one criterion, in whole sentences of each work, and holds nothing that is not so."""

from __future__ import annotations

from dataclasses import replace

from pipelines.adapters.hashing import HashingEmbedder
from pipelines.approaches import ApproachWork
from pipelines.comparing import compare, placed
from pipelines.speaking import Speaking
from pipelines.texts.wholes import whole
from pipelines.values import Criterion, Standing

WHO = Criterion("who", "names who observes whom and when")
SHARED = Criterion("shared", "says how what is learned is shared with the team")


def _work(id_: str, text: str, **places: str) -> ApproachWork:
    """A work with the places of these words."""
    spans = {key: (text.index(said), text.index(said) + len(said)) for key, said in places.items()}
    return ApproachWork(id_, text, id_, places=spans, sure=dict.fromkeys(spans, 1.0))


OWN = _work("own", "Two of us swap lessons in May. We tell the team.", who="swap lessons")
A = _work("a", "The historian visits the geographer on 30 September. A page goes into the folder.", who="historian")
B = _work("b", "Lots are drawn on Monday, and whoever is drawn goes next door. We talk.", who="Lots are drawn")
C = _work("c", "Every newcomer shadows a colleague for a day in week three. A letter is read aloud.", who="shadows")


def test_each_is_quoted_on_the_same_criterion_in_whole_sentences_the_third_too() -> None:
    said = compare(OWN, [A, B, C], [SHARED, WHO])
    assert said is not None
    assert said.text.splitlines()[:5] == [
        "The same thing, done differently: “names who observes whom and when”",
        "A: “The historian visits the geographer on 30 September.”",
        "B: “Lots are drawn on Monday, and whoever is drawn goes next door.”",
        "C: “Every newcomer shadows a colleague for a day in week three.”",
        "Yours: “Two of us swap lessons in May.”",
    ]
    texts = {work.id: work.text for work in (OWN, A, B, C)}
    assert [place.work for place in said.places] == ["a", "b", "c", "own"]
    assert all(texts[place.work][place.start : place.end] == place.quote for place in said.places)


def test_the_criterion_that_all_of_them_speak_of_is_taken_before_one_that_two_speak_of() -> None:
    page = _work("a", A.text, who="historian", shared="page")
    talk = _work("b", B.text, who="Lots are drawn", shared="talk")
    said = compare(OWN, [page, talk, C], [SHARED, WHO])
    assert said is not None
    assert WHO.text in said.text


def test_of_a_third_that_is_not_found_to_speak_of_it_nothing_is_claimed() -> None:
    said = compare(OWN, [A, B, replace(C, places={})], [WHO])
    assert said is not None
    assert "C: look where it says something on this, or whether it does." in said.text
    assert [place.work for place in said.places] == ["a", "b", "own"]


def test_a_work_that_was_judged_to_lack_it_is_no_example_of_it() -> None:
    lacking = replace(B, criteria={"who": Standing.NOT_YET})
    said = compare(OWN, [A, lacking, C], [WHO])
    assert said is not None
    assert "Lots are drawn" not in said.text


def test_what_says_the_same_as_another_is_not_quoted_twice() -> None:
    again = _work("b", "The historian visits the geographer on 30 September.", who="historian")
    said = compare(OWN, [A, again, C], [WHO])
    assert said is not None
    assert said.text.count("The historian visits") == 1


def test_without_a_place_in_the_own_text_it_is_asked_for() -> None:
    said = compare(replace(OWN, places={}), [A, B, C], [WHO])
    assert said is not None
    assert "Yours" not in said.text
    assert said.text.splitlines()[-1].startswith("Where does yours say something on this?")


def test_where_no_criterion_is_spoken_of_each_says_what_the_others_do_not() -> None:
    said = compare(OWN, [replace(work, places={}) for work in (A, B, C)], [WHO])
    assert said is not None
    assert said.text.startswith("What each of them says, and the others do not:")
    assert {place.work for place in said.places} == {"a", "b", "c"}


GERMAN = _work(
    "d", "Jede neue Lehrkraft begleitet eine Kollegin einen Tag lang und schreibt danach einen Brief.", who="begleitet"
)


def test_a_quotation_in_another_language_says_so() -> None:
    said = compare(OWN, [A, GERMAN], [WHO])
    assert said is not None
    assert "B (in German): “Jede neue Lehrkraft" in said.text


def test_nothing_of_another_language_is_said_around_the_quotations() -> None:
    own = replace(GERMAN, id="own", text="Wir besuchen einander im Mai und erzählen es danach im Team.", places={})
    said = compare(own, [A, GERMAN], [WHO], "de")
    assert said is not None
    assert WHO.text not in said.text
    assert said.text.splitlines()[0] == "Dasselbe, verschieden gemacht:"
    assert "A (auf Englisch): „The historian" in said.text


def test_for_a_reader_in_whose_language_there_are_no_words_quotations_stand_alone() -> None:
    said = compare(replace(OWN, places={}), [A, B], [WHO], "fr")
    assert said is not None
    assert said.text == "\n".join(
        (
            "A: “The historian visits the geographer on 30 September.”",
            "B: “Lots are drawn on Monday, and whoever is drawn goes next door.”",
        )
    )


def test_marks_within_a_quotation_are_left_as_they_are() -> None:
    odd = _work("a", "Tariq writes {quote} on the board, and {letter} as well.", who="Tariq")
    said = compare(OWN, [odd, B], [WHO])
    assert said is not None
    assert "A: “Tariq writes {quote} on the board, and {letter} as well.”" in said.text


def test_a_person_who_points_at_a_place_wins_over_the_machine() -> None:
    speaking = Speaking([WHO, SHARED], {}, HashingEmbedder())
    text = (
        "On Monday the historian observes whom she likes and when. What is learned is shared with the team on a page."
    )
    found = placed(ApproachWork("x", text), speaking)
    assert text[slice(*found.places["shared"])].startswith("What is learned")
    pointed = replace(ApproachWork("x", text), places={"shared": (0, 9)}, sure={"shared": 1.0})
    assert placed(pointed, speaking).places["shared"] == (0, 9)


def test_a_text_in_another_language_than_the_criteria_has_no_places() -> None:
    assert Speaking([WHO, SHARED], {}, HashingEmbedder()).places(GERMAN.text) == {}


def test_a_sentence_that_points_back_takes_the_one_before_along() -> None:
    text = "The visitor counts who speaks. This is written on a card. Nothing else."
    start = text.index("written")
    assert text[slice(*whole(text, (start, start + 7)))] == "The visitor counts who speaks. This is written on a card."


def test_of_a_long_sentence_whole_clauses_are_taken_and_none_is_cut() -> None:
    text = ", ".join(f"part {n} of a long sentence that does not come to its end" for n in range(12)) + "."
    start = text.index("part 5")
    said = text[slice(*whole(text, (start, start + 6), 120))]
    assert said.startswith("part 5")
    assert len(said) <= 120
    assert text[text.index(said) + len(said)] == ","
