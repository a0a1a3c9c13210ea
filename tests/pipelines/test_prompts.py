"""Prompts are released once, filled in strictly, and compared by people."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from pipelines import prompts

HEAD = '+++\npurpose = "Say hello"\ninputs = ["who"]\nschema_name = "s"\nschema = \'{"type": "object"}\'\n'
SMALL = (
    HEAD
    + "[budget]\ncharacters = 100\nreply_tokens = 10\n+++\n"
    + "--- system ---\nBe kind. {{schema}}\n--- user ---\nHi {{who}}\n"
)


@pytest.fixture
def shelf(tmp_path: Path) -> Path:
    (tmp_path / "hello").mkdir()
    (tmp_path / "hello" / "1.md").write_text(SMALL, encoding="utf-8")
    prompts.lock(root=tmp_path)
    return tmp_path


def variables(**changes: str) -> dict[str, str]:
    return {name: f"<{name}>" for name in prompts.load("feedback").inputs} | changes


def test_the_released_feedback_prompt_is_the_file_that_was_locked() -> None:
    prompt = prompts.load("feedback", 1)
    assert prompt.version == 1 <= prompts.current("feedback")
    assert len(prompt.sha) == 64


def test_the_reply_schema_keeps_to_what_every_server_understands() -> None:
    def types(node: object) -> set[str]:
        if isinstance(node, dict):
            own = {str(node["type"])} if isinstance(node.get("type"), str) else set()
            return own.union(*(types(value) for value in node.values()))
        return set()

    schema = prompts.load("feedback").schema
    assert types(schema) <= {"object", "array", "string", "number", "boolean"}
    assert not {"$ref", "anyOf", "oneOf", "pattern", "minItems", "maxItems"} & set(json.dumps(schema).split('"'))


def test_the_schema_stands_in_the_prompt_too() -> None:
    rendered = prompts.render(prompts.load("feedback"), **variables())
    assert '"abstain"' in rendered.system
    assert "{{" not in rendered.text.replace("{{who", "")


def test_the_system_part_is_the_same_for_every_submission() -> None:
    prompt = prompts.load("feedback")
    one = prompts.render(prompt, **variables(submission="a", marker="1"))
    other = prompts.render(prompt, **variables(submission="b", marker="2", context="c"))
    assert one.system == other.system


def test_the_learners_text_comes_after_everything_but_the_closing_request() -> None:
    user = prompts.render(prompts.load("feedback"), **variables()).user
    places = [
        user.index(f"<{name}>") for name in ("challenge", "criteria", "outcome", "context", "precedents", "submission")
    ]
    assert places == sorted(places)


def test_a_missing_variable_is_an_error_that_names_it() -> None:
    given = variables()
    del given["criteria"]
    with pytest.raises(prompts.PromptError, match="missing: criteria"):
        prompts.render(prompts.load("feedback"), **given)


def test_an_unknown_variable_is_an_error_that_names_it() -> None:
    with pytest.raises(prompts.PromptError, match="unknown: mood"):
        prompts.render(prompts.load("feedback"), **variables(mood="good"))


def test_what_is_filled_in_is_never_expanded_again(shelf: Path) -> None:
    rendered = prompts.render(prompts.load("hello", root=shelf), who="{{who}} {{schema}} $who {0}")
    assert rendered.user == "Hi {{who}} {{schema}} $who {0}"


def test_a_changed_released_prompt_is_refused_and_says_what_to_do(shelf: Path) -> None:
    (shelf / "hello" / "1.md").write_text(SMALL.replace("kind", "harsh"), encoding="utf-8")
    with pytest.raises(prompts.PromptError, match=r"never changes.*hello/2\.md"):
        prompts.load("hello", root=shelf)


def test_locking_refuses_a_changed_released_prompt_and_changes_nothing(shelf: Path) -> None:
    before = (shelf / "LOCK.toml").read_text(encoding="utf-8")
    (shelf / "hello" / "1.md").write_text(SMALL.replace("kind", "harsh"), encoding="utf-8")
    with pytest.raises(prompts.PromptError, match="add a new version"):
        prompts.lock(root=shelf)
    assert (shelf / "LOCK.toml").read_text(encoding="utf-8") == before


def test_locking_refuses_when_a_released_prompt_is_gone(shelf: Path) -> None:
    shutil.rmtree(shelf / "hello")
    with pytest.raises(prompts.PromptError, match="hello/1"):
        prompts.lock(root=shelf)


def test_a_new_version_becomes_current_once_it_is_locked(shelf: Path) -> None:
    (shelf / "hello" / "2.md").write_text(SMALL.replace("kind", "brief"), encoding="utf-8")
    assert prompts.load("hello", root=shelf).version == 1
    with pytest.raises(prompts.PromptError, match="not in LOCK"):
        prompts.load("hello", 2, root=shelf)
    assert prompts.lock(root=shelf) == ["hello/2"]
    assert prompts.load("hello", root=shelf).version == 2
    assert prompts.load("hello", 1, root=shelf).version == 1


def test_versions_beyond_nine_are_ordered_as_numbers(shelf: Path) -> None:
    for version in range(2, 11):
        (shelf / "hello" / f"{version}.md").write_text(SMALL.replace("kind", f"kind {version}"), encoding="utf-8")
    prompts.lock(root=shelf)
    assert prompts.current("hello", root=shelf) == 10


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ("--- user ---", "--- User ---", "laid out"),
        ("--- system ---", "--- system ---\n--- user ---", "laid out"),
        ("{{who}}", "nobody", "differ"),
        ("Be kind.", "Be {{how}}.", "differ"),
        ('purpose = "Say hello"\n', "", "must have exactly"),
    ],
)
def test_a_badly_laid_out_prompt_cannot_be_released(shelf: Path, old: str, new: str, says: str) -> None:
    (shelf / "hello" / "2.md").write_text(SMALL.replace(old, new), encoding="utf-8")
    with pytest.raises(prompts.PromptError, match=says):
        prompts.lock(root=shelf)


def test_an_unknown_prompt_is_refused_with_those_that_there_are(shelf: Path) -> None:
    with pytest.raises(prompts.PromptError, match="hello"):
        prompts.current("goodbye", root=shelf)


def test_a_diff_shows_only_what_two_versions_say_differently(shelf: Path) -> None:
    (shelf / "hello" / "2.md").write_text(SMALL.replace("Be kind.", "Be brief."), encoding="utf-8")
    prompts.lock(root=shelf)
    one, two = prompts.load("hello", 1, root=shelf), prompts.load("hello", 2, root=shelf)
    shown = prompts.diff(one, two)
    assert "-Be kind. {{schema}}" in shown
    assert "+Be brief. {{schema}}" in shown
    assert prompts.diff(one, one) == ""


def test_every_table_of_words_can_be_read() -> None:
    for path in (
        "words/languages",
        "words/blank",
        "words/tone",
        "words/orders",
        "words/names",
        "extractive/en",
        "extractive/de",
        "forms/en",
        "forms/de",
    ):
        assert prompts.words(path)
    with pytest.raises(prompts.PromptError, match="extractive/xx"):
        prompts.words("extractive/xx")


def test_english_and_german_have_the_same_parts_of_speech() -> None:
    english, german = prompts.words("extractive/en"), prompts.words("extractive/de")
    assert set(english) == set(german)
    for part, forms in english.items():
        if isinstance(forms, dict):
            assert set(forms) == set(german[part]), part
