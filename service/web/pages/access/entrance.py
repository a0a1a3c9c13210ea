"""Getting in and out: the sign-in link, the session's cookie, and where a person begins."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, ClassVar

from fastapi import Path, Query, Request

from service.actions.access import sign_in
from service.actions.access.sign_in import CodeNeeded
from service.domain.errors import NotAllowed, NotSignedIn
from service.web.needs import needs
from service.web.pages.navigation import first
from service.web.pages.routes import OpenRoute, pages
from service.web.pages.views import Goto, PageView
from service.web.pages.visits import ReadingVisit, WritingVisit, same_site
from service.web.services import WayIn

router = pages()
open_router = pages(OpenRoute)

Secret = Annotated[str, Path(pattern=r"^[A-Za-z0-9_-]{43}$")]


@dataclass(frozen=True)
class SignInPage(PageView):
    """How one comes in. `after` is where to go then."""

    template: ClassVar[str] = "access/sign_in.html"
    ways: tuple[WayIn, ...]
    after: str


@dataclass(frozen=True)
class SignInLinkPage(PageView):
    """A link that was opened: whom it is for. Looking at it does not use it up, since mail scanners look, too."""

    template: ClassVar[str] = "access/sign_in_link.html"
    name: str
    organization: str
    works: bool


@router.get("/")
@needs()
def begin(visit: ReadingVisit) -> Goto:
    return Goto(first(visit.actor))


@open_router.get("/sign-in")
def how_to_sign_in(visit: ReadingVisit, next: Annotated[str, Query(max_length=2_000)] = "") -> PageView:
    ways = tuple(way for one in visit.services.integrations for way in one.ways_in(visit.session))
    return SignInPage(ways, next if sign_in.is_own_path(next) else "")


@open_router.get("/sign-in/{secret}")
def open_link(visit: ReadingVisit, secret: Secret) -> PageView:
    seen = sign_in.invited(visit.session, secret, now=visit.now)
    return SignInLinkPage(seen.name, seen.organization, seen.works)


@open_router.post("/sign-in/{secret}")
def use_link(visit: WritingVisit, secret: Secret, request: Request) -> Goto:
    if not same_site(request):
        raise NotAllowed("A sign-in link is used on its own page.")
    return _entered(visit, secret)


@open_router.get("/embed/{secret}")
def open_embedded_link(visit: ReadingVisit, secret: Secret) -> PageView:
    """For a frame. Looking begins nothing here either: whoever is shown the page says that it is they."""
    seen = sign_in.invited(visit.session, secret, now=visit.now)
    if not seen.embedded:
        raise NotSignedIn("This link is not for a frame.")
    visit.frames = " ".join(seen.frames) or visit.frames
    return SignInLinkPage(seen.name, seen.organization, seen.works)


@open_router.post("/embed/{secret}")
def use_embedded_link(visit: WritingVisit, secret: Secret, request: Request) -> Goto:
    if not same_site(request):
        raise NotAllowed("A sign-in link is used on its own page.")
    return _entered(visit, secret, embedded=True)


def _entered(visit: WritingVisit, secret: str, *, embedded: bool = False) -> Goto:
    entered = sign_in.enter(
        visit.session, secret, embedded=embedded, seal=visit.services.seal, here=visit.in_cookie, now=visit.now
    )
    if isinstance(entered, CodeNeeded):
        return Goto(f"/sign-in/{secret}/code")
    visit.begin(entered.secret, embedded=entered.embedded, ends_at=entered.ends_at)
    return Goto(entered.path or "/")


@router.post("/sign-out")
@needs()
def leave(visit: WritingVisit) -> Goto:
    sign_in.sign_out(visit.session, visit.actor, now=visit.now)
    visit.end()
    return Goto("/sign-in", said="signed-out")
