"""An invented village school for introductions: two groups, people with different gaps, and short ways to act."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from pipelines.people.values import IntroductionWording, Match, MeetingReason, ReasonKind, ShownPassage
from pipelines.values import AI
from service.actions.access import credentials, organizations
from service.actions.approvals.deciding import Deciding
from service.actions.challenges import setting
from service.actions.introductions import answers, common, own, review
from service.actions.introductions import review as introductions_review
from service.actions.introductions import suggest as introductions_suggest
from service.actions.people import register
from service.actions.work import submit
from service.domain.introductions import wording_digest
from service.domain.roles import Actor, CredentialReach, Role
from service.domain.visibility import ShowWork
from service.store import find
from service.store.session import Sessions
from service.store.tables import DraftRow, Introduction, Person, Submission
from tests.begun import begun

NOW = datetime(2026, 10, 5, 9, 0, tzinfo=UTC)
UNDO = timedelta(seconds=10)
LEARNERS = {"amara": "north", "yusuf": "north", "lin": "south", "noor": "south", "tiago": "south"}
TEXTS = {
    "amara": "We pair teachers across grades and they visit each other twice before half-term. What to watch is open.",
    "yusuf": "Each pair of teachers visits one lesson a month. They write down which questions children ask.",
    "lin": "Before each visit the two agree on one question to watch for. Who visits whom we have not settled yet.",
    "noor": "Our maths team watches a lesson a week and notes what children say about fractions. Dates are not fixed.",
    "tiago": "The garden group keeps a diary of tomato seedlings and compares which window is warmest.",
}
JUDGED = {
    "amara": {"k1": "met", "k2": "not_yet"},
    "yusuf": {"k1": "met", "k2": "partly"},
    "lin": {"k1": "not_yet", "k2": "met"},
    "noor": {"k1": "not_yet", "k2": "met"},
    "tiago": {"k1": "not_yet", "k2": "not_yet"},
}
OPEN = register.ConsentWish(ShowWork.WITH_NAME, True, AI.LOCAL)


@dataclass
class Village:
    """One organization and who acts in it. `now` is moved by hand."""

    sessions: Sessions
    organization: str
    platform: Actor
    now: datetime = NOW

    def id(self, person: str) -> str:
        with self.sessions.reading() as session:
            return find.one(session, Person, self.organization, person).id

    def actor(self, person: str) -> Actor:
        with self.sessions.writing() as session:
            return self.actor_in(session, person)

    def actor_in(self, session: Session, person: str) -> Actor:
        """The same within an open transaction."""
        _, secret = credentials.mint_token(session, self.platform, person=person, now=self.now)
        return credentials.authenticate(session, secret, now=self.now)

    def allow(self, person: str, **wish: object) -> None:
        with self.sessions.writing() as session:
            register.set_consent(session, self.platform, person, register.ConsentWish(**wish), now=self.now)  # type: ignore[arg-type]

    def suggest(self, first: str, second: str, *, through: str | None = None, quoting: bool = True) -> str:
        """A suggestion as a worker would keep it; empty if it is not kept."""
        offer = introductions_suggest.IntroductionOffer(
            self.match(first, second, quoting), self.id(through) if through else None
        )
        with self.sessions.writing() as session:
            kept = introductions_suggest.keep(session, self.organization, [offer], now=self.now)
            return kept[0].id if kept else ""

    def match(self, first: str, second: str, quoting: bool = True) -> Match:
        texts = [f"{name} of {first} and {second}" for name in introductions_review.WORDS]
        passages = tuple(self.shown(person) for person in (first, second)) if quoting else ()
        reason = MeetingReason(ReasonKind.COMPLEMENTARY, 0.9, passages=passages)
        features = {"complementary": 0.9, "near": 0.5}
        return Match(self.id(first), self.id(second), 0.5, 1.0, (reason,), IntroductionWording(*texts), features)

    def shown(self, person: str) -> ShownPassage:
        with self.sessions.reading() as session:
            query = select(DraftRow.revision_id).join(Submission, Submission.id == DraftRow.submission_id)
            revision = session.scalars(query.where(Submission.external_id == f"s-{person}")).one()
        quote = TEXTS[person][:24]
        return ShownPassage(f"{revision}@0-24", revision, self.id(person), 0, 24, quote)

    def row(self, introduction: str) -> Introduction:
        with self.sessions.reading() as session:
            return session.get_one(Introduction, introduction)

    def approve(self, introduction: str, by: str = "mateo") -> None:
        actor = self.actor(by)
        row = self.row(introduction)
        seen = wording_digest(common.texts(row))
        with self.sessions.writing() as session:
            review.approve(Deciding(session, actor, introduction, row.version, self.now), seen=seen, undo=UNDO)

    def ask(self, introduction: str) -> bool:
        with self.sessions.writing() as session:
            return answers.ask_due(session, introduction, now=self.now + UNDO)

    def asked(self, first: str, second: str, **how: object) -> str:
        """Suggested, approved and asked."""
        introduction = self.suggest(first, second, **how)  # type: ignore[arg-type]
        assert introduction, "nothing was suggested"
        self.approve(introduction)
        assert self.ask(introduction)
        self.now += UNDO
        return introduction

    def answer(self, introduction: str, person: str, yes: bool) -> None:
        actor = self.actor(person)
        with self.sessions.writing() as session:
            answers.answer(session, actor, introduction, yes=yes, now=self.now)

    def sees(self, person: str) -> own.Own:
        actor = self.actor(person)
        with self.sessions.reading() as session:
            return own.mine(session, actor, now=self.now)


def settled(sessions: Sessions) -> Village:
    """The village, on an empty database."""
    return replace(begun("elmfield", sessions, lambda: settle(sessions)))


def settle(sessions: Sessions, name: str = "elmfield") -> Village:
    """The village, with everybody's work judged by hand; everybody shows their work with name and may be introduced."""
    with sessions.writing() as session:
        organization = organizations.create(session, external_id=name, name=name.title(), now=NOW)
        platform = Actor(organization.id, "operator", CredentialReach.PLATFORM)
        _, secret = credentials.issue_key(session, organization.id, name="platform", now=NOW)
        platform = credentials.authenticate(session, secret, now=NOW)
        _people(session, platform)
        criteria = (
            setting.CriterionWish("k1", "names who visits whom and when"),
            setting.CriterionWish("k2", "says what will be watched for"),
        )
        wish = setting.ChallengeWish("Peer observation", "Plan how your team starts.", criteria=criteria)
        setting.put_challenge(session, platform, "observe", wish, now=NOW)
        for person, text in TEXTS.items():
            done = submit.submit(
                session, platform, f"s-{person}", submit.SubmissionWish("observe", person, text), now=NOW, start=False
            )
            done.draft.judgements = dict(JUDGED[person])
    return Village(sessions, organization.id, platform)


def _people(session: Session, platform: Actor) -> None:
    register.put_group(session, platform, "all", name="All schools", parent=None, now=NOW)
    for group in ("north", "south"):
        register.put_group(session, platform, group, name=group.title(), parent="all", now=NOW)
    for person, group in LEARNERS.items():
        name, roles = f"{person.title()} Tester", [(Role.LEARNER, group)]
        register.put_person(session, platform, person, name=name, roles=roles, consents=OPEN, now=NOW)
    for person, role, group in (
        ("lena", Role.FACILITATOR, "north"),
        ("mateo", Role.FACILITATOR, "all"),
        ("ines", Role.COORDINATOR, "all"),
        ("sofia", Role.FACILITATOR, "south"),
    ):
        register.put_person(session, platform, person, name=person.title(), roles=[(role, group)], now=NOW)
