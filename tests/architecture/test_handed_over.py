"""What people look for in a repository is there, and the forms that the forge reads can be read."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).parents[2]
FORMS = sorted((ROOT / ".github" / "ISSUE_TEMPLATE").glob("*.yml"))


def test_the_first_version_of_the_changelog_is_the_packages_and_the_licence_is_what_it_says() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    changes = (ROOT / "CHANGELOG.md").read_text("utf-8")
    assert f"\n## [{project['version']}]" in changes
    assert (ROOT / "LICENSE").read_text("utf-8").startswith(f"{project['license']} License\n")


@pytest.mark.parametrize("form", [one for one in FORMS if one.stem != "config"], ids=lambda one: one.stem)
def test_an_issue_form_has_what_the_forge_needs_to_show_it(form: Path) -> None:
    read = yaml.safe_load(form.read_text("utf-8"))
    assert {"name", "description", "body"} <= set(read)
    asked = [one for one in read["body"] if one["type"] != "markdown"]
    assert asked
    assert all(one["attributes"]["label"] for one in asked)
    assert len({one["id"] for one in asked}) == len(asked)


def test_a_commit_is_checked_with_the_tools_that_everything_is_checked_with() -> None:
    hooks = yaml.safe_load((ROOT / ".pre-commit-config.yaml").read_text("utf-8"))["repos"][0]["hooks"]
    tools = {one["entry"].split()[0] for one in hooks}
    gate = (ROOT / ".ci" / "run").read_text("utf-8")
    assert tools == {".venv/bin/ruff", ".venv/bin/mypy", ".venv/bin/lint-imports"}
    assert [tool for tool in tools if tool not in gate] == []
