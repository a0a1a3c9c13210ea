"""A later version is read against the one before: what stands comes first, what was settled is not said again."""

from __future__ import annotations

from dataclasses import replace

import pytest

from pipelines.adapters.extractive import ExtractiveModel
from pipelines.adapters.extractive.phrasing import table
from pipelines.drafting.judged import compose
from pipelines.texts.saying_back import without_mention
from pipelines.values import (
    AlreadyTold,
    Draft,
    DraftingTask,
    DraftOutcome,
    EarlierVersion,
    PastPoint,
    PersonsReading,
    PointKind,
    Standing,
)
from pipelines.verification import verify
from tests.pipelines.worked_example import CHALLENGE, TEXT, brief

MET, PARTLY, NOT_YET = Standing.MET, Standing.PARTLY, Standing.NOT_YET
QUESTIONS = {one.id: one.question for one in CHALLENGE.criteria}


def asked(criterion: str, became: str, kind: PointKind = PointKind.QUESTION, at: str = "") -> PastPoint:
    start = TEXT.index(at) if at else None
    now = None if start is None else (start, start + len(at))
    return PastPoint(kind, QUESTIONS[criterion] or "Keep it.", at, criterion, became=became, now=now)


def later(*points: PastPoint) -> DraftingTask:
    told = tuple(AlreadyTold(one.text) for one in points)
    return replace(brief(), earlier=EarlierVersion("We will visit each other.", points), told=told)


def composed(task: DraftingTask, **standings: Standing) -> Draft:
    """Read at the words that say most on each criterion."""
    at = {"k1": "visit each other twice before half-term", "k2": "everybody may say no", "k3": "talk about it"}
    read = [
        PersonsReading(key, standing, TEXT.index(at[key]), TEXT.index(at[key]) + len(at[key]))
        for key, standing in standings.items()
    ]
    return compose(task, (), read, ExtractiveModel(), verify)


def test_what_was_asked_before_and_stands_is_asked_first_though_it_was_said_before() -> None:
    first = composed(later(asked("k3", "unchanged", at="talk about it")), k2=NOT_YET, k3=PARTLY).points[0]
    assert first.criterion == "k3"
    assert "last version" in first.text
    assert QUESTIONS["k3"][1:] in first.text


@pytest.mark.parametrize(
    ("became", "words"),
    [
        ("unchanged", "as they were"),
        ("changed", "since your last version"),
        ("added", "come in beside"),
        ("taken_up", "are here now"),
    ],
)
def test_what_became_of_the_place_is_said_and_no_more(became: str, words: str) -> None:
    (point,) = composed(later(asked("k3", became, at="talk about it")), k3=NOT_YET).points
    assert words in point.text
    assert not any(word in point.text for word in ("better", "improve", "good", "clearer"))


def test_where_the_point_stands_elsewhere_now_nothing_is_said_of_these_words() -> None:
    (point,) = composed(later(asked("k3", "unchanged", at="We pair teachers")), k3=NOT_YET).points
    assert any(lead in point.text for lead in table("en")["since"]["elsewhere"])


def test_what_was_taken_up_opens_the_draft_and_is_praised_as_that() -> None:
    made = composed(later(asked("k1", "taken_up")), k1=MET)
    assert "this version" in made.summary or "last version" in made.summary
    (point,) = made.points
    assert point.kind is PointKind.STRENGTH
    assert "last version" in point.text


def test_what_was_praised_before_is_not_praised_again_while_something_is_open() -> None:
    task = later(asked("k1", "unchanged", PointKind.STRENGTH))
    assert [one.criterion for one in composed(task, k1=MET, k2=NOT_YET).points] == ["k2"]
    assert [one.criterion for one in composed(brief(), k1=MET, k2=NOT_YET).points] == ["k2", "k1"]
    assert [one.criterion for one in composed(task, k1=MET).points] == ["k1"]  # never nothing


def test_a_point_turned_down_by_a_facilitator_does_not_come_back_because_it_was_asked_before() -> None:
    task = later(asked("k3", "unchanged", at="talk about it"))
    down = PastPoint(PointKind.QUESTION, QUESTIONS["k3"], "talk about it", "k3", dismissed=True)
    assert composed(replace(task, dismissed=(down,)), k3=NOT_YET).points == ()


@pytest.mark.parametrize("form", [form for form in table("en")["since"] if form != "here"])
@pytest.mark.parametrize("language", ["en", "de"])
def test_what_became_of_one_text_is_never_said_of_another(language: str, form: str) -> None:
    for lead in table(language)["since"][form]:
        assert without_mention(f"{lead}: which day is it?") == "Which day is it?"
    for said in table(language)["since"]["here"]:
        small = said if language == "de" else said[:1].lower() + said[1:]
        lead = table(language)["mention"]["quote"][0].format(a="so ist es")
        assert without_mention(said) == without_mention(f"{lead}: {small}") == ""


# Met, and at no one place


def test_what_a_person_finds_met_at_no_one_place_is_said_of_the_whole_without_a_quotation() -> None:
    made = compose(brief(), (), [PersonsReading("k2", MET, nowhere=True)], ExtractiveModel(), verify)
    assert made.outcome is DraftOutcome.DRAFTED
    (point,) = made.points
    assert (point.kind, point.criterion, point.quote) == (PointKind.STRENGTH, "k2", "")
    assert (point.start, point.end) == (0, len(TEXT))
    assert "whole" in point.text
    assert made.summary


def test_where_anything_is_open_the_whole_is_not_praised() -> None:
    read = [PersonsReading("k2", MET, nowhere=True), PersonsReading("k1", NOT_YET, 0, 10)]
    made = compose(brief(), (), read, ExtractiveModel(), verify)
    assert [one.criterion for one in made.points] == ["k1"]
