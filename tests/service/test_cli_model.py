"""The commands about models: prompts, spending and the probe, run as a person runs them."""

from __future__ import annotations

import shutil

import pytest

from tests.service.test_cli import ROOT, Peerloom, peerloom
from tests.stubs import openai_wire as wire_of
from tests.stubs.openai_wire import OpenAIWire, openai_wire

__all__ = ["openai_wire", "peerloom"]  # fixtures


@pytest.fixture
def elsewhere(peerloom: Peerloom) -> Peerloom:
    """The same with a copy of the prompts, which a test may add to."""
    copy = peerloom.folder / "code"
    shutil.copytree(ROOT / "prompts", copy / "prompts", ignore=shutil.ignore_patterns("__pycache__"))
    text = (copy / "prompts" / "feedback" / "2.md").read_text("utf-8")
    new = text.replace("1. At most three points", "1. At most two points")
    (copy / "prompts" / "feedback" / "3.md").write_text(new, "utf-8")
    peerloom.prompts_of = copy
    return peerloom


def test_a_new_version_is_listed_compared_tried_and_released(elsewhere: Peerloom) -> None:
    listed = elsewhere.run("prompts", "list")
    assert "feedback/2  in use" in listed
    assert "feedback/3.md is not in LOCK.toml" in listed
    diff = elsewhere.run("prompts", "diff", "feedback", "2", "3")
    assert "-1. At most three points" in diff
    assert "+1. At most two points" in diff
    tried = elsewhere.run("prompts", "test", "feedback")
    assert "feedback/3 against feedback/2, 3 cases" in tried
    assert tried.count("+1. At most two points") == 3
    assert "No model was asked" in tried
    assert "feedback/3 is released and in use" in elsewhere.run("prompts", "lock")
    assert "There is no new version" in elsewhere.run("prompts", "lock")


def test_a_released_version_that_was_changed_is_told_and_cannot_be_locked(elsewhere: Peerloom) -> None:
    file = elsewhere.folder / "code" / "prompts" / "feedback" / "2.md"
    file.write_text(file.read_text("utf-8").replace("three", "four"), "utf-8")
    assert "put the old text back" in elsewhere.run("prompts", "list")
    assert "changed after its release" in elsewhere.run("prompts", "lock", code=1)
    assert "never changes" in elsewhere.run("prompts", "test", "feedback", code=1)


def test_with_a_model_what_it_drafts_is_compared_too(peerloom: Peerloom, openai_wire: OpenAIWire) -> None:
    openai_wire.script = [wire_of.refusal()]
    model = {"PEERLOOM_MODEL": "stub-model", "OPENAI_BASE_URL": openai_wire.base_url, "OPENAI_API_KEY": "sk-nobodys"}
    said = peerloom.run("prompts", "test", "feedback", **model)
    assert "Drafted by stub-model" in said
    assert said.count("11 + 7") == len(openai_wire.received) == 3
    peerloom.run("prompts", "test", "feedback", "--no-ask", **model)
    assert len(openai_wire.received) == 3


def test_a_prompt_that_is_not_there_is_told_with_those_there_are(peerloom: Peerloom) -> None:
    assert "There are: brief, critique, feedback" in peerloom.run("prompts", "test", "welcome", code=1)


def test_a_daily_limit_is_set_and_shown(peerloom: Peerloom) -> None:
    peerloom.run("import", str(peerloom.folder / "bundle.ndjson"), "--no-wait")
    assert "Quillmere Schools: no limit" in peerloom.run("spending")
    assert "1.5000 a day" in peerloom.run("spending", "--limit", "1.5")
    assert "1.5000 a day" in peerloom.run("spending")
    assert "no limit" in peerloom.run("spending", "--limit", "0")


def test_the_doctor_finds_out_a_server_that_cuts_long_prompts(peerloom: Peerloom, openai_wire: OpenAIWire) -> None:
    openai_wire.script = wire_of.fitting
    said = peerloom.run(
        "doctor",
        "--only",
        "model",
        "--model",
        code=1,
        PEERLOOM_MODEL="stub-model",
        OPENAI_BASE_URL=openai_wire.base_url,
    )
    assert "cut long prompts" in said
    assert "OPENAI_API_KEY" not in said
