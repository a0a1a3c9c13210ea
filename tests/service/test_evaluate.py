"""`peerloom evaluate`, run as a person runs it, on the cases of our own and an embedder that starts at once."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from service.cli.evaluate import in_force, settings_of
from service.domain.errors import Invalid
from service.settings import EmbedderKind, Settings
from tests import commands
from tests.stubs import openai_wire as wire_of
from tests.stubs.openai_wire import OpenAIWire, openai_wire

__all__ = ["openai_wire"]  # a fixture

ROOT = Path(__file__).parents[2]
CASES = ROOT / "tests" / "regression"


def evaluate(folder: Path, *arguments: str, code: int = 0) -> tuple[str, str]:
    """What it says on standard output and on standard error."""
    clean = {name: value for name, value in os.environ.items() if not name.startswith(("PEERLOOM_", "OPENAI_"))}
    environment = {**clean, "PEERLOOM_DATA": str(folder / "data"), "PEERLOOM_EMBEDDER": "hashing"}
    result = commands.said(folder, ["evaluate", *arguments], environment)
    assert result.returncode == code, result.stdout + result.stderr
    assert "Traceback" not in result.stderr
    return result.stdout, result.stderr


def test_two_configurations_are_compared_on_the_same_cases(tmp_path: Path) -> None:
    (tmp_path / "whole.toml").write_text('embedder = "hashing"\n', encoding="utf-8")
    (tmp_path / "short.toml").write_text(
        "[retrieval]\npassage_tokens = 40\n[assessment]\njudged = 5\n", encoding="utf-8"
    )
    said, progress = evaluate(
        tmp_path, "--answers", str(CASES / "answers"), "--context", str(CASES / "context"),
        "--config", str(tmp_path / "whole.toml"), "--config", str(tmp_path / "short.toml"),
        "--drafts", "6", "--resamples", "200", "--json", str(tmp_path / "out.json"),
    )  # fmt: skip
    for words in ("How answers are read (45 cases)", "What is drafted (6 cases)", "How documents are found (50 cases)"):
        assert words in said
    assert "whole is better" in said, "five reviews a challenge are too few"
    assert "▇" in said, "the curve is drawn"
    assert "Peerloom" not in progress
    report = json.loads((tmp_path / "out.json").read_text("utf-8"))
    assert [one["name"] for one in report["configurations"]] == ["whole", "short"]
    verdicts = report["answers"]["verdicts"]
    assert {len(cases) for cases in verdicts["cases"].values()} == {45}
    assert verdicts["curve"]["whole"][-1][0] == 1.0
    answered = next(one for one in verdicts["measures"] if one["name"] == "answered")
    assert answered["each"]["short"]["value"] == 0.0
    assert answered["difference"]["high"] < 0
    assert report["context"]["single"] == [{"foreign": 0}, {"foreign": 0}]
    assert not (tmp_path / "data" / "peerloom.db").exists(), "it reads no database"


def test_without_a_configuration_the_settings_in_force_are_measured(tmp_path: Path) -> None:
    said, _ = evaluate(tmp_path, "--context", str(CASES / "context"), "--resamples", "100")
    assert "now" in said
    assert "difference" not in said


def test_two_files_of_one_name_are_told_apart(tmp_path: Path) -> None:
    for folder in ("one", "two"):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "same.toml").write_text('embedder = "hashing"\n', encoding="utf-8")
    files = [part for folder in ("one", "two") for part in ("--config", str(tmp_path / folder / "same.toml"))]
    said, _ = evaluate(tmp_path, "--context", str(CASES / "context"), "--resamples", "100", *files)
    assert "same 2" in said


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        ([], 2, "Give --answers, --context or --works"),
        (["--answers", str(CASES)], 1, "holds no challenges.jsonl"),
        (["--context", str(CASES / "answers")], 1, "no folder with a questions.jsonl"),
        (["--context", str(CASES / "context"), "--config", "{bad}"], 1, "Did you mean embedder"),
        (["--context", str(CASES / "context"), "--config", "{other}"], 1, "There is no embedder"),
        (["--context", str(CASES / "context"), *["--config", "{other}"] * 3], 2, "Two configurations"),
    ],
)
def test_what_cannot_be_measured_is_said_in_a_sentence(
    tmp_path: Path, arguments: list[str], code: int, said: str
) -> None:
    files = {"bad": 'embeder = "hashing"\n', "other": 'embedder = "crystal ball"\n'}
    for name, text in files.items():
        (tmp_path / name).write_text(text, encoding="utf-8")
    given = [one.format(**{name: tmp_path / name for name in files}) for one in arguments]
    _, wrong = evaluate(tmp_path, *given, code=code)
    assert said in " ".join(wrong.replace("│", " ").split())


def test_a_configuration_becomes_settings_and_settings_a_configuration() -> None:
    chosen = Settings(model="qwen", model_local=True, openai_base_url="http://127.0.0.1:8080/v1")
    now = in_force(chosen)
    assert (now.model.name, now.model.base_url, now.model.local) == ("qwen", "http://127.0.0.1:8080/v1", True)
    again = settings_of(now, Settings())
    assert (again.model, again.model_local, again.embedder) == ("qwen", True, EmbedderKind.SENTENCE_TRANSFORMER)


def test_an_embedder_that_there_is_not_is_refused() -> None:
    from dataclasses import replace

    with pytest.raises(Invalid, match="Choose sentence-transformer or hashing"):
        settings_of(replace(in_force(Settings()), embedder="crystal ball"), Settings())


def test_two_prompt_versions_are_compared_on_works_with_their_cost_tokens_and_seconds(
    tmp_path: Path, openai_wire: OpenAIWire
) -> None:
    openai_wire.script = [
        wire_of.reply({"points": [], "abstain": True, "reason": "Too little to go on.", "summary": ""})
    ]
    files: list[str] = []
    for version in (1, 2):
        file = tmp_path / f"v{version}.toml"
        model = f'[model]\nname = "stub-model"\nbase_url = "{openai_wire.base_url}"\nlocal = true\nprice_prompt = 2.0\n'
        file.write_text(f'embedder = "hashing"\n{model}[prompt]\nversion = {version}\n', encoding="utf-8")
        files += ["--config", str(file)]
    report = tmp_path / "report.json"
    works = ["--works", str(CASES / "drafts"), "--drafts", "2", "--resamples", "100", "--json", str(report)]
    said, _ = evaluate(tmp_path, *works, *files)
    assert "What is drafted on works with known standings (2 cases)" in said
    found = json.loads(report.read_text("utf-8"))["works"]
    assert [one["calls"] for one in found["single"]] == [2, 2]
    assert [one["cost"] for one in found["single"]] == [2 * 11 * 2 / 1e6] * 2
    measured = {one["name"]: one["each"]["v2"]["value"] for one in found["works"]["measures"]}
    assert (measured["tokens"], measured["calls"]) == (18, 1)
    assert measured["seconds"] > 0
