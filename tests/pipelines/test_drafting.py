"""A draft comes out of whatever a model does: verified, or the one without a model, with a reason and its cost."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from pipelines import verification
from pipelines.adapters.extractive import ExtractiveModel
from pipelines.adapters.openai_chat import OpenAIChat
from pipelines.drafting import Budget, draft
from pipelines.ports import LanguageModel, ModelUnavailable
from pipelines.values import (
    AI,
    AlreadyTold,
    Band,
    Draft,
    DraftOutcome,
    PastPoint,
    PointKind,
    SourceKind,
    Standing,
    Usage,
)
from tests.pipelines.worked_example import (
    ASKED,
    ASSESSMENT,
    EVIDENCE,
    GOOD,
    MARKER,
    TEXT,
    UNJUDGED,
    Scripted,
    answer,
    brief,
    good_point,
    judged,
    precedent,
)
from tests.stubs import openai_wire as wire

Served = tuple[OpenAIChat, wire.OpenAIWire]
GOLDEN = Path(__file__).parent / "golden"


def drafted(model: LanguageModel, about: Any = None, evidence: Any = EVIDENCE, **options: Any) -> Draft:
    assessment = options.pop("assessment", ASSESSMENT)
    return draft(
        about or brief(),
        evidence,
        assessment,
        model,
        ExtractiveModel(),
        marker=MARKER,
        verify=verification.verify,
        **options,
    )


def codes(made: Draft) -> list[str]:
    return [finding.code for finding in made.findings]


def test_a_good_answer_becomes_three_points_at_their_places_with_their_sources() -> None:
    made = drafted(Scripted(GOOD))
    assert made.outcome is DraftOutcome.DRAFTED
    assert made.summary == "Who and when are clear; what to look for is still open."
    assert [point.kind for point in made.points] == [PointKind.NEXT_STEP, PointKind.QUESTION, PointKind.STRENGTH]
    assert all(TEXT[point.start : point.end] == point.quote for point in made.points)
    assert [source.kind for source in made.points[0].sources] == [
        SourceKind.SUBMISSION,
        SourceKind.CRITERION,
        SourceKind.CONTEXT,
    ]
    assert made.findings == ()
    assert made.model == "scripted-2026"
    assert made.usage == Usage(100, 10, 1)
    assert made.reason == ""


def test_a_context_source_carries_the_words_the_point_quotes_from_it_and_where_they_stand() -> None:
    source = drafted(Scripted(GOOD)).points[0].sources[-1]
    assert source.quote == "one question agreed before each visit"
    assert (source.start, source.version, source.title) == (109, 3, "Observation handbook")


def test_the_prompt_that_was_read_is_kept_with_the_draft() -> None:
    model = Scripted(GOOD)
    prompt = drafted(model).prompt
    assert prompt is not None
    assert (prompt.name, prompt.version, len(prompt.sha)) == ("feedback", 2, 64)
    assert model.asked[0].user in prompt.rendered
    assert model.asked[0].system in prompt.rendered


@pytest.mark.parametrize("version", [1, 2])
def test_the_rendered_prompt_of_the_worked_example_is_the_golden_one(version: int) -> None:
    about = brief(told=(AlreadyTold("Say who begins."),), instruction="Be brief.")
    made = drafted(Scripted(GOOD), about, budget=Budget(version=version))
    assert made.prompt is not None
    assert made.prompt.rendered == (GOLDEN / f"feedback-{version}.txt").read_text(encoding="utf-8").rstrip("\n")


# Confidence


def test_three_authors_who_said_the_same_of_passages_like_this_one_make_a_point_highly_confident() -> None:
    assert drafted(Scripted(GOOD), assessment=UNJUDGED).points[1].band is Band.HIGH


def test_three_points_of_one_author_are_one_opinion() -> None:
    same = tuple(precedent(f"E{n}", ASKED, "talk in the staff meeting", author="a", criterion="k3") for n in (2, 3, 4))
    made = drafted(Scripted(GOOD), evidence=(EVIDENCE[0], *same), assessment=UNJUDGED)
    assert made.points[1].band is not Band.HIGH


def test_precedents_on_the_same_criterion_about_other_things_are_no_agreement() -> None:
    other = tuple(
        precedent(f"E{n}", "Where is the folder kept?", f"folder number {n}", author=str(n), criterion="k3")
        for n in (2, 3, 4)
    )
    made = drafted(Scripted(GOOD), evidence=(EVIDENCE[0], *other), assessment=UNJUDGED)
    assert made.points[1].band is Band.LOW


def test_a_context_passage_gives_medium_and_nothing_but_the_text_gives_low() -> None:
    made = drafted(Scripted(answer(good_point(0), good_point(2))), assessment=UNJUDGED)
    assert [point.band for point in made.points] == [Band.MEDIUM, Band.LOW]


def test_a_strength_that_comparison_speaks_against_is_of_low_confidence() -> None:
    made = drafted(Scripted(answer(good_point(2))), assessment=judged(k1=Standing.NOT_YET))
    assert made.points[0].band is Band.LOW


# What is wrong is sent back once, then left out


def test_a_quotation_that_is_not_in_the_submission_is_sent_back_once_and_then_left_out() -> None:
    invented = good_point(1, quote="we never meet")
    model = Scripted(answer(good_point(0), invented))
    made = drafted(model)
    assert len(model.asked) == 2
    sent_back = model.asked[1].earlier[0]
    assert "we never meet" in sent_back[0]
    assert "“we never meet” is not in the submission" in sent_back[1]
    assert [point.criterion for point in made.points] == ["k2"]
    assert "left-out" in codes(made)
    assert made.usage.calls == 2


def test_a_corrected_answer_takes_the_place_of_the_first() -> None:
    model = Scripted(answer(good_point(0, quote="nowhere to be found")), GOOD)
    made = drafted(model)
    assert len(made.points) == 3
    assert made.findings == ()
    assert made.usage == Usage(200, 20, 2)


def test_a_worse_second_answer_does_not_take_the_place_of_the_first() -> None:
    first = answer(good_point(0), good_point(1), good_point(2, quote="nowhere"))
    made = drafted(Scripted(first, answer(good_point(0, quote="nowhere"))))
    assert [point.criterion for point in made.points] == ["k2", "k3"]
    assert made.usage.calls == 2


@pytest.mark.parametrize(
    ("point", "says"),
    [
        ({"quote": ""}, "no quotation"),
        ({"text": "Add a question. Score: 7/10."}, "is a grade"),
        (
            {"text": "Du sagst, wann ihr euch besucht, aber man weiß noch nicht, worauf ihr achten werdet."},
            "This is German",
        ),
        ({"text": "Ask Amara Okafor which question she would choose."}, "a person's name"),
        ({"text": "Say what you look for. " * 40}, "characters"),
        ({"text": "Our handbook asks for “a signed form for each of them”. Which?"}, "in none of the sources"),
    ],
)
def test_what_is_wrong_with_a_point_is_said_to_the_model_and_the_point_never_kept(
    point: dict[str, object], says: str
) -> None:
    model = Scripted(answer(good_point(0, **point), good_point(2)))
    made = drafted(model)
    assert says in model.asked[1].earlier[0][1]
    assert [kept.criterion for kept in made.points] == ["k1"]


@pytest.mark.parametrize("slip", [{"sources": ["k2", "E9"]}, {"criterion": "k9", "sources": ["k2"]}])
def test_a_label_that_was_not_given_is_taken_off_and_told_and_the_point_is_kept(slip: dict[str, object]) -> None:
    text = "You say when you will visit each other; which one question would your first pair agree on?"
    model = Scripted(answer(good_point(0, text=text, **slip)))
    made = drafted(model)
    assert (made.points[0].criterion, made.usage.calls) == ("k2", 1)
    assert [source.id for source in made.points[0].sources] == ["rev-1", "k2"]
    assert [(one.code, one.point) for one in made.findings] == [("label-dropped", 0)]


def test_a_fourth_point_is_too_many() -> None:
    fourth = good_point(
        2, quote="everybody may say no", text="Leaving people free to say no keeps the first pair willing."
    )
    model = Scripted(answer(good_point(0), good_point(1), good_point(2), fourth))
    made = drafted(model)
    assert len(made.points) == 3
    assert "more than three" in model.asked[1].earlier[0][1]


def test_a_summary_that_gives_a_grade_is_taken_out_and_the_points_stay() -> None:
    made = drafted(Scripted(answer(summary="Great work, Amara! 7/10.")))
    assert made.summary == ""
    assert len(made.points) == 3
    assert "grade" in codes(made)


# Trouble


@contextmanager
def served(*script: wire.Behavior, timeout: float = 5.0, local: bool = True) -> Iterator[Served]:
    with wire.OpenAIWire(script) as server:
        model = OpenAIChat("any", api_key="k", base_url=server.base_url, local=local, timeout=timeout)
        yield model, server
        model.close()


@pytest.mark.parametrize(
    ("behavior", "asked"),
    [
        (wire.status(429, retry_after="7"), 1),
        (wire.status(500), 1),
        (wire.refusal(), 1),
        (wire.length(), 1),
        (wire.content_filter(), 1),
        (wire.not_an_answer(), 1),
        (wire.cut_off(GOOD), 1),
        (wire.hang_up(), 1),
        (wire.huge(), 1),
        (wire.not_json(), 2),
        (wire.reply(answer(good_point(0, quote="invented words"))), 2),
        (wire.reply(answer(good_point(0, text="Woran erkennt man, dass ihr wisst, worauf ihr dann achten wollt?"))), 2),
        (wire.reply({"points": "none"}), 2),
        (wire.reply("{" * 50_000), 2),
    ],
)
def test_whatever_a_server_does_there_is_a_draft_with_a_reason_and_its_cost(behavior: Any, asked: int) -> None:
    with served(behavior) as (model, server):
        made = drafted(model)
        assert len(server.received) == asked
    assert made.outcome is DraftOutcome.DRAFTED
    assert made.model == "extractive-1"
    assert made.reason.endswith("Drafted without it.")
    assert all(TEXT[point.start : point.end] == point.quote for point in made.points)
    assert not any(finding.grave for finding in made.findings)
    assert made.usage.calls == asked


def test_a_second_try_after_an_unusable_answer_is_paid_for_once_each() -> None:
    with served(wire.not_json(), wire.reply(GOOD)) as (model, _):
        made = drafted(model)
    assert (len(made.points), made.reason) == (3, "")
    assert made.usage == Usage(22, 14, 2)


def test_a_silent_server_costs_one_time_out_and_no_more() -> None:
    with served(wire.timeout(), timeout=0.3) as (model, server):
        made = drafted(model)
        assert len(server.received) == 1
    assert made.model == "extractive-1"
    assert made.usage.calls == 1


def test_a_good_answer_of_a_real_server_is_drafted_and_paid_once() -> None:
    with served(wire.reply(GOOD), local=False) as (model, _):
        made = drafted(model)
    assert len(made.points) == 3
    assert made.usage == Usage(11, 7, 1)


def test_trouble_in_the_repair_keeps_what_was_good_before_and_counts_both() -> None:
    trouble = ModelUnavailable("The model did not answer.", usage=Usage(5, 0, 1))
    made = drafted(Scripted(answer(good_point(0), good_point(1, quote="nowhere")), trouble))
    assert [point.criterion for point in made.points] == ["k2"]
    assert made.usage == Usage(105, 10, 2)


def test_where_no_draft_can_be_made_the_reason_and_the_cost_are_kept() -> None:
    trouble = ModelUnavailable("The model did not answer", usage=Usage(5, 0, 1))
    bare = brief(challenge=replace(brief().challenge, criteria=()))
    made = drafted(Scripted(trouble), bare, evidence=(), assessment=UNJUDGED)
    assert made.outcome is DraftOutcome.CANNOT
    assert made.points == ()
    assert made.reason.startswith("The model did not answer.")
    assert "too little" in made.reason
    assert made.usage.prompt_tokens == 5


def test_a_model_that_abstains_is_believed() -> None:
    made = drafted(Scripted({"summary": "", "points": [], "abstain": True, "reason": "Too little to go on."}))
    assert made.outcome is DraftOutcome.CANNOT
    assert made.reason == "Too little to go on."
    assert made.usage.calls == 1


# What is settled does not come back


@pytest.mark.parametrize(
    "before", [ASKED, "who writes down what you hear and where will somebody who missed the meeting find it"]
)
def test_a_near_twin_of_a_dismissed_point_is_left_out_and_the_facilitator_is_told_why(before: str) -> None:
    past = PastPoint(PointKind.QUESTION, before, "meeting", reason="We keep no minutes.", dismissed=True)
    made = drafted(Scripted(GOOD), brief(dismissed=(past,)))
    assert [point.criterion for point in made.points] == ["k2", "k1"]
    left_out = next(finding for finding in made.findings if finding.code == "left-out")
    assert (left_out.point, left_out.grave) == (None, False)
    assert left_out.message == "Left out: a facilitator dismissed one like it: We keep no minutes."


@pytest.mark.parametrize("ai", AI)
def test_what_is_settled_stays_so_where_a_model_elsewhere_may_not_be_told_of_it(ai: AI) -> None:
    past = PastPoint(PointKind.QUESTION, ASKED, "meeting", reason="No minutes.", dismissed=True, of="another", ai=ai)
    for about in (brief(dismissed=(past,)), brief(told=(AlreadyTold(ASKED, "another", ai),))):
        model = Scripted(GOOD)
        made = drafted(model, about)
        assert ASKED not in [point.text for point in made.points]
        told = rf"^- (?:said to this learner before|turned down by a facilitator): {re.escape(ASKED[:40])}"
        assert bool(re.findall(told, model.asked[0].user, re.M)) == (ai is AI.ANY)
        assert made.sent >= {"another"} if ai is AI.ANY else "another" not in made.sent
        assert made.usage.calls == 1


def test_where_all_was_said_before_the_draft_says_so() -> None:
    only = answer(good_point(1))
    made = drafted(
        Scripted(only),
        brief(
            told=(AlreadyTold(ASKED),), challenge=replace(brief().challenge, criteria=(brief().challenge.criteria[2],))
        ),
    )
    assert made.outcome is DraftOutcome.CANNOT or ASKED not in [point.text for point in made.points]
    assert "said or dismissed before" in made.reason
