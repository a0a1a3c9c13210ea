"""Every route of the API and every page, taken from the application itself, tried by each kind of foreign caller.

A route that is new, and that nobody thought of a policy for, is tried here without being added anywhere: whoever has no
valid key or session gets in nowhere but where this file says that it is open, and who belongs elsewhere is answered
just as for what is not there.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import httpx
import pytest
from fastapi.routing import APIRoute

from service.actions.access import credentials, sign_in
from service.store import find
from service.store.session import Sessions
from service.store.tables import Credential, Person
from service.web.openapi import operations
from tests.begun import begun
from tests.connected import API, PAGES
from tests.service.web.conftest import School, on_both
from tests.service.web.test_tenants import BODIES, MARK, Secrets, marked

OPEN_API = {"/health", "/ready"}
OPEN_PAGES = {
    *("/sign-in", "/sign-in/{secret}", "/sign-in/{secret}/code", "/embed/{secret}", "/mail/{token}"),
    *(f"/sign-in/account/{{provider}}{step}" for step in ("", "/back", "/leave", "/left")),
}
NOBODY = "0" * 32
ELSEWHERE: dict[str, dict[str, Any]] = {
    "/v1/groups/year-9": {"name": "Year 9", "parent": "harbor"},
    "/v1/people/zuri": {"name": "Zuri", "roles": [{"role": "learner", "group": "year-8"}]},
    "/v1/people/otto": {"name": "Otto", "roles": [{"role": "facilitator", "group": "year-9"}]},
    "/v1/people/olga": {"name": "Olga", "roles": [{"role": "coordinator", "group": "year-9"}]},
    "/v1/people/oriol": {"name": "Oriol", "roles": [{"role": "learner", "group": "year-9"}]},
}


@dataclass(frozen=True)
class Tried:
    """One operation, as it is asked for."""

    method: str
    template: str
    name: str
    given: dict[str, Any]


def _operations(school: School, secrets: Secrets) -> Iterator[Tried]:
    for template, method, operation in operations(school.app.openapi()):
        name = operation["operationId"]
        body = BODIES.get(name, {"seen": secrets.hash} if name == "approve" else {})
        headers = {"If-Match": secrets.etag}
        given: dict[str, Any] = {"headers": headers}
        if name == "start_import":
            given = {"headers": {**headers, "Content-Type": "application/x-ndjson"}, "content": b"{}"}
        elif "requestBody" in operation:
            given["json"] = body
        yield Tried(method, template, name, given)


def _pages() -> set[tuple[str, str]]:
    routes = [one for router in PAGES for one in router.routes if isinstance(one, APIRoute)]
    return {(method, one.path_format) for one in routes for method in one.methods or ()}


def _some(template: str) -> str:
    return re.sub(r"\{[a-z_:]+\}", NOBODY, template)


@pytest.fixture
def theirs(serve: Callable[..., School], sessions: Sessions) -> tuple[School, Secrets]:
    """A school with something of all there is, and people who belong elsewhere in it."""
    there = serve()

    def made() -> tuple[str, str, Secrets]:
        school = there.founded("harbor")
        for path, body in {**marked(), **ELSEWHERE}.items():
            assert school.platform.put(path, json=body).status_code == 201
        return school.organization, school.key, Secrets(school)

    organization, key, secrets = begun("something of all there is", sessions, made)
    return there.of(organization, key), secrets


@pytest.fixture
def school(theirs: tuple[School, Secrets]) -> School:
    return theirs[0]


@pytest.fixture
def secrets(theirs: tuple[School, Secrets]) -> Secrets:
    return theirs[1]


def _ended(school: School, *, person: bool, how: str) -> str:
    """A key, or a token, that has expired or was ended."""
    with school.sessions.writing() as session:
        row, secret = credentials.issue_key(session, school.organization, name=MARK, now=school.now())
        if person:
            actor = credentials.authenticate(session, secret, now=school.now())
            row, secret = credentials.mint_token(session, actor, person="lindiwe", now=school.now())
        past = school.now() - timedelta(seconds=1)
        setattr(session.get_one(Credential, row.id), how, past)
    return secret


def test_without_a_key_that_holds_nothing_of_the_api_answers(school: School, secrets: Secrets) -> None:
    callers = {"no key": "", "no such key": "plk_" + "x" * 43}
    for how in ("expires_at", "revoked_at"):
        callers |= {
            f"key {how}": _ended(school, person=False, how=how),
            f"token {how}": _ended(school, person=True, how=how),
        }
    clients = {who: school.client(secret) for who, secret in callers.items()}
    tried = 0
    for one in _operations(school, secrets):
        for who, client in clients.items():
            answer = client.request(one.method, secrets.fill(one.template), **one.given)
            expected = 200 if one.template in OPEN_API else 401
            assert answer.status_code == expected, (who, one.method, one.template, answer.text)
            assert MARK not in answer.text.lower()
            tried += 1
    assert tried > 100 * len(clients)


def _session(school: School, person: str, **ended: Any) -> httpx.Client:
    with school.sessions.writing() as session:
        row = find.one(session, Person, school.organization, person)
        _, secret = sign_in.invite(session, school.organization, row, by="operator", now=school.now())
        own = sign_in.enter(session, secret, embedded=False, now=school.now()).secret
        session.flush()
        actor = credentials.authenticate(session, own, now=school.now())
        for name, value in ended.items():
            setattr(session.get_one(Credential, actor.credential), name, value)
    client = school.client()
    client.cookies["peerloom"] = own
    return client


def test_without_a_session_that_holds_no_page_answers(school: School, secrets: Secrets) -> None:
    past = school.now() - timedelta(seconds=1)
    clients = {
        "nobody": school.client(),
        "expired": _session(school, "lindiwe", expires_at=past),
        "ended": _session(school, "lindiwe", revoked_at=past),
    }
    key = school.client()
    key.cookies["peerloom"] = school.key
    clients["key in a cookie"] = key
    pages = _pages()
    assert {path for _, path in pages} >= OPEN_PAGES
    for method, template in sorted(pages):
        if template in OPEN_PAGES:
            continue
        for who, client in clients.items():
            answer = client.request(method, _some(template))
            told = (answer.status_code, answer.headers.get("location", "").partition("?")[0])
            assert told == ((303, "/sign-in") if method == "GET" else (401, "")), (who, method, template)
            assert MARK not in answer.text.lower()


def test_every_route_of_the_api_is_one_of_those_that_ask_who_calls() -> None:
    from service.web.routes import Route

    for router in API:
        for route in router.routes:
            assert isinstance(route, APIRoute)
            assert isinstance(route, Route) or route.path_format in OPEN_API, route.path_format


def _clean(answer: httpx.Response, *ids: str) -> tuple[int, str]:
    """What is told, without the ids that were asked for, and without what differs with each request."""
    told = answer.text
    for id_ in sorted({*ids, answer.headers["X-Request-ID"]}, key=len, reverse=True):
        told = told.replace(id_, "…")
    return answer.status_code, told


CALLERS = ("key of another group", "facilitator of another group", "coordinator of another group", "learner elsewhere")


@on_both
@pytest.mark.parametrize("who", [*CALLERS, "another learner"])
def test_who_belongs_elsewhere_cannot_tell_whether_a_draft_is_there(school: School, secrets: Secrets, who: str) -> None:
    """And so for all that has an id of ours: the answer is the one for an id that nothing has."""
    names = dict(zip([*CALLERS[1:], "another learner"], ["otto", "olga", "oriol", "zuri"], strict=True))
    if who in names:
        client = school.person(names[who])
    else:
        key = school.platform.post("/v1/keys", json={"name": "Year 9", "groups": ["year-9"]}).json()["secret"]
        client = school.client(key)
    own = {"drafts": secrets.draft, "galleries": secrets.gallery, "introductions": secrets.meeting}
    own |= {"asks": secrets.point, "spot-checks": secrets.draft, "commitments": secrets.step}
    tried, telling = 0, []
    for one in _operations(school, secrets):
        part = [*one.template.split("/"), "", ""][2]
        if part not in own or "{id}" not in one.template:
            continue
        there, missing = secrets.fill(one.template), one.template.replace("{id}", NOBODY)
        missing = missing.replace("{point}", secrets.point).replace("{about}", secrets.point)
        missing = missing.replace("{revision}", "f" * 32)
        answers = [client.request(one.method, path, **one.given) for path in (there, missing)]
        tried += 1
        told = [_clean(answers[0], own[part]), _clean(answers[1], NOBODY)]
        if told[0] != told[1] or told[0][0] not in (403, 404):
            telling.append((one.method, one.template, *(f"{status} {words[-200:]}" for status, words in told)))
    assert telling == []
    assert tried > 20
    submissions = ["/v1/submissions/{}", "/v1/submissions/{}/revisions", "/v1/submissions/{}/feedback"]
    for template in submissions:
        answers = [client.get(template.format(id_)) for id_ in ("amara-1", "nobody-1")]
        assert _clean(answers[0], "amara-1") == _clean(answers[1], "nobody-1"), (who, template)
        assert answers[0].status_code == 404
