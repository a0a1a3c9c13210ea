"""A small school that is lived in through the product's own actions and jobs, beside what its people agreed to."""

from __future__ import annotations

import copy
import itertools
import shutil
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, fields, replace
from datetime import datetime, timedelta
from pathlib import Path

from sqlalchemy import select
from sqlalchemy.orm import Session

from pipelines.people.values import IntroductionWording, Match, MeetingReason, ReasonKind, ShownPassage
from pipelines.values import AI
from service import wiring
from service.actions.approvals.deciding import Deciding
from service.actions.challenges import setting
from service.actions.galleries import policy as galleries_policy
from service.actions.galleries import review
from service.actions.introductions import answers, ends, suggest
from service.actions.introductions import review as introductions_review
from service.actions.learners import galleries as galleries_learn
from service.actions.people import register
from service.actions.requests import desk as requests_desk
from service.actions.requests import need
from service.actions.work import submit
from service.domain.errors import PeerloomError
from service.domain.galleries import GalleryState as Of
from service.domain.galleries import Policy
from service.domain.introductions import IntroductionState
from service.domain.roles import Actor, Role
from service.domain.visibility import PeersShown, SharingReach, ShowWork
from service.jobs.handlers import work_one
from service.settings import load
from service.store.session import Sessions, make_engine
from service.store.tables import (
    FoundWork,
    Gallery,
    GalleryItem,
    Introduction,
    IntroductionUseful,
    Job,
    JobState,
    Request,
    Revision,
    Submission,
)
from tests.entitled import ENTITLED
from tests.service.actions.galleries.world import approved
from tests.service.actions.introductions.village import NOW, UNDO, Village
from tests.service.people_rules import letting
from tests.service.people_rules.agreed import WORK, Agreed, GalleryRule, Meeting, Text

SAYS = {
    "amara": "We pair teachers across grades and they visit each other twice before half-term. What to watch is open.",
    "yusuf": "Each pair of teachers visits one lesson a month. They write down which questions the children ask there.",
    "lin": "Before each visit the two agree on one question to watch for. Who visits whom we have not settled yet.",
    "noor": "Our maths team watches a lesson a week and notes what children say about fractions. Dates are not fixed.",
    "tiago": "Students fill in three lines after class and the teachers read them in pairs. Nobody has set a date yet.",
}
JUDGED = {"amara": "k1", "yusuf": "k1", "lin": "k2", "noor": "k2", "tiago": "k2"}
ASKS = "What should a pair of teachers watch for when they visit a lesson?"
QUESTION = "What does each see that yours does not?"
KINDS = ("sync", "gallery", "gallery_show", "introduce", "ask", "request", "found_show")


@dataclass(frozen=True)
class ByClock(wiring.Parts):
    """The real tools of jobs with a clock that is moved by hand."""

    clock: Callable[[], datetime] = lambda: NOW

    def now(self) -> datetime:
        return self.clock()


class Life(Village):
    """The village of people with marks in their texts; every act is done to the database and to what was agreed."""

    folder: Path
    tools: ByClock
    agreed: Agreed
    actors: dict[str, Actor]
    ids: dict[str, str]
    names: dict[str, str]  # external ids by ours
    number: itertools.count[int]

    # Beginning

    def set_up(self, folder: Path) -> None:
        self.folder = folder
        settings = load(
            data=folder,
            database_url=f"sqlite:///{folder / 'peerloom.db'}",
            index="exact",
            embedder="hashing",
            model="",
            dispatch="inline",
        )
        parts = wiring.build(settings)
        parts.sessions.engine.dispose()
        parts = replace(parts, sessions=self.sessions)
        self.tools = ByClock(**{one.name: getattr(parts, one.name) for one in fields(parts)}, clock=lambda: self.now)

    def copy_to(self, folder: Path) -> Life:
        """The same life, to be gone on with in another folder."""
        self.sessions.engine.dispose()  # the last connection writes the log back into the file
        shutil.copytree(self.folder, folder, dirs_exist_ok=True)
        other = Life(
            Sessions(make_engine(f"sqlite:///{folder / 'peerloom.db'}")), self.organization, self.platform, self.now
        )
        other.agreed, other.actors = copy.deepcopy(self.agreed), dict(self.actors)
        other.ids, other.names, other.number = self.ids, self.names, copy.copy(self.number)
        other.set_up(folder)
        return other

    def act(self, what: Callable[[Session], object]) -> object:
        """What is refused is refused in our own words, changes nothing, and is None here."""
        with suppress(PeerloomError), self.sessions.writing() as session:
            return what(session) or True
        return None

    def work(self) -> None:
        """Do the jobs that are due, but for drafts of feedback, which are no part of this."""
        for _ in range(40):
            with self.sessions.reading() as session:
                due = select(Job.id).where(
                    Job.state == JobState.QUEUED, Job.kind.in_(KINDS), Job.not_before <= self.now
                )
                job = session.scalar(due.order_by(Job.priority.desc(), Job.id).limit(1))
            if job is None:
                break
            work_one(self.tools, job=job)
        self.look_at_suggestions()

    def look_at_suggestions(self) -> None:
        """Whatever was matched since the last look was matched as people allow it."""
        with self.sessions.reading() as session:
            rows = session.scalars(select(Introduction).where(Introduction.id.not_in(self.agreed.meetings))).all()
        for row in rows:
            first, second = self.names[row.first_id], self.names[row.second_id]
            through = self.names[row.through_id] if row.through_id else ""
            assert all(self.agreed.open(one) for one in (first, second, through) if one), "matched against consent"
            assert frozenset({first, second}) not in [pair for pair, _ in self.agreed.ever_asked], "matched again"
            self.agreed.meetings[row.id] = Meeting(first, second, through)

    # What people do

    def allow_now(
        self, person: str, show: str | None = None, introduce: bool | None = None, ai: str | None = None
    ) -> None:
        self.allow(person, show_work=ShowWork(show) if show else None, introduce=introduce, ai=AI(ai) if ai else None)
        self.agreed.allow(person, show, introduce, ai)

    def move(self, person: str, groups: frozenset[str]) -> None:
        roles = [(Role.LEARNER, group) for group in sorted(groups)]
        with self.sessions.writing() as session:
            register.put_person(
                session, self.platform, person, name=f"{person.title()} Tester", roles=roles, now=self.now
            )
            self.actors[person] = self.actor_in(session, person)
        self.agreed.people[person].groups = groups

    def hand_in(self, person: str, *, ai: str = "any") -> None:
        """A first text, or another revision of it."""
        one = self.agreed.people[person]
        group = one.group if one.submission else min(one.groups, default="")
        number = next(self.number)
        mark, submission = f"q{person}{number}", one.submission or f"s-{person}-{number}"
        said = SAYS[person].split()
        text = " ".join(word for at, word in enumerate(said) for word in ([mark, word] if at % 2 == 0 else [word]))

        def done(session: Session) -> object:
            wish = submit.SubmissionWish("observe", person, text, ai=AI(ai), group=group)
            draft = submit.submit(session, self.platform, submission, wish, now=self.now).draft
            draft.judgements = {"k1": "not_yet", "k2": "not_yet", JUDGED[person]: "met"}
            place = {"criterion": JUDGED[person], "standing": "met", "confidence": 0.9, "record": ENTITLED, "start": 0}
            draft.assessment = {"criteria": [{**place, "end": text.index(".") + 1}]}
            return True

        if group and self.act(done):
            unread = "none" in (ai, one.ai)
            self.agreed.handed_in(Text(person, mark, group, self.now, unread), submission)

    def take_back(self, person: str) -> None:
        if submission := self.agreed.people[person].submission:
            with self.sessions.writing() as session:
                submit.withdraw(session, self.platform, submission, now=self.now)
            self.agreed.took_back(person)

    def share(self, peers: str, reach: str) -> None:
        criteria = (
            setting.CriterionWish("k1", "names who visits whom and when"),
            setting.CriterionWish("k2", "says what will be watched for"),
        )
        wish = setting.ChallengeWish(
            "Peer observation",
            "Plan how your team starts.",
            criteria=criteria,
            sharing_peers=PeersShown(peers),
            sharing_reach=SharingReach(reach),
        )
        with self.sessions.writing() as session:
            setting.put_challenge(session, self.platform, "observe", wish, now=self.now)
        self.agreed.peers, self.agreed.reach = peers, reach

    # Galleries

    def lay_down(self, group: str, rule: GalleryRule) -> None:
        policy = Policy(rule.automatic, rule.automatic, rule.without_names, rule.weeks, rule.most, QUESTION)
        with self.sessions.writing() as session:
            galleries_policy.lay_down(
                session, self.actors["mateo"], "observe", group=group, policy=policy, now=self.now
            )
        self.agreed.rules[group] = rule

    def galleries(self, *askers: str) -> None:
        """Asked for, chosen, approved, shown."""
        for person in askers:
            own = self.agreed.people[person].submission
            self.act(lambda session, p=person, own=own: galleries_learn.ask(session, self.actors[p], own, now=self.now))
        self.work()
        for id_ in self.of_galleries(Of.READY):
            self.act(lambda s, id_=id_: approved(s, self.actors["mateo"], s.get_one(Gallery, id_), now=self.now))
        self.now += UNDO
        self.work()

    def of_galleries(self, state: Of) -> list[str]:
        with self.sessions.reading() as session:
            return list(session.scalars(select(Gallery.id).where(Gallery.state == state).order_by(Gallery.id)))

    def retract(self, gallery: str) -> None:
        with self.sessions.writing() as session:
            version = session.get_one(Gallery, gallery).version
            review.dismiss(Deciding(session, self.actors["mateo"], gallery, version, self.now))

    def thank(self, *, named: bool, back: bool, meet: bool) -> None:
        """Everybody thanks for every work they are shown, and the authors answer."""
        with self.sessions.reading() as session:
            rows = session.execute(
                select(GalleryItem.id, GalleryItem.author_id, Gallery.person_id)
                .join(Gallery, Gallery.id == GalleryItem.gallery_id)
                .where(Gallery.state == Of.SHOWN)
            ).all()
        for item, author, person in rows:
            by, to = self.names[person], self.names[author]
            own = self.agreed.people[by].submission
            if not self.act(
                lambda s, by=by, own=own, item=item: galleries_learn.thank(
                    s, self.actors[by], own, item, named=named, now=self.now
                )
            ):
                continue
            if back and self.act(
                lambda s, to=to, item=item: galleries_learn.thank_back(
                    s, self.actors[to], to, item, meet=meet, now=self.now
                )
            ):
                self.agreed.known |= {frozenset({by, to})} if meet and named else set()

    # Introductions

    def suggest_all(self) -> None:
        """The real job, for everybody."""
        with self.sessions.writing() as session:
            suggest.look_for(session, self.platform, now=self.now)
        self.work()

    def offer(self, first: str, second: str, through: str = "") -> None:
        """A match of these two as a worker would keep it, with a passage of each."""
        words = IntroductionWording(*(f"{name} of it" for name in introductions_review.WORDS))
        if through:
            words = replace(words, reason=f"Both know {through.title()} Tester")
        passages = tuple(one for person in (first, second) for one in self._passage(person))
        reason = MeetingReason(ReasonKind.TRIANGLE if through else ReasonKind.COMPLEMENTARY, 0.9, passages=passages)
        match = Match(self.ids[first], self.ids[second], 0.5, 1.0, (reason,), words, {"complementary": 0.9})
        offer = suggest.IntroductionOffer(match, self.ids[through] if through else None)
        with self.sessions.writing() as session:
            suggest.keep(session, self.organization, [offer], now=self.now)
        self.look_at_suggestions()

    def _passage(self, person: str) -> list[ShownPassage]:
        with self.sessions.reading() as session:
            query = (
                select(Revision)
                .join(Submission, Submission.id == Revision.submission_id)
                .where(Submission.external_id == self.agreed.people[person].submission)
                .order_by(Revision.number.desc())
                .limit(1)
            )
            row = session.scalar(query)
        return [ShownPassage(f"{row.id}@0-24", row.id, self.ids[person], 0, 24, row.text[:24])] if row else []

    def in_state(self, *states: IntroductionState) -> list[str]:
        with self.sessions.reading() as session:
            return list(
                session.scalars(select(Introduction.id).where(Introduction.state.in_(states)).order_by(Introduction.id))
            )

    def approve_all(self) -> None:
        for one in self.in_state(IntroductionState.SUGGESTED):
            with suppress(PeerloomError):
                self.approve(one)
                self.agreed.meetings[one].approved = True

    def ask_all(self) -> None:
        """The undo window passes."""
        self.now += UNDO
        self.work()

    def note_questions(self) -> None:
        """Remember who was asked, from the rows."""
        with self.sessions.reading() as session:
            rows = session.execute(
                select(Introduction.id, Introduction.asked_at).where(Introduction.asked_at.is_not(None))
            ).all()
        for id_, at in rows:
            meeting = self.agreed.meetings[id_]
            if meeting.asked_at is None:
                assert meeting.approved, "asked without an approval of that text"
                assert all(self.agreed.open(one) for one in (*meeting.both, meeting.through) if one), (
                    "asked against consent"
                )
                meeting.asked_at = at
                self.agreed.ever_asked.append((frozenset(meeting.both), at))

    def decide(self, one: str, act: str) -> None:
        meeting = self.agreed.meetings[one]

        def done(session: Session) -> object:
            mateo, version = self.actors["mateo"], session.get_one(Introduction, one).version
            if act == "undo":
                return introductions_review.undo(Deciding(session, mateo, one, version, self.now))
            if act == "revise":
                return introductions_review.revise(
                    Deciding(session, mateo, one, version, self.now), wording={"step": f"Meet at {self.now}."}
                )
            why = introductions_review.IntroductionDismissalReason.WRONG_TIME
            return introductions_review.dismiss(Deciding(session, mateo, one, version, self.now), reason=why)

        if self.act(done):
            meeting.approved = meeting.approved and act == "dismiss"
            meeting.closed = meeting.closed or act == "dismiss"

    def say(self, one: str, person: str, yes: bool) -> None:
        if self.act(lambda s: answers.answer(s, self.actors[person], one, yes=yes, now=self.now)):
            meeting = self.agreed.meetings[one]
            assert person in meeting.both, "a stranger answered"
            (meeting.yes if yes else meeting.no).add(person)
            (meeting.no if yes else meeting.yes).discard(person)

    def report(self, one: str, person: str, useful: IntroductionUseful) -> None:
        self.act(
            lambda s: answers.report(s, self.actors[person], one, met=True, useful=useful, note="Tea.", now=self.now)
        )

    # Requests

    def ask_for(self, person: str) -> None:
        text = f"w{person}{next(self.number)} {ASKS}"
        self.now += timedelta(seconds=1)
        self.act(lambda s: need.state(s, self.actors[person], text=text, now=self.now))
        self.work()
        self.look_at_findings()

    def look_at_findings(self) -> None:
        """Whatever was found for a request just now was looked for where its author may look."""
        with self.sessions.reading() as session:
            rows = session.execute(
                select(Request.person_id, Revision.text)
                .join(FoundWork, FoundWork.request_id == Request.id)
                .join(Revision, Revision.id == FoundWork.revision_id)
                .where(Request.looked_at == self.now)
            ).all()
        for person, text in rows:
            why = self.agreed.peer_work(self.names[person], WORK.findall(text)[0])
            assert not why, f"found for {self.names[person]}: {why}"

    def let_found(self, *, then: str = "") -> None:
        letting.let_found(self, then)

    def reply_to(self, person: str, by: str) -> None:
        """A facilitator answers all that this person asks for."""
        with self.sessions.reading() as session:
            mine = [one.id for one in need.mine(session, self.actors[person])]
        for one in mine:
            self.act(
                lambda s, one=one: requests_desk.reply(s, self.actors[by], one, text="Ask the library.", now=self.now)
            )

    def wait(self, days: int) -> None:
        self.now += timedelta(days=days)
        with self.sessions.writing() as session:
            ends.sweep(session, now=self.now)
        self.work()
