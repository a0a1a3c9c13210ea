"""The way in with an account: to the provider, back from it, and its word that somebody has left. For anybody.

The way back begins a session by a link (GET), as a provider's answer comes. It counts only together with the cookie of
an attempt, for which it was made. And an attempt begins only where its owner meant it: from a page of this site, or
from an address that they opened themselves. Whoever another site sends here is asked first, with the name of the
organization, since that may be one whose provider signs everybody in as somebody of its own.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, ClassVar

from fastapi import Depends, Form, Query, Request

from service.actions.access import sign_in
from service.actions.access.sign_in import CodeNeeded
from service.domain.errors import NotAllowed, NotFound
from service.integrations.oidc import attempts
from service.integrations.oidc.door import LONGEST_ANSWER, Answer, Door
from service.integrations.oidc.plug import ENTRANCE, Accounts
from service.integrations.oidc.refusals import ADVICE, Refusal, Refused, WordNotTaken
from service.web import errors
from service.web.fields import OwnId
from service.web.pages.routes import OpenRoute, Shown, pages
from service.web.pages.views import Goto, PageMark, PageView
from service.web.pages.visits import AskingVisit, Visit, is_secure, same_site
from service.web.routes import address
from service.web.services import Services

router = pages(OpenRoute)

Said = Annotated[str, Query(max_length=LONGEST_ANSWER)]
_MEANT = frozenset({"same-origin", "none"})
"""Where a browser says that it comes from (Sec-Fetch-Site), when nobody else has sent it."""


@dataclass(frozen=True)
class AccountAskedPage(PageView):
    """Whether somebody means to sign in there, before anything is begun."""

    template: ClassVar[str] = "oidc/asked.html"
    name: str
    organization: str
    next: str


@dataclass(frozen=True)
class AccountForwardPage(PageView):
    """On to the provider: a page, since a form of ours may not be answered with an address that is not ours."""

    template: ClassVar[str] = "oidc/forward.html"
    name: str
    where: str


@dataclass(frozen=True)
class AccountRefusedPage(PageView):
    """Why somebody does not come in with their account, and what they can do."""

    template: ClassVar[str] = "oidc/refused.html"
    why: Refusal
    advice: str


async def the_door(request: Request) -> Door:
    services: Services = request.app.state.services
    found = next((one.door for one in services.integrations if isinstance(one, Accounts)), None)
    if found is None:
        raise NotFound
    return found


async def the_answer(code: Said = "", state: Said = "", iss: Said = "", error: Said = "") -> Answer:
    return Answer(code, state, iss, error)


Entrance = Annotated[Door, Depends(the_door)]
AnswerOfProvider = Annotated[Answer, Depends(the_answer)]


def back_address(visit: Visit, provider: str) -> str:
    """Where the provider sends people back to, exactly."""
    return f"{visit.base_url}{ENTRANCE}/{provider}/back"


@router.get(ENTRANCE + "/{provider}")
def begin_with_account(visit: AskingVisit, door: Entrance, provider: OwnId, request: Request, next: Said = "") -> Shown:
    with errors.Caught(Refused) as caught:
        if request.headers.get("sec-fetch-site") not in _MEANT:
            return AccountAskedPage(*door.named(visit.services.sessions, provider), _own(next))
        return Goto(_begun(visit, door, provider, next))
    return _refused(visit, caught)


@router.post(ENTRANCE + "/{provider}")
def begin_with_account_as_asked(
    visit: AskingVisit,
    door: Entrance,
    provider: OwnId,
    request: Request,
    next: Annotated[str, Form(max_length=LONGEST_ANSWER)] = "",
) -> Shown:
    if not same_site(request):
        raise NotAllowed("Signing in with an account begins on its own page.")
    with errors.Caught(Refused) as caught:
        name, _ = door.named(visit.services.sessions, provider)
        return AccountForwardPage(name, _begun(visit, door, provider, next))
    return _refused(visit, caught)


@router.get(ENTRANCE + "/{provider}/back")
def come_back_with_account(
    visit: AskingVisit, door: Entrance, provider: OwnId, answer: AnswerOfProvider, request: Request
) -> Shown:
    kept = request.cookies.get(attempts.cookie_name(secure=_secure(visit)), "")
    with errors.Caught(Refused) as caught:
        here = visit.in_cookie
        come = door.finish(visit.services.sessions, provider, answer, kept, here=here, now=visit.now)
        if isinstance(come.entered, CodeNeeded):
            return Goto(f"/sign-in/{come.secret}/code")
        visit.begin(come.entered.secret, embedded=False, ends_at=come.entered.ends_at)
        return Goto(come.entered.path or "/")
    _count(visit, request)
    return _refused(visit, caught)


@router.post(ENTRANCE + "/{provider}/left")
def sign_out_by_provider(
    visit: AskingVisit, door: Entrance, provider: OwnId, request: Request, logout_token: Annotated[str, Form()]
) -> Shown:
    """Back-channel logout: the provider itself calls. It asks for no more than 200 or 400."""
    with errors.Caught(Refused) as caught:
        door.sign_out(visit.services.sessions, provider, logout_token, now=visit.now)
        return PageMark("")
    _count(visit, request)
    why = caught.error.why if isinstance(caught.error, Refused) else Refusal.MALFORMED
    raise WordNotTaken(f"This word of a sign-out was not taken: {why.value}.")


@router.get(ENTRANCE + "/{provider}/leave")
def leave_account(visit: AskingVisit, door: Entrance, provider: OwnId) -> Shown:
    """Out at the provider, too; here nobody is signed in any more who comes this way from the sign-in page."""
    with errors.Caught(Refused):
        where = door.leaving(visit.services.sessions, provider, f"{visit.base_url}/sign-in")
        return Goto(where or "/sign-in")
    return Goto("/sign-in")


def _own(path: str) -> str:
    return path if sign_in.is_own_path(path) else ""


def _begun(visit: Visit, door: Door, provider: str, path: str) -> str:
    """The provider's address. The attempt is kept in the browser. Raises NotFound, Refused."""
    back = back_address(visit, provider)
    where, kept = door.begin(visit.services.sessions, provider, back, _own(path), now=visit.now)
    visit.headers["Set-Cookie"] = attempts.cookie(kept, secure=_secure(visit))
    return where


def _secure(visit: Visit) -> bool:
    return is_secure(visit.services.public_url, visit.scope)


def _count(visit: Visit, request: Request) -> None:
    """Who tries one thing after the other is told to wait. Raises TooMany."""
    errors.sign_in_refused(visit.scope)
    if visit.services.throttle is not None:
        visit.services.throttle.refused(address(request))


def _refused(visit: Visit, caught: errors.Caught) -> AccountRefusedPage:
    why = caught.error.why if isinstance(caught.error, Refused) else Refusal.NO_ATTEMPT
    visit.status = errors.KINDS["unavailable" if why is Refusal.UNREACHABLE else "not-allowed"].status
    return AccountRefusedPage(why, ADVICE[why].person)
