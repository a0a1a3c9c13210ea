"""One request as an action needs it: who asks, when, and a transaction. Commits at the edge, and nowhere else does.

Everything that touches the database happens in one thread and one go: open, act, render, keep the answer, commit. A
transaction held across two turns of the thread pool would wait, locked, for a thread that its own waiters occupy. The
answer is sent only when `answer` has returned, so whoever reads it finds the change stored.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime
from enum import Enum
from typing import Annotated, Any
from urllib.parse import quote, urlsplit

import structlog
from fastapi import Depends, Header, Request
from sqlalchemy.orm import Session
from starlette.datastructures import Headers
from starlette.types import Scope

from service.actions.approvals.deciding import Deciding
from service.domain.errors import Invalid, PreconditionNeeded
from service.domain.roles import Actor
from service.store import clashes, disclosures, replies
from service.store.disclosures import Showing
from service.store.replies import KeyedRequest, Reply
from service.web import errors
from service.web.services import Services

_TAG = re.compile(r'(?:W/)?"([1-9][0-9]{0,8})"|([1-9][0-9]{0,8})')
_SOME_TAG = re.compile(r'(?:W/)?"[^"]*"|[^",\s]+')

Undertaking = Callable[[], Any]
"""A route, bound to its call; gives what `Call._reply` can turn into an answer."""

_log = structlog.get_logger("service.web")


class Mode(Enum):
    """What a route does with the database."""

    READ = "one snapshot"
    WRITE = "one transaction, committed"
    NONE = "nothing: what it calls opens transactions of its own"


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file, given back as it is kept. Browsers keep it, and run nothing of it, whatever it holds."""

    name: str
    media_type: str
    data: bytes
    inline: bool = False  # to be seen in a page: pictures only

    @property
    def headers(self) -> dict[str, str]:
        how = "inline" if self.inline else "attachment"
        return {
            "Content-Type": self.media_type,
            "Content-Disposition": f"{how}; filename*=UTF-8''{quote(self.name, safe='')}",
            "Content-Security-Policy": "default-src 'none'; base-uri 'none'; sandbox",
            "X-Content-Type-Options": "nosniff",
            "Cache-Control": "private, no-store",
        }


def spreadsheet(name: str, text: str) -> Attachment:
    """A table as spreadsheets open it: in UTF-8, which they know by the mark in front."""
    return Attachment(name, "text/csv; charset=utf-8", f"\ufeff{text}".encode())


@dataclass(slots=True)
class Call:
    """What a route is given. `status` and `headers` are what it says of its answer beside the body."""

    scope: Scope
    services: Services
    actor: Actor
    now: datetime
    mode: Mode
    asked: KeyedRequest | None = None
    status: int | None = None
    headers: dict[str, str] = field(default_factory=dict)
    secret: str | None = None  # the body as it is kept, where the one that is sent holds a secret
    showings: list[Showing] = field(default_factory=list)  # of people's work, to somebody else
    _session: Session | None = None

    @property
    def session(self) -> Session:
        """The open transaction; there is one only while the route runs."""
        assert self._session is not None, "A route without a transaction asked for one."  # noqa: S101
        return self._session

    @property
    def base_url(self) -> str:
        """What addresses of this service begin with. Raises Invalid where that is not known."""
        if self.services.public_url:
            return self.services.public_url
        host = Headers(scope=self.scope).get("host", "")
        named = urlsplit(f"//{host}")
        if named.netloc != host or "@" in host or named.hostname not in self.services.hosts:  # anybody can write there
            raise Invalid(
                "Links cannot be made here, since it is not known where people reach this service. "
                "Whoever runs it sets PEERLOOM_PUBLIC_URL, or names this host in PEERLOOM_HOSTS."
            )
        return f"{self.scope['scheme']}://{host}"

    @property
    def bearer(self) -> str:
        """The secret that was shown, to be used within this call and kept nowhere."""
        return Headers(scope=self.scope).get("authorization", "").partition(" ")[2].strip()

    def deciding(self, id: str, version: int) -> Deciding:
        """A decision of whoever asks, on what they saw in this version."""
        return Deciding(self.session, self.actor, id, version, self.now)

    def made(self, created: bool) -> None:
        """201 where something came to be, 200 where it was there."""
        self.status = 201 if created else 200

    def disclose(self, showings: Iterable[Showing]) -> None:
        """The answer shows this of people's work to somebody else: it is written down before the answer is sent."""
        self.showings.extend(showings)

    def answer(self, work: Undertaking, status: int) -> Reply:
        """Run the route and give its answer, committed."""
        if self.mode is Mode.NONE:
            reply = self._run(None, work, status)
            self._write_down(untold=bool(self.showings))
            return reply
        if self.mode is Mode.READ:
            with self.services.sessions.reading() as session:
                reply = self._run(session, work, status)
                untold = bool(disclosures.missing(session, self.showings))
            self._write_down(untold=untold)
            return reply
        reply, replayed = clashes.written(self.services.sessions, lambda session: self._write(session, work, status))
        with errors.Caught() as caught:  # jobs are found without this too, only later
            self.services.after_commit()
        if caught.error is not None:
            _log.warning("after_commit.failed", error=type(caught.error).__name__, where=caught.where())
        return Reply(reply.status, {**reply.headers, "Idempotency-Replayed": "true"}, reply.body) if replayed else reply

    def _write_down(self, *, untold: bool) -> None:
        """What was read by looking changes nothing but this, and this the first time only."""
        if untold:
            keep = disclosures.keep
            clashes.written(self.services.sessions, lambda session: keep(session, self.showings, now=self.now))

    def _write(self, session: Session, work: Undertaking, status: int) -> tuple[Reply, bool]:
        if self.asked is None:
            return self._run(session, work, status), False
        return replies.once(
            session,
            self.actor,
            self.asked,
            lambda: self._run(session, work, status),
            lambda error: errors.lasting(self.scope, error),
            now=self.now,
        )

    def _run(self, session: Session | None, work: Undertaking, status: int) -> Reply:
        self._session, self.status, self.headers, self.secret, self.showings = session, None, {}, None, []
        reply = self._reply(work(), status)
        if self.mode is Mode.WRITE and session is not None:
            disclosures.keep(session, self.showings, now=self.now)
        return reply

    def _reply(self, result: Any, status: int) -> Reply:
        """What the route gave, as an answer."""
        if result is None:
            return Reply(self.status or status, self.headers, "")
        if isinstance(result, Attachment):
            return Reply(self.status or status, {**self.headers, **result.headers}, result.data)
        headers = {"Content-Type": "application/json", **self.headers}
        return Reply(self.status or status, headers, result.model_dump_json(), self.secret)


async def _reading(request: Request) -> Call:
    services: Services = request.app.state.services
    return Call(request.scope, services, request.state.actor, services.clock(), Mode.READ)


async def _asking(request: Request) -> Call:
    services: Services = request.app.state.services
    return Call(request.scope, services, request.state.actor, services.clock(), Mode.NONE)


async def _writing(
    request: Request,
    idempotency_key: Annotated[
        str | None,
        Header(
            alias="Idempotency-Key",
            min_length=1,
            max_length=255,
            pattern=r"^[\x21-\x7e]+$",
            description="Any string that is yours alone, such as a UUID. The same key with the same request gives the "
            "first answer again and changes nothing; with another request it is refused.",
        ),
    ] = None,
) -> Call:
    services: Services = request.app.state.services
    asked = KeyedRequest(idempotency_key, await fingerprint(request)) if idempotency_key is not None else None
    return Call(request.scope, services, request.state.actor, services.clock(), Mode.WRITE, asked)


async def fingerprint(request: Request) -> str:
    """sha256 of all that makes a request this one: method, address, precondition, kind of body and body."""
    what = hashlib.sha256()
    for part in (request.method, request.scope["path"], request.url.query, _header(request, "if-match")):
        what.update(part.encode("utf-8", "surrogatepass") + b"\x00")
    digest: bytes | None = getattr(request.state, "digest", None)  # of a body that is kept in a file
    kind = _header(request, "content-type").partition(";")[0]  # what parts a form's fields is made up for each request
    what.update(kind.encode() + b"\x00" + (digest or await request.body()))
    return what.hexdigest()


def _header(request: Request, name: str) -> str:
    return request.headers.get(name, "")


async def _version_seen(
    if_match: Annotated[
        str | None,
        Header(
            alias="If-Match",
            max_length=255,
            description='The ETag of what you decide on, as you saw it: its `version` in quotation marks. `W/"3"` and '
            '`3` are read as `"3"`. Needed: 428 without it, and for `*`, which says nothing of what was seen; 412 if '
            "it has changed since.",
            examples=['"3"'],
        ),
    ] = None,
) -> int:
    return version_in(if_match)


def version_in(if_match: str | None) -> int:
    """The version that an If-Match names; -1, which nothing has, for a tag that this service never gave.

    A weak tag, which some proxies make of a strong one, and the bare number are read as what they mean. Raises
    PreconditionNeeded for none and for `*`, Invalid for what is not one tag.
    """
    given = (if_match or "").strip()
    if not given:
        raise PreconditionNeeded
    if given == "*":
        raise PreconditionNeeded("`*` would decide on whatever is there. Send the ETag of what you saw as If-Match.")
    if not _SOME_TAG.fullmatch(given):
        said = 'This is not one ETag. Send the one of what you saw, such as `"3"`.'
        raise Invalid(said, errors=[errors.RequestFault(pointer="header:If-Match", message=said)])
    known = _TAG.fullmatch(given)
    return int(known[1] or known[2]) if known else -1


def tag(version: int) -> str:
    """A version as a strong ETag."""
    return f'"{version}"'


async def _writing_anew(call: Annotated[Call, Depends(_writing)]) -> Call:
    call.asked = None
    return call


Asking = Annotated[Call, Depends(_asking)]
Reading = Annotated[Call, Depends(_reading)]
Writing = Annotated[Call, Depends(_writing)]
WritingAnew = Annotated[Call, Depends(_writing_anew)]
"""For what is answered with others' words, and done twice is as done once: no answer is kept to be given again, since
by then they may show it no longer."""
Seen = Annotated[int, Depends(_version_seen)]
