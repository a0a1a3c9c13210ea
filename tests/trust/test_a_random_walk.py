"""Organizations that share a server and all ids, used at random by everybody at once: no word of one reaches another.

Every operation of the API and every page, taken from the application itself, with ids of one's own and of others, by
keys, tokens and sessions; jobs run in between, with a model on the loopback. In the suite it is a short walk; `make
trust` takes 100,000 steps over 20 organizations on each database. A failure names its seed: the same walk again.
"""

from __future__ import annotations

import os
import random
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import pytest
import structlog
from fastapi.routing import APIRoute
from sqlalchemy import select
from structlog.testing import capture_logs

from service import wiring
from service.jobs import handlers
from service.settings import load
from service.store import audit
from service.store.library import SqlLibrary
from service.store.session import Sessions
from service.store.tables import AuditEntry, OutgoingEvent
from service.web.openapi import operations
from tests.connected import PAGES
from tests.service.web.conftest import School, serve
from tests.service.web.test_tenants import BODIES
from tests.stubs.openai_wire import OpenAIWire, reply
from tests.trust.organizations import CANARY, Place, founded
from tests.trust.test_who_gets_in import form_of
from tests.trust.told import TOLD

__all__ = ["serve"]

STEPS = int(os.environ.get("PEERLOOM_TRUST_STEPS", "120"))
ORGANIZATIONS = int(os.environ.get("PEERLOOM_TRUST_ORGANIZATIONS", "3"))
SEED = int(os.environ.get("PEERLOOM_TRUST_SEED", "20261129"))
NAMES = {
    "groups": ("harbor", "year-8", "year-9"),
    "people": ("amara", "zuri", "oriol", "otto", "lindiwe", "tomasz"),
    "submissions": ("amara-1", "zuri-1", "oriol-1"),
    "challenges": ("peer-observation",),
    "context": ("handbook",),
}


@dataclass
class Walk:
    """Who goes where. `at` is the database's kind."""

    at: str
    chance: random.Random
    places: list[Place]
    operations: list[tuple[str, str, dict[str, Any]]]
    pages: list[tuple[str, str]]
    forms: dict[str, dict[str, Any]]
    leaks: list[str] = field(default_factory=list)

    def step(self) -> None:
        place = self.chance.choice(self.places)
        if self.chance.random() < 0.65:
            self._call(place)
        else:
            self._visit(place)

    def _call(self, place: Place) -> None:
        template, method, operation = self.chance.choice(self.operations)
        name = operation["operationId"]
        who = self.chance.choice(sorted(place.callers))
        body = place.marked(BODIES.get(name, {"seen": "0" * 64} if name == "approve" else {}))
        given: dict[str, Any] = {"headers": {"If-Match": str(self.chance.randint(1, 4))}}
        if name == "start_import":
            line = f'{{"kind":"group","id":"year-8","name":"Ours {place.canary}"}}\n'
            given = {"headers": {"Content-Type": "application/x-ndjson"}, "content": line.encode()}
        elif "requestBody" in operation:
            given["json"] = self._pointed(place, body)
        if name == "revoke_key":  # would end the walk for whoever walks with it
            return
        path = self._filled(template, place) + self._query(operation, place)
        answer = place.callers[who].request(method, path, **given)
        self._look(place, "answers of the API", f"{who}: {method} {path}", answer.text)
        place.learned(answer.text)

    def _visit(self, place: Place) -> None:
        method, template = self.chance.choice(self.pages)
        who = self.chance.choice(sorted(place.visitors))
        path = self._filled(template, place)
        given = {"data": self._form(place, who, template)} if method == "POST" else {}
        if method == "POST" and ("/sign-out" in template or "/invite" in template or "revoke" in template):
            return
        answer = place.visitors[who].request(method, path, **given)
        self._look(place, "pages and downloads", f"{who}: {method} {path}", answer.text)
        place.learned(answer.text)

    def _form(self, place: Place, who: str, template: str) -> dict[str, Any]:
        sent = {key: self._pointed(place, one) for key, one in place.marked(self.forms[template]).items()}
        return {**sent, "seen": sent.get("seen", str(self.chance.randint(1, 4))), "csrf": place.csrf[who]}

    def _pointed(self, place: Place, body: Any) -> Any:
        """Ids of ours in a body are of one's own things, or of others'."""
        if isinstance(body, dict):
            return {key: self._pointed(place, one) for key, one in body.items()}
        if isinstance(body, list):
            return [self._pointed(place, one) for one in body]
        return self._some_id(place) if body == "0" * 32 else body

    def _some_id(self, place: Place) -> str:
        whose = place if self.chance.random() < 0.5 else self.chance.choice(self.places)
        return self.chance.choice(whose.ids) if whose.ids else "0" * 32

    def _filled(self, template: str, place: Place) -> str:
        part = [one for one in template.split("/") if one and one not in ("v1", "desk", "learn")][:1]

        def one(found: re.Match[str]) -> str:
            name = found[1]
            if name == "kind":
                return "not_handed_in"
            if name == "id" and part and part[0] in NAMES:
                return self.chance.choice(NAMES[part[0]])
            if name == "secret":
                return "x" * 43
            return self._some_id(place)

        return re.sub(r"\{([a-z_]+)(?::[a-z]+)?\}", one, template)

    def _query(self, operation: dict[str, Any], place: Place) -> str:
        """Sometimes a filter: by an id that others have as well."""
        known = {one["name"] for one in operation.get("parameters", []) if one["in"] == "query"}
        chosen = sorted(known & {"group", "challenge", "person", "submission"})
        if not chosen or self.chance.random() < 0.6:
            return ""
        values = {"group": "year-9", "challenge": "peer-observation", "person": "amara", "submission": "oriol-1"}
        name = self.chance.choice(chosen)
        return f"?{name}={values[name]}"

    def _look(self, place: Place, what: str, where: str, text: str) -> None:
        foreign = place.foreign(text)
        TOLD.count(self.at, what, through=len(foreign))
        if foreign:
            self.leaks.append(f"{place.canary} saw {foreign} at {where}")


@pytest.fixture
def wire() -> Iterator[OpenAIWire]:
    with OpenAIWire(lambda _: reply({"summary": "Who is clear.", "points": []})) as standing:
        yield standing


@pytest.fixture
def parts(tmp_path: Path, database: str, sessions: Sessions, wire: OpenAIWire) -> Iterator[wiring.Parts]:
    settings = load(
        data=tmp_path / "data",
        database_url=database,
        index="exact",
        embedder="hashing",
        model="stub",
        openai_base_url=wire.base_url,
        openai_api_key="k",
        dispatch="inline",
    )
    built = wiring.build(settings)
    yield replace(built, attempts=2, sessions=sessions, library=SqlLibrary(sessions))
    built.model._model.close()


def _pages() -> tuple[list[tuple[str, str]], dict[str, dict[str, Any]]]:
    routes = [one for router in PAGES for one in router.routes if isinstance(one, APIRoute)]
    found = sorted((method, one.path_format) for one in routes for method in one.methods or ())
    return found, {one.path_format: form_of(one) for one in routes if "POST" in (one.methods or ())}


@pytest.mark.timeout(0 if STEPS > 1000 else 300)
def test_no_word_of_an_organization_reaches_another(
    serve: Callable[..., School], parts: wiring.Parts, wire: OpenAIWire
) -> None:
    at = parts.sessions.engine.dialect.name
    chance = random.Random(SEED)
    structlog.reset_defaults()
    with capture_logs() as logged:
        server = serve(sessions=parts.sessions, undo=parts.undo, model="stub")
        places = [founded(server, number, chance) for number in range(ORGANIZATIONS)]
        everything = list(operations(server.app.openapi()))
        walk = Walk(at, chance, places, everything, *_pages())
        every = max(20, min(500, STEPS // 6))
        for turn in range(STEPS):
            walk.step()
            if turn % every == every // 2:
                _work(parts, 40)
            if logged:
                _nothing_in_the_log(walk, logged)
        _work(parts, 200)
        _prompts(walk, wire)
        for place in places:
            _kept_for(walk, parts.sessions, place)
        _nothing_in_the_log(walk, logged)
    assert walk.leaks == [], f"seed {SEED}: " + "\n".join(walk.leaks[:20])
    seen = [one for (one, on) in TOLD.tried if on == at]
    assert {"answers of the API", "pages and downloads", "prompts to the model", "events", "log lines"} <= set(seen)


def _work(parts: wiring.Parts, most: int) -> None:
    for _ in range(most):
        if not handlers.work_one(parts):
            return


def _nothing_in_the_log(walk: Walk, logged: list[Any]) -> None:
    """Not even of one's own organization: a log is read by whoever runs the machine."""
    for line in logged:
        found = CANARY.findall(str(line))
        TOLD.count(walk.at, "log lines", through=len(found))
        if found:
            walk.leaks.append(f"in the log: {line}"[:400])
    logged.clear()


def _prompts(walk: Walk, wire: OpenAIWire) -> None:
    for asked in wire.received:
        whose = set(CANARY.findall(str(asked.body)))
        TOLD.count(walk.at, "prompts to the model", through=max(0, len(whose) - 1))
        if len(whose) > 1:
            walk.leaks.append(f"in one prompt: {whose}")


def _kept_for(walk: Walk, sessions: Sessions, place: Place) -> None:
    """What waits to be told to a platform, and the trail: no foreign word, and the trail is whole."""
    own = place.school.organization
    with sessions.reading() as session:
        events = session.scalars(select(OutgoingEvent).where(OutgoingEvent.organization_id == own)).all()
        for one in events:
            walk._look(place, "events", f"event {one.name}", str(one.data))
        for entry in session.scalars(select(AuditEntry).where(AuditEntry.organization_id == own)):
            words = CANARY.findall(f"{entry.actor} {entry.subject} {entry.facts}")
            TOLD.count(walk.at, "audit entries", through=len(words))
            walk.leaks += [f"in the trail: {entry.act} {entry.facts}"] if words else []
        faults = audit.verify(session, own)
        TOLD.count(walk.at, "trails checked", through=len(faults))
        walk.leaks += faults
