"""What is too little to read, where a quotation stands, and how a model's answer is read."""

from __future__ import annotations

import itertools
import json
from collections.abc import Callable

import pytest

from pipelines import verification
from pipelines.drafting import is_blank
from pipelines.drafting.parsing import Unreadable, read
from pipelines.ports import ModelUnavailable
from pipelines.values import DraftOutcome, PointKind, Usage
from tests.pipelines.test_drafting import drafted
from tests.pipelines.worked_example import (
    EVIDENCE,
    GOOD,
    Scripted,
    answer,
    brief,
    context,
    good_point,
)

# Nothing to say


@pytest.mark.parametrize(
    "text",
    [
        "",
        " \n\t",
        "No response.",
        "Empty submission",
        "keine Antwort",
        "k. A.",
        "Je ne sais pas",
        "No lo sé",
        "non lo so",
        "geen idee",
        "não sei",
        "n/a",
        "…",
        "???",
        "Freundlich und sauber",
        "不知道",
        "私は学生",
    ],
)
def test_a_blank_calls_nothing_and_says_why(text: str) -> None:
    model = Scripted(GOOD, local=True)
    made = drafted(model, brief(text=text))
    assert made.outcome is DraftOutcome.NOTHING_TO_SAY
    assert made.reason
    assert (model.asked, made.usage) == ([], Usage())


@pytest.mark.parametrize(
    "text",
    [
        "We visit each other on Monday.",
        "私たちは毎週月曜日に授業を見ます",
        "I do not know whether pairs across grades help us.",
    ],
)
def test_a_short_answer_is_no_blank(text: str) -> None:
    assert is_blank(text) == ""


# Places


# Reading answers


@pytest.mark.parametrize(
    "wrap", [str, "```json\n{}\n```".replace("{}", "{0}").format, "Here you are: {0} Hope that helps!".format]
)
def test_an_answer_is_read_through_fences_and_chatter(wrap: Callable[[str], str]) -> None:
    assert len(read(wrap(json.dumps(GOOD))).points) == 3


def test_an_answer_that_leaves_out_what_it_may_is_read() -> None:
    reply = read(
        '{"points": [{"kind": "Next step", "text": "Add it.", "quote": "", "criterion": null, "sources": "E1, k2"}]}'
    )
    assert (reply.points[0].kind, reply.points[0].sources) == (PointKind.NEXT_STEP, ["E1", "k2"])


@pytest.mark.parametrize(
    "text", ["", "no", "[]", '{"points": [{"kind": "verdict", "text": "x"}]}', '{"points": 3}', '{"a": ' * 30_000]
)
def test_an_answer_that_does_not_fit_is_refused_with_where_it_is_wrong(text: str) -> None:
    with pytest.raises(Unreadable, match=r"\w"):
        read(text)


def test_any_mix_of_good_and_bad_turns_ends_in_a_verified_draft() -> None:
    turns = [
        GOOD,
        "no json",
        ModelUnavailable("Down."),
        answer(good_point(0, quote="nowhere")),
        answer(good_point(1, sources=["E7"])),
    ]
    for first, second in itertools.product(turns, repeat=2):
        made = drafted(Scripted(first, second))
        assert made.outcome is DraftOutcome.DRAFTED
        found = verification.verify(made.points, brief(), EVIDENCE, summary=made.summary)
        assert not any(finding.grave for finding in found)


def test_an_end_of_evidence_does_not_hide_the_submissions_own_language() -> None:
    german = "Wir besuchen uns in Paaren über die Stufen hinweg und sprechen danach darüber, was wir gesehen haben."
    made = drafted(
        Scripted(GOOD),
        brief(text=german, language="en"),
        evidence=(context("E1", "one question agreed before each visit"),),
    )
    assert made.language == "de"
