"""Galleries at the desk: the list, one to decide on, and each decision as a form that names the version seen."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Annotated, ClassVar

from fastapi import Form, Query
from pydantic import BaseModel, ConfigDict, Field

from service.actions.galleries import changes, desk, policy, review
from service.actions.galleries.desk import DeskGallery, Listing
from service.domain.galleries import GalleryState, SharingHindrance
from service.web.fields import ExternalId, GalleryId, Hash, Id, Line, OwnId, typed
from service.web.pages.routes import pages
from service.web.pages.views import Goto, PageView
from service.web.pages.visits import ReadingVisit, WritingVisit

router = pages()

HERE = "/desk/galleries/{id}"

STATES: Mapping[GalleryState, str] = {
    GalleryState.READY: "to decide",
    GalleryState.STUCK: "needs you",
    GalleryState.SUGGESTED: "being chosen",
    GalleryState.APPROVED: "approved",
    GalleryState.SHOWN: "shown",
    GalleryState.DISMISSED: "dismissed",
    GalleryState.WITHDRAWN: "taken back by the learner",
}

HINDRANCES: Mapping[str, str] = {
    SharingHindrance.NO_ATTEMPT: "The learner has no attempt of their own any more.",
    SharingHindrance.PEERS_NEVER: "This challenge's sharing policy lets nobody see others' work.",
    SharingHindrance.WITHDRAWN: "Its author took it back.",
    SharingHindrance.CONSENT: "Its author does not share it any more.",
    SharingHindrance.NO_AI: "Its author asked that no machine reads it.",
    SharingHindrance.OTHER_GROUP: "This challenge's work is shared within its group only.",
    SharingHindrance.TOO_RECENT: "It is more recent than your rule allows.",
    SharingHindrance.SHOWN_OFTEN: "Its author's work is shown as often as your rule allows.",
    SharingHindrance.OWN: "It is the learner's own.",
    SharingHindrance.NAMES: "It names people, and is shown without a name: a person looks at it first.",
}

ACTS: Mapping[str, str] = {
    "approve": "approved it",
    "undo": "undid the approval",
    "compare": "changed the comparison",
    "leave_out": "left a work out",
    "put_in": "put a work in",
    "swap": "swapped a work",
    "dismiss": "dismissed it",
    "remake": "had it chosen anew",
}


class GalleryDismissalReason(StrEnum):
    """Why a gallery is not shown."""

    NOT_FITTING = "not_fitting"
    TOO_STRONG = "too_strong"
    TOO_ALIKE = "too_alike"
    NOT_NOW = "not_now"
    OTHER = "other"


REASONS: Mapping[str, str] = {
    GalleryDismissalReason.NOT_FITTING: "They do not fit this learner",
    GalleryDismissalReason.TOO_STRONG: "They would discourage",
    GalleryDismissalReason.TOO_ALIKE: "They show the same",
    GalleryDismissalReason.NOT_NOW: "Not now",
    GalleryDismissalReason.OTHER: "Something else",
}


@dataclass(frozen=True)
class GalleriesPage(PageView):
    """The list; `number` is the page's, from 0."""

    template: ClassVar[str] = "galleries/list.html"
    listing: Listing
    now: datetime
    state: GalleryState | None
    challenge: str
    number: int
    states: Mapping[GalleryState, str] = field(default_factory=lambda: STATES)


@dataclass(frozen=True)
class GalleryPage(PageView):
    """One gallery to decide on."""

    template: ClassVar[str] = "galleries/gallery.html"
    gallery: DeskGallery
    now: datetime
    state_words: str
    seconds: int
    hindrances: Mapping[str, str] = field(default_factory=lambda: HINDRANCES)
    acts: Mapping[str, str] = field(default_factory=lambda: ACTS)
    reasons: Mapping[str, str] = field(default_factory=lambda: REASONS)


class GallerySent(BaseModel):
    """What every form on a gallery carries: the version that was seen."""

    model_config = ConfigDict(frozen=True)

    seen: Annotated[int, Field(ge=0, le=2**31)]


class GalleryApprovalSent(GallerySent):
    """What was seen, by its hash."""

    text_hash: Hash


class WordSent(GallerySent):
    """Another comparison."""

    comparison: Line = ""


class LeaveOutSent(GallerySent):
    """Which work goes."""

    revision: OwnId


class PutInSent(GallerySent):
    """Which work comes, and in whose place."""

    revision: OwnId
    instead_of: Annotated[str, Field(pattern=r"^([0-9a-f]{32})?$")] = ""


class GalleryDismissalSent(GallerySent):
    """Why none is shown."""

    reason: GalleryDismissalReason
    note: Line = ""


class SuggestSent(BaseModel):
    """For which group."""

    group: Annotated[str, Field(max_length=255)] = ""


@router.get("/desk/galleries")
def list_galleries(
    visit: ReadingVisit,
    state: Annotated[GalleryState | None, Query()] = None,
    challenge: Annotated[Id | None, Query()] = None,
    page: Annotated[int, Query(ge=0, le=100_000)] = 0,
) -> PageView:
    found = desk.listing(visit.session, visit.actor, state=state, challenge=challenge, page=page, now=visit.now)
    visit.disclose(desk.listed(visit.actor, found.items))
    return GalleriesPage(found, visit.now, state, challenge or "", page)


@router.get(HERE)
def show_gallery(visit: ReadingVisit, id: GalleryId) -> PageView:
    found = desk.show(visit.session, visit.actor, id, now=visit.now)
    visit.disclose(desk.shown(visit.actor, found))
    left = (found.show_at - visit.now).total_seconds() if found.show_at else 0
    return GalleryPage(found, visit.now, STATES[found.state], max(0, round(left)))


@router.post(HERE + "/approve")
def approve_gallery(visit: WritingVisit, id: GalleryId, sent: Annotated[GalleryApprovalSent, Form()]) -> Goto:
    review.approve(visit.deciding(id, sent.seen), seen=sent.text_hash, undo=visit.services.undo)
    return _back(id, "gallery-approved")


@router.post(HERE + "/undo")
def undo_gallery(visit: WritingVisit, id: GalleryId, sent: Annotated[GallerySent, Form()]) -> Goto:
    review.undo(visit.deciding(id, sent.seen))
    return _back(id, "gallery-undone")


@router.post(HERE + "/comparison")
def word_gallery(visit: WritingVisit, id: GalleryId, sent: Annotated[WordSent, Form()]) -> Goto:
    text = typed(sent.comparison)
    changes.word(visit.deciding(id, sent.seen), text=text)
    return _back(id, "saved")


@router.post(HERE + "/leave-out")
def leave_out(visit: WritingVisit, id: GalleryId, sent: Annotated[LeaveOutSent, Form()]) -> Goto:
    changes.leave_out(visit.deciding(id, sent.seen), revision=sent.revision)
    return _back(id, "gallery-changed")


@router.post(HERE + "/put-in")
def put_in(visit: WritingVisit, id: GalleryId, sent: Annotated[PutInSent, Form()]) -> Goto:
    at = visit.deciding(id, sent.seen)
    changes.put_in(at, revision=sent.revision, instead_of=sent.instead_of)
    return _back(id, "gallery-changed")


@router.post(HERE + "/dismiss")
def dismiss_gallery(visit: WritingVisit, id: GalleryId, sent: Annotated[GalleryDismissalSent, Form()]) -> Goto:
    at = visit.deciding(id, sent.seen)
    review.dismiss(at, reason_code=sent.reason.value, note=sent.note)
    return _back(id, "gallery-dismissed")


@router.post(HERE + "/remake")
def remake_gallery(visit: WritingVisit, id: GalleryId, sent: Annotated[GallerySent, Form()]) -> Goto:
    review.remake(visit.deciding(id, sent.seen))
    return _back(id, "gallery-wanted")


@router.post("/desk/challenges/{id}/galleries")
def suggest_galleries(visit: WritingVisit, id: ExternalId, sent: Annotated[SuggestSent, Form()]) -> Goto:
    policy.suggest(visit.session, visit.actor, id, group=sent.group or None, now=visit.now)
    return Goto("/desk/galleries", "gallery-wanted", {"challenge": id})


def _back(id: str, said: str) -> Goto:
    return Goto(f"/desk/galleries/{id}", said)
