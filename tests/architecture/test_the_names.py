"""A public class has a name of its own, so that it can be found by it, and read in a client made from the API."""

from __future__ import annotations

import ast
from collections import defaultdict
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

from service.store.session import Sessions, make_engine
from service.web.app import create_app
from service.web.services import Services
from tests.connected import CONNECTED

ROOT = Path(__file__).parents[2]


FILES = [
    file
    for folder in ("service", "pipelines")
    for file in sorted((ROOT / folder).rglob("*.py"))
    if "versions" not in file.parts
]


def _own(node: ast.stmt) -> Iterator[str]:
    """Public classes that a statement of a module makes, and names that it gives to types."""
    match node:
        case ast.ClassDef(name=name):
            yield name
        case ast.Assign(targets=[ast.Name(id=name)]) | ast.AnnAssign(target=ast.Name(id=name)):
            if name[0].isupper() and not name.isupper():
                yield name


def test_no_public_class_or_type_is_called_as_another() -> None:
    found: dict[str, list[str]] = defaultdict(list)
    for file in FILES:
        for name in (name for node in ast.parse(file.read_text("utf-8")).body for name in _own(node)):
            if not name.startswith("_"):
                found[name].append(str(file.relative_to(ROOT)))
    assert len(found) > 1000
    assert {name: files for name, files in found.items() if len(files) > 1} == {}


def _aliases() -> Iterator[tuple[str, str]]:
    """What is imported under another name than its own, and under which."""
    for file in FILES:
        for node in ast.walk(ast.parse(file.read_text("utf-8"))):
            if isinstance(node, ast.Import | ast.ImportFrom):
                where = f"{node.module}." if isinstance(node, ast.ImportFrom) else ""
                yield from (
                    (f"{where}{one.name}", one.asname) for one in node.names if one.asname not in (None, one.name)
                )


def test_another_name_for_what_is_imported_is_everywhere_the_same_and_of_nothing_else() -> None:
    names, things = defaultdict(set), defaultdict(set)
    for thing, name in _aliases():
        names[thing].add(name)
        things[name].add(thing)
    assert len(names) > 50
    assert {thing: found for thing, found in names.items() if len(found) > 1} == {}
    assert {name: found for name, found in things.items() if len(found) > 1} == {}


def test_a_client_made_from_the_api_has_names_that_say_what_they_are() -> None:
    """Of two that are called the same, the document gives the modules; one that differs both ways it calls `-Input`."""
    sessions = Sessions(make_engine("sqlite:///unused.db"))  # never opened: only the document is asked for
    services = Services(sessions, lambda: None, lambda: datetime.now(UTC), dict, integrations=CONNECTED)
    document = create_app(services).openapi()
    names = set(document["components"]["schemas"])
    assert [name for name in names if "__" in name or "-" in name] == []
