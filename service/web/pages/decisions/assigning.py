"""Giving a challenge's waiting drafts to colleagues by shares: typed, looked at, done, and taken back."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, ClassVar, Final
from urllib.parse import quote

from fastapi import Form, Query
from pydantic import BaseModel, Field

from service.actions.decisions import assigning
from service.actions.decisions.assigning import LARGEST, Assignment
from service.domain.errors import Invalid, PeerloomError
from service.web import errors
from service.web.fields import ExternalId, Line
from service.web.pages.routes import Shown, pages
from service.web.pages.views import Goto, PageView
from service.web.pages.visits import ReadingVisit, WritingVisit

router = pages()

HERE: Final = "/desk/challenges/{id}/assign"


class SharesSent(BaseModel):
    """As typed: each person with a weight, an empty one for none. `do` is the button."""

    person: list[Line] = []
    weight: list[Line] = []
    seen: Annotated[str, Field(max_length=64)] = ""
    do: Annotated[str, Field(pattern="^(look|give)$")] = "look"


class GivenSent(BaseModel):
    """When it was given."""

    given: Annotated[str, Field(max_length=40)]


@dataclass(frozen=True)
class AssignPage(PageView):
    """Everybody who may review what waits, and what their shares come to once they were looked at."""

    template: ClassVar[str] = "decisions/assign.html"
    found: Assignment
    looked: bool
    given: str
    fault: str
    largest: int = LARGEST


@router.get(HERE)
def show_assign(visit: ReadingVisit, id: ExternalId, given: Annotated[str, Query(max_length=40)] = "") -> Shown:
    found = assigning.proposed(visit.session, visit.actor, id, {}, now=visit.now)
    return AssignPage(found, looked=False, given=given if _moment(given) else "", fault="")


@router.post(HERE)
def assign(visit: WritingVisit, id: ExternalId, sent: Annotated[SharesSent, Form()]) -> Shown:
    session, actor, now = visit.session, visit.actor, visit.now
    with errors.Caught(PeerloomError) as caught:
        weights = _weights(sent)
        if sent.do == "give":
            assigning.assign(session, actor, id, weights, seen=sent.seen, now=now)
            where = f"/desk/challenges/{quote(id, safe='')}/assign?given={quote(now.isoformat(), safe='')}"
            return Goto(where, said="drafts-given")
        return AssignPage(assigning.proposed(session, actor, id, weights, now=now), looked=True, given="", fault="")
    visit.status = errors.KINDS["invalid"].status
    plain = assigning.proposed(session, actor, id, {}, now=now)
    return AssignPage(plain, looked=False, given="", fault=str(caught.error))


@router.post(HERE + "/take-back")
def take_back(visit: WritingVisit, id: ExternalId, sent: Annotated[GivenSent, Form()]) -> Shown:
    at = _moment(sent.given)
    if at is None:
        raise Invalid("This form does not say what is taken back. Load the page again.")
    assigning.take_back(visit.session, visit.actor, id, at=at, now=visit.now)
    return Goto(f"/desk/challenges/{quote(id, safe='')}/assign", said="drafts-back")


def _weights(sent: SharesSent) -> dict[str, int]:
    """Raises Invalid for what is no number."""
    typed = {person: weight.strip() for person, weight in zip(sent.person, sent.weight, strict=False)}
    if wrong := next((one for one in typed.values() if one and not one.isdecimal()), ""):
        raise Invalid(f"“{wrong[:20]}” is no share. Type a number from 0 to {LARGEST}, or nothing.")
    return {person: int(weight) for person, weight in typed.items() if weight}


def _moment(text: str) -> datetime | None:
    with suppress(ValueError):
        at = datetime.fromisoformat(text)
        return at if at.tzinfo is not None else None
    return None
