"""Over random consents, withdrawals, groups, policies and time: what learners and the desk read is looked at with an
independent reading of the rules, and nothing is ever there against consent, sharing policy or a facilitator's rule."""

from __future__ import annotations

import shutil
from collections import Counter
from contextlib import suppress
from datetime import datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

from hypothesis import Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)
from sqlalchemy import select

from pipelines.values import AI
from service.actions import galleries_desk, galleries_learn, galleries_policy, galleries_review, submit
from service.actions.galleries_learn import Stage
from service.domain.errors import PeerloomError
from service.domain.galleries import Policy, State
from service.domain.visibility import PeersShown, SharingReach, ShowWork
from service.store.session import Sessions, make_engine
from service.store.tables import Gallery, Person
from tests.service.actions.gallery_world import WORKS, allow, approved, machine, peopled, share
from tests.service.actions.school import NOW, act_as, hand_in

PEOPLE = tuple(WORKS)
SOUTH = {"lin"}
QUESTION = "What does each see that yours does not?"
PERSON = st.sampled_from(PEOPLE)
POLICIES = (
    Policy(suggest=True),
    Policy(most_per_author=1),
    Policy(weeks=1),
    Policy(suggest=True, automatic=True, most_per_author=2, question=QUESTION),
    Policy(suggest=True, automatic=True, without_names=True, weeks=2, question=QUESTION),
)


class Rules(RuleBasedStateMachine):
    """People change their minds in any order; after each step everything that can be read is checked."""

    template: Path

    @initialize()
    def begin(self) -> None:
        self.folder = TemporaryDirectory()
        shutil.copy(self.template, Path(self.folder.name) / "peerloom.db")
        self.engine = make_engine(f"sqlite:///{self.folder.name}/peerloom.db")
        self.sessions = Sessions(self.engine)
        self.now: datetime = NOW
        self.texts: dict[str, list[tuple[str, datetime]]] = {}  # handed in under the present attempt
        self.attempts: Counter[str] = Counter()
        self.consent = dict.fromkeys(PEOPLE, ShowWork.WITHOUT_NAME)
        self.ai: dict[str, AI] = dict.fromkeys(PEOPLE, AI.LOCAL)
        self.peers, self.reach, self.policy = PeersShown.AFTER_ATTEMPT, SharingReach.ORGANIZATION, Policy()
        with self.sessions.writing() as session:
            self.platform = peopled(session)
            self.names = dict(session.execute(select(Person.name, Person.external_id)).all())
            self.actors = {one: act_as(session, self.platform, one, now=NOW) for one in (*PEOPLE, "mateo")}
        for person in PEOPLE:
            self.hand_in(person)
        for person in ("amara", "lin"):
            self.ask(person)
        self.make()
        with self.sessions.reading() as session:
            assert session.scalars(select(Gallery.state)).all() == [State.SHOWN] * 2

    def teardown(self) -> None:
        if hasattr(self, "engine"):
            self.engine.dispose()
            self.folder.cleanup()

    def _id(self, person: str) -> str:
        return f"s-{person}-{self.attempts[person]}"

    @rule(person=PERSON)
    def hand_in(self, person: str) -> None:
        there = self.texts.setdefault(person, [])
        if not there:
            self.attempts[person] += 1
        mark = f"[{person} {self.attempts[person]}.{len(there)}] "
        with self.sessions.writing() as session:
            hand_in(session, self.platform, person, mark + WORKS[person], id_=self._id(person), now=self.now)
        there.append((mark, self.now))

    @precondition(lambda self: any(self.texts.values()))
    @rule(person=PERSON)
    def take_back(self, person: str) -> None:
        if self.texts.get(person):
            with self.sessions.writing() as session:
                submit.withdraw(session, self.platform, self._id(person), now=self.now)
            self.texts[person] = []

    @rule(person=PERSON)
    def refuse(self, person: str) -> None:
        self.allow(person, ShowWork.NO)

    @rule(person=PERSON, wish=st.sampled_from([ShowWork.WITHOUT_NAME, ShowWork.WITH_NAME]))
    def allow(self, person: str, wish: ShowWork) -> None:
        self.consent[person] = wish
        with self.sessions.writing() as session:
            allow(session, self.platform, person, show_work=wish, now=self.now)

    @rule(person=PERSON, wish=st.sampled_from([AI.NONE, AI.LOCAL]))
    def machines(self, person: str, wish: AI) -> None:
        self.ai[person] = wish
        with self.sessions.writing() as session:
            allow(session, self.platform, person, ai=wish, now=self.now)

    @rule(never=st.sampled_from([True, False, False, False]), reach=st.sampled_from(SharingReach))
    def share(self, never: bool, reach: SharingReach) -> None:
        peers = PeersShown.NEVER if never else PeersShown.AFTER_ATTEMPT
        self.peers, self.reach = peers, reach
        with self.sessions.writing() as session:
            share(session, self.platform, peers=peers, reach=reach, now=self.now)

    @rule(policy=st.sampled_from(POLICIES))
    def lay_down(self, policy: Policy) -> None:
        self.policy = policy
        with self.sessions.writing() as session:
            mateo = self.actors["mateo"]
            galleries_policy.lay_down(session, mateo, "observe", group="all", policy=self.policy, now=self.now)

    @rule(days=st.sampled_from([1, 8, 15]))
    def wait(self, days: int) -> None:
        self.now += timedelta(days=days)

    @rule(person=PERSON)
    def ask(self, person: str) -> None:
        self._try(lambda session: galleries_learn.ask(session, self.actors[person], self._id(person), now=self.now))

    @rule()
    def make(self) -> None:
        self.choose()
        self.approve_all()
        self.show_all()

    def choose(self) -> None:
        with self.sessions.writing() as session:
            machine(session, now=self.now)

    def approve_all(self) -> None:
        with self.sessions.reading() as session:
            ready = session.scalars(select(Gallery.id).where(Gallery.state == State.READY)).all()
        for id_ in ready:
            self._try(
                lambda session, id_=id_: approved(
                    session, self.actors["mateo"], session.get_one(Gallery, id_), now=self.now
                )
            )

    def show_all(self) -> None:
        self.now += timedelta(seconds=11)
        with self.sessions.writing() as session:
            for id_ in session.scalars(select(Gallery.id).where(Gallery.state == State.APPROVED)).all():
                galleries_review.show_due(session, id_, now=self.now)

    def _try(self, act: object) -> None:
        """What is refused is refused in our own words, and changes nothing."""
        with suppress(PeerloomError), self.sessions.writing() as session:
            act(session)  # type: ignore[operator]

    def _forbidden(self, author: str, text: str, reader: str) -> str:
        """The rules, said once more in other words."""
        marks = [mark for mark, _ in self.texts.get(author, []) if text.startswith(mark)]
        handed_in = next((at for mark, at in self.texts.get(author, []) if text.startswith(mark)), None)
        near = (author in SOUTH) == (reader in SOUTH)
        checks = {
            "own": author == reader,
            "taken back": not marks or handed_in is None,
            "consent": self.consent[author] is ShowWork.NO,
            "machines": self.ai[author] is AI.NONE,
            "group": self.reach is SharingReach.GROUP and not near,
            "never": self.peers is PeersShown.NEVER,
            "no attempt": not self.texts.get(reader),
            "recent": handed_in is not None and handed_in > self.now - timedelta(weeks=self.policy.weeks),
        }
        return ", ".join(name for name, broken in checks.items() if broken)

    @invariant()
    def learners_read_only_what_they_may(self) -> None:
        if not hasattr(self, "sessions"):
            return
        often: Counter[str] = Counter()
        with self.sessions.writing() as session:
            for reader in PEOPLE:
                often.update(self._read_by(session, reader))
        assert not self.policy.most_per_author or all(n <= self.policy.most_per_author for n in often.values()), often

    def _read_by(self, session: object, reader: str) -> list[str]:
        try:
            seen = galleries_learn.others(session, self.actors[reader], self._id(reader), now=self.now)  # type: ignore[arg-type]
        except PeerloomError:
            assert not self.texts.get(reader)
            return []
        if seen.stage is not Stage.SHOWN:
            assert (seen.works, seen.comparison, seen.own) == ((), "", "")
            return []
        authors = []
        for work in seen.works:
            if not work.shared:
                assert (work.text, work.author, work.marks, work.met) == ("", "", (), "")
                continue
            author = work.text[1:].split()[0]
            assert self._forbidden(author, work.text, reader) == ""
            named = self.consent[author] is ShowWork.WITH_NAME and not self.policy.without_names
            assert bool(work.author) == named
            assert not named or self.names[work.author] == author
            authors.append(author)
        whole = all(work.shared for work in seen.works)
        assert whole or seen.comparison in ("", QUESTION), "a comparison that may quote what is gone"
        return authors

    @invariant()
    def the_desk_reads_no_more(self) -> None:
        if not hasattr(self, "sessions"):
            return
        with self.sessions.writing() as session:
            mateo = self.actors["mateo"]
            for row in session.scalars(select(Gallery)).all():
                desk = galleries_desk.show(session, mateo, row.id, now=self.now, choices=False)
                reader = session.get_one(Person, row.person_id).external_id
                for work in desk.works:
                    text = "".join(stretch.text for stretch in work.text)
                    assert not text or self._forbidden(text[1:].split()[0], text, reader) == ""
                assert desk.shared or desk.comparison == ""


def test_nothing_is_shown_against_consent_sharing_or_rule(_sqlite_template: Path) -> None:  # noqa: PT019
    Rules.template = _sqlite_template
    walk = settings(
        max_examples=14, stateful_step_count=14, deadline=None, phases=[Phase.generate]
    )  # shrinking is slow
    run_state_machine_as_test(Rules, settings=walk)
