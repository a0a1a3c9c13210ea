"""What of a person's own data lies between people: requests, introductions, galleries. Never what somebody else said or
left unsaid: an introduction reads the same whether the other has said no or nothing."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import and_, or_, select
from sqlalchemy.orm import Session

from service.actions.introductions.common import open_people
from service.actions.learners import galleries
from service.actions.learners.disclosed import disclosed
from service.actions.requests.need import answerers
from service.domain.galleries import GalleryState
from service.domain.introductions import TOGETHER
from service.domain.roles import Actor
from service.store.names import names_of
from service.store.tables import (
    Gallery,
    GalleryItem,
    GalleryThanks,
    Introduction,
    IntroductionAnswer,
    Person,
    Request,
    Submission,
)


def asked_for(session: Session, who: Person) -> list[dict[str, Any]]:
    """Needs that the person stated, and the answers to them."""
    rows = session.scalars(select(Request).where(Request.person_id == who.id).order_by(Request.id)).all()
    names = answerers(session, rows)
    told = ("id", "text", "ai", "state", "stated_at", "looked_at", "answer", "answered_at")
    return [
        {**{name: getattr(row, name) for name in told}, "answered_by": names.get(row.answered_by or "", "")}
        for row in rows
    ]


def introduced(session: Session, who: Person) -> list[dict[str, Any]]:
    """What the person was asked and said. `with` is named once both said yes, while both allow it."""
    rows = session.execute(
        select(Introduction, IntroductionAnswer)
        .outerjoin(
            IntroductionAnswer,
            and_(IntroductionAnswer.introduction_id == Introduction.id, IntroductionAnswer.person_id == who.id),
        )
        .where(
            or_(Introduction.first_id == who.id, Introduction.second_id == who.id), Introduction.asked_at.is_not(None)
        )
        .order_by(Introduction.asked_at, Introduction.id)
    ).all()
    others = {row.id: row.second_id if row.first_id == who.id else row.first_id for row, _ in rows}
    allowed = open_people(session, {who.id, *others.values()}, machines=False)
    names = names_of(session, [id_ for id_ in others.values() if allowed[id_] and allowed[who.id]])
    said = ("said", "said_at", "met", "useful", "note", "told_at")
    return [
        {
            "id": row.id,
            "asked_at": row.asked_at,
            **{name: getattr(own, name) if own else None for name in said},
            "introduced_at": row.introduced_at if row.state in TOGETHER else None,
            "with": names.get(others[row.id], "") if row.state in TOGETHER else "",
        }
        for row, own in rows
    ]


def read_of_others(session: Session, kept: Sequence[Submission]) -> list[dict[str, Any]]:
    """That others' work was shown for these submissions, and what the person said of it; nothing of the work."""
    of = {row.id: row.external_id for row in kept}
    rows = session.scalars(
        select(Gallery)
        .where(Gallery.submission_id.in_(of), Gallery.state == GalleryState.SHOWN)
        .order_by(Gallery.shown_at, Gallery.id)
    ).all()
    thanks = session.execute(
        select(GalleryItem.gallery_id, GalleryThanks.at, GalleryThanks.named)
        .join(GalleryThanks, GalleryThanks.item_id == GalleryItem.id)
        .where(GalleryItem.gallery_id.in_([row.id for row in rows]))
        .order_by(GalleryThanks.at, GalleryThanks.item_id)
    ).all()
    return [
        {
            "submission": of[row.submission_id],
            "shown_at": row.shown_at,
            "works": len(row.items),
            "takeaway": row.takeaway,
            "takeaway_at": row.takeaway_at,
            "thanks": [{"at": one.at, "with_name": one.named} for one in thanks if one.gallery_id == row.id],
        }
        for row in rows
    ]


def read_by_others(session: Session, actor: Actor, who: Person) -> list[dict[str, Any]]:
    """That the person's own work was shown, and thanks for it; to whom, only where both wished to know."""
    return [
        {
            "submission": one.submission,
            "shown_at": list(one.times),
            "thanks": [{"at": thanks.at, "returned": thanks.returned, "from": thanks.met} for thanks in one.thanks],
        }
        for one in galleries.shown_to_others(session, actor, who.external_id)
    ]


def disclosed_to_others(session: Session, actor: Actor, who: Person) -> list[dict[str, Any]]:
    """Every showing of the person's own work, to people and to models outside; people are not named."""
    told = ("submission", "revision", "kind", "reader", "approved_by", "place", "at")
    return [{name: getattr(one, name) for name in told} for one in disclosed(session, actor, who.external_id)]
