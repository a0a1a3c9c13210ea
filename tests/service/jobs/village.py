"""A school whose challenge waits until three pieces are judged, with people who hand in and judge."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

from sqlalchemy import select

from pipelines.values import AI, Standing
from service import wiring
from service.actions.access import credentials
from service.actions.approvals.deciding import Deciding
from service.actions.calibration import asking, progress
from service.actions.calibration.progress import CalibrationSeen
from service.actions.challenges import editor, setting
from service.actions.decisions import judging, review
from service.actions.decisions.judging import CriterionReadingWish
from service.actions.drafts.points import text_to_approve
from service.actions.people import register
from service.actions.work import submit
from service.domain.drafts import DraftState
from service.domain.roles import Actor, Role
from service.store.session import Sessions
from service.store.tables import CalibrationPiece, DraftRow, Job, Submission
from tests.begun import begun
from tests.service.actions.school import NOW, found
from tests.service.jobs.parts import parts_of
from tests.work_off import work_off

WORKS = [
    "We pair teachers across grades and visit each other twice before half-term, on Mondays.",
    "Our pairs are chosen by subject, and each pair visits the other in March and again in May.",
    "Mathematics watches one lesson a week and writes down what the students say about fractions.",
    "In the kitchen of the canteen we cook potatoes, onions and leeks for ninety hungry pupils each day.",
    "Amina visits Jonas in the second week; they look at how questions are asked, and by whom. "
    "Afterwards each writes three sentences into the shared folder, and the head of the year reads them on Friday. "
    "In June all pairs meet for an hour, tell what surprised them, and choose the question of the next term.",
    "Teachers visit each other before the holidays and talk about it over a cup of tea afterwards.",
    "Each visit has one question. It hangs on the chair at the back, and the visitor answers it at the end.",
]


@dataclass
class Village:
    """A school whose challenge waits until three pieces are judged."""

    parts: wiring.Parts
    platform: Actor
    lena: Actor

    @property
    def sessions(self) -> Sessions:
        return self.parts.sessions

    def hand_in(self, number: int, text: str = "", ai: AI = AI.ANY) -> str:
        with self.sessions.writing() as session:
            wish = submit.SubmissionWish("observe", f"p{number}", text or WORKS[number % len(WORKS)], ai=ai)
            return submit.submit(session, self.platform, f"s{number}", wish, now=self.parts.now()).draft.id

    def hand_in_all(self, count: int = len(WORKS)) -> None:
        for number in range(count):
            self.hand_in(number)
        work_off(self.parts)

    def states(self) -> Counter[DraftState]:
        with self.sessions.reading() as session:
            return Counter(session.scalars(select(DraftRow.state)))

    def seen(self) -> CalibrationSeen:
        with self.sessions.reading() as session:
            return progress.progress(session, self.lena, "observe")

    def judge(self, draft: str, *keys: str) -> None:
        wishes = [CriterionReadingWish(key, Standing.MET, nowhere=True) for key in keys or ("k1", "k2")]
        with self.sessions.writing() as session:
            row = session.get_one(DraftRow, draft)
            judging.read(
                Deciding(session, self.lena, draft, row.version, self.parts.now()), wishes, self.parts.fallback
            )

    def approve(self, draft: str) -> None:
        """With a word by hand."""
        with self.sessions.writing() as session:
            row = session.get_one(DraftRow, draft)
            row.summary = row.summary or "Who and when are clear."
            session.flush()
            at = Deciding(session, self.lena, draft, row.version, self.parts.now())
            review.approve(at, seen=text_to_approve(row)[0])

    def answer_without_verdict(self, draft: str) -> None:
        with self.sessions.writing() as session:
            version = session.get_one(DraftRow, draft).version
            review.write(Deciding(session, self.lena, draft, version, self.parts.now()))
        self.approve(draft)

    def withdraw(self, submission: str) -> None:
        with self.sessions.writing() as session:
            submit.withdraw(session, self.platform, submission, now=self.parts.now())

    def say_no_to_machines(self, submission: str) -> None:
        with self.sessions.writing() as session:
            register.put_person(
                session,
                self.platform,
                f"p{submission[1:]}",
                name="Person",
                roles=[(Role.LEARNER, "north")],
                consents=register.ConsentWish(ai=AI.NONE),
                now=self.parts.now(),
            )

    def choose_anew(self) -> None:
        with self.sessions.writing() as session:
            asking.choose_anew(session, self.lena, "observe", now=self.parts.now())
        work_off(self.parts)

    def chosen(self) -> set[str]:
        return {one.submission for one in self.seen().pieces}

    def draft_of(self, submission: str) -> str:
        """Of its first text."""
        with self.sessions.reading() as session:
            rows = select(DraftRow.id).join(Submission, Submission.id == DraftRow.submission_id)
            found = rows.where(Submission.external_id == submission).order_by(DraftRow.created_at, DraftRow.id)
            return session.scalars(found).first() or ""

    def piece(self, draft: str) -> CalibrationPiece | None:
        with self.sessions.reading() as session:
            return session.get(CalibrationPiece, draft)

    def set_to_wait(self, pieces: int) -> None:
        with self.sessions.writing() as session:
            wish = editor.form(session, self.platform, "observe").wish
            setting.put_challenge(
                session, self.platform, "observe", replace(wish, calibrate=pieces), now=self.parts.now()
            )

    def drafts_made(self) -> list[str]:
        """Subjects of jobs that made a draft, in order."""
        with self.sessions.reading() as session:
            return list(session.scalars(select(Job.subject_id).where(Job.kind == "draft").order_by(Job.id)))


def of_three(sessions: Sessions, folder: Path) -> Village:
    """It waits for three pieces, twelve learners have said yes to machines, and nobody has handed in. On an empty
    database, with its index in the folder."""
    platform, lena = begun("a village of three", sessions, lambda: _settled(parts_of(folder, sessions)), folder)
    return Village(parts_of(folder, sessions), platform, lena)


def filled(sessions: Sessions, folder: Path) -> Village:
    """The same when everybody has handed in: three pieces have their sheet, and four wait."""

    def made() -> tuple[Actor, Actor]:
        parts = parts_of(folder, sessions)
        there = Village(parts, *_settled(parts))
        there.hand_in_all()
        return there.platform, there.lena

    platform, lena = begun("a village that has handed in", sessions, made, folder)
    return Village(parts_of(folder, sessions), platform, lena)


def _settled(parts: wiring.Parts) -> tuple[Actor, Actor]:
    """The platform, and Lena, who facilitates."""
    with parts.sessions.writing() as session:
        platform = found(session)
        for number in range(12):
            held = [(Role.LEARNER, "north")]
            consents = register.ConsentWish(ai=AI.ANY)
            register.put_person(
                session, platform, f"p{number}", name=f"Person {number}", roles=held, consents=consents, now=NOW
            )
        _, secret = credentials.mint_token(
            session, platform, person="lena", now=datetime.now(UTC), lifetime=timedelta(hours=2)
        )
        lena = credentials.authenticate(session, secret, now=datetime.now(UTC))
    Village(parts, platform, lena).set_to_wait(3)
    work_off(parts)
    return platform, lena
