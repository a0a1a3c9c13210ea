"""The cases that ship with a prompt can be read, rendered and tried, and their renders are the golden ones."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from pipelines import prompts
from pipelines.adapters.extractive import ExtractiveModel
from pipelines.drafting.cases import Case, cases, render, try_out
from pipelines.texts.names import names_in
from pipelines.values import DraftOutcome
from pipelines.verification import verify
from tests.pipelines.worked_example import Scripted

GOLDEN = Path(__file__).parent / "golden"
SHIPPED = cases("feedback")

WATER = {
    "summary": "Who plants is clear; who waters in the holidays is open.",
    "points": [
        {
            "kind": "question",
            "criterion": "k2",
            "quote": "In the holidays somebody will water",
            "text": "Who waters in the second week of April, and who steps in if that person is away?",
            "sources": ["k2", "E1"],
        }
    ],
    "abstain": False,
    "reason": "",
}


def case(name: str) -> Case:
    return next(one for one in SHIPPED if one.name == name)


@pytest.mark.parametrize("one", SHIPPED, ids=lambda one: one.name)
@pytest.mark.parametrize("version", [1, 2])
def test_the_render_of_a_shipped_case_is_the_golden_one(one: Case, version: int) -> None:
    golden = GOLDEN / f"case-{one.name}-{version}.txt"
    assert render(one, version) == golden.read_text(encoding="utf-8").rstrip("\n")


@pytest.mark.parametrize("one", SHIPPED, ids=lambda one: one.name)
def test_no_name_of_a_person_is_in_a_render(one: Case) -> None:
    assert names_in(render(one), one.brief.names, one.brief.text, one.brief.language) == []


def test_cases_come_in_two_languages_and_one_gives_the_model_orders() -> None:
    assert {one.brief.language for one in SHIPPED} == {"en", "de"}
    assert "ignore all rules" in case("orders").brief.text


def test_a_case_is_drafted_as_any_submission_is() -> None:
    made = try_out(case("garden"), 1, Scripted(WATER), ExtractiveModel(), verify)
    assert made.outcome is DraftOutcome.DRAFTED
    assert [point.quote for point in made.points] == ["In the holidays somebody will water"]
    assert made.usage.calls == 1


def test_a_version_that_is_not_released_can_be_rendered_and_one_that_was_changed_cannot(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "feedback").mkdir()
    released = Path(prompts.__file__).parents[1] / "prompts"
    text = (released / "feedback" / "1.md").read_text("utf-8")
    (tmp_path / "feedback" / "1.md").write_text(text, "utf-8")
    (tmp_path / "LOCK.toml").write_text((released / "LOCK.toml").read_text("utf-8"), "utf-8")
    (tmp_path / "feedback" / "9.md").write_text(text.replace("At most three points", "At most two points"), "utf-8")
    assert prompts.versions("feedback", root=tmp_path) == {1: True, 2: False, 9: False}
    assert "At most two points" in prompts.load("feedback", 9, root=tmp_path, unreleased=True).system
    with pytest.raises(prompts.PromptError, match="not in LOCK"):
        prompts.load("feedback", 9, root=tmp_path)
    (tmp_path / "feedback" / "1.md").write_text(text.replace("three", "four"), "utf-8")
    with pytest.raises(prompts.PromptError, match="never changes"):
        prompts.load("feedback", 1, root=tmp_path, unreleased=True)


def test_a_case_that_cannot_be_read_is_told_with_its_file_and_place(tmp_path: Path) -> None:
    folder = tmp_path / "feedback" / "cases"
    folder.mkdir(parents=True)
    (folder / "odd.json").write_text(json.dumps({"about": "a", "title": "t", "challenge": "c", "submision": "s"}))
    with pytest.raises(prompts.PromptError, match=r"odd\.json: submi"):
        cases("feedback", root=tmp_path)
    assert cases("nothing", root=tmp_path) == []
