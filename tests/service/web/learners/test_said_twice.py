"""A double click, a form that is sent again and a repeated call are one act, also when both come at the same moment."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import httpx
import pytest
from sqlalchemy import func, select, update

from service.store.tables import AskRow, CommitmentRow, OutgoingEvent, Request
from tests.conftest import sessions
from tests.service.web.browsing import signed_in
from tests.service.web.conftest import School
from tests.service.web.learners.learning import released

__all__ = ["sessions"]  # on both databases

NEED = "Somebody who has started peer observation in a small school."
AT_ONCE = 4

Table = type[AskRow] | type[CommitmentRow] | type[Request]


def rows(school: School, table: type) -> int:
    with school.sessions.reading() as session:
        return session.scalar(select(func.count()).select_from(table)) or 0


def told(school: School, event: str) -> int:
    with school.sessions.reading() as session:
        return session.scalar(select(func.count()).where(OutgoingEvent.name == event)) or 0


def step(school: School, **more: Any) -> dict[str, Any]:
    return {"text": "Ask Ines.", "due_on": (school.now() + timedelta(days=7)).date().isoformat(), **more}


def sayings(school: School) -> dict[Table, tuple[str, dict[str, Any]]]:
    """What a learner says by the API: where, and what."""
    return {
        AskRow: ("/v1/submissions/amara-1/asks", {"text": "What counts as a question here?", "revision": 1}),
        CommitmentRow: ("/v1/people/amara/commitments", step(school)),
        Request: ("/v1/requests", {"text": NEED}),
    }


@pytest.mark.parametrize("table", [AskRow, CommitmentRow, Request])
def test_the_same_words_sent_at_the_same_moment_are_said_once(school: School, table: Table) -> None:
    released(school)
    path, body = sayings(school)[table]
    clients = [school.person("amara") for _ in range(AT_ONCE)]

    def say(client: httpx.Client) -> httpx.Response:
        return client.post(path, json=body)

    with ThreadPoolExecutor(AT_ONCE) as pool:
        answers = list(pool.map(say, clients))
    assert [answer.status_code for answer in answers] == [201] * AT_ONCE, [answer.text for answer in answers]
    assert len({answer.json()["id"] for answer in answers}) == 1
    assert rows(school, table) == 1
    assert told(school, "ask.opened") == (table is AskRow)
    assert told(school, "request.stated") == (table is Request)


@pytest.mark.parametrize(
    ("table", "change"),
    [
        (AskRow, {"text": "And what does not?"}),
        (AskRow, {"kind": "reply"}),
        (CommitmentRow, {"text": "Ask Bo."}),
        (CommitmentRow, {"submission": "amara-1"}),
        (Request, {"text": NEED + " Or in a large one."}),
        (Request, {"ai": "none"}),
    ],
)
def test_anything_else_is_said_beside_it(school: School, table: Table, change: dict[str, Any]) -> None:
    released(school)
    path, body = sayings(school)[table]
    amara = school.person("amara")
    first, second = (amara.post(path, json={**body, **more}) for more in ({}, change))
    assert (first.status_code, second.status_code) == (201, 201), second.text
    assert rows(school, table) == 2


@pytest.mark.parametrize("table", [AskRow, CommitmentRow, Request])
def test_the_same_words_are_said_anew_a_minute_later(school: School, table: Table) -> None:
    released(school)
    path, body = sayings(school)[table]
    amara = school.person("amara")
    amara.post(path, json=body)
    at = {AskRow: "asked_at", CommitmentRow: "made_at", Request: "stated_at"}[table]
    with school.sessions.writing() as session:
        session.execute(update(table).values({at: school.now() - timedelta(seconds=61)}))
    assert amara.post(path, json=body).status_code == 201
    assert rows(school, table) == 2


def test_two_people_may_say_the_same(school: School) -> None:
    for who in ("amara", "bo"):
        school.platform.put(f"/v1/people/{who}", json={"name": who, "roles": [{"role": "learner", "group": "year-8"}]})
        assert school.person(who).post("/v1/requests", json={"text": NEED}).status_code == 201
    assert rows(school, Request) == 2


def test_what_was_answered_or_closed_meanwhile_can_be_asked_anew(school: School) -> None:
    amara = school.person("amara")
    first = amara.post("/v1/requests", json={"text": NEED}).json()
    visitor = signed_in(school, "amara")
    page = visitor.get("/learn/requests")
    visitor.send(page, f"/learn/requests/{first['id']}/settle", answered="false")
    amara.post("/v1/requests", json={"text": NEED})
    assert rows(school, Request) == 2


@pytest.mark.parametrize("table", [AskRow, CommitmentRow, Request])
def test_a_form_that_is_sent_twice_at_once_is_said_once(school: School, table: Table) -> None:
    released(school)
    visitor = signed_in(school, "amara")
    day = (school.now() + timedelta(days=7)).date().isoformat()
    start, action, fields = {
        AskRow: ("/learn/work/amara-1", "/learn/work/amara-1/asks", {"text": "Which one?", "kind": "question"}),
        CommitmentRow: ("/learn", "/learn/steps", {"text": "Ask Ines.", "due_on": day}),
        Request: ("/learn/requests", "/learn/requests", {"text": NEED}),
    }[table]
    page = visitor.get(start)
    given = {**page.hidden(action), **fields}

    def send(_: int) -> int:
        return visitor.client.post(action, data=given).status_code

    with ThreadPoolExecutor(AT_ONCE) as pool:
        assert list(pool.map(send, range(AT_ONCE))) == [303] * AT_ONCE
    assert rows(school, table) == 1
