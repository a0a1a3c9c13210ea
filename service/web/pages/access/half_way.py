"""Between a sign-in link and a session: the code of a second factor, or setting one up. Nobody is signed in here."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, ClassVar

from fastapi import Form, Request
from markupsafe import Markup

from service.actions.access import half_way
from service.domain.errors import NotAllowed
from service.web import errors
from service.web.pages.access.codes import CodeSent, picture
from service.web.pages.access.entrance import Secret
from service.web.pages.routes import OpenRoute, Shown, pages
from service.web.pages.views import Goto, PageView
from service.web.pages.visits import ReadingVisit, Visit, WritingVisit, same_site

router = pages(OpenRoute)


@dataclass(frozen=True)
class CodePage(PageView):
    """Asks for a code; `picture` and `secret` are there for somebody who must set up an app first."""

    template: ClassVar[str] = "access/code.html"
    name: str
    picture: Markup
    secret: str
    wrong: bool
    left: int


@dataclass(frozen=True)
class SignInOverPage(PageView):
    """Too many wrong codes."""

    template: ClassVar[str] = "access/sign_in_over.html"


@dataclass(frozen=True)
class FirstRecoveryPage(PageView):
    """Somebody has set up an app, and is in: their recovery codes, shown this once."""

    template: ClassVar[str] = "access/first_recovery.html"
    codes: tuple[str, ...]
    path: str


@router.get("/sign-in/{secret}/code")
def ask_for_code(visit: ReadingVisit, secret: Secret) -> PageView:
    return _asked(visit, secret)


def _asked(visit: Visit, secret: str, *, wrong: bool = False) -> CodePage:
    seen = half_way.seen(visit.session, secret, visit.services.sealing, now=visit.now)
    shown = picture(seen.set_up.uri) if seen.set_up else Markup("")
    return CodePage(seen.name, shown, seen.set_up.secret if seen.set_up else "", wrong, seen.left)


@router.post("/sign-in/{secret}/code")
def give_code(visit: WritingVisit, secret: Secret, request: Request, sent: Annotated[CodeSent, Form()]) -> Shown:
    if not same_site(request):
        raise NotAllowed("A code is given on its own page.")
    answer = half_way.answer(
        visit.session, secret, sent.code, visit.services.sealing, here=visit.in_cookie, now=visit.now
    )
    if answer.entered is None:
        errors.sign_in_refused(visit.scope)
        visit.status = errors.KINDS["invalid" if answer.left else "not-signed-in"].status
        return _asked(visit, secret, wrong=True) if answer.left else SignInOverPage()
    entered = answer.entered
    visit.begin(entered.secret, embedded=entered.embedded, ends_at=entered.ends_at)
    path = entered.path or "/"
    return FirstRecoveryPage(answer.codes, path) if answer.codes else Goto(path)
