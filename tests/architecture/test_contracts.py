"""The import contracts hold, and each of them is known to work: a planted violation breaks the one meant for it."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tomllib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PACKAGES = ("service", "pipelines", "prompts", "benchmarks")
Lint = Callable[[], tuple[int, str]]


def test_every_contract_holds() -> None:
    command = [str(Path(sys.executable).with_name("lint-imports")), "--no-cache", "--no-logo"]
    result = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert result.returncode == 0, result.stdout + result.stderr


@dataclass(frozen=True)
class Violation:
    """A line that must not be, the module it is put into (made if it is not there), and the contract it breaks."""

    module: str
    line: str
    contract: str


VIOLATIONS = (
    Violation(
        "pipelines/texts/passages.py",
        "import service.domain.ids",
        "Three floors: service, then pipelines, then prompts",
    ),
    Violation("prompts/__init__.py", "import pipelines.values", "Three floors: service, then pipelines, then prompts"),
    Violation("service/actions/work/submit.py", "import service.web.errors", "Inside service"),
    Violation("service/store/find.py", "import service.actions.work.submit", "Inside service"),
    Violation("service/jobs/relay.py", "import service.web.errors", "Inside service"),
    Violation("service/nowhere.py", "x = 1", "Inside service"),
    Violation("service/actions/drafts/make.py", "import service.actions.queue.waiting", "Rooms of the actions"),
    Violation("service/actions/galleries/make.py", "import service.actions.work.submit", "Rooms of the actions"),
    Violation("service/actions/learners/home.py", "import service.actions.desk.draft", "Rooms of the actions"),
    Violation("service/actions/nowhere.py", "x = 1", "Rooms of the actions"),
    Violation("service/web/api/galleries.py", "import service.web.pages.galleries.desk", "Inside the web"),
    Violation("service/web/schemas/drafts.py", "import service.web.api.drafts", "Inside the web"),
    Violation("service/web/nowhere.py", "x = 1", "Inside the web"),
    Violation("service/web/pages/goals/progress.py", "import service.web.pages.desk.draft", "Rooms of the pages"),
    Violation("service/web/pages/nowhere.py", "x = 1", "Rooms of the pages"),
    Violation("pipelines/retrieval.py", "import pipelines.assessment", "Inside pipelines"),
    Violation("pipelines/nowhere.py", "x = 1", "Inside pipelines"),
    Violation("service/domain/ids.py", "import sqlalchemy", "Rules are pure"),
    Violation("pipelines/retrieval.py", "import sqlalchemy", "The pipeline knows no database, web or queue"),
    Violation("pipelines/feedback.py", "import pipelines.evaluation", "Inside pipelines"),
    Violation("service/cli/evaluate.py", "import benchmarks.setting", "What ships needs no benchmark"),
    Violation("service/jobs/relay.py", "import pipelines.evaluation.measures", "Only measuring needs what measures"),
    Violation("service/web/errors.py", "import torch", "The web loads no model and no queue"),
    Violation("service/web/errors.py", "import pipelines.assessment", "The web loads no model and no queue"),
    Violation("service/actions/work/submit.py", "import service.settings", "Only the edge reads configuration"),
    Violation(
        "service/wiring.py",
        "import service.integrations.webhooks.rules",
        "Only the registry knows integrations",
    ),
    Violation(
        "service/integrations/oidc/claims.py",
        "import service.integrations.webhooks.rules",
        "Integrations do not know one another",
    ),
    Violation("service/jobs/relay.py", "import service.integrations", "Inside service"),
    Violation("pipelines/adapters/hashing.py", "import pipelines.adapters.exact", "Adapters do not know one another"),
)


AGAIN_AND_AGAIN = """
import contextlib, io, json, sys
from importlinter.cli import lint_imports
for _ in sys.stdin:
    with contextlib.redirect_stdout(io.StringIO()) as said:
        code = lint_imports(no_cache=True, no_logo=True)
    print(json.dumps([code, said.getvalue()]), flush=True)
"""
"""What the command does, once a line: starting it anew takes longer than linting."""


@pytest.fixture(scope="module")
def copy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("planted")
    for package in PACKAGES:
        shutil.copytree(ROOT / package, folder / package, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / "pyproject.toml", folder)
    return folder


@pytest.fixture(scope="module")
def lint(copy: Path) -> Iterator[Lint]:
    """What linting the copy as it is now ends with, and says."""
    command = [sys.executable, "-c", AGAIN_AND_AGAIN]
    clean = {**os.environ, "PYTHONPATH": str(copy)}
    with subprocess.Popen(
        command, cwd=copy, env=clean, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as linter:
        assert linter.stdin is not None
        assert linter.stdout is not None
        there, back = linter.stdin, linter.stdout

        def once() -> tuple[int, str]:
            there.write("\n")
            there.flush()
            code, said = json.loads(back.readline())
            return code, said

        yield once


def test_the_copy_that_violations_are_planted_in_keeps_every_contract(lint: Lint) -> None:
    code, said = lint()
    assert code == 0, said


@pytest.mark.parametrize("violation", VIOLATIONS, ids=lambda one: f"{one.module}: {one.line}")
def test_a_planted_violation_breaks_the_contract_meant_for_it(copy: Path, lint: Lint, violation: Violation) -> None:
    file = copy / violation.module
    before = file.read_text(encoding="utf-8") if file.exists() else None
    file.write_text(f"{before or ''}\n{violation.line}\n", encoding="utf-8")
    try:
        code, output = lint()
    finally:
        if before is None:
            file.unlink()
        else:
            file.write_text(before, encoding="utf-8")
    assert code != 0
    said = " ".join(output.split())
    new_module = "nowhere" in violation.module and "nowhere" in said  # a module put nowhere stops the whole check
    assert new_module or f"{violation.contract} BROKEN" in said, output


def test_every_contract_has_a_violation_that_breaks_it() -> None:
    contracts = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["importlinter"][
        "contracts"
    ]
    assert {contract["name"] for contract in contracts} == {violation.contract for violation in VIOLATIONS}
