"""A school with a plan, two groups and work on it, and short ways to act."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from pipelines.values import AI
from service.actions.access import credentials
from service.actions.approvals.deciding import Deciding
from service.actions.challenges import setting
from service.actions.challenges.setting import ChallengeWish
from service.actions.documents import versions
from service.actions.goals import decisions, make, progress
from service.actions.goals.progress import GoalEvidenceSeen, GoalSeen, Plan
from service.actions.people import register
from service.actions.people.register import ConsentWish
from service.domain.goals import EvidenceAct
from service.domain.roles import Actor, Role
from service.domain.visibility import ShowWork
from service.store.session import Sessions
from tests.begun import begun
from tests.service.jobs.conftest import School, founded
from tests.service.jobs.parts import parts_of
from tests.work_off import work_off

PLAN = """# Plan

## Goal 1: Visits

Pairs of teachers visit each other twice before half-term.

## Goal 2: Tomatoes

The garden grows tomatoes in every greenhouse window.

## Who carries it

The head.
"""
VISITS = "Our pairs of teachers visit each other twice before half-term, across grades."
GARDEN = "The garden grows tomatoes in the greenhouse window that is warmest."
OTHER = "Quarterly invoices must be archived by Friday."
OPEN = ConsentWish(ShowWork.WITH_NAME, True, AI.LOCAL)


@dataclass
class Planned:
    """Year 8 with Ilse, Year 9 with Bao; Rosa coordinates all of it."""

    school: School
    platform: Actor

    def put(self, text: str = PLAN, tags: tuple[str, ...] = ("strategy",), id_: str = "plan") -> None:
        with self.school.parts.sessions.writing() as session:
            now = self.school.parts.now()
            versions.put_document(session, self.school.actor, id_, title="Plan", text=text, tags=tags, now=now)

    def look(self) -> None:
        """Do what is due, as a worker does."""
        work_off(self.school.parts)

    def again(self) -> int:
        with self.school.parts.sessions.writing() as session:
            count = make.search_all_again(session, self.school.actor, now=self.school.parts.now())
        self.look()
        return count

    def actor(self, person: str) -> Actor:
        now = self.school.parts.now()
        with self.school.parts.sessions.writing() as session:
            _, secret = credentials.mint_token(session, self.platform, person=person, now=now)
            return credentials.authenticate(session, secret, now=now)

    def allow(self, person: str, wish: ConsentWish) -> None:
        with self.school.parts.sessions.writing() as session:
            register.set_consent(session, self.school.actor, person, wish, now=self.school.parts.now())

    def plans(self, person: str = "rosa") -> list[Plan]:
        actor = self.actor(person)
        with self.school.parts.sessions.reading() as session:
            return progress.listed(session, actor)

    def goal(self, number: int = 0, person: str = "rosa") -> GoalSeen:
        return self.show(self.plans(person)[0].goals[number].id, person)

    def show(self, goal: str, person: str = "rosa") -> GoalSeen:
        actor = self.actor(person)
        with self.school.parts.sessions.reading() as session:
            return progress.show(session, actor, goal)

    def decide(
        self,
        goal: str,
        piece: GoalEvidenceSeen,
        act: EvidenceAct = EvidenceAct.CONFIRM,
        person: str = "ilse",
        seen: int = 0,
    ) -> None:
        actor = self.actor(person)
        with self.school.parts.sessions.writing() as session:
            now = self.school.parts.now()
            decisions.decide(Deciding(session, actor, piece.id, seen or piece.version, now), goal, act)


def planned(folder: Path, sessions: Sessions) -> Planned:
    """`plan`, on an empty database, with its index in the folder."""

    def made() -> tuple[Actor, Actor]:
        school = School(parts_of(folder, sessions), founded(sessions))
        return school.actor, plan(school).platform

    operator, platform = begun("a plan and work on it", sessions, made, folder)
    return Planned(School(parts_of(folder, sessions), operator), platform)


def plan(school: School) -> Planned:
    """Everybody shows their work with name; Amara (year 8) and Tiago (year 9) visit, Noor (year 8) gardens."""
    now = school.parts.now()
    with school.parts.sessions.writing() as session:
        register.put_group(session, school.actor, "all", name="All", parent=None, now=now)
        for group in ("year-8", "year-9"):
            register.put_group(session, school.actor, group, name=group, parent="all", now=now)
        for id_, role, group in (
            ("bao", Role.FACILITATOR, "year-9"),
            ("rosa", Role.COORDINATOR, "all"),
            ("amara", Role.LEARNER, "year-8"),
            ("noor", Role.LEARNER, "year-8"),
            ("tiago", Role.LEARNER, "year-9"),
        ):
            name, roles = f"{id_.title()} Tester", [(role, group)]
            register.put_person(session, school.actor, id_, name=name, roles=roles, consents=OPEN, now=now)
        setting.put_challenge(session, school.actor, "garden", ChallengeWish("Garden", "Grow something."), now=now)
    with school.parts.sessions.writing() as session:
        _, secret = credentials.issue_key(session, school.actor.organization, name="platform", now=now)
        platform = credentials.authenticate(session, secret, now=now)
    made = Planned(school, platform)
    school.hand_in("s-amara", "amara", VISITS)
    school.hand_in("s-tiago", "tiago", VISITS.replace("Our", "The"))
    school.hand_in("s-noor", "noor", GARDEN)
    made.look()
    made.put()
    made.look()
    return made
