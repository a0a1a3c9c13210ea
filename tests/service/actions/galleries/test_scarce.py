"""A gallery for which there is not enough work yet says so to its learner, and is looked at again by itself."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from service.actions.galleries import make
from service.actions.learners import galleries as learners_galleries
from service.actions.learners.galleries import GalleryStage
from service.domain.galleries import GalleryState
from service.domain.roles import Actor
from service.store.session import Sessions
from service.store.tables import Challenge, Job, OutgoingEvent
from tests.service.actions.galleries.world import WORKS, machine, of, peopled
from tests.service.actions.school import NOW, act_as, hand_in


def stage(session: Session, platform: Actor) -> GalleryStage:
    return learners_galleries.others(session, act_as(session, platform, "amara"), "s-amara", now=NOW).stage


def again(session: Session, platform: Actor) -> int:
    challenge = session.scalars(select(Challenge.id)).one()
    return make.look_again(session, platform.organization, challenge, now=NOW + timedelta(hours=1))


def looks(session: Session) -> int:
    return len(session.scalars(select(Job).where(Job.kind == "gallery_again")).all())


def test_whoever_is_alone_is_told_so_and_gets_a_gallery_when_others_came(sessions: Sessions) -> None:
    with sessions.writing() as session:
        platform = peopled(session)
        hand_in(session, platform, "amara", WORKS["amara"])
        learners_galleries.ask(session, act_as(session, platform, "amara"), "s-amara", now=NOW)
        assert stage(session, platform) is GalleryStage.WAITING
        machine(session)
        row = of(session)
        assert (row.state, stage(session, platform)) == (GalleryState.STUCK, GalleryStage.SCARCE)
        assert (again(session, platform), looks(session)) == (0, 0)
        hand_in(session, platform, "noor", WORKS["noor"], now=NOW + timedelta(minutes=1))
        assert looks(session) == 1
        assert again(session, platform) == 0  # one is not enough to compare
        assert of(session).state is GalleryState.STUCK
        hand_in(session, platform, "yusuf", WORKS["yusuf"], now=NOW + timedelta(minutes=2))
        assert again(session, platform) == 1
        assert stage(session, platform) is GalleryStage.WAITING
        machine(session, now=NOW + timedelta(hours=2))
        assert of(session).state is GalleryState.READY


def test_what_was_looked_at_in_vain_is_not_looked_at_again_until_something_new_came(sessions: Sessions) -> None:
    with sessions.writing() as session:
        platform = peopled(session)
        for person in ("amara", "noor", "yusuf"):
            hand_in(session, platform, person, WORKS[person])
        learners_galleries.ask(session, act_as(session, platform, "amara"), "s-amara", now=NOW)
        row = of(session)
        assert make.begin(session, row.id, row.generation, now=NOW) is not None
        make.finish(session, row.id, row.generation, make.GalleryMade(()), now=NOW + timedelta(minutes=1))
        assert stage(session, platform) is GalleryStage.SCARCE
        assert again(session, platform) == 0
        told = select(OutgoingEvent.name).where(OutgoingEvent.name == "gallery.stuck")
        assert len(session.scalars(told).all()) == 1
