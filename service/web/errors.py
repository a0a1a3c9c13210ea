"""Every error as Problem Details (RFC 9457). The only place that knows which status code a kind of error has.

An answer never repeats what was sent, beyond the place where it was wrong; a log line never holds an error's words.
"""

from __future__ import annotations

import traceback
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from http import HTTPStatus
from types import TracebackType
from urllib.parse import quote

import structlog
from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from pydantic import BaseModel, Field
from starlette.exceptions import HTTPException
from starlette.responses import Response
from starlette.routing import BaseRoute, Match
from starlette.types import Scope

from pipelines.texts.plain import sendable
from service.domain.errors import Invalid, NotSignedIn, PeerloomError
from service.store.replies import Reply

_log = structlog.get_logger("service.web")

MEDIA_TYPE = "application/problem+json"


@dataclass(frozen=True, slots=True)
class ErrorResponse:
    """How a kind of error is told."""

    status: int
    title: str
    headers: Mapping[str, str]


def _answer(status: int, title: str, **headers: str) -> ErrorResponse:
    return ErrorResponse(status, title, {name.replace("_", "-"): value for name, value in headers.items()})


_BEARER = 'Bearer realm="peerloom"'
KINDS: Mapping[str, ErrorResponse] = {
    "not-json": _answer(400, "The body is not JSON"),
    "bad-request": _answer(400, "The request cannot be read"),
    "not-signed-in": _answer(401, "Not signed in", WWW_Authenticate=_BEARER),
    "not-allowed": _answer(403, "Not allowed"),
    "scope-missing": _answer(403, "This key is not for that"),
    "not-found": _answer(404, "Not found"),
    "method-not-allowed": _answer(405, "This method does not exist here"),
    "conflict": _answer(409, "Clashes with what is stored"),
    "not-now": _answer(409, "Not possible in the present state"),
    "still-running": _answer(409, "The first request is still being worked on", Retry_After="1"),
    "changed-since": _answer(412, "Changed since you saw it"),
    "too-large": _answer(413, "Too large"),
    "unsupported-media-type": _answer(415, "This kind of body is not taken here"),
    "invalid": _answer(422, "Something in the request is not as it should be"),
    "same-key-other-body": _answer(422, "Idempotency-Key used for another request"),
    "precondition-needed": _answer(428, "If-Match is needed"),
    "too-many": _answer(429, "Too many for now"),
    "error": _answer(500, "Something went wrong on our side"),
    "unavailable": _answer(503, "A part of the service does not answer", Retry_After="5"),
}

_OF_THE_FRAMEWORK = {
    400: ("bad-request", "The request could not be read. Send a JSON document in UTF-8, not nested too deeply."),
    404: ("not-found", "There is nothing at this address. The addresses are in /openapi.json."),
    405: ("method-not-allowed", "This address does not know this method; the Allow header names those it knows."),
    413: ("too-large", "This is larger than the service takes."),
    415: ("unsupported-media-type", "Send the body with the Content-Type that /openapi.json names for this address."),
}


class RequestFault(BaseModel):
    """One thing that is wrong, and where."""

    pointer: str = Field(
        description="Where: a JSON pointer into the body as a URI fragment (`#/roles/0/role`), or `query:limit`, "
        "`path:id`, `header:If-Match`.",
        examples=["#/roles/0/role"],
    )
    message: str = Field(description="What is wrong there.", examples=["Field required"])


class Problem(BaseModel):
    """What went wrong, and what to do next (RFC 9457)."""

    type: str = Field(description="URI reference of the kind of problem.", examples=["/problems/not-found"])
    title: str = Field(description="The kind of problem in a few words; the same for every problem of the kind.")
    status: int = Field(description="The HTTP status code, once more.", examples=[404])
    detail: str = Field(description="What happened this time, and what can be done.")
    instance: str = Field(description="The address that was called.", examples=["/v1/groups/year-8"])
    kind: str = Field(description="Stable name of the kind, for programs.", examples=["not-found"])
    request_id: str = Field(description="Quote this when asking for help; it is in the service's log.")
    errors: list[RequestFault] = Field(
        default=[], description="Each thing that is wrong with the request, if that is the problem."
    )


PASSING = frozenset({"still-running", "too-many"})
"""Refusals that time alone mends."""

AsPage = Callable[[Problem], tuple[Mapping[str, str], str]]
"""A problem as a page for people: its headers and its HTML."""


def problem(
    scope: Scope,
    kind: str,
    detail: str,
    *,
    faults: Sequence[RequestFault] = (),
    headers: Mapping[str, str] | None = None,
) -> Reply:
    """The problem as an answer."""
    answer = KINDS[kind]
    body = Problem(
        type=f"/problems/{kind}",
        title=answer.title,
        status=answer.status,
        detail=sendable(detail),
        instance=quote(sendable(scope["path"])),
        kind=kind,
        request_id=scope["state"]["request_id"],
        errors=list(faults),
    )
    more = {**answer.headers, **(headers or {})}
    page: AsPage | None = scope["state"].get("page")  # for people: the same problem as a page
    if page is not None:
        of_page, html = page(body)
        return Reply(answer.status, {**of_page, **more}, html)
    return Reply(answer.status, {"Content-Type": MEDIA_TYPE, **more}, body.model_dump_json())


def of_domain(scope: Scope, error: PeerloomError) -> Reply:
    """A domain error as an answer. A kind that has no status yet is one of ours to mend: 500."""
    if error.kind not in KINDS:
        return unexpected(scope)
    given = error.facts.get("errors")
    faults = [fault for fault in given if isinstance(fault, RequestFault)] if isinstance(given, Sequence) else []
    return problem(scope, error.kind, error.detail, faults=faults, headers=_when_again(error))


def _when_again(error: PeerloomError) -> Mapping[str, str]:
    after, more = error.facts.get("retry_after"), error.facts.get("headers")
    again = {} if after is None else {"Retry-After": str(after)}
    return {**(more if isinstance(more, Mapping) else {}), **again, **_which_scopes(error)}


def _which_scopes(error: PeerloomError) -> Mapping[str, str]:
    """For programs: which scopes would do (RFC 6750, section 3.1)."""
    scopes = error.facts.get("scopes")
    if not isinstance(scopes, Sequence):
        return {}
    return {"WWW-Authenticate": f'{_BEARER}, error="insufficient_scope", scope="{" ".join(map(str, scopes))}"'}


def lasting(scope: Scope, error: PeerloomError) -> Reply | None:
    """The same, for a refusal that stays one however often it is asked for; None for what may pass by itself."""
    reply = of_domain(scope, error)
    return reply if reply.status < 500 and error.kind not in PASSING else None


def unexpected(scope: Scope) -> Reply:
    """Whatever nobody foresaw. Says nothing of what happened inside."""
    return problem(scope, "error", "This should not have happened; nothing was stored. Ask with the request_id.")


def too_large() -> HTTPException:
    """For the body of a request. Not an error of the domain: the framework takes any of those for a broken body."""
    return HTTPException(413)


def wrong_media_type() -> HTTPException:
    """For a body that says it is of a kind that is not taken here."""
    return HTTPException(415)


MOST_FAULTS = 100

METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS")


def unknown_query(unknown: Sequence[str], known: Sequence[str]) -> Invalid:
    """For parameters of an address that nothing there reads; names those that something does."""
    here = f"Known here: {', '.join(f'`{name}`' for name in known)}." if known else "This address knows none."
    faults = [
        RequestFault(pointer=pointer(("query", name)), message=f"There is no such parameter. {here}")
        for name in unknown
    ]
    return Invalid(
        f"Something after the `?` is not known here, and nothing was done. {here}", errors=faults[:MOST_FAULTS]
    )


def respond(reply: Reply) -> Response:
    return Response(reply.body, reply.status, dict(reply.headers))


def sign_in_refused(scope: Scope) -> None:
    """A line of its own in the log, for whoever watches it: by what way, and nothing of what was shown."""
    _log.warning("sign_in.refused", route=scope["state"].get("route", "-"))


def install(app: FastAPI) -> None:
    """Have every error of the domain and of the framework told in one shape."""
    app.add_exception_handler(PeerloomError, _domain)
    app.add_exception_handler(HTTPException, _framework)
    app.add_exception_handler(RequestValidationError, _validation)


async def _domain(request: Request, error: Exception) -> Response:
    assert isinstance(error, PeerloomError)  # noqa: S101 - registered for this class only
    if error.kind == NotSignedIn.kind:
        sign_in_refused(request.scope)
    return respond(of_domain(request.scope, error))


async def _framework(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)  # noqa: S101 - registered for this class only
    kind, detail = _OF_THE_FRAMEWORK.get(error.status_code, ("error", HTTPStatus(error.status_code).phrase))
    headers = dict(error.headers or {})
    if "Allow" in headers:  # the framework names only the methods of the first route that has this path
        headers["Allow"] = ", ".join(_allowed(request.app.routes, request.scope))
    return respond(problem(request.scope, kind, detail, headers=headers))


def _allowed(routes: Sequence[BaseRoute], scope: Scope) -> list[str]:
    """The methods for which some route has this path."""
    asked = ((method, {**scope, "method": method}) for method in METHODS)
    return [method for method, one in asked if any(route.matches(one)[0] is Match.FULL for route in routes)]


async def _validation(request: Request, error: Exception) -> Response:
    assert isinstance(error, RequestValidationError)  # noqa: S101 - registered for this class only
    found = error.errors()
    if any(one["type"] == "json_invalid" for one in found):
        detail = f"The body is not JSON; it breaks at character {found[0]['loc'][-1]}."
        return respond(problem(request.scope, "not-json", detail))
    faults = [
        RequestFault(pointer=pointer(one["loc"]), message=one["msg"].removeprefix("Value error, ")) for one in found
    ]
    detail = "Something in the request is not as it should be; see the errors."
    return respond(problem(request.scope, "invalid", detail, faults=faults[:MOST_FAULTS]))


def pointer(place: Sequence[int | str]) -> str:
    """Where something is wrong: `#/points/0/text` in the body, otherwise `query:limit`."""
    part, *steps = (sendable(str(step)) for step in place)
    if part == "body":
        return "".join(["#", *("/" + step.replace("~", "~0").replace("/", "~1") for step in steps)])
    return f"{part}:{'/'.join(steps)}"


class Caught:
    """Holds what went wrong inside a `with`, so that it is told and not raised further; of `kind` only, if given."""

    error: Exception | None = None

    def __init__(self, kind: type[Exception] = Exception) -> None:
        self.kind = kind

    def __enter__(self) -> Caught:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> bool:
        self.error = error if isinstance(error, self.kind) else None
        return self.error is not None

    def where(self) -> list[str]:
        """The way through the code, innermost last: files, lines and functions, no values and no words."""
        frames = traceback.extract_tb(self.error.__traceback__) if self.error else []
        return [f"{frame.filename}:{frame.lineno} {frame.name}" for frame in frames[-12:]]
