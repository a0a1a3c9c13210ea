"""A model holds each point against the text: what passes stands, what fails is put right once or left out, and told."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest

from pipelines.drafting import Budget, ShownBeside, WholeDraft, most
from pipelines.ports import ModelReply, ModelRequest, ModelTrouble, ModelUnavailable
from pipelines.values import (
    Band,
    Draft,
    DraftOutcome,
    EarlierVersion,
    PastPoint,
    PointKind,
    Standing,
    Usage,
)
from tests.pipelines.test_drafting import codes, drafted
from tests.pipelines.worked_example import CHALLENGE, GOOD, UNJUDGED, answer, brief, good_point, judged

ALL_WELL = {"found": "", "true": True, "specific": True, "one_step": True, "new": True, "wrong": "", "better": ""}
LOOK = Budget(critique=True)
BETTER = "You say that you visit each other twice before half-term. What would your first pair look for?"


def verdict(number: int, **changes: Any) -> dict[str, Any]:
    return {"id": f"p{number}", **ALL_WELL, **changes}


def verdicts(*given: dict[str, Any]) -> dict[str, Any]:
    return {"points": list(given)}


class Looking:
    """A LanguageModel that drafts one answer, and looks at it as it is told to, look by look."""

    name, local = "looking", True

    def __init__(self, draft: object, *looks: object) -> None:
        self.draft, self.looks = draft, list(looks)
        self.asked: list[ModelRequest] = []

    def reply(self, request: ModelRequest) -> ModelReply:
        self.asked.append(request)
        looked = [one for one in self.asked if one.schema_name == "critique"]
        said = self.looks[min(len(looked), len(self.looks)) - 1] if request.schema_name == "critique" else self.draft
        if isinstance(said, ModelTrouble):
            raise said
        text = said if isinstance(said, str) else json.dumps(said, ensure_ascii=False)
        return ModelReply(text, Usage(100, 10, 1), "looking-1")


def looked_at(model: Looking, about: Any = None, **options: Any) -> Draft:
    return drafted(model, about, **{"budget": LOOK, "assessment": UNJUDGED, **options})


def test_what_passes_stands_with_medium_confidence_at_least_and_costs_one_more_call() -> None:
    model = Looking(GOOD, verdicts(verdict(1), verdict(2), verdict(3)))
    made = looked_at(model)
    assert [point.band for point in made.points] == [Band.MEDIUM, Band.HIGH, Band.MEDIUM]
    assert (made.findings, made.usage) == ((), Usage(200, 20, 2))
    assert [(one.name, one.usage.calls, one.trouble) for one in made.passes] == [("draft", 1, ""), ("critique", 1, "")]


def test_what_is_not_so_is_left_out_and_the_facilitator_is_told_why() -> None:
    wrong = verdict(2, true=False, wrong="The staff meeting is where it is shared; the text says so.")
    made = looked_at(Looking(GOOD, verdicts(verdict(1), wrong, verdict(3))))
    assert [point.criterion for point in made.points] == ["k2", "k1"]
    told = next(one for one in made.findings if one.code == "left-out")
    assert told.message.endswith("The staff meeting is where it is shared; the text says so.")
    assert made.summary == ""  # it may speak of what was left out


@pytest.mark.parametrize("failed", ["true", "specific", "one_step", "new"])
def test_a_point_that_fails_one_question_is_put_right_once_and_told(failed: str) -> None:
    only = answer(good_point(0))
    wrong = verdict(1, **{failed: False}, wrong="It asks for two things.", better=BETTER)
    made = looked_at(Looking(only, verdicts(wrong), verdicts(verdict(1))))
    assert [point.text for point in made.points] == [BETTER]
    assert [(one.code, one.point) for one in made.findings] == [("put-right", 0)]
    assert made.points[0].band is not Band.HIGH
    assert made.usage.calls == 3


def test_what_was_put_right_and_fails_again_is_left_out() -> None:
    wrong = verdict(1, true=False, wrong="It is not so.", better=BETTER)
    made = looked_at(Looking(answer(good_point(0), good_point(2)), verdicts(wrong, verdict(2))))
    assert [point.criterion for point in made.points] == ["k1"]
    assert made.usage.calls == 3


def test_better_words_are_held_to_everything_that_the_first_were() -> None:
    wrong = verdict(1, true=False, wrong="It is not so.", better="Ask Amara Okafor what the first pair looks for.")
    made = looked_at(Looking(answer(good_point(0), good_point(2)), verdicts(wrong, verdict(2))))
    assert [point.criterion for point in made.points] == ["k1"]
    assert made.usage.calls == 2


def test_where_nothing_stands_up_to_it_the_draft_is_made_without_the_model_and_says_so() -> None:
    wrong = verdict(1, true=False, wrong="The day is named.")
    made = looked_at(Looking(answer(good_point(0)), verdicts(wrong)))
    assert (made.outcome, made.model) == (DraftOutcome.DRAFTED, "extractive-1")
    assert "stood up to a second look. The day is named." in made.reason
    assert [one.name for one in made.passes] == ["draft", "critique"]


@pytest.mark.parametrize(
    "trouble",
    [
        ModelUnavailable("It did not answer.", usage=Usage(5, 0, 1)),
        "no JSON at all",
        GOOD,
        {"points": []},
        {"points": "all fine"},
        {"points": [{"id": "p7", **ALL_WELL}]},
        {"points": [{"id": "p1"}]},
        '<think>{"points": [{"id": "p1", "true": true}]}',
    ],
)
def test_without_a_usable_second_look_the_points_stand_are_told_and_are_never_high(trouble: object) -> None:
    made = looked_at(Looking(GOOD, trouble))
    assert len(made.points) == 3
    assert all(point.band is not Band.HIGH for point in made.points)
    assert "no-second-look" in codes(made)
    assert made.passes[-1].trouble


def test_a_point_that_the_look_passed_over_is_told() -> None:
    made = looked_at(Looking(GOOD, verdicts(verdict(1), verdict(3))))
    assert [one.point for one in made.findings if one.code == "not-settled"] == [1]


def test_a_pass_that_rests_on_words_that_are_not_in_the_text_is_none() -> None:
    made = looked_at(Looking(answer(good_point(2)), verdicts(verdict(1, found="we never meet at all"))))
    assert (made.points[0].band, codes(made)) == (Band.LOW, ["not-settled"])


def test_it_is_shown_the_text_the_quotation_the_sources_the_reference_and_the_doubts() -> None:
    doubtful = good_point(0, text="Name the pair. Also describe what the visits before half-term look for.")
    model = Looking(answer(doubtful), verdicts(verdict(1)))
    looked_at(model, brief(challenge=replace(CHALLENGE, reference="Pairs keep a shared folder.")))
    read = model.asked[-1].user
    for part in ("visit each other twice", "There is one question agreed", "Pairs keep a shared folder.", "a doubt: "):
        assert part in read


def test_a_wrong_verdict_of_the_comparison_does_not_outweigh_who_read_the_text() -> None:
    readings = [{"criterion": "k2", "quotes": [], "standing": "not_yet", "cannot_tell": "What is looked for."}]
    model = Looking(answer(good_point(0), readings=readings), verdicts(verdict(1)))
    made = looked_at(model, assessment=judged(k2=Standing.MET))
    assert made.points[0].band is Band.MEDIUM
    assert [(one.criterion, one.standing) for one in made.readings] == [("k2", Standing.NOT_YET)]


def test_a_met_that_rests_on_no_words_of_the_text_is_no_verdict() -> None:
    readings = [
        {"criterion": "k1", "quotes": ["pairs are drawn by lot"], "standing": "met", "cannot_tell": ""},
        {"criterion": "says what will be looked for", "quotes": [], "standing": "Partially", "cannot_tell": ""},
    ]
    made = drafted_readings(readings)
    assert [(one.criterion, one.standing) for one in made.readings] == [
        ("k1", Standing.CANNOT_TELL),
        ("k2", Standing.PARTLY),
    ]


def drafted_readings(readings: list[dict[str, Any]]) -> Draft:
    return looked_at(Looking(answer(good_point(0), readings=readings), verdicts(verdict(1))))


def test_a_model_reads_the_earlier_version_whole_examples_reference_and_points_of_criteria() -> None:
    criteria = (replace(CHALLENGE.criteria[0], points=3), *CHALLENGE.criteria[1:])
    before = PastPoint(PointKind.NEXT_STEP, "Say when you visit.", "visit each other", "k1", reason="taken up")
    example = WholeDraft("The pairs are clear.", (PastPoint(PointKind.STRENGTH, "Keep the pairs.", "in pairs", "k1"),))
    model = Looking(GOOD, verdicts(verdict(1), verdict(2), verdict(3)))
    looked_at(
        model,
        brief(
            challenge=replace(CHALLENGE, criteria=criteria, reference="One question a visit."),
            earlier=EarlierVersion("We visit each other at some time.", (before,)),
        ),
        beside=ShownBeside((example,)),
    )
    read = model.asked[0].user
    for part in (
        "k1 (3 points): names who",
        "One question a visit.",
        "We visit each other at some time.",
        "Say when you visit. [since then: taken up]",
        "summary: The pairs are clear.",
        "strength k1 · at “in pairs”: Keep the pairs.",
    ):
        assert part in read
    assert "agree)" not in read  # no verdict of the comparison before the model's own


def test_work_that_meets_everything_may_have_one_strength_and_a_question_that_takes_it_further() -> None:
    further = good_point(1, text="Who could lead the second round before half-term, once pairs across grades know how?")
    made = looked_at(Looking(answer(good_point(2), further), verdicts(verdict(1), verdict(2))))
    assert [point.kind for point in made.points] == [PointKind.STRENGTH, PointKind.QUESTION]


def test_what_is_set_aside_has_room_for_the_looks_and_for_thinking() -> None:
    plain, looks, thinks = (most(one) for one in (Budget(), LOOK, Budget(critique=True, thinking_tokens=1000)))
    assert (plain.calls, looks.calls) == (2, 4)
    assert looks.prompt_tokens > plain.prompt_tokens
    assert thinks.completion_tokens == looks.completion_tokens + 4 * 1000
