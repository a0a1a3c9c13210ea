"""Galleries: others' work for a learner who has handed in, and a facilitator's decision on it."""

from __future__ import annotations

from typing import Annotated, Any
from urllib.parse import quote

from fastapi import Query

from service.actions.galleries import changes, desk, review
from service.actions.learners import galleries
from service.actions.learners.disclosed import alike, disclosed
from service.domain.access.keys import KeyScope
from service.domain.galleries import GalleryState
from service.web.calls import Reading, Seen, Writing, WritingAnew, tag
from service.web.fields import ExternalId, GalleryId, Id, WorkId
from service.web.openapi import v1
from service.web.paging import Page, Sliced
from service.web.schemas.galleries import (
    DeskGalleryShown,
    DisclosureList,
    DisclosureShown,
    GalleryApprovedAsked,
    GalleryComparisonAsked,
    GalleryDecided,
    GalleryDismissedAsked,
    GalleryShown,
    GalleryTakeawayAsked,
    GalleryThanksAsked,
    GalleryWorkAsked,
    LearnerGalleryShown,
    OwnWorkInGalleriesList,
    OwnWorkInGalleriesShown,
    ShowingsAlikeShown,
)

router = v1("Galleries", reads=KeyScope.READ, writes=KeyScope.ACT)

_OK: dict[int | str, dict[str, Any]] = {200: {"headers": {"ETag": {"$ref": "#/components/headers/ETag"}}}}
_NO_NOTE = GalleryDismissedAsked()
_ONE_MORE = GalleryWorkAsked()


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
    found = desk.show(call.session, call.actor, id, now=call.now)
    call.headers["ETag"] = tag(found.row.version)
    call.disclose(desk.shown(call.actor, found))
    return DeskGalleryShown.of(found)


@router.post("/galleries/{id}/approve", summary="Approve exactly what was seen")
def approve_gallery(call: Writing, id: GalleryId, seen: Seen, body: GalleryApprovedAsked) -> GalleryDecided:
    """It is shown when the undo window has passed. 412 if it is another than the one seen."""
    at, undo = call.deciding(id, seen), call.services.undo
    return GalleryDecided.of(review.approve(at, seen=body.seen, undo=undo))


@router.post("/galleries/{id}/undo", summary="Take the approval back")
def undo_gallery(call: Writing, id: GalleryId, seen: Seen) -> GalleryDecided:
    """As long as it is not shown."""
    return GalleryDecided.of(review.undo(call.deciding(id, seen)))


@router.put("/galleries/{id}/comparison", summary="Compare otherwise")
def put_comparison(call: Writing, id: GalleryId, seen: Seen, body: GalleryComparisonAsked) -> GalleryDecided:
    """An approval ends with it."""
    return GalleryDecided.of(changes.word(call.deciding(id, seen), text=body.text))


@router.put("/galleries/{id}/works/{revision}", summary="Put a work in")
def put_work(
    call: Writing, id: GalleryId, revision: WorkId, seen: Seen, body: GalleryWorkAsked = _ONE_MORE
) -> GalleryDecided:
    """One of its `alternatives`; the comparison is drafted anew."""
    at = call.deciding(id, seen)
    return GalleryDecided.of(changes.put_in(at, revision=revision, instead_of=body.instead_of or ""))


@router.delete("/galleries/{id}/works/{revision}", summary="Leave a work out")
def leave_work_out(call: Writing, id: GalleryId, revision: WorkId, seen: Seen) -> GalleryDecided:
    """A comparison that quotes it is drafted anew from the others."""
    return GalleryDecided.of(changes.leave_out(call.deciding(id, seen), revision=revision))


@router.post("/galleries/{id}/remake", summary="Choose anew", status_code=202)
def remake_gallery(call: Writing, id: GalleryId, seen: Seen) -> GalleryDecided:
    """From what is there now, for the learner's latest text."""
    return GalleryDecided.of(review.remake(call.deciding(id, seen)))


@router.post("/galleries/{id}/dismiss", summary="Show none, or take it back")
def dismiss_gallery(call: Writing, id: GalleryId, seen: Seen, body: GalleryDismissedAsked = _NO_NOTE) -> GalleryDecided:
    """It can be chosen anew at the desk."""
    return GalleryDecided.of(review.dismiss(call.deciding(id, seen), note=body.note))
