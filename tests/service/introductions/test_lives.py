"""Random lives of a small school over random consents, withdrawals, decisions, answers and time: what must never be."""

from __future__ import annotations

import shutil
import tempfile
from dataclasses import replace
from datetime import timedelta
from functools import cache
from itertools import combinations
from pathlib import Path

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule
from sqlalchemy import select

from service.actions import introductions_ends
from service.domain.errors import PeerloomError
from service.domain.introductions import LOAD_LIMIT, LOAD_WINDOW, TOGETHER, State, wording_digest
from service.store import migrate
from service.store.session import Sessions, make_engine
from service.store.tables import (
    Consent,
    Introduction,
    IntroductionAnswer,
    IntroductionApproval,
    IntroductionQuestion,
    Said,
)
from tests.service.introductions.village import LEARNERS, NOW, Village, settle

PEOPLE = st.sampled_from(sorted(LEARNERS))
PAIRS = st.permutations(sorted(LEARNERS)).map(lambda people: people[:2])
YES = st.sampled_from([True, True, True, False])
SHY = st.one_of(st.just([""]), st.just([""]), st.lists(st.sampled_from(["", "", *sorted(LEARNERS)]), max_size=2))


@cache
def _village() -> Village:
    """A village as it begins; every life goes on in a copy of its file."""
    engine = make_engine(f"sqlite:///{Path(_FOLDER.name) / 'begin.db'}")
    migrate.upgrade(engine)
    return settle(Sessions(engine))


@cache
def _settled() -> Path:
    sessions = _village().sessions
    sessions.engine.dispose()  # the last connection writes the log back into the file, so the file alone is all of it
    return Path(str(sessions.engine.url.database))


_FOLDER = tempfile.TemporaryDirectory()


class Lives(RuleBasedStateMachine):
    """Everything goes through the actions, on a real SQLite file; what they refuse is refused and forgotten."""

    @initialize()
    def begin(self) -> None:
        self.folder = tempfile.TemporaryDirectory()
        path = Path(self.folder.name) / "lives.db"
        shutil.copy(_settled(), path)
        self.village = replace(_village(), sessions=Sessions(make_engine(f"sqlite:///{path}")), now=NOW)
        self.ids = {person: self.village.id(person) for person in LEARNERS}
        self.made: list[str] = []
        self.asked: set[frozenset[str]] = set()

    def teardown(self) -> None:
        if hasattr(self, "village"):
            self.village.sessions.engine.dispose()
            self.folder.cleanup()

    def rows(self) -> list[Introduction]:
        with self.village.sessions.reading() as session:
            return list(session.scalars(select(Introduction)))

    @rule(both=PAIRS, through=st.one_of(st.none(), st.none(), PEOPLE), shy=SHY, yes=st.tuples(YES, YES))
    def meet(self, both: list[str], through: str | None, shy: list[str], yes: tuple[bool, bool]) -> None:
        """From a suggestion to two answers, with people who change their minds in between."""
        self.suggest(both, through if through not in both else None)
        for withdraws, act in zip([*shy, "", ""], (self.approve_and_ask, self.answer), strict=False):
            if withdraws:
                self.village.allow(withdraws, introduce=False)
            act(*([] if act == self.approve_and_ask else [both, yes]))

    @rule(both=PAIRS, through=st.one_of(st.none(), PEOPLE))
    def suggest(self, both: list[str], through: str | None) -> None:
        if through in both:
            return
        open_to = self.open_people()
        one = self.village.suggest(*both, through=through)
        if one:
            assert {self.ids[person] for person in (*both, through) if person} <= open_to
            assert frozenset(self.ids[person] for person in both) not in self.asked
            self.made.append(one)

    def open_people(self) -> set[str]:
        with self.village.sessions.reading() as session:
            return set(session.scalars(select(Consent.person_id).where(Consent.introduce.is_(True))))

    @precondition(lambda self: getattr(self, "made", []))
    @rule()
    def approve_and_ask(self) -> None:
        for one in self.made[-1:]:
            before = self.village.row(one)
            try:
                self.village.approve(one)
            except PeerloomError:
                return
            if self.village.ask(one):
                assert {before.first_id, before.second_id} <= self.open_people()
                pair = frozenset({before.first_id, before.second_id})
                assert pair not in self.asked
                self.asked.add(pair)

    @rule(both=PAIRS, yes=st.tuples(YES, YES))
    def answer(self, both: list[str], yes: tuple[bool, bool]) -> None:
        """Each of the two says something; and so does everybody else, whom it does not concern."""
        pair = {self.ids[person] for person in both}
        for row in self.rows():
            if row.asked_at is None or {row.first_id, row.second_id} != pair:
                continue
            strangers = [person for person in self.ids if person not in both][:1]
            for person, says in zip([*both, *strangers], [*yes, True], strict=True):
                try:
                    self.village.answer(row.id, person, says)
                except PeerloomError:
                    continue

    @rule(person=PEOPLE, introduce=YES)
    def consent(self, person: str, introduce: bool) -> None:
        self.village.allow(person, introduce=introduce)

    @rule(days=st.sampled_from([1, 6, 15, 31]))
    def time_passes(self, days: int) -> None:
        self.village.now += timedelta(days=days)
        with self.village.sessions.writing() as session:
            introductions_ends.sweep(session, now=self.village.now)

    @invariant()
    def nobody_is_together_without_an_approval_of_that_text_and_two_yeses(self) -> None:
        if not hasattr(self, "village"):
            return
        with self.village.sessions.reading() as session:
            for row in session.scalars(select(Introduction).where(Introduction.state.in_(TOGETHER))):
                question = session.get_one(IntroductionQuestion, row.id)
                approval = session.get_one(IntroductionApproval, question.approval_id)
                assert wording_digest(approval.body) == approval.text_hash == question.text_hash
                answers = session.scalars(
                    select(IntroductionAnswer).where(IntroductionAnswer.introduction_id == row.id)
                )
                said = {one.person_id: one.said for one in answers}
                assert said == {row.first_id: Said.YES, row.second_id: Said.YES}

    @invariant()
    def nothing_that_lives_names_anybody_without_consent(self) -> None:
        if not hasattr(self, "village"):
            return
        open_to = self.open_people()
        for row in self.rows():
            if row.state in (State.WITHDRAWN, State.EXPIRED, State.DECLINED, State.DISMISSED):
                continue
            assert {row.first_id, row.second_id} <= open_to
            assert row.through_id is None or row.through_id in open_to or row.state in TOGETHER

    @invariant()
    def nobody_bears_more_than_the_limit_and_no_two_are_asked_twice(self) -> None:
        if not hasattr(self, "village"):
            return
        rows = [row for row in self.rows() if row.asked_at is not None]
        since = self.village.now - LOAD_WINDOW
        for person in self.ids.values():
            mine = [row for row in rows if person in (row.first_id, row.second_id) and row.asked_at > since]  # type: ignore[operator]
            assert len(mine) <= LOAD_LIMIT
        pairs = [frozenset({row.first_id, row.second_id}) for row in rows]
        assert all(one != other for one, other in combinations(pairs, 2))


Lives.TestCase.settings = settings(
    max_examples=15, stateful_step_count=16, deadline=None, suppress_health_check=list(HealthCheck)
)
TestLives = Lives.TestCase
