"""Rules that import-linter cannot see: what is loaded when a program runs, and what may not stand in which folder."""

from __future__ import annotations

import ast
import json
import re
import statistics
import subprocess
import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
HEAVY = {"torch", "sentence_transformers", "transformers", "chromadb", "openai", "celery", "sklearn", "scipy"}


def sources(*folders: str) -> list[Path]:
    found = [file for folder in folders for file in sorted((ROOT / folder).rglob("*.py"))]
    return [file for file in found if "versions" not in file.parts]


@cache
def parsed(file: Path) -> ast.Module:
    return ast.parse(file.read_text("utf-8"))


@cache
def nodes(file: Path) -> tuple[ast.AST, ...]:
    return tuple(ast.walk(parsed(file)))


def named(file: Path) -> str:
    return str(file.relative_to(ROOT))


def loaded_after(statement: str) -> set[str]:
    code = (
        f"{statement}\nimport sys, json; print(json.dumps(sorted({{name.partition('.')[0] for name in sys.modules}})))"
    )
    result = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    return set(json.loads(result.stdout))


def test_the_web_loads_no_model_and_no_queue() -> None:
    assert not loaded_after("import service.web.app") & HEAVY


def test_a_web_process_with_workers_elsewhere_loads_no_model() -> None:
    settings = (
        "dispatch='celery', broker_url='redis://127.0.0.1:1/0', chroma_url='http://127.0.0.1:1', "
        "database_url='postgresql+psycopg://nobody@127.0.0.1:1/none'"
    )
    loaded = loaded_after(
        f"from service.main import create; from service.settings import load; create(load({settings}))"
    )
    assert not loaded & (HEAVY - {"celery"})


def test_a_web_process_that_keeps_a_worker_loads_no_model_no_index_and_no_queue(tmp_path: Path) -> None:
    loaded = loaded_after(
        "from service.main import create; from service.settings import load; "
        f"create(load(data={str(tmp_path)!r}, database_url='sqlite:///{tmp_path}/one.db'))"
    )
    assert not loaded & HEAVY


def test_a_command_loads_no_model_no_index_and_no_queue_before_it_needs_them() -> None:
    assert not loaded_after("import service.cli") & HEAVY


def functions(file: Path) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    return (node for node in nodes(file) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef))


def lines_of(node: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    return (node.end_lineno or node.lineno) - node.lineno + 1


def test_no_function_grows_beyond_60_lines_and_no_file_beyond_400() -> None:
    files = sources("service", "pipelines", "benchmarks", "tests")
    long_files = {named(file): n for file in files if (n := len(file.read_text("utf-8").splitlines())) > 400}
    long_functions = {
        f"{named(file)}:{node.lineno} {node.name}": lines_of(node)
        for file in files
        for node in functions(file)
        if lines_of(node) > 60
    }
    assert not long_files
    assert not long_functions


def test_most_functions_are_short() -> None:
    files = sources("service", "pipelines")
    sizes = [lines_of(node) for file in files for node in functions(file)]
    assert statistics.median(sizes) <= 10
    assert sorted(sizes)[int(len(sizes) * 0.9)] <= 30


OF_INTEGRATIONS = [
    *(ROOT / "service/integrations/webhooks" / name for name in ("api.py", "pages.py", "schemas.py")),
    *(ROOT / "service/integrations/oidc" / name for name in ("entrance.py", "settings.py")),
]


def test_the_web_neither_queries_nor_commits_nor_catches() -> None:
    """A route parses, calls one action and renders; transactions are the edge's, and errors have one place."""
    found = []
    for file in [*sources("service/web"), *OF_INTEGRATIONS]:
        for node in nodes(file):
            catches = isinstance(node, ast.Try | ast.TryStar)
            queries = isinstance(node, ast.Name) and node.id == "select"
            commits = isinstance(node, ast.Attribute) and node.attr in ("commit", "rollback", "execute", "scalars")
            if catches or queries or commits:
                found.append(f"{named(file)}:{getattr(node, 'lineno', 0)}")
    assert not found


@pytest.mark.parametrize(
    "folder", ["service/domain", "service/actions", "service/store", "service/integrations", "pipelines"]
)
def test_nothing_below_the_edge_looks_at_a_clock(folder: str) -> None:
    """`now` is a parameter, so that every rule about time can be tested at any time.

    A request's own time-out is measured where it runs: `time.monotonic` is not a time of day.
    """
    allowed = {"service/domain/ids.py"}  # ids sort by the time they were made
    found = [
        f"{named(file)}:{node.lineno}"
        for file in sources(folder)
        if named(file) not in allowed and "adapters" not in file.parts
        for node in nodes(file)
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and node.func.attr in ("now", "utcnow", "today")
        and isinstance(node.func.value, ast.Name)
        and node.func.value.id in ("datetime", "date")
    ]
    assert not found


def test_only_the_settings_read_the_environment() -> None:
    found = [
        f"{named(file)}:{node.lineno}"
        for file in sources("service", "pipelines")
        if named(file) != "service/settings.py"
        for node in nodes(file)
        if isinstance(node, ast.Attribute)
        and node.attr in ("environ", "getenv")
        and isinstance(node.value, ast.Name)
        and node.value.id == "os"
    ]
    assert not found


def test_only_the_wiring_imports_adapters() -> None:
    found = [
        f"{named(file)}:{node.lineno}"
        for file in sources("service")
        if named(file) != "service/wiring.py"
        for node in nodes(file)
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("pipelines.adapters")
    ]
    assert not found


DECIDES_ON_SHOWING = {"may_see_peers", "peers_may", "shown_as"}
"""What consent and policy are turned into an answer with."""
DECIDING_ON_SHOWING = {
    "service/actions/drafts/make.py": "the scope of a draft",
    "service/domain/galleries.py": "the rules of a gallery, which visibility/in_galleries asks",
    "service/domain/visibility.py": "the rules",
    "service/store/library.py": "reads under a scope",
    "service/store/visible.py": "the conditions",
}


def test_to_whom_a_peers_work_is_shown_is_decided_in_one_room() -> None:
    used = {
        named(file)
        for file in sources("service")
        for node in nodes(file)
        if (isinstance(node, ast.Name) and node.id in DECIDES_ON_SHOWING)
        or (isinstance(node, ast.Attribute) and node.attr in DECIDES_ON_SHOWING)
        or (isinstance(node, ast.FunctionDef) and node.name in DECIDES_ON_SHOWING)
    }
    room = {where for where in used if where.startswith("service/actions/visibility/")}
    assert len(room) > 2
    assert used - room == set(DECIDING_ON_SHOWING)


SAID_ONCE = {
    "withdrawn_at": "service.store.visible.withdrawn",
    "removed_at": "service.store.visible.removed",
    "AI.NONE": "service.store.visible.barred or no_machine; of values, service.domain.visibility.no_machine",
}
"""Conditions on withdrawal, removal and what machines may read, and what says them for all."""


@pytest.mark.parametrize(("what", "once"), SAID_ONCE.items())
def test_consent_and_withdrawal_are_conditions_in_one_place(what: str, once: str) -> None:
    found = {named(file) for file in sources("service") for node in nodes(file) if what in _asked(node)}
    assert found, "the place itself is not seen"
    assert found <= {"service/store/visible.py", "service/domain/visibility.py"}, once


def _asked(node: ast.AST) -> set[str]:
    """`withdrawn_at` of `x.withdrawn_at.is_(…)`, and `AI.NONE` of a comparison with it, or with several of which it is
    one."""
    match node:
        case ast.Call(func=ast.Attribute(value=ast.Attribute(attr=column), attr="is_" | "is_not")):
            return {column}
        case ast.Compare(left=left, comparators=others):
            sides = (one for side in (left, *others) for one in ast.walk(side))
            return {ast.unparse(one) for one in sides if isinstance(one, ast.Attribute)}
    return set()


def test_every_file_says_what_it_is() -> None:
    missing = [
        named(file)
        for file in sources("service", "pipelines", "benchmarks")
        if file.read_text("utf-8").strip() and ast.get_docstring(parsed(file)) is None
    ]
    assert not missing


def test_no_type_is_told_away() -> None:
    everything = sources("service", "pipelines", "prompts", "benchmarks")
    assert [named(file) for file in everything if re.search(r"#\s*type:\s*ignore", file.read_text("utf-8"))] == []


def test_no_row_is_held_so_that_rows_which_refer_to_it_have_to_wait() -> None:
    """FOR UPDATE on an organization has every hand-in wait; `key_share=True` changes it one at a time all the same."""
    held = [
        (named(file), node)
        for file in sources("service")
        if "with_for_update" in file.read_text("utf-8")
        for node in nodes(file)
        if isinstance(node, ast.Call) and "with_for_update" in ast.unparse(node)
    ]
    plain = {
        where
        for where, node in held
        for how in _holding(node)
        if "key_share" not in how and where != "service/store/holding.py"
    }
    assert len({where for where, _ in held}) > 10
    assert not plain


def _holding(call: ast.Call) -> list[str]:
    """How this call holds rows, as it stands there."""
    if isinstance(call.func, ast.Attribute) and call.func.attr == "with_for_update":
        return [", ".join(ast.unparse(one) for one in call.keywords)]
    return [ast.unparse(one.value) for one in call.keywords if one.arg == "with_for_update"]
