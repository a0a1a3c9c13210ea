"""ARCHITECTURE.md is true: drawn from the contracts, and every file, function and test that it names is there."""

from __future__ import annotations

import ast
import re
import shutil
from pathlib import Path

import pytest

from service.cli.rooms import redrawn

ROOT = Path(__file__).parents[2]
TEXT = (ROOT / "ARCHITECTURE.md").read_text("utf-8")
STEPS = re.findall(r"`([\w/]+\.py)` `(\w+)`", TEXT)
PATHS = sorted(set(re.findall(r"`((?:service|pipelines|prompts|tests)/[\w./]*)`", TEXT)))


def test_what_is_drawn_is_as_the_contracts_would_draw_it() -> None:
    assert redrawn(ROOT, TEXT) == TEXT, "Run `make docs`."


def test_another_contract_is_another_drawing(tmp_path: Path) -> None:
    contracts = (ROOT / "pyproject.toml").read_text("utf-8")
    (tmp_path / "pyproject.toml").write_text(contracts.replace('  "queue",\n', '  "queue | weather",\n', 1), "utf-8")
    shutil.copytree(ROOT / "service" / "domain", tmp_path / "service" / "domain")
    drawn = redrawn(tmp_path, TEXT)
    assert '"queue · weather"' in drawn
    assert "| weather |  |  |" in drawn
    assert "| drafts | ■ |  |" in drawn, "there is a file of rules, and no other floor was copied"


def test_the_three_ways_are_there() -> None:
    assert TEXT.count("\n## The way of one ") == 3
    assert len(STEPS) > 40


@pytest.mark.parametrize(("file", "function"), sorted(set(STEPS)))
def test_a_step_of_a_way_is_a_function_of_its_file(file: str, function: str) -> None:
    module = ast.parse((ROOT / file).read_text("utf-8"))
    assert function in {node.name for node in ast.walk(module) if isinstance(node, ast.FunctionDef)}


@pytest.mark.parametrize("path", PATHS)
def test_a_path_that_is_named_is_there(path: str) -> None:
    assert (ROOT / path).exists()


def test_a_contract_that_is_named_is_one() -> None:
    named = re.findall(r'contract "([^"]+)"', TEXT)
    contracts = (ROOT / "pyproject.toml").read_text("utf-8")
    assert len(named) > 5
    assert [name for name in named if f'name = "{name}"' not in contracts] == []


def test_an_action_never_ends_its_callers_transaction() -> None:
    files = sorted((ROOT / "service" / "actions").rglob("*.py"))
    assert len(files) > 100
    ends = [
        f"{file.relative_to(ROOT)}:{node.lineno}"
        for file in files
        for node in ast.walk(ast.parse(file.read_text("utf-8")))
        if isinstance(node, ast.Attribute) and node.attr in ("commit", "rollback", "writing")
    ]
    assert ends == []
