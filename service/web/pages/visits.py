"""One request of a person in a browser: who is there by cookie, from which form, and what they are shown.

A visit is a call whose answer is a page. What stands in the cookie is a session's secret; what stands in every form is
made from it, so that no other site can send a form in this person's name.
"""

from __future__ import annotations

import hashlib
import hmac
import re
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Annotated, Any, BinaryIO
from urllib.parse import urlsplit

from fastapi import Depends, Request
from sqlalchemy.orm import Session
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import FormData

from service.actions.access import frame, sign_in
from service.domain.errors import NotAllowed
from service.domain.texts import digest
from service.store import replies
from service.store.replies import Reply
from service.web.calls import Attachment, Call, Mode, Undertaking
from service.web.pages import navigation, rendering
from service.web.pages.notices import notice
from service.web.pages.views import Download, Frame, Goto, NavigationEntry, PageMark, PageView

COOKIE = "peerloom"
MARK_BYTES = 32
AS_IT_IS_SAID = frozenset({"/learn/consents"})
"""Forms that say how something is from now on: sent twice they come to the same, and a browser that gives an old page
back must not keep somebody from saying no again."""
_PART = 1 << 18  # bytes of a file that are looked at at once
_MARK = re.compile(r"[0-9a-f]{128}")
_HOST_COOKIE = "__Host-peerloom"
"""Over TLS: browsers take it only from this very host, over TLS, for all of its paths."""


@dataclass(slots=True)
class Visit(Call):
    """What a route of pages is given. `secret_of_session` is empty where nobody is signed in."""

    session_secret: str = ""
    said: str = ""
    form: str = ""  # a hash of the form that was sent, as it stands in its page; empty where none was
    kept: str = ""  # what a form that is answered with a page wants to know of itself, should it be sent again
    frames: str = rendering.NO_FRAMES  # who may frame a page for which nobody is signed in

    @property
    def path(self) -> str:
        """Where this is, with its query: to come back to."""
        query = self.scope["query_string"].decode("ascii", "replace")
        return f"{self.scope['path']}?{query}" if query else str(self.scope["path"])

    def _write(self, session: Session, work: Undertaking, status: int) -> tuple[Reply, bool]:
        """A form that is sent twice is one act, whatever it is about: it leads where it led the first time. One that
        is answered with a page finds in `kept` what it left there then, and does not do it again."""
        if not self.form:
            return self._run(session, work, status), False

        def done(kept: str) -> Reply:
            self.kept = kept
            return replace(self._run(session, work, status), stored=self.kept)

        return replies.of_a_form(session, self.actor, self.form, done, now=self.now)

    def _reply(self, result: Any, status: int) -> Reply:
        headers = {**rendering.headers(), **self.headers}
        match result:
            case Goto():
                return Reply(303, {**headers, "Location": result.location}, "")
            case Download():
                where = {"Content-Disposition": f'attachment; filename="{result.name}"'}
                return Reply(200, {**headers, **where, "Content-Type": result.media_type}, _for_programs(result))
            case Attachment():
                return Reply(200, {**headers, **result.headers}, result.data)
            case PageMark():
                return Reply(200, {**headers, "Content-Type": "text/plain; charset=utf-8"}, result.text)
            case None:
                return Reply(204, headers, "")
            case PageView() if self._session is None:  # what it calls opened transactions of its own, and closed them
                with self.services.sessions.reading() as session:
                    self._session = session
                    return self._reply(result, status)
            case PageView():
                frame, frames = self._frame()
                headers |= rendering.headers(frames)
                return Reply(self.status or result.status, headers, rendering.render(result, frame))
            case _:
                raise TypeError(f"A page cannot be made of {type(result).__name__}.")

    def _frame(self) -> tuple[Frame, str]:
        """The frame around the page, and who may frame it: the learner's pages only, and registered platforms only."""
        if not self.session_secret:
            return Frame(notice=notice(self.said), csrf="", path=self.path), self.frames
        here = frame.frame_of(self.session, self.actor)
        may_frame = self.scope["path"].startswith("/learn") and here.embed_origins
        return (
            Frame(
                who=here.name,
                organization=here.organization,
                language=here.language,
                places=navigation.places(self.actor, self.scope["path"], here),
                notice=notice(self.said),
                csrf=csrf(self.session_secret),
                embedded=sign_in.is_embedded(self.session_secret),
                path=self.path,
                reviews=bool(self.actor.reviews),
                coordinates=bool(self.actor.coordinates),
                learns=bool(self.actor.learns_in),
                unread=here.unread,
                connected=tuple(NavigationEntry(*one.way) for one in self.services.integrations),
            ),
            " ".join(here.embed_origins) if may_frame else rendering.NO_FRAMES,
        )

    @property
    def in_cookie(self) -> str:
        """The session that this browser holds, also where nobody asked whose it is."""
        return Request(self.scope).cookies.get(cookie(is_secure(self.services.public_url, self.scope)), "")

    def begin(self, secret: str, *, embedded: bool, ends_at: datetime) -> None:
        """Keep the session in the browser. In another site's frame a cookie is kept only if it says so, over TLS."""
        secure = is_secure(self.services.public_url, self.scope)
        how = "Lax" if not (embedded and secure) else "None; Partitioned"
        seconds = int((ends_at - self.now).total_seconds())
        self.headers["Set-Cookie"] = _cookie(secret, f"Max-Age={seconds}; SameSite={how}", secure)

    def end(self) -> None:
        """Forget the session in the browser, and what pages of it were kept there, or typed and not sent."""
        self.headers["Clear-Site-Data"] = '"cache", "storage"'
        secure = is_secure(self.services.public_url, self.scope)
        self.headers["Set-Cookie"] = _cookie("", "Max-Age=0; SameSite=Lax", secure)


def _for_programs(file: Download) -> str:
    """Excel reads a table as UTF-8 only if it begins with a byte-order mark; other programs pass over it."""
    return f"\ufeff{file.text}" if file.media_type.startswith("text/csv") else file.text


def cookie(secure: bool) -> str:
    """What the session's cookie is called."""
    return _HOST_COOKIE if secure else COOKIE


def _cookie(secret: str, rest: str, secure: bool) -> str:
    return f"{cookie(secure)}={secret}; Path=/; HttpOnly; {rest}{'; Secure' if secure else ''}"


def is_secure(public_url: str, scope: Mapping[str, Any]) -> bool:
    """Whether people reach the service over TLS."""
    return public_url.startswith("https:") or scope.get("scheme") == "https"


def csrf(session_secret: str) -> str:
    """What every form of this session carries: the session's mark under a mask that is another on each page.

    Pages are compressed, so their length tells whether something that a stranger put into them stands there twice; a
    secret that never looked the same can not be guessed in that way, letter by letter (BREACH, 2013).
    """
    mask = secrets.token_bytes(MARK_BYTES)
    return (mask + _crossed(mask, _mark(session_secret))).hex()


def _mark(session_secret: str) -> bytes:
    return bytes.fromhex(digest(f"form:{session_secret}"))


def _crossed(one: bytes, other: bytes) -> bytes:
    return bytes(a ^ b for a, b in zip(one, other, strict=True))


def _belongs(given: object, session_secret: str) -> bool:
    """Whether a form's field is the session's mark, under whichever mask."""
    if not isinstance(given, str) or not _MARK.fullmatch(given):
        return False
    read = bytes.fromhex(given)
    return hmac.compare_digest(_crossed(read[:MARK_BYTES], read[MARK_BYTES:]), _mark(session_secret))


def same_site(request: Request) -> bool:
    """Whether a form was sent by a page of this site, as far as the browser says."""
    origin = request.headers.get("origin")
    return origin is None or urlsplit(origin).netloc == request.headers.get("host", "")


async def check_form(request: Request, session_secret: str) -> str:
    """By what the form is known again when it is sent twice; empty for what a script sends.

    The mark in it is another on each page, so the same act meant a second time, from a page that was shown since, is
    another form. Raises NotAllowed unless the form was made by a page of this session, on this site.
    """
    scripted = request.headers.get("x-csrf")
    given = scripted or (await request.form()).get("csrf")
    if not _belongs(given, session_secret) or not same_site(request):
        raise NotAllowed("This form belongs to a session that has ended. Load the page again; nothing was changed.")
    if scripted or request.scope["path"] in AS_IT_IS_SAID:
        return ""
    return await run_in_threadpool(_mark_of, request.scope, await request.form())


def _mark_of(scope: Mapping[str, Any], form: FormData) -> str:
    """A hash of the address and of all fields, each with its length, so that none runs into the next."""
    whole = hashlib.sha256()
    for part in (scope["path"].encode("utf-8", "surrogatepass"), scope["query_string"]):
        whole.update(b"%d:%b" % (len(part), part))
    for name, value in form.multi_items():
        # a file is whole already, in memory or on the disk
        said = value.encode("utf-8", "surrogatepass") if isinstance(value, str) else _digest_of(value.file)
        for part in (name.encode("utf-8", "surrogatepass"), said):
            whole.update(b"%d:%b" % (len(part), part))
    return whole.hexdigest()


def _digest_of(file: BinaryIO) -> bytes:
    """Of all that is in it; it can be read from its beginning afterwards."""
    whole = hashlib.sha256()
    while part := file.read(_PART):
        whole.update(part)
    file.seek(0)
    return whole.digest()


def _visit(mode: Mode) -> Any:
    async def made(request: Request) -> Visit:
        services = request.app.state.services
        return Visit(
            request.scope,
            services,
            request.state.actor,
            services.clock(),
            mode,
            session_secret=getattr(request.state, "session_secret", ""),
            said=request.query_params.get("said", ""),
            form=getattr(request.state, "form", ""),
        )

    return Depends(made)


AskingVisit = Annotated[Visit, _visit(Mode.NONE)]
ReadingVisit = Annotated[Visit, _visit(Mode.READ)]
WritingVisit = Annotated[Visit, _visit(Mode.WRITE)]
