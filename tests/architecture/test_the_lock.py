"""constraints.txt, which every installation is made with, goes with pyproject.toml, which says what may be chosen."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from packaging.version import Version

ROOT = Path(__file__).parents[2]
PIN = re.compile(r"([a-z0-9]+(?:-[a-z0-9]+)*)==(\S+)")


def wanted() -> list[Requirement]:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    lines = [*project["dependencies"], *(line for extra in project["optional-dependencies"].values() for line in extra)]
    return [Requirement(line) for line in lines]


def lines() -> list[str]:
    return [line for line in (ROOT / "constraints.txt").read_text("utf-8").splitlines() if not line.startswith("#")]


def pins() -> dict[str, Version]:
    found = [PIN.fullmatch(line) for line in lines()]
    return {one[1]: Version(one[2]) for one in found if one}


@pytest.mark.parametrize("requirement", wanted(), ids=lambda one: one.name)
def test_what_the_project_needs_is_in_the_lock_at_a_version_that_it_allows(requirement: Requirement) -> None:
    pinned = pins().get(canonicalize_name(requirement.name))
    assert pinned is not None, "Run `make lock`."
    assert pinned in requirement.specifier, f"{pinned} is not {requirement.specifier}. Run `make lock`."


def test_a_line_of_the_lock_is_a_name_and_a_version_that_any_machine_has() -> None:
    """No address, no folder, no build for one kind of processor (`+cpu`); each package once, by name."""
    assert [line for line in lines() if not PIN.fullmatch(line)] == []
    assert [name for name, version in pins().items() if version.local] == []
    assert list(pins()) == sorted({line.partition("==")[0] for line in lines()})
    assert len(lines()) == len(pins())


@pytest.mark.parametrize("file", ["Makefile", "Dockerfile"])
def test_nothing_is_installed_without_the_lock(file: str) -> None:
    commands = re.sub(r"\\\n\s*", " ", (ROOT / file).read_text("utf-8"))
    installs = [
        line for line in re.findall(r"^(?:RUN |\t).*\bpip install (.*)", commands, re.M) if "--dry-run" not in line
    ]
    assert installs
    assert [line for line in installs if "constraints.txt" not in line and "torch==" not in line] == []
