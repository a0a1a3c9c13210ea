"""A public class has a name of its own, so that it can be found by it, and read in a client made from the API."""

from __future__ import annotations

import ast
from collections import defaultdict
from datetime import UTC, datetime
from pathlib import Path

from service.store.session import Sessions, make_engine
from service.web.app import create_app
from service.web.services import Services
from tests.connected import CONNECTED

ROOT = Path(__file__).parents[2]


def test_no_public_class_is_called_as_another() -> None:
    found: dict[str, list[str]] = defaultdict(list)
    for file in (*(ROOT / "service").rglob("*.py"), *(ROOT / "pipelines").rglob("*.py")):
        for node in ast.parse(file.read_text("utf-8")).body:
            if isinstance(node, ast.ClassDef) and not node.name.startswith("_"):
                found[node.name].append(str(file.relative_to(ROOT)))
    assert {name: files for name, files in found.items() if len(files) > 1} == {}


def test_a_client_made_from_the_api_has_names_that_say_what_they_are() -> None:
    """Of two that are called the same, the document gives the modules; one that differs both ways it calls `-Input`."""
    sessions = Sessions(make_engine("sqlite:///unused.db"))  # never opened: only the document is asked for
    services = Services(sessions, lambda: None, lambda: datetime.now(UTC), dict, integrations=CONNECTED)
    document = create_app(services).openapi()
    names = set(document["components"]["schemas"])
    assert [name for name in names if "__" in name or "-" in name] == []
