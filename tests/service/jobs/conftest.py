"""Real parts for jobs, that start at once: SQLite, exact search, hashed n-grams; and a small school in it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from pipelines.values import AI
from service import wiring
from service.actions.access import organizations
from service.actions.challenges import setting
from service.actions.challenges.setting import ChallengeWish, CriterionWish
from service.actions.documents import versions
from service.actions.people import register
from service.actions.people.register import ConsentWish
from service.actions.work import submit
from service.actions.work.submit import SubmissionWish, Submitted
from service.domain.roles import Actor, CredentialReach, Role
from service.domain.visibility import ShowWork
from service.store.session import Sessions
from service.store.tables import Job, JobState
from tests.begun import begun
from tests.service.jobs.parts import parts_of
from tests.service.jobs.village import Village, filled, of_three

TEXT = "We pair teachers across grades and visit each other twice before half-term. Afterwards we talk about it."


@dataclass
class School:
    """One organization with a group, a facilitator, two learners and a challenge, with the tools of jobs."""

    parts: wiring.Parts
    actor: Actor

    def hand_in(self, id_: str, person: str = "amara", text: str = TEXT, ai: AI = AI.ANY) -> Submitted:
        wish = SubmissionWish(challenge="observation", person=person, text=text, ai=ai)
        with self.parts.sessions.writing() as session:
            return submit.submit(session, self.actor, id_, wish, now=self.parts.now())

    def withdraw(self, id_: str) -> None:
        with self.parts.sessions.writing() as session:
            submit.withdraw(session, self.actor, id_, now=self.parts.now())

    def document(self, id_: str, text: str) -> str:
        with self.parts.sessions.writing() as session:
            row, _ = versions.put_document(session, self.actor, id_, title=id_, text=text, now=self.parts.now())
            return row.id

    def jobs(self, *states: JobState, kind: str | None = None) -> list[Job]:
        with self.parts.sessions.reading() as session:
            query = select(Job).where(Job.state.in_(states or tuple(JobState))).order_by(Job.id)
            return list(session.scalars(query.where(Job.kind == kind) if kind else query))


@pytest.fixture
def parts(tmp_path: Path, sqlite_sessions: Sessions) -> wiring.Parts:
    return parts_of(tmp_path / "data", sqlite_sessions)


@pytest.fixture
def school(parts: wiring.Parts) -> School:
    return School(parts, begun("quillmere", parts.sessions, lambda: founded(parts.sessions)))


@pytest.fixture
def village(sessions: Sessions, tmp_path: Path) -> Village:
    return of_three(sessions, tmp_path / "data")


@pytest.fixture(name="filled")
def filled_village(sessions: Sessions, tmp_path: Path) -> Village:
    return filled(sessions, tmp_path / "data")


def founded(sessions: Sessions) -> Actor:
    now = datetime.now(UTC) - timedelta(seconds=1)
    yes = ConsentWish(ShowWork.WITHOUT_NAME, True, AI.ANY)
    with sessions.writing() as session:
        row = organizations.create(session, external_id="quillmere", name="Quillmere", now=now)
        actor = Actor(row.id, "operator", CredentialReach.PLATFORM)
        register.put_group(session, actor, "year-8", name="Year 8", parent=None, now=now)
        learners = ((id_, Role.LEARNER) for id_ in ("amara", "tiago", "noor"))
        for id_, role in (("ilse", Role.FACILITATOR), *learners):
            held = [(role, "year-8")]
            register.put_person(session, actor, id_, name=id_.title(), language="en", roles=held, consents=yes, now=now)
        criterion = CriterionWish("k1", "names who observes whom and when", "Who visits whom, and when?")
        wish = ChallengeWish("Plan peer observation", "Plan how your team starts it.", criteria=(criterion,))
        setting.put_challenge(session, actor, "observation", wish, now=now)
    return actor
