"""Sign-in and safety: everybody's own second factor, and where they are signed in."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, ClassVar

from fastapi import Form
from markupsafe import Markup

from service.actions.access import second_factor, sessions
from service.actions.access.second_factor import FactorStanding
from service.actions.access.sessions import OpenSession
from service.web import errors
from service.web.fields import KeyId
from service.web.pages.access.codes import CodeSent, picture
from service.web.pages.routes import Shown, pages
from service.web.pages.views import Goto, PageView
from service.web.pages.visits import ReadingVisit, Visit, WritingVisit

router = pages()

HERE = "/safety"


@dataclass(frozen=True)
class SafetyPage(PageView):
    """How it stands. `wrong`: what the wrong code was given for, if one was."""

    template: ClassVar[str] = "access/safety.html"
    factor: FactorStanding
    sessions: tuple[OpenSession, ...]
    wrong: str = ""


@dataclass(frozen=True)
class SetUpPage(PageView):
    """An app to set up: the picture to scan, and the secret for those who type it."""

    template: ClassVar[str] = "access/set_up.html"
    picture: Markup
    secret: str
    wrong: bool = False


@dataclass(frozen=True)
class RecoveryPage(PageView):
    """Recovery codes, shown this once."""

    template: ClassVar[str] = "access/recovery.html"
    codes: tuple[str, ...]


@router.get(HERE)
def safety(visit: ReadingVisit) -> Shown:
    return _safety(visit)


def _safety(visit: Visit, wrong: str = "") -> SafetyPage:
    if wrong:
        visit.status = errors.KINDS["invalid"].status
    standing = second_factor.standing(visit.session, visit.actor)
    return SafetyPage(standing, sessions.own(visit.session, visit.actor, now=visit.now), wrong)


@router.post(HERE + "/second-factor/begin")
def begin(visit: WritingVisit) -> Shown:
    second_factor.begin(visit.session, visit.actor, visit.services.sealing, now=visit.now)
    return Goto(f"{HERE}/second-factor")


@router.get(HERE + "/second-factor")
def set_up(visit: ReadingVisit) -> Shown:
    return _set_up(visit)


def _set_up(visit: Visit, *, wrong: bool = False) -> Shown:
    found = second_factor.own_set_up(visit.session, visit.actor, visit.services.sealing)
    return SetUpPage(picture(found.uri), found.secret, wrong) if found else Goto(HERE)


@router.post(HERE + "/second-factor")
def turn_on(visit: WritingVisit, sent: Annotated[CodeSent, Form()]) -> Shown:
    codes = second_factor.turn_on(visit.session, visit.actor, sent.code, visit.services.sealing, now=visit.now)
    if codes:
        return RecoveryPage(codes)
    visit.status = errors.KINDS["invalid"].status
    return _set_up(visit, wrong=True)


@router.post(HERE + "/second-factor/off")
def turn_off(visit: WritingVisit, sent: Annotated[CodeSent, Form()]) -> Shown:
    off = second_factor.turn_off(visit.session, visit.actor, sent.code, visit.services.sealing, now=visit.now)
    return Goto(HERE, said="factor-off") if off else _safety(visit, "off")


@router.post(HERE + "/second-factor/recovery")
def renew_codes(visit: WritingVisit, sent: Annotated[CodeSent, Form()]) -> Shown:
    sealing, again = visit.services.sealing, bool(visit.kept)
    codes = second_factor.renew_codes(visit.session, visit.actor, sent.code, sealing, again=again, now=visit.now)
    visit.kept = "renewed" if codes else ""
    return RecoveryPage(codes) if codes else _safety(visit, "recovery")


@router.post(HERE + "/sessions/{id}/end")
def end_session(visit: WritingVisit, id: KeyId) -> Shown:
    sessions.end(visit.session, visit.actor, id, now=visit.now)
    return Goto(HERE, said="session-ended")


@router.post(HERE + "/sessions/end-others")
def end_others(visit: WritingVisit) -> Shown:
    sessions.end_others(visit.session, visit.actor, now=visit.now)
    return Goto(HERE, said="others-ended")
