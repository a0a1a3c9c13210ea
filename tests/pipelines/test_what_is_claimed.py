"""What the drafter without a model claims, what it asks, what it leaves out, and where it says so."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

import pytest

from pipelines.texts.saying_back import without_mention
from pipelines.values import Assessment, ChallengeAsItStands, Criterion, DraftOutcome, Judgement, PointKind, Standing
from tests.pipelines.test_extractive import drafted
from tests.pipelines.worked_example import CHALLENGE, TEXT, brief, context, judged, precedent


def placed(
    text: str, sentence: str, chance: float, *, evidence: float = 0.6, criterion: str = "k2", peers: int = 11
) -> Assessment:
    """An assessment that found the criterion's place in the text, and how likely it is met there."""
    start = text.index(sentence)
    standing = Standing.MET if chance >= 0.65 else Standing.NOT_YET if chance <= 0.35 else Standing.CANNOT_TELL
    sure = max(chance, 1 - chance)
    read = Judgement(criterion, standing, sure, 3, chance, start, start + len(sentence), evidence)
    return Assessment(Judgement("", Standing.PARTLY, 0.5), (read,), abstained=True, peers=peers)


def test_a_point_stands_where_meaning_found_its_place() -> None:
    sentence = "Amara has offered to begin, and everybody may say no."
    made = drafted(evidence=(), assessment=placed(TEXT, sentence, 0.1))
    assert made.points[0].quote == sentence.rstrip(".")


def test_of_a_long_sentence_whole_clauses_are_quoted() -> None:
    sentence = (
        "On Tuesday the two of us sit in the same room for the whole of the morning, and in the break, which is short, "
        "we say to each other in a few words what we saw and what we will try next."
    )
    made = drafted(brief(text=f"{sentence} That is all."), evidence=(), assessment=placed(sentence, sentence, 0.1))
    quote = made.points[0].quote
    before, after = sentence.split(quote)
    assert before == "" or before.rstrip().endswith((",", ", and"))
    assert after[:1] in (",", ".")
    assert 4 <= len(quote.split()) <= 20


def test_what_is_surely_open_is_claimed_and_what_is_doubtful_is_asked() -> None:
    sentence = "Afterwards we talk about it in the staff meeting."
    sure = drafted(evidence=(), assessment=placed(TEXT, sentence, 0.1)).points[0]
    doubtful = drafted(evidence=(), assessment=placed(TEXT, sentence, 0.4)).points[0]
    question = CHALLENGE.criteria[1].question
    assert (sure.kind, sure.text.endswith(f": {question[:1].lower()}{question[1:]}")) == (PointKind.NEXT_STEP, True)
    assert (doubtful.kind, without_mention(doubtful.text)) == (PointKind.QUESTION, question)


def test_of_what_is_doubtful_the_summary_asks_too() -> None:
    made = drafted(evidence=(), assessment=placed(TEXT, "Afterwards we talk about it in the staff meeting.", 0.4))
    assert "open" not in made.summary
    assert "what will be looked for" in made.summary


def test_of_what_stands_alike_that_comes_first_of_which_the_text_has_the_fewest_words() -> None:
    criteria = (
        Criterion("a", "names who visits whom", "Who visits whom first?"),
        Criterion("b", "says what it costs", "What does it cost?"),
    )
    read = tuple(Judgement(one.id, Standing.NOT_YET, 1.0, chance=0.0, by_person=True) for one in criteria)
    task = brief(text="Amara visits all of us, one after the other, in the second week. Jonas likes that a lot.")
    task = replace(task, challenge=replace(CHALLENGE, criteria=criteria))
    made = drafted(task, evidence=(), assessment=Assessment(Judgement("", Standing.NOT_YET, 0.5), read, abstained=True))
    assert [one.criterion for one in made.points] == ["b", "a"]


def test_what_is_more_likely_there_than_not_is_left_out() -> None:
    made = drafted(evidence=(), assessment=placed(TEXT, "Afterwards we talk about it in the staff meeting.", 0.6))
    assert made.outcome is DraftOutcome.CANNOT


def test_what_is_met_at_a_place_that_is_not_near_is_not_praised_there() -> None:
    text = f"{TEXT} The visitor looks for one question that the pair agreed."
    there = "The visitor looks for one question that the pair agreed."
    near = drafted(brief(text=text), (), placed(text, there, 0.9))
    far = drafted(brief(text=text), (), placed(text, there, 0.9, evidence=0.1))
    assert [point.kind for point in near.points] == [PointKind.STRENGTH]
    assert far.points == ()


def test_what_surely_meets_the_task_gets_no_next_step() -> None:
    read = placed(TEXT, "Afterwards we talk about it in the staff meeting.", 0.1)
    made = drafted(evidence=(), assessment=replace(read, overall=Judgement("", Standing.MET, 0.97, 5), abstained=False))
    assert all(point.kind is PointKind.STRENGTH for point in made.points)


def test_a_text_of_a_few_words_is_left_to_a_person() -> None:
    made = drafted(brief(text="Will do this next week."), (), judged(k2=Standing.NOT_YET))
    assert made.outcome is DraftOutcome.CANNOT
    assert "too short" in made.reason


def test_the_line_that_facilitators_quoted_is_preferred_to_one_of_like_words() -> None:
    handbook = context("E1", "The visitor looks only for what the question asks. There is one question agreed before.")
    told = precedent(
        "E2",
        "The handbook asks for “one question agreed before”. Which one?",
        "watch and be friendly",
        author="a",
        criterion="k2",
    )
    made = drafted(evidence=(handbook, told), assessment=judged(k2=Standing.NOT_YET))
    assert "“one question agreed before”" in made.points[0].text


def test_a_piece_of_the_expected_answer_is_never_quoted_as_missing() -> None:
    expected = "The jobber must show the letter in the app"
    challenge = ChallengeAsItStands(
        id="short", prompt="What do you do?", reference=f"{expected}.", criteria=(Criterion("k1", expected),)
    )
    made = drafted(
        brief(text="I smile at everybody and then I quietly go home again.", challenge=challenge),
        (),
        judged(k1=Standing.NOT_YET),
    )
    assert expected not in made.summary + "".join(point.text for point in made.points)


def test_summaries_take_one_short_line() -> None:
    criteria = [
        "names who observes whom and when",
        "tells students in their own words what good work looks like",
        "sets aside lesson time for using the feedback",
        "fixes a sign of change and the day of looking",
        "goes a way, an hour and in a language that suit these families",
        "Observation is not appraisal",
        "says how what is learned reaches those who were not there, also the part-timers and people on trips",
    ]
    for first, second in pairwise(criteria):
        challenge = replace(CHALLENGE, criteria=(Criterion("k1", first), Criterion("k2", second)))
        read = judged(k1=Standing.MET, k2=Standing.NOT_YET)
        made = drafted(brief(challenge=challenge), (), read)
        assert 0 < len(made.summary) <= 120
        assert "that it" not in made.summary
        assert "whether it" not in made.summary


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("names who observes whom and when", "who observes whom and when"),
        ("The plan explains why this pair begins", "why this pair begins"),
        ("gives a date for the first visit", "a date for the first visit"),
        ("sets aside lesson time for the feedback", "sets aside lesson time for the feedback"),
        ("decides beforehand what will show success", "decides beforehand what will show success"),
        ("Observation is not appraisal", "“Observation is not appraisal”"),
    ],
)
def test_a_criterion_is_said_in_the_grammar_it_allows(text: str, said: str) -> None:
    challenge = replace(CHALLENGE, criteria=(Criterion("k1", text),))
    made = drafted(brief(challenge=challenge), (), judged(k1=Standing.NOT_YET))
    assert said.casefold() in made.points[0].text.casefold()
