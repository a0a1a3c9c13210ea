"""A small invented school behind the application."""

from __future__ import annotations

import ssl
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Any

import httpx
import pytest
from fastapi import FastAPI

from pipelines.adapters.extractive import ExtractiveModel
from pipelines.values import (
    Draft,
    DraftingTask,
    DraftOutcome,
    Point,
    PointKind,
    PromptUsed,
    SheetLine,
    SheetPlace,
    Source,
    SourceKind,
    Usage,
)
from service.actions.access import credentials, organizations
from service.actions.drafts import make
from service.files import reading
from service.store.session import Sessions
from service.store.tables import DraftRow
from service.web.services import Services
from tests.begun import begun
from tests.conftest import KINDS, sessions_of
from tests.connected import SEAL
from tests.service.conftest import Serve

TEXT = "We pair teachers across grades and visit each other twice before half-term."
TRUSTED = ssl.create_default_context()
"""Read once: every client reads all authorities' certificates otherwise."""


@dataclass
class School:
    """One organization, by the clients of those who use it. `woken` counts calls of after_commit."""

    url: str
    sessions: Sessions
    app: FastAPI
    organization: str = ""
    key: str = ""
    platform: httpx.Client = field(default_factory=lambda: httpx.Client(verify=TRUSTED))
    woken: list[float] = field(default_factory=list)
    opened: list[httpx.Client] = field(default_factory=list)

    def client(self, secret: str = "", **headers: str) -> httpx.Client:
        if secret:
            headers["Authorization"] = f"Bearer {secret}"
        self.opened.append(httpx.Client(base_url=self.url, headers=headers, timeout=40, verify=TRUSTED))
        return self.opened[-1]

    def founded(self, name: str) -> School:
        """Another organization on the same server."""
        with self.sessions.writing() as session:
            row = organizations.create(session, external_id=name, name=name.title(), now=datetime.now(UTC))
            _, secret = credentials.issue_key(session, row.id, name="Course platform", now=datetime.now(UTC))
        return self.of(row.id, secret)

    def of(self, organization: str, key: str) -> School:
        """An organization that is there, by the clients of those who use it."""
        return replace(self, organization=organization, key=key, platform=self.client(key))

    def peopled(self) -> School:
        """Two groups, a challenge, a learner and two facilitators."""
        for path, body in SEED.items():
            answer = self.platform.put(path, json=body)
            assert answer.status_code in (200, 201), answer.text
        return self

    @staticmethod
    def now() -> datetime:
        return datetime.now(UTC)

    def person(self, name: str) -> httpx.Client:
        answer = self.platform.post("/v1/tokens", json={"person": name})
        assert answer.status_code == 201, answer.text
        return self.client(answer.json()["secret"])

    def handed_in(self, name: str = "amara-1", text: str = TEXT) -> str:
        """The id of the draft that is waited for."""
        body = {"challenge": "peer-observation", "person": "amara", "text": text}
        answer = self.platform.put(f"/v1/submissions/{name}", json=body)
        assert answer.status_code == 202, answer.text
        return str(answer.json()["draft"]["id"])

    def to_judge(self, name: str = "amara-1", text: str = TEXT) -> str:
        """The id of a draft whose sheet waits to be judged: a passage on k1, nothing on k2."""
        return self._made(name, text, lambda task: laid_out(task.text))

    def drafted(self, name: str = "amara-1", text: str = TEXT) -> str:
        """The id of a draft that is ready, with two points."""
        return self._made(name, text, lambda task: a_draft(task.submission, task.text))

    def _made(self, name: str, text: str, draft: Callable[[DraftingTask], Draft]) -> str:
        draft_id = self.handed_in(name, text)
        now = datetime.now(UTC)
        with self.sessions.writing() as session:
            row = session.get_one(DraftRow, draft_id)
            task = make.begin(session, draft_id, row.generation, now=now)
            assert task is not None
            assert make.finish(session, draft_id, row.generation, draft(task), now=now)
        return draft_id


SEED: dict[str, dict[str, Any]] = {
    "/v1/groups/harbor": {"name": "Harbor School"},
    "/v1/groups/year-8": {"name": "Year 8", "parent": "harbor"},
    "/v1/people/amara": {"name": "Amara Okafor", "roles": [{"role": "learner", "group": "year-8"}]},
    "/v1/people/tomasz": {"name": "Tomasz Nowak", "roles": [{"role": "coordinator", "group": "harbor"}]},
    "/v1/people/lindiwe": {"name": "Lindiwe Dube", "roles": [{"role": "facilitator", "group": "harbor"}]},
    "/v1/people/mateo": {"name": "Mateo Ruiz", "roles": [{"role": "facilitator", "group": "year-8"}]},
    "/v1/context/handbook": {"title": "Observation handbook", "text": "Agree on one question before each visit."},
    "/v1/challenges/peer-observation": {
        "title": "Peer observation",
        "prompt": "Plan how your team starts peer observation this term.",
        "reference": "Each pair names a question.",
        "criteria": [{"id": "k1", "text": "Names who and when."}, {"id": "k2", "text": "Says what to look for."}],
    },
}


def a_draft(revision: str, text: str) -> Draft:
    """What the pipeline might have made of a text: two points at its beginning."""
    quote = text[:18]
    source = Source(SourceKind.SUBMISSION, f"{revision}@0-{len(quote)}", quote, 0, len(quote))
    points = tuple(
        Point(kind, said, quote, 0, len(quote), (source,), criterion)
        for kind, said, criterion in (
            (PointKind.STRENGTH, "Pairs make this doable.", "k1"),
            (PointKind.QUESTION, "What will the first pair look for?", "k2"),
        )
    )
    prompt = PromptUsed("feedback", 1, "0" * 64, "Read this: " + text)
    return Draft(
        DraftOutcome.DRAFTED, "Who is clear.", points, None, (), (), "rules", Usage(10, 5, 1), "en", prompt=prompt
    )


def laid_out(text: str) -> Draft:
    """What the pipeline makes of a text where nobody may say how it stands."""
    sheet = (SheetLine("k1", (SheetPlace(0, 18, 0.5),)), SheetLine("k2"))
    why = "Nobody has judged work on this challenge yet."
    return Draft(
        DraftOutcome.TO_JUDGE, "", (), None, (), (), "extractive-1", Usage(), "en", reason=why, sheet=sheet
    )  # fmt: skip


on_both = pytest.mark.parametrize("sessions", KINDS, indirect=True)
"""For what the database has a part in: statements that nothing below the web has tried on PostgreSQL, and callers that
come at the same time."""


@pytest.fixture(params=["sqlite"])
def sessions(request: pytest.FixtureRequest) -> Sessions:
    """SQLite's, where a file does not ask for both: what a route calls was tried on both where it is."""
    return sessions_of(request)


@pytest.fixture
def serve(sessions: Sessions, served: Serve) -> Iterator[Callable[..., School]]:
    """`serve(**services)` has the application answer for these; its clients are closed at the end of the test."""
    schools: list[School] = []
    with ExitStack() as closing:

        def start(**given: Any) -> School:
            woken: list[float] = []
            plain: dict[str, Any] = {
                "sessions": sessions,
                "after_commit": lambda: woken.append(time.monotonic()),
                "clock": lambda: datetime.now(UTC),
                "readiness": lambda: {"database": "ok"},
                "drafter": ExtractiveModel(),
                "files": reading.read,
                "seal": SEAL,
            }
            door = closing.enter_context(served(Services(**{**plain, **given})))
            schools.append(School(door.url, sessions, door.app, woken=woken))
            return schools[-1]

        yield start
        for school in schools:
            for client in school.opened:
                client.close()


@pytest.fixture
def bare(serve: Callable[..., School]) -> School:
    """A server with one empty organization."""
    return serve().founded("harbor")


@pytest.fixture
def school(serve: Callable[..., School], sessions: Sessions) -> School:
    """A server with one small school."""
    there = serve()

    def made() -> tuple[str, str]:
        school = there.founded("harbor").peopled()
        return school.organization, school.key

    return there.of(*begun("harbor", sessions, made))
