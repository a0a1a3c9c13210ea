"""What a facilitator changes in a gallery before approving it: the comparison, and which works are in it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from service.actions.approvals.deciding import Deciding
from service.actions.galleries.pool import candidates, compared
from service.actions.galleries.review import decide, opened
from service.actions.galleries.wanted import touch
from service.actions.visibility.in_galleries import shared_now
from service.domain.errors import Invalid
from service.domain.galleries import MOST, GalleryAct, GalleryActor, step
from service.store.tables import Challenge, Gallery, GalleryItem, Revision, Submission

BY_HAND = "Chosen by a facilitator."


def word(at: Deciding, *, text: str) -> Gallery:
    """Another comparison. Places that it does not quote any more are not marked any more."""
    row, person = opened(at)
    state = step(row.state, GalleryAct.REVISE, GalleryActor.FACILITATOR)
    if not text.strip():
        raise Invalid("Say what to compare: one question that the learner can check in the texts.")
    decide(at.session, row, person, "compare", now=at.now, before=row.comparison, after=text)
    row.comparison = text
    for work in shared_now(at.session, [row], now=at.now)[row.id].works:
        there = zip(work.item.marks, work.marks, strict=True)
        work.item.marks = [written for written, (start, end) in there if work.text[start:end] in text]
    own = at.session.get_one(Revision, row.revision_id).text
    row.marks = [[start, end] for start, end in row.marks if own[start:end] in text]
    touch(row, state, now=at.now)
    return row


def leave_out(at: Deciding, *, revision: str) -> Gallery:
    """One work less; a comparison that quotes it is drafted anew from the others, and so is one that might, since the
    work is no longer shared and words of a person's own mark no places."""
    row, person = opened(at)
    state = step(row.state, GalleryAct.REVISE, GalleryActor.FACILITATOR)
    item = _in(row, revision)
    gone = any(
        not one.shared and one.item is item
        for one in shared_now(at.session, [row], now=at.now, texts=False)[row.id].works
    )
    decide(at.session, row, person, "leave_out", now=at.now, note=revision, before=row.comparison)
    row.items.remove(item)
    at.session.flush()
    if gone or item.marks or len(row.items) < MOST - 1:
        _compare_anew(at.session, row, now=at.now)
    _renumber(row.items)
    touch(row, state, now=at.now)
    return row


def put_in(at: Deciding, *, revision: str, instead_of: str = "") -> Gallery:
    """One work more, or one in another's place; the comparison is drafted anew.

    Raises Invalid for one that may not be shown to this learner now, that is there, or that is one too many.
    """
    row, person = opened(at)
    state = step(row.state, GalleryAct.REVISE, GalleryActor.FACILITATOR)
    if any(item.revision_id == revision for item in row.items):
        raise Invalid("This work is in the gallery already.")
    if revision not in candidates(at.session, row, at.session.get_one(Challenge, row.challenge_id), now=at.now):
        raise Invalid("This work may not be shown here as things stand now. Choose another one.")
    decide(
        at.session, row, person, "swap" if instead_of else "put_in", now=at.now, note=revision, before=row.comparison
    )
    position = len(row.items)
    if instead_of:
        left = _in(row, instead_of)
        position = left.position
        row.items.remove(left)
    if len(row.items) >= MOST:
        raise Invalid("A gallery holds three works at most. Swap one, or leave one out first.")
    row.items.append(_by_hand(at.session, row, revision, position))
    at.session.flush()
    row.items.sort(key=lambda item: item.position)
    _compare_anew(at.session, row, now=at.now)
    _renumber(row.items)
    touch(row, state, now=at.now)
    return row


def _in(row: Gallery, revision: str) -> GalleryItem:
    item = next((item for item in row.items if item.revision_id == revision), None)
    if item is None:
        raise Invalid("This work is not in the gallery.")
    return item


def _by_hand(session: Session, row: Gallery, revision: str, position: int) -> GalleryItem:
    author = session.scalars(
        select(Submission.person_id)
        .join(Revision, Revision.submission_id == Submission.id)
        .where(Revision.id == revision)
    ).one()
    reasons = [{"why": "by_hand", "text": BY_HAND}]
    return GalleryItem(
        organization_id=row.organization_id,
        revision_id=revision,
        author_id=author,
        position=position,
        reasons=reasons,
        marks=[],
    )


def _compare_anew(session: Session, row: Gallery, *, now: datetime) -> None:
    """From the works that may be read now, which come first, in their order: it calls them A, B and C."""
    shared = [w.item.revision_id for w in shared_now(session, [row], now=now, texts=False)[row.id].works if w.shared]
    found = compared(session, row, shared) if shared else None
    places = {place.work: [[place.start, place.end]] for place in found.places} if found else {}
    row.comparison = row.drafted = found.text if found else ""
    row.marks = places.get(row.revision_id, [])
    for item in row.items:
        item.marks = places.get(item.revision_id, [])
    row.items.sort(key=lambda item: (item.revision_id not in shared, item.position))


def _renumber(items: Sequence[GalleryItem]) -> None:
    for position, item in enumerate(items):
        item.position = position
