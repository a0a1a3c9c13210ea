"""The OpenAPI document: what every operation has in common is written into it here, so that no route can forget it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from http import HTTPStatus
from typing import Any, Final

from fastapi import APIRouter, Response, Security
from pydantic import BaseModel

from service.domain.access.keys import MEANS, KeyScope
from service.web.errors import KINDS, MEDIA_TYPE, Problem
from service.web.routes import SCOPES, Route, bearer

TITLE = "Peerloom"
_SHAPES = "#/components/schemas/"

DESCRIPTION = """\
Learners' solutions come in, feedback is drafted with its evidence, and a facilitator approves, edits or declines.
Nothing that a machine drafted can be read by a learner before a person has approved exactly that text.

* Things are known by **your own ids**. `PUT` makes or changes; the same call again changes nothing.
* Send an **`Idempotency-Key`** with any call that writes, and repeat it as often as you need to.
* Decisions name the version that was seen with **`If-Match`**, and an approval the hash of its text.
* Lists come in pages: follow the **`Link`** header's `rel="next"`. What has one page only says so.
* A parameter or a field that nobody knows is refused, never passed over.
* There are **limits** by address, key and person. A 429 says with `Retry-After` when to try again, and every answer
  with `RateLimit` what is left.
* Every error is a problem document (RFC 9457) with a stable **`kind`**.

**Keys.** A key is made for some **scopes**, and may end by itself; the tokens and sign-in links that it makes have its
scopes and end with it. Without the scope that an address needs, the answer is a 403 of kind `scope-missing`, which
names it.

@@SCOPES@@

**Versions.** This is version 1 of the API: the `/v1` of every address. Within it things are added and nothing is taken
away: expect new addresses, new fields in answers, new values where a field names a state or kind, and new kinds of
problems. What is to go is first marked `deprecated` here, with what to use instead in its description, and its answers
carry the headers `Deprecation` (RFC 9745) and `Sunset` (RFC 8594); it stays for at least **six months** after that.
Whatever could break a client that keeps to this comes as `/v2`, beside `/v1` for at least a year. The version at the
top of this document is the service's own.
""".replace("@@SCOPES@@", "\n".join(f"* `{one}`: {means}" for one, means in MEANS.items()))

TAGS = [
    {"name": "People", "description": "Groups, people, their roles, and what each person allows."},
    {"name": "Challenges", "description": "What learners are asked to solve."},
    {"name": "Erasure", "description": "Erasing people and work for good, and how long an organization keeps what."},
    {"name": "Context", "description": "The organization's own documents, which drafts are read against."},
    {"name": "Submissions", "description": "Learners' solutions, and the feedback that was released on them."},
    {"name": "Learning", "description": "What learners make of feedback: reactions, questions, next steps, revisions."},
    {"name": "Drafts", "description": "What waits for a facilitator, with its evidence."},
    {"name": "Review", "description": "A facilitator's decisions. Each needs If-Match."},
    {"name": "Memory", "description": "What decisions mean for others: reach, contradictions, questions, advice."},
    {"name": "Overview", "description": "A challenge at a glance, and spot checks by a second reader."},
    {"name": "Galleries", "description": "How others solved it: two or three works beside a learner's own."},
    {"name": "Introductions", "description": "Who should meet whom, and why; both say yes, each for themselves."},
    {"name": "Requests", "description": "What learners need, and what speaks to it."},
    {"name": "Goals", "description": "The organization's own goals, and the work that shows progress on them."},
    {"name": "Imports", "description": "Many things at once, one JSON object a line."},
    {"name": "Search", "description": "Work that is like some text; work, feedback and people by words."},
    {"name": "Access", "description": "Keys, tokens, and who is asking."},
    {"name": "Audit", "description": "Who did what: a chain in which nothing can be changed unseen."},
    {"name": "Events", "description": "What happened, in order."},
    {"name": "Notifications", "description": "What people are told of, on pages and by mail, as each of them chooses."},
    {"name": "Operation", "description": "Whether the service lives, and whether it is ready."},
]


SPREADSHEET: Final[dict[str, Any]] = {
    "response_class": Response,
    "response_model": None,
    "responses": {
        200: {
            "description": "A table (CSV, RFC 4180) in UTF-8 with a byte-order mark. What a spreadsheet would take for "
            "a formula has an apostrophe in front.",
            "content": {"text/csv": {"schema": {"type": "string"}}},
        }
    },
}
"""How a route is described that answers with a table."""


def v1(tag: str, route: type[Route] = Route, *, reads: KeyScope, writes: KeyScope) -> APIRouter:
    """A router for a part of the API, and what a key needs for those of its routes that read and those that write."""
    scoped = type(route.__name__, (route,), {"reads": reads, "writes": writes})
    return APIRouter(prefix="/v1", tags=[tag], route_class=scoped, dependencies=[Security(bearer)])


def made(model: type[BaseModel], description: str = "Made.") -> dict[int | str, dict[str, Any]]:
    """The answer of a PUT that has made something."""
    return {201: {"model": model, "description": description}}


def finish(document: dict[str, Any], address: str) -> dict[str, Any]:
    """The document with the address, problems, headers and shapes that operations have in common."""
    document = _by_title(document)
    document["servers"] = [{"url": address or "/", "description": "This installation."}]
    schemas = document["components"]["schemas"]
    for unused in ("HTTPValidationError", "ValidationError"):
        schemas.pop(unused, None)
    schema = Problem.model_json_schema(ref_template="#/components/schemas/{model}")
    schemas.update(schema.pop("$defs", {}))
    schemas["Problem"] = schema
    document["components"]["headers"] = HEADERS
    for path, method, operation in operations(document):
        _say_scopes(operation)
        for parameter in operation.get("parameters", []):
            _as_sent(parameter)
        responses = operation["responses"]
        for status in _problems(path, method, operation):
            responses[str(status)] = _problem(status)
        for status, response in responses.items():
            _name_headers(response.setdefault("headers", {}), method, status, operation)
        operation["responses"] = dict(sorted(responses.items()))
    return document


def _say_scopes(operation: dict[str, Any]) -> None:
    """What a key needs, for programs and for people."""
    if SCOPES in operation:
        scopes = operation.pop(SCOPES)
        operation["security"] = [{"key": [str(one) for one in scopes]}]
        said = " and ".join(f"`{one}`" for one in scopes) or "none: any key or token will do"
        operation["description"] = f"{operation.get('description', '').rstrip()}\n\nScope: {said}.".strip()


def _by_title(document: dict[str, Any]) -> dict[str, Any]:
    """The document with each shape under its title, the one name that generated clients have for it.

    Shapes that share a title keep the names that the framework gave them; a test says which they are.
    """
    titles = {name: shape.get("title", name) for name, shape in document["components"]["schemas"].items()}
    shared = {title for title, times in Counter(titles.values()).items() if times > 1}
    renamed = {name: name if title in shared else title for name, title in titles.items()}
    found: dict[str, Any] = _renamed(document, {f"{_SHAPES}{old}": f"{_SHAPES}{new}" for old, new in renamed.items()})
    shapes = found["components"]["schemas"]
    found["components"]["schemas"] = dict(sorted((renamed[name], shape) for name, shape in shapes.items()))
    return found


def _renamed(part: Any, names: Mapping[str, str]) -> Any:
    """The same with every reference under its new name."""
    if isinstance(part, dict):
        return {
            key: names.get(value, value) if key == "$ref" else _renamed(value, names) for key, value in part.items()
        }
    return [_renamed(one, names) for one in part] if isinstance(part, list) else part


def operations(document: dict[str, Any]) -> Iterator[tuple[str, str, dict[str, Any]]]:
    for path, item in document["paths"].items():
        for method, operation in item.items():
            yield path, method, operation


def _as_sent(parameter: dict[str, Any]) -> None:
    """Nobody can send null in an address or a header: what may be null may be left out. If-Match may not."""
    options = [one for one in parameter["schema"].get("anyOf", []) if one.get("type") != "null"]
    if len(options) == 1:
        del parameter["schema"]["anyOf"]
        parameter["schema"].update(options[0])
    parameter["required"] = parameter["required"] or parameter["name"] == "If-Match"


def _problems(path: str, method: str, operation: dict[str, Any]) -> list[int]:
    """The problems that an operation may answer with, by what it takes."""
    if not path.startswith("/v1/"):
        return [500]
    names = {parameter["name"] for parameter in operation.get("parameters", [])}
    found = [401, 403, 404, 422, 429, 500, 503]
    found += [413] if method != "get" else []
    found += [409] if "Idempotency-Key" in names else []
    found += [400, 415] if "requestBody" in operation else []
    found += [412, 428] if "If-Match" in names else []
    return sorted(found)


def _problem(status: int) -> dict[str, Any]:
    kinds = [kind for kind, answer in KINDS.items() if answer.status == status]
    return {
        "description": f"{HTTPStatus(status).phrase}. Kinds: {', '.join(f'`{kind}`' for kind in kinds)}.",
        "content": {MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}},
    }


HEADERS: dict[str, dict[str, Any]] = {
    "X-Request-ID": {
        "description": "Id of this request, in the log too. A sane one that you send is kept.",
        "schema": {"type": "string"},
    },
    "Idempotency-Replayed": {
        "description": "`true` where this is the first answer, given again.",
        "schema": {"type": "string", "enum": ["true"]},
    },
    "Link": {"description": 'The next page, if there is one: `<…>; rel="next"`.', "schema": {"type": "string"}},
    "ETag": {"description": "The version of what was read, to be sent back as If-Match.", "schema": {"type": "string"}},
    "Location": {"description": "Where to look.", "schema": {"type": "string"}},
    "Retry-After": {"description": "Seconds after which to try again.", "schema": {"type": "string"}},
    "RateLimit-Policy": {
        "description": 'The limit that counts here: `"person";q=600;w=60` is 600 requests in 60 seconds.',
        "schema": {"type": "string"},
    },
    "RateLimit": {
        "description": 'What is left of it, and in how many seconds there is more: `"person";r=599;t=1`.',
        "schema": {"type": "string"},
    },
    "WWW-Authenticate": {"description": "How to sign in.", "schema": {"type": "string"}},
}

_OF_A_STATUS = {"401": ["WWW-Authenticate"], "503": ["Retry-After"], "429": ["Retry-After"], "202": ["Location"]}


def _name_headers(headers: dict[str, Any], method: str, status: str, operation: dict[str, Any]) -> None:
    names = ["X-Request-ID", "RateLimit-Policy", "RateLimit", *_OF_A_STATUS.get(status, [])]
    if any(p["name"] == "Idempotency-Key" for p in operation.get("parameters", [])) and not status.startswith("5"):
        names.append("Idempotency-Replayed")
    if status == "200" and any(parameter["name"] == "cursor" for parameter in operation.get("parameters", [])):
        names.append("Link")
    headers.update({name: {"$ref": f"#/components/headers/{name}"} for name in names})
