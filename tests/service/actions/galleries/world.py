"""A challenge with several people's work on it, and short ways to let galleries be chosen, approved and shown."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from pipelines.adapters.hashing import HashingEmbedder
from service.actions.approvals.deciding import Deciding
from service.actions.challenges import setting
from service.actions.galleries import desk, make, review
from service.actions.people import register
from service.domain.galleries import GalleryState
from service.domain.roles import Actor, Role
from service.domain.visibility import PeersShown, SharingReach, ShowWork
from service.jobs.galleries import chosen
from service.store.tables import Gallery, Person, Submission
from tests.service.actions.school import NOW, act_as, found, hand_in

EMBEDDER = HashingEmbedder()

WORKS: Mapping[str, str] = {
    "amara": "We pair teachers across grades and visit each other twice before half-term. We talk in a meeting.",
    "yusuf": "Each pair of teachers agrees on one question before a visit and writes the answer into a notebook.",
    "noor": "We film a lesson, watch it together on Friday and count how often students ask something themselves.",
    "tiago": "Students fill in three lines after class; the teachers read them in pairs and choose what to watch for.",
    "lin": "Our maths team draws lots on Monday who visits whom, and puts the notes on the wall of the staff room.",
}
MORE = {"noor": ("Noor Haddad", "north"), "tiago": ("Tiago Costa", "north")}


def peopled(session: Session, name: str = "lakeside") -> Actor:
    """The organization of `school` with two learners more; its platform's actor. Lin learns in another group."""
    platform = found(session, name)
    for key, (full_name, group) in MORE.items():
        wish = register.ConsentWish(ShowWork.WITHOUT_NAME)
        register.put_person(
            session, platform, key, name=full_name, roles=[(Role.LEARNER, group)], consents=wish, now=NOW
        )
    return platform


def all_hand_in(session: Session, platform: Actor, *, now: datetime = NOW) -> None:
    for person, text in WORKS.items():
        hand_in(session, platform, person, text, now=now)


def machine(session: Session, *, now: datetime = NOW) -> None:
    """Let every gallery that waits be chosen."""
    for row in session.scalars(
        select(Gallery).where(Gallery.state == GalleryState.SUGGESTED).order_by(Gallery.id)
    ).all():
        making = make.begin(session, row.id, row.generation, now=now)
        if making is not None:
            make.finish(session, row.id, row.generation, chosen(making, EMBEDDER), now=now)


def of(session: Session, person: str = "amara") -> Gallery:
    """The gallery for this learner's work."""
    query = select(Gallery).join(Submission, Submission.id == Gallery.submission_id)
    return session.scalars(query.where(Submission.external_id == f"s-{person}")).one()


def approved(session: Session, facilitator: Actor, row: Gallery, *, now: datetime = NOW) -> Gallery:
    seen = desk.show(session, facilitator, row.id, now=now)
    return review.approve(Deciding(session, facilitator, row.id, row.version, now), seen=seen.text_hash)


def shown(session: Session, platform: Actor, person: str = "amara", *, now: datetime = NOW) -> Gallery:
    """Approved by a facilitator of the group, and the undo window is over."""
    row = approved(session, act_as(session, platform, "mateo"), of(session, person), now=now)
    assert review.show_due(session, row.id, now=now + timedelta(seconds=10))
    return row


def allow(session: Session, platform: Actor, person: str, *, now: datetime = NOW, **wish: object) -> None:
    register.set_consent(session, platform, person, register.ConsentWish(**wish), now=now)  # type: ignore[arg-type]


def share(
    session: Session,
    platform: Actor,
    *,
    peers: PeersShown = PeersShown.AFTER_ATTEMPT,
    reach: SharingReach = SharingReach.ORGANIZATION,
    now: datetime = NOW,
) -> None:
    """Set the challenge's sharing policy."""
    wish = setting.ChallengeWish("Peer observation", "Plan it.", sharing_peers=peers, sharing_reach=reach)
    setting.put_challenge(session, platform, "observe", wish, now=now)


def authors(session: Session, row: Gallery) -> list[str]:
    """Whose work is in a gallery, by external ids, in the order of showing."""
    names = dict(session.execute(select(Person.id, Person.external_id)).all())
    return [names[item.author_id] for item in row.items]
