"""What facilitators said would show a criterion is looked for by the drafter without a model, and never said aloud."""

from __future__ import annotations

import json
from dataclasses import replace

from pipelines.adapters.extractive import ExtractiveModel
from pipelines.ports import DraftingMaterial, ModelRequest
from pipelines.values import Assessment, Criterion, Judgement, Standing
from tests.pipelines.worked_example import CHALLENGE, brief

FOCUS = Criterion("k2", "states a focus for observers", "What is the focus of your visits?")
TEXT = (
    "Year 4 and Year 5 pair up on Tuesdays and drink tea together. "
    "Before each meeting the two colleagues agree on one card with a single problem. "
    "Everybody may say no to a date that does not suit."
)
ANSWER = "A card with a single problem that the two colleagues agree on."
UNREAD = Assessment(Judgement("", Standing.CANNOT_TELL, 0.0), abstained=True)


def reply(evidence: str) -> dict[str, object]:
    challenge = replace(CHALLENGE, criteria=(replace(FOCUS, evidence=evidence),))
    material = DraftingMaterial(brief(TEXT, challenge=challenge), (), UNREAD)
    return dict(json.loads(ExtractiveModel().reply(ModelRequest("", "", {}, "feedback", 100, material)).text))


def test_a_criterion_is_not_asked_about_where_what_was_answered_stands() -> None:
    assert [point["criterion"] for point in reply("")["points"]] == ["k2"]  # type: ignore[attr-defined]
    assert reply(ANSWER)["points"] == []


def test_an_answer_that_is_not_met_leaves_the_question_and_is_not_said_to_the_learner() -> None:
    other = "A stopwatch reading for silence."
    (point,) = reply(other)["points"]  # type: ignore[misc]
    assert "stopwatch" not in json.dumps(point)


def test_the_place_is_where_what_was_answered_is_nearest() -> None:
    (point,) = reply("A date in the calendar.")["points"]  # type: ignore[misc]
    assert "date" in point["quote"]
