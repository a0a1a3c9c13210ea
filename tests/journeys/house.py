"""A whole Peerloom in processes of its own: started, asked over HTTP, killed, and started again."""

from __future__ import annotations

import json
import os
import signal
import time
import uuid
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from multiprocessing.process import BaseProcess
from pathlib import Path
from typing import Any

import httpx

from service.actions.access import credentials, organizations
from service.store.session import Sessions, make_engine
from service.store.tables import Organization
from tests import commands
from tests.forked import FORKED
from tests.free_port import free_port

PATIENCE = 120.0
"""Seconds until something that must come is missed; a process takes a few to start on a busy machine."""


@dataclass
class House:
    """`environment` says how it is set up; `roles` are its processes: web, which keeps a worker beside it, or web and
    worker where there is a broker."""

    folder: Path
    environment: dict[str, str]
    roles: tuple[str, ...] = ("serve",)
    running: dict[str, BaseProcess] = field(default_factory=dict)
    revived: int = 0

    def __post_init__(self) -> None:
        self.port = free_port()
        self.web = httpx.Client(base_url=f"http://127.0.0.1:{self.port}", timeout=20)
        self.sessions = Sessions(make_engine(self.environment["PEERLOOM_DATABASE_URL"]))

    def start(self, role: str, *, dying_at: str | None = None) -> None:
        environment = {**os.environ, **self.environment, "PEERLOOM_PORT": str(self.port)}
        log = self.folder / f"{role}.log"
        given = ([role], environment, log, log, dying_at)
        self.running[role] = FORKED.Process(target=commands.run, args=given)
        self.running[role].start()
        if role == "serve":
            self.wait_for(self._answers)

    def _answers(self) -> bool:
        with suppress(httpx.TransportError):
            return self.web.get("/ready").status_code == 200
        return False

    def start_all(self, **dying: str) -> None:
        """`dying` names the point at which a role's process is to die."""
        for role in self.roles:
            self.start(role, dying_at=dying.get(role))

    def revive(self) -> None:
        """Start again what has died: what systemd or a container's restart policy does."""
        for role, process in list(self.running.items()):
            code = process.exitcode
            assert code in (None, -signal.SIGKILL), f"{role} ended by itself, with {code}. {self.logs()}"
            if code is not None:
                self.revived += 1
                self.start(role)

    @property
    def deaths(self) -> int:
        """Of the processes that are started here, and of the worker that the web keeps."""
        return self.revived + len(self.told("the worker has ended; it is started again"))

    def told(self, event: str) -> list[dict[str, Any]]:
        """Lines of that event in what the web and its worker log."""
        log = self.folder / "serve.log"
        lines = log.read_text("utf-8").splitlines() if log.exists() else []
        return [said for line in lines if line.startswith("{") and (said := json.loads(line))["event"] == event]

    def kill(self, role: str) -> None:
        self.running[role].kill()
        self.running[role].join()

    def stop(self, role: str, timeout: float = 30) -> int:
        """SIGTERM, and the exit code."""
        self.running[role].terminate()
        self.running[role].join(timeout)
        code = self.running[role].exitcode
        assert code is not None, f"{role} has not ended after {timeout} s. {self.logs()}"
        return code

    def close(self) -> None:
        for process in self.running.values():
            process.kill()
            process.join()
        self.web.close()
        self.sessions.engine.dispose()

    def wait_for(self, there: Callable[[], Any], patience: float = PATIENCE) -> Any:
        """The first answer that is true, reviving what dies meanwhile."""
        until = time.monotonic() + patience
        while time.monotonic() < until:
            if found := there():
                return found
            time.sleep(0.05)
            self.revive()
        raise AssertionError(f"It did not come to pass within {patience} s. {self.logs()}")

    def logs(self) -> str:
        return "\n".join(f"--- {file.name}\n{file.read_text()[-3000:]}" for file in self.folder.glob("*.log"))

    def ask(self, method: str, path: str, secret: str, body: object = None, **headers: str) -> httpx.Response:
        """What a careful platform does: one Idempotency-Key, and the same request again until there is an answer."""
        headers["Authorization"] = f"Bearer {secret}"
        if method in ("POST", "PUT", "PATCH", "DELETE"):
            headers["Idempotency-Key"] = uuid.uuid4().hex

        def answered() -> httpx.Response | None:
            try:
                answer = self.web.request(method, path, json=body, headers=headers)
            except httpx.TransportError:
                return None
            return None if answer.status_code in (409, 503) and "still" in answer.text else answer

        answer: httpx.Response = self.wait_for(answered)
        return answer

    def expect(self, status: int, method: str, path: str, secret: str, body: object = None, **headers: str) -> Any:
        answer = self.ask(method, path, secret, body, **headers)
        assert answer.status_code == status, f"{method} {path}: {answer.status_code} {answer.text}\n{self.logs()}"
        return answer.json() if answer.content else None


@dataclass(frozen=True)
class School:
    """A small organization, set up over HTTP: Amara learns, Ilse facilitates."""

    house: House
    key: str
    facilitator: str
    learner: str

    def hand_in(self, id_: str, text: str) -> None:
        body = {"challenge": "observation", "person": "amara", "text": text}
        answer = self.house.ask("PUT", f"/v1/submissions/{id_}", self.key, body)
        assert answer.status_code in (200, 201, 202), answer.text

    def draft_in(self, id_: str, *states: str) -> dict[str, Any]:
        """The draft of a submission, once it is in one of the states."""

        def there() -> dict[str, Any] | None:
            drafts = self.house.expect(200, "GET", f"/v1/drafts?submission={id_}", self.facilitator)["items"]
            return next((draft for draft in drafts if draft["state"] in states), None)

        found: dict[str, Any] = self.house.wait_for(there)
        return found

    def approve(self, draft: dict[str, Any]) -> None:
        path, seen = f"/v1/drafts/{draft['id']}/approve", {"seen": draft["text_hash"]}
        answer = self.house.ask("POST", path, self.facilitator, seen, **{"If-Match": f'"{draft["version"]}"'})
        assert answer.status_code == 200, answer.text

    def feedback(self, id_: str) -> httpx.Response:
        return self.house.ask("GET", f"/v1/submissions/{id_}/feedback", self.learner)


def found(house: House, *, undo_seconds: float) -> str:
    """Make the organization and its key, as an operator does at the machine; the key's secret."""
    now = datetime.now(UTC)
    with house.sessions.writing() as session:
        row: Organization = organizations.create(session, external_id="quillmere", name="Quillmere", now=now)
        row.settings = {"undo_seconds": undo_seconds}
        return credentials.issue_key(session, row.id, name="journey", now=now)[1]


def settle_in(house: House, key: str) -> School:
    """Everybody and everything but the work, over HTTP."""
    put = [
        ("groups/year-8", {"name": "Year 8"}),
        ("people/ilse", _person("Ilse Brandsma", "facilitator")),
        ("people/amara", _person("Amara Okonkwo-Lind", "learner")),
        ("people/tiago", _person("Tiago Ferraz", "learner")),
        ("challenges/observation", CHALLENGE),
        ("context/handbook", {"title": "Observation handbook", "text": HANDBOOK}),
    ]
    for path, body in put:
        answer = house.ask("PUT", f"/v1/{path}", key, body)
        assert answer.status_code in (200, 201), answer.text
    tokens = {person: _token(house, key, person) for person in ("ilse", "amara")}
    return School(house, key, tokens["ilse"], tokens["amara"])


def _person(name: str, role: str) -> dict[str, Any]:
    return {
        "name": name,
        "roles": [{"role": role, "group": "year-8"}],
        "consents": {"show_work": "without_name", "introduce": True, "ai": "any"},
    }


def _token(house: House, key: str, person: str) -> str:
    return str(house.expect(201, "POST", "/v1/tokens", key, {"person": person, "seconds": 3600})["secret"])


CHALLENGE = {
    "title": "Plan peer observation",
    "prompt": "Plan how your team starts peer observation this term.",
    "criteria": [
        {"id": "k1", "text": "names who observes whom and when", "question": "Who visits whom, and when?"},
        {"id": "k2", "text": "says what will be looked for", "question": "What will the visitor look for?"},
        {"id": "k3", "text": "says how what is learned is shared", "question": "Who writes down what you hear?"},
    ],
}
HANDBOOK = "# Before a visit\n\nAgree on one question before each visit.\n\n# After a visit\n\nTalk within two days.\n"
TEXT = (
    "We pair teachers across grades and visit each other twice before half-term. "
    "Afterwards we talk about it in the staff meeting, and somebody takes notes."
)


def events(school: School) -> list[str]:
    """Names of all events so far, in order."""
    answer = school.house.expect(200, "GET", "/v1/events?limit=100", school.key)
    return [event["name"] for event in answer["items"]]


def dumped(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, indent=1)
