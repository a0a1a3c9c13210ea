"""The reference pages of docs/, made from the code: `python -m service.cli.reference docs/reference`, or `make docs`.

A test makes them again and compares, so they cannot fall behind.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import typer
from pydantic import SecretStr
from pydantic_core import PydanticUndefined

from service.cli import app
from service.domain import drafts, galleries, introductions
from service.domain.access.keys import MEANS
from service.domain.events import EVENTS
from service.domain.lifecycle import Lifecycle
from service.domain.roles import CredentialReach
from service.integrations import plugged
from service.settings import Settings, variable
from service.store.sealing import Seal
from service.store.session import Sessions, make_engine
from service.web.app import create_app
from service.web.services import Services

LIVES: Mapping[str, tuple[str, str, Lifecycle[Any, Any, Any]]] = {
    "drafts.md": ("The life of a draft", "drafts", drafts.LIFE),
    "galleries.md": ("The life of a gallery", "galleries", galleries.LIFE),
    "introductions.md": ("The life of an introduction", "introductions", introductions.LIFE),
}
PAGES = ("settings.md", "commands.md", *LIVES, "events.md", "routes.md")


def page(name: str) -> str:
    """One page, in Markdown."""
    match name:
        case "settings.md":
            return _titled("Settings", "Environment variables, read once at the start.", _settings())
        case "commands.md":
            command = typer.main.get_command(app)
            return _titled("Commands", "What `peerloom --help` says.", _commands(command, "peerloom"))
        case life if life in LIVES:
            title, module, of = LIVES[life]
            return _titled(title, f"From `service/domain/{module}.py`.", _states(of))
        case "events.md":
            lead = "From `service/domain/events.py`: what `GET /v1/events` and webhooks tell, by ids and states only."
            return _titled("Events", lead, _events())
        case "routes.md":
            return _titled("Routes", "The whole of it, with schemas and examples: `/openapi.json`.", _routes())
        case other:
            raise ValueError(f"There is no page {other}.")


def _titled(title: str, lead: str, body: Iterator[str] | list[str]) -> str:
    return "\n".join([f"# {title}", "", f"{lead} Made by `make docs`.", "", *body]) + "\n"


def _settings() -> Iterator[str]:
    yield "| variable | default | what it does |"
    yield "|---|---|---|"
    for name, field in Settings.model_fields.items():
        yield f"| `{variable(name)}` | {_default(field.get_default())} | {field.description} |"


def _default(value: object) -> str:
    if isinstance(value, SecretStr):
        value = value.get_secret_value()
    return "" if value in ("", None, PydanticUndefined) else f"`{value}`"


def _commands(command: Any, path: str) -> Iterator[str]:
    for name, one in sorted(getattr(command, "commands", {}).items()):
        full = f"{path} {name}"
        if getattr(one, "commands", None):
            yield from _commands(one, full)
            continue
        yield f"## `{full}`"
        yield ""
        yield " ".join((one.help or "").split())
        yield ""
        options = [parameter for parameter in one.params if parameter.name != "help"]
        yield from (f"* {_option(parameter)}" for parameter in options)
        if options:
            yield ""


def _option(parameter: Any) -> str:
    name = " / ".join([*parameter.opts, *parameter.secondary_opts])
    said = " ".join((getattr(parameter, "help", "") or "").split())
    return f"`{name}`" + (f": {said}" if said else "")


def _states(life: Lifecycle[Any, Any, Any]) -> Iterator[str]:
    yield "| state | act | by | then |"
    yield "|---|---|---|---|"
    for state in type(life.first):
        for act, rule in dict.fromkeys((act, rule) for (at, act, _), rule in life.table.items() if at is state):
            by = ", ".join(sorted(one.value for one in rule.by))
            yield f"| {state.value} | {act.value} | {by} | {rule.to.value} |"
    yield ""
    yield f"{life.a} may rest for good in: {', '.join(sorted(state.value for state in life.ends))}."


def _events() -> Iterator[str]:
    yield "| event | told when | subject | facts beside it |"
    yield "|---|---|---|---|"
    for event, known in EVENTS.items():
        facts = ", ".join(f"`{one}`" for one in sorted(known.facts - {known.subject}))
        yield f"| `{event}` | {known.when} | `{known.subject}` | {facts or '–'} |"


def _routes() -> Iterator[str]:
    yield "| method | address | what it does | scope |"
    yield "|---|---|---|---|"
    sessions = Sessions(make_engine("sqlite:///unused.db"))  # never opened: only the document is asked for
    connected = plugged(lambda: Seal("unused"), "")
    web = create_app(Services(sessions, lambda: None, lambda: datetime.now(UTC), dict, integrations=connected))
    for address, methods in web.openapi()["paths"].items():
        for method, operation in methods.items():
            scopes = ", ".join(f"`{one}`" for entry in operation.get("security", []) for one in entry.get("key", []))
            yield f"| {method.upper()} | `{address}` | {operation['summary']} | {scopes or '–'} |"
    yield ""
    yield from (f"* `{scope}`: {means}" for scope, means in MEANS.items())
    yield ""
    yield f"A key acts as a {CredentialReach.PLATFORM.value}, a token as a {CredentialReach.PERSON.value}."


def main() -> None:
    """Write all pages into the folder given."""
    folder = Path(sys.argv[1])
    folder.mkdir(parents=True, exist_ok=True)
    for name in PAGES:
        (folder / name).write_text(page(name), "utf-8")


if __name__ == "__main__":
    main()
