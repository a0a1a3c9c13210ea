"""What the documentation says of the code is what the code says."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from service.cli.reference import PAGES, page

ROOT = Path(__file__).parents[2]
DOCS = [*sorted(ROOT.glob("*.md")), *sorted((ROOT / "docs").rglob("*.md"))]


@pytest.mark.parametrize("name", PAGES)
def test_a_reference_page_is_as_the_code_would_make_it(name: str) -> None:
    assert (ROOT / "docs" / "reference" / name).read_text("utf-8") == page(name), "Run `make docs`."


@pytest.mark.parametrize("file", DOCS, ids=lambda file: str(file.relative_to(ROOT)))
def test_every_link_between_pages_leads_somewhere(file: Path) -> None:
    links = re.findall(r"\]\((?!https?:|#)([^)#]+)", file.read_text("utf-8"))
    assert [link for link in links if not (file.parent / link).exists()] == []


@pytest.mark.parametrize("file", DOCS, ids=lambda file: str(file.relative_to(ROOT)))
def test_every_make_target_and_command_that_is_named_exists(file: Path) -> None:
    text = file.read_text("utf-8")
    targets = set(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text("utf-8"), re.MULTILINE))
    assert set(re.findall(r"\bmake ([a-z]+)\b(?=[`\s]*(?:#|$|`|O))", text, re.MULTILINE)) <= targets
    commands = set(re.findall(r"## `peerloom ([a-z-]+)", page("commands.md")))
    assert set(re.findall(r"(?:^|`)(?:\.venv/bin/)?peerloom ([a-z][a-z-]+)", text, re.MULTILINE)) <= commands
