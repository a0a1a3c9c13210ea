"""Every route of the API and every page, from the application itself, against who of elsewhere is let in: declared.

`policies.toml` says for each route which callers of elsewhere get an answer, and which of them read words of the
organization's work (in capitals). A route that is not in it fails, and so does one that lets in somebody else
than it says. Whoever adds a route thinks about each of them, and writes a line; PEERLOOM_TRUST_PROPOSE=FILE writes
down what is found.

    l  a learner of the same group, about what is another learner's    p  a key of another organization
    g  a learner of another group                                      t  a coordinator of another organization
    f  a facilitator of another group                                  s  a learner of another organization
    c  a coordinator of another group
    k  a key that is limited to another group
"""

from __future__ import annotations

import os
import re
import tomllib
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import httpx
import pytest
from fastapi.routing import APIRoute
from pydantic import TypeAdapter

from service.jobs.briefs import briefing
from service.jobs.following import comparing_uptake
from service.jobs.network import charting
from service.store.session import Sessions
from service.web.openapi import operations
from tests.conftest import KINDS
from tests.connected import PAGES
from tests.service.web.conftest import School, serve
from tests.service.web.test_foreign_callers import ELSEWHERE, _session
from tests.service.web.test_tenants import BODIES, KNOWN, MARK, Secrets, marked
from tests.trust.told import TOLD

__all__ = ["serve"]

DECLARED = Path(__file__).with_name("policies.toml")
LONG = int(os.environ.get("PEERLOOM_TRUST_STEPS", "0")) > 1000
OPEN = {"GET /health", "GET /ready", "GET /sign-in", "GET /sign-in/{secret}", "POST /sign-in/{secret}"}
OPEN |= {"GET /embed/{secret}", "POST /embed/{secret}", "POST /sign-out"}
OPEN |= {"GET /sign-in/{secret}/code", "POST /sign-in/{secret}/code"}
OPEN |= {f"GET /sign-in/account/{{provider}}{step}" for step in ("", "/back", "/leave")}
OPEN |= {"POST /sign-in/account/{provider}", "POST /sign-in/account/{provider}/left"}
"""For anybody, or of nobody's things; tests/service/web/access has more on them."""
OUTSIDE = "pts"
WORK = (f"an {MARK} to each", f"pair {MARK} teachers", f"about an {MARK}")
"""Words of a learner, as they stand in what the first organization has: work, and a request."""
ENDS = {"erase_person", "archive_group", "archive_challenge"}
"""Routes that take away what the others are tried on."""
INSIDE = {"l": "zuri", "g": "oriol", "f": "otto", "c": "olga"}


def _sample(schema: Mapping[str, Any], whole: Mapping[str, Any]) -> Any:
    """Something that a JSON schema takes; words say whose they are."""
    if "$ref" in schema:
        return _sample(whole["$defs"][schema["$ref"].rpartition("/")[2]], whole)
    options = [one for one in schema.get("anyOf", []) if one.get("type") != "null"]
    if options:
        return _sample(options[0], whole)
    if "enum" in schema or "const" in schema:
        return schema.get("const") or next(one for one in schema["enum"] if one)
    match schema.get("type"):
        case "object":
            return {name: _sample(one, whole) for name, one in schema.get("properties", {}).items()}
        case "array":
            return [_sample(schema["items"], whole)]
        case "integer" | "number":
            return max(1, schema.get("minimum", 1))
        case "boolean":
            return "true"
        case _:
            hexadecimal = re.search(r"\[0-9a-f\]\{(\d+)\}", schema.get("pattern", ""))
            return "0" * int(hexadecimal[1]) if hexadecimal else schema.get("default") or "Ours."


def form_of(route: APIRoute) -> dict[str, Any]:
    """What the form of a page sends, made from what the route says that it takes."""
    sent: dict[str, Any] = {}
    for one in route.dependant.body_params:
        schema = TypeAdapter(one.field_info.annotation).json_schema()
        made = _sample(schema, schema)
        sent |= made if isinstance(made, dict) else {one.alias: made}
    return sent


def _fill(secrets: Secrets, template: str) -> str:
    """A page's address with the first organization's ids in it."""
    parts = [one for one in template.split("/") if one and one not in ("desk", "learn")]
    kind = parts[0] if parts else ""
    ids = {"drafts": secrets.draft, "galleries": secrets.gallery, "introductions": secrets.meeting}
    ids |= {"requests": secrets.need, "goals": secrets.goal, "asks": secrets.point, "commitments": secrets.step}
    ids |= {"questioned": secrets.passage, "keys": secrets.key, "spot-checks": secrets.draft, "work": "amara-1"}
    ids |= {"evidence": secrets.piece, "reminders": secrets.word, "context": "handbook", "settings": secrets.key}
    if "questioned" in template:
        kind = "questioned"
    if "webhooks" in template:
        ids[kind], template = secrets.hook, template.replace("{delivery}", secrets.delivery)
    own = ids.get(kind) or KNOWN.get(kind) or secrets.draft
    filled = (
        template.replace("{point}", secrets.point)
        .replace("{piece}", secrets.piece)
        .replace("{alert}", f"{secrets.point}-{secrets.point}")
    )
    filled = filled.replace("{about}", secrets.point).replace("{kind}", "not_handed_in").replace("{secret}", "x" * 43)
    filled = filled.replace("{token}", f"{secrets.draft}.{'x' * 43}")
    filled = filled.replace("{id}", own)
    return re.sub(r"\{[a-z_:]+\}", "amara-1" if "submission" in template else secrets.draft, filled)


def looking(address: str, word: str) -> str:
    """The address, with a word of somebody's work to look for where that is what it does."""
    return f"{address}?q={word}" if address in ("/search", "/v1/search") else address


def _seen(answers: Mapping[str, httpx.Response]) -> str:
    """The letters of those who are let in, in capitals where words of the organization's work are in it. A question
    mark: nobody came as far as being refused, since what was sent is none of the route's (its own tests send that)."""
    let_in = []
    for letter, answer in answers.items():
        told = answer.text.lower()
        assert letter not in OUTSIDE or MARK not in told, f"{letter} reads a word of another organization: {told[:300]}"
        read = any(words in told for words in WORK)
        if read or answer.is_success or answer.is_redirect:
            let_in.append(letter.upper() if read else letter)
    untried = all(answer.status_code in (400, 422, 503) for answer in answers.values())
    return "?" if untried else "".join(let_in)


@pytest.mark.parametrize("sessions", KINDS if LONG else ("sqlite",), indirect=True)
def test_who_belongs_elsewhere_is_let_in_only_where_it_is_declared(
    serve: Callable[..., School], sessions: Sessions
) -> None:
    given = {"network": charting, "brief": briefing, "following": comparing_uptake}
    school = serve(**{name: make(sessions) for name, make in given.items()}).founded("harbor")
    for path, body in {**marked(), **ELSEWHERE}.items():
        assert school.platform.put(path, json=body).status_code == 201
    secrets, valley = Secrets(school), school.founded("valley").peopled()
    limited = school.platform.post("/v1/keys", json={"name": "Year 9", "groups": ["year-9"]}).json()["secret"]
    callers = {letter: school.person(name) for letter, name in INSIDE.items()}
    callers |= {"k": school.client(limited), "p": valley.platform, "t": valley.person("tomasz")}
    callers |= {"s": valley.person("amara")}
    found = _of_the_api(school, secrets, callers)
    visitors = {letter: _session(school, name) for letter, name in INSIDE.items()}  # now: some of those end sessions
    visitors |= {"t": _session(valley, "tomasz"), "s": _session(valley, "amara")}
    found |= _of_the_pages(school, secrets, visitors)
    found |= _of_the_api(school, secrets, callers, last=True)
    if os.environ.get("PEERLOOM_TRUST_PROPOSE"):
        Path(os.environ["PEERLOOM_TRUST_PROPOSE"]).write_text(
            "".join(f'"{route}" = "{seen}"\n' for route, seen in found.items()), "utf-8"
        )
    declared: dict[str, str] = tomllib.loads(DECLARED.read_text("utf-8"))
    more = {route: f"{seen!r}, declared {declared.get(route)!r}" for route, seen in found.items()}
    wrong = {route: said for route, said in more.items() if declared.get(route) != found[route]}
    at = school.sessions.engine.dialect.name
    TOLD.count(at, "routes and pages by who is elsewhere", len(found) * len(callers), len(wrong))
    assert wrong == {}, "Say in policies.toml who of elsewhere may, if this is meant."
    assert set(declared) == set(found), "Declared, and not there any more."


def _of_the_api(
    school: School, secrets: Secrets, callers: dict[str, httpx.Client], *, last: bool = False
) -> dict[str, str]:
    """`last`: the routes that end what others are tried on."""
    found = {}
    for template, method, operation in operations(school.app.openapi()):
        route, name = f"{method.upper()} {template}", operation["operationId"]
        if route in OPEN or (name in ENDS) is not last:
            continue
        body = BODIES.get(name, {"seen": secrets.hash} if name == "approve" else {})
        given: dict[str, Any] = {"headers": {"If-Match": secrets.etag}}
        if name == "start_import":
            given = {"headers": {"Content-Type": "application/x-ndjson"}, "content": b"{}"}
        elif "requestBody" in operation:
            given["json"] = body
        answers = {
            letter: client.request(method, looking(secrets.fill(template), "bring"), **given)
            for letter, client in callers.items()
        }
        found[route] = _seen(answers)
    return found


def _of_the_pages(school: School, secrets: Secrets, visitors: dict[str, httpx.Client]) -> dict[str, str]:
    marks = {}
    for letter, client in visitors.items():
        page = client.get("/learn" if letter in "lgs" else "/desk").text
        mark = re.search(r'name="csrf" value="([0-9a-f]+)"', page)
        assert mark, f"{letter} has no form, and would be refused everywhere"
        marks[letter] = mark[1]
    found: dict[str, str] = {}
    routes = [one for router in PAGES for one in router.routes if isinstance(one, APIRoute)]
    for method, template, page in sorted(
        ((method, one.path_format, one) for one in routes for method in one.methods or ()), key=lambda it: it[:2]
    ):
        route, sent = f"{method} {template}", form_of(page)
        if route in OPEN:
            continue
        answers = {}
        for letter, client in visitors.items():
            form = {**sent, "csrf": marks[letter]}
            given = {"data": form} if method == "POST" else {}
            answers[letter] = client.request(method, looking(_fill(secrets, template), "bring"), **given)
        found[route] = _seen(answers)
    return found
