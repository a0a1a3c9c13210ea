"""Every route of the API and every page, from the application itself, against the scopes that a key needs: declared.

`scopes.toml` says what each needs. A route that is not in it fails, and so does one that asks for something else, or
that lets in a key without it: each is tried over HTTP with a key that has all but what is needed, and with one that has
nothing else; each page in a session that such a key began. PEERLOOM_TRUST_PROPOSE=FILE writes down what is found.
"""

from __future__ import annotations

import os
import re
import tomllib
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

import httpx
import pytest
from fastapi.routing import APIRoute

from service.actions.access import credentials, sign_in
from service.domain.access.keys import EVERY_SCOPE, KeyScope, in_order
from service.store.session import Sessions
from service.web.pages.routes import PageRoute
from service.web.routes import Route
from tests.conftest import KINDS
from tests.connected import API, PAGES
from tests.service.web.conftest import School, serve
from tests.trust.told import TOLD

__all__ = ["serve"]

DECLARED = Path(__file__).with_name("scopes.toml")
LONG = int(os.environ.get("PEERLOOM_TRUST_STEPS", "0")) > 1000
OPEN = "open"
"""For anybody, with a key or without: tests/service/web/test_foreign_callers.py holds these to a list."""

Scopes = frozenset[KeyScope]


def _routes() -> Iterator[tuple[str, APIRoute]]:
    for router in (*API, *PAGES):
        for route in router.routes:
            assert isinstance(route, APIRoute)
            yield from ((f"{method} {route.path_format}", route) for method in sorted(route.methods or ()))


def _said(route: APIRoute) -> str:
    if isinstance(route, PageRoute):
        return OPEN if route.open else " ".join(in_order(route.needs))
    return " ".join(in_order(route.needs)) if isinstance(route, Route) else OPEN


def test_each_route_and_page_needs_the_scopes_that_are_declared() -> None:
    found = {name: _said(route) for name, route in _routes()}
    if os.environ.get("PEERLOOM_TRUST_PROPOSE"):
        told = "".join(f'"{name}" = "{said}"\n' for name, said in found.items())
        Path(os.environ["PEERLOOM_TRUST_PROPOSE"]).write_text(told, "utf-8")
    declared: dict[str, str] = tomllib.loads(DECLARED.read_text("utf-8"))
    wrong = {name: f"{said!r}, declared {declared.get(name)!r}" for name, said in found.items()}
    assert {name: said for name, said in wrong.items() if declared.get(name) != found[name]} == {}
    assert set(declared) == set(found), "Declared, and not there any more."


def _declared() -> Mapping[str, Scopes | None]:
    """What each route needs; None where it is open."""
    declared = tomllib.loads(DECLARED.read_text("utf-8"))
    return {name: None if said == OPEN else frozenset(map(KeyScope, said.split())) for name, said in declared.items()}


def _tries(needs: Scopes) -> Iterator[tuple[Scopes, Scopes]]:
    """The scopes of a key to try with, and which of them it is told that it lacks."""
    yield from ((EVERY_SCOPE - {one}, frozenset({one})) for one in needs)
    yield needs or frozenset({KeyScope.READ}), frozenset()


def _lacking(answer: httpx.Response) -> Scopes:
    """Which scopes the answer says are missing: in words, by kind and for programs."""
    words = re.search(r"This needs the scopes? ((?:`\w+`(?: and )?)+)", answer.text)
    named = frozenset(map(KeyScope, re.findall(r"`(\w+)`", words[1]))) if words else frozenset()
    assert bool(named) is ('error="insufficient_scope"' in answer.headers.get("WWW-Authenticate", ""))
    assert not named or answer.status_code == 403
    return named


@pytest.mark.parametrize("sessions", KINDS if LONG else ("sqlite",), indirect=True)
def test_no_route_and_no_page_answers_a_key_without_the_scope_that_it_needs(
    serve: Callable[..., School], sessions: Sessions
) -> None:
    school = serve().founded("harbor").peopled()
    programs: dict[Scopes, httpx.Client] = {}
    visitors: dict[Scopes, httpx.Client] = {}
    tried = 0
    for name, needs in _declared().items():
        method, template = name.split()
        if needs is None or template == "/sign-out":
            continue
        path = re.sub(r"\{[a-z_:]+\}", "0" * 32, template)
        for scopes, missing in _tries(needs):
            clients = programs if template.startswith("/v1") else visitors
            if scopes not in clients:
                clients[scopes] = (_program if clients is programs else _visitor)(school, scopes)
            answer = clients[scopes].request(method, path, headers={"If-Match": '"1"'})
            assert _lacking(answer) == missing, (name, in_order(scopes), answer.status_code, answer.text[:300])
            assert answer.status_code != 401
            tried += 1
    TOLD.count(school.sessions.engine.dialect.name, "routes and pages by scopes of a key", tried)
    assert tried > 500


def _key(school: School, scopes: Scopes) -> str:
    with school.sessions.writing() as session:
        return credentials.issue_key(session, school.organization, name="k", scopes=scopes, now=school.now())[1]


def _program(school: School, scopes: Scopes) -> httpx.Client:
    return school.client(_key(school, scopes))


def _visitor(school: School, scopes: Scopes) -> httpx.Client:
    """Somebody who may do everything, in a session that began with a link of this key."""
    secret = _key(school, scopes)
    with school.sessions.writing() as session:
        key = credentials.authenticate(session, secret, now=school.now())
        _, link = sign_in.link(session, key, person="tomasz", embedded=False, now=school.now())
        entered = sign_in.enter(session, link, embedded=False, now=school.now())
    client = school.client()
    assert isinstance(entered, sign_in.Entered)
    client.cookies["peerloom"] = entered.secret
    return client


def test_a_router_that_does_not_say_what_it_needs_cannot_be_made() -> None:
    with pytest.raises(AttributeError, match="reads"):
        Route("/v1/new", lambda call: None, methods=["GET"])
