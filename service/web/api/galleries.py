"""Galleries: others' work for a learner who has handed in, and a facilitator's decision on it."""

from __future__ import annotations

from typing import Annotated, Any
from urllib.parse import quote

from fastapi import Query

from service.actions.galleries import desk, review
from service.actions.learners import galleries
from service.actions.learners.disclosed import alike, disclosed
from service.domain.access import KeyScope
from service.domain.galleries import GalleryState
from service.web.calls import Reading, Seen, Writing, WritingAnew, tag
from service.web.fields import ExternalId, GalleryId, Id
from service.web.openapi import v1
from service.web.paging import Page, Sliced
from service.web.schemas.galleries import (
    DeskGalleryShown,
    DisclosureList,
    DisclosureShown,
    GalleryApprovedAsked,
    GalleryDecided,
    GalleryDismissedAsked,
    GalleryShown,
    GalleryTakeawayAsked,
    GalleryThanksAsked,
    LearnerGalleryShown,
    OwnWorkInGalleriesList,
    OwnWorkInGalleriesShown,
    ShowingsAlikeShown,
)

router = v1("Galleries", reads=KeyScope.READ, writes=KeyScope.ACT)

_OK: dict[int | str, dict[str, Any]] = {200: {"headers": {"ETag": {"$ref": "#/components/headers/ETag"}}}}
_NO_NOTE = GalleryDismissedAsked()


@router.get("/submissions/{id}/gallery", summary="How others solved it")
def get_others(call: Reading, id: ExternalId) -> LearnerGalleryShown:
    """For the author of the submission. Consents and sharing policy are looked at anew with every call."""
    return LearnerGalleryShown.of(galleries.others(call.session, call.actor, id, now=call.now))


@router.post("/submissions/{id}/gallery", summary="Ask to see how others solved it", status_code=202)
def ask_for_others(call: WritingAnew, id: ExternalId) -> LearnerGalleryShown:
    """A facilitator looks at what is chosen before it is shown. Asking again changes nothing."""
    galleries.ask(call.session, call.actor, id, now=call.now)
    call.headers["Location"] = quote(call.scope["path"])
    return LearnerGalleryShown.of(galleries.others(call.session, call.actor, id, now=call.now))


@router.post("/submissions/{id}/gallery/thanks", summary="Thank an author", status_code=201)
def thank_author(call: WritingAnew, id: ExternalId, body: GalleryThanksAsked) -> LearnerGalleryShown:
    """Names are known only where both wish it."""
    galleries.thank(call.session, call.actor, id, body.item, named=body.named, now=call.now)
    return LearnerGalleryShown.of(galleries.others(call.session, call.actor, id, now=call.now))


@router.put("/submissions/{id}/gallery/takeaway", summary="Say what you take from it")
def put_takeaway(call: WritingAnew, id: ExternalId, body: GalleryTakeawayAsked) -> LearnerGalleryShown:
    """With a day it becomes a commitment."""
    galleries.take_away(call.session, call.actor, id, body.text, due_on=body.due_on, now=call.now)
    return LearnerGalleryShown.of(galleries.others(call.session, call.actor, id, now=call.now))


@router.get("/people/{id}/shown-work", summary="Where one's own work was shown")
def list_shown_work(call: Reading, id: ExternalId) -> OwnWorkInGalleriesList:
    """How often and when, and thanks; never to whom unless both wish it. There is one page."""
    found = galleries.shown_to_others(call.session, call.actor, id)
    return OwnWorkInGalleriesList(items=[OwnWorkInGalleriesShown.of(one) for one in found])


@router.get("/people/{id}/disclosures", summary="Every showing of one's own work")
def list_disclosures(call: Reading, id: ExternalId) -> DisclosureList:
    """In what, when, and who let it; to people, and to models. There is one page."""
    found = disclosed(call.session, call.actor, id)
    return DisclosureList(
        items=[DisclosureShown.of(one) for one in found], alike=[ShowingsAlikeShown.of(one) for one in alike(found)]
    )


@router.get("/galleries", summary="List galleries")
def list_galleries(
    call: Reading,
    cut: Sliced,
    state: Annotated[GalleryState | None, Query(description="Only those in this state.")] = None,
    challenge: Annotated[Id | None, Query(description="Only those on this challenge.")] = None,
) -> Page[GalleryShown]:
    """Of the groups that you may see; those asked for first, then the oldest."""
    wish: dict[str, Any] = {"state": state, "challenge": challenge, "after": cut.after, "limit": cut.wanted}
    found = desk.listing(call.session, call.actor, **wish, now=call.now)
    return cut.page(call, found.items, GalleryShown.of, lambda one: one.id)


@router.get("/galleries/{id}", summary="One gallery, to decide on", responses=_OK)
def get_gallery(call: Reading, id: GalleryId) -> DeskGalleryShown:
    """With the works and why they were chosen."""
    found = desk.show(call.session, call.actor, id, now=call.now, choices=False)
    call.headers["ETag"] = tag(found.row.version)
    call.disclose(desk.shown(call.actor, found))
    return DeskGalleryShown.of(found)


@router.post("/galleries/{id}/approve", summary="Approve exactly what was seen")
def approve_gallery(call: Writing, id: GalleryId, seen: Seen, body: GalleryApprovedAsked) -> GalleryDecided:
    """It is shown when the undo window has passed. 412 if it is another than the one seen."""
    at, undo = call.deciding(id, seen), call.services.undo
    return GalleryDecided.of(review.approve(at, seen=body.seen, undo=undo))


@router.post("/galleries/{id}/dismiss", summary="Show none, or take it back")
def dismiss_gallery(call: Writing, id: GalleryId, seen: Seen, body: GalleryDismissedAsked = _NO_NOTE) -> GalleryDecided:
    """It can be chosen anew at the desk."""
    return GalleryDecided.of(review.dismiss(call.deciding(id, seen), note=body.note))
