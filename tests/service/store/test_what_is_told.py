"""Every event is told somewhere, and with the facts that its table declares."""

from __future__ import annotations

import ast
from datetime import UTC, datetime
from pathlib import Path

import pytest

from service.domain.events import Event, unknown_facts
from service.store import outbox
from service.store.session import Sessions

ROOT = Path(__file__).parents[3]
NOW = datetime(2031, 5, 1, tzinfo=UTC)


def test_every_event_is_told_by_somebody() -> None:
    """What merely reads events (people are told of them) does not count."""
    files = [file for folder in ("actions", "jobs", "store") for file in (ROOT / "service" / folder).rglob("*.py")]
    told = {
        node.attr
        for file in files
        if "notifications" not in file.parts
        for node in ast.walk(ast.parse(file.read_text("utf-8")))
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id == "Event"
    }
    assert {event.name for event in Event} - told == set()


@pytest.mark.parametrize("facts", [{"submission": "a"}, {"person": "a", "text": "Dear"}, {}])
def test_a_fact_that_was_not_declared_or_no_subject_is_not_told(
    sqlite_sessions: Sessions, facts: dict[str, str]
) -> None:
    with sqlite_sessions.writing() as session, pytest.raises(ValueError, match="facts that are not its own"):
        outbox.tell(session, "o", Event.CONSENT_CHANGED, now=NOW, **facts)


def test_facts_that_are_declared_pass() -> None:
    assert unknown_facts(Event.CONSENT_CHANGED, {"person"}) == []
    assert unknown_facts(Event.REMINDER_SENT, {"reminder", "submission"}) == []
