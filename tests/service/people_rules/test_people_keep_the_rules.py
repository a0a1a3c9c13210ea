"""Over random consents, withdrawals, groups, policies and time, everything that every kind of reader is given is looked
at.

Nothing is shown, quoted, matched, put in a brief, a map or a file against consent or sharing policy; nobody sees
others' work before an own attempt; nobody is introduced without two yeses; a no stays silent; nobody is asked
about too much.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import ClassVar

import pytest
import structlog
from hypothesis import Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test

from service.actions.briefs import facts, meeting
from service.actions.introductions import own as introductions_own
from service.actions.network import facts as network_facts
from service.actions.network import graph, mapping
from service.actions.requests import need
from service.domain.galleries import GalleryState as Of
from service.domain.introductions import TOGETHER, IntroductionState
from service.store.tables import IntroductionUseful
from tests.budget import examples
from tests.service.people_rules.agreed import PEOPLE, REVIEWED, GalleryRule
from tests.service.people_rules.beginning import begin
from tests.service.people_rules.life import Life
from tests.service.people_rules.looking import names, works, wrong

PERSON = st.sampled_from(PEOPLE)
PAIR = st.permutations(PEOPLE).map(lambda people: tuple(people[:2]))
YES = st.sampled_from([True, True, True, False])
GROUPS = st.sampled_from([frozenset(), *map(frozenset, (["north"], ["south"], ["north", "south"], ["all"]))])
CHANGE = st.one_of(
    st.tuples(st.just("allow_now"), PERSON, st.sampled_from(["no", "without_name", "with_name"])),
    st.tuples(st.just("allow_now"), PERSON, st.none(), st.booleans()),
    st.tuples(st.just("allow_now"), PERSON, st.none(), st.none(), st.sampled_from(["none", "local", "any"])),
    st.tuples(st.just("move"), PERSON, GROUPS),
    st.tuples(
        st.just("share"),
        st.sampled_from(["never", "after_attempt", "after_attempt", "always"]),
        st.sampled_from(["group", "organization"]),
    ),
    st.tuples(st.just("take_back"), PERSON),
)
CHANGES = st.lists(CHANGE, min_size=1, max_size=6)
RULES = st.builds(
    GalleryRule, st.booleans(), st.booleans(), st.sampled_from([0, 0, 1, 2]), st.sampled_from([0, 0, 1, 2])
)


class School(RuleBasedStateMachine):
    """People change their minds, their groups and their work in any order; what is refused is refused and forgotten."""

    beginning: ClassVar[Life]

    @initialize(changes=CHANGES)
    def begin(self, changes: list[tuple[str, ...]]) -> None:
        self.folder, self.steps, self.well = TemporaryDirectory(), 0, True
        self.life = self.beginning.copy_to(Path(self.folder.name))
        self.agreements_change(changes)

    def teardown(self) -> None:
        if hasattr(self, "life"):
            try:
                assert not self.well or wrong(self.life) == []
            finally:
                self.life.sessions.engine.dispose()
                self.folder.cleanup()

    @rule(changes=CHANGES)
    def agreements_change(self, changes: list[tuple[str, ...]]) -> None:
        """Consents, groups, sharing, work taken back: as many as there are people, at once."""
        for act, *what in changes:
            getattr(self.life, act)(*what)

    @rule(changes=CHANGES)
    def and_again_once_the_index_has_followed(self, changes: list[tuple[str, ...]]) -> None:
        self.agreements_change(changes)
        self.life.work()

    @rule(people=st.lists(PERSON, min_size=1, max_size=2), ai=st.sampled_from(["any", "any", "none"]))
    def texts_come_in(self, people: list[str], ai: str) -> None:
        for person in people:
            self.life.hand_in(person, ai=ai)
        self.life.work()

    @rule(group=st.sampled_from(["all", "north", "south"]), rule=st.one_of(RULES, st.just(GalleryRule())))
    def a_gallery_rule_is_laid_down(self, group: str, rule: GalleryRule) -> None:
        self.life.lay_down(group, rule)

    @rule(askers=st.lists(PERSON, max_size=2))
    def galleries_are_made_and_shown(self, askers: list[str]) -> None:
        self.life.galleries(*askers)

    @rule(number=st.integers(0, 4))
    def a_gallery_is_retracted(self, number: int) -> None:
        for one in self.life.of_galleries(Of.SHOWN)[number : number + 1]:
            self.life.retract(one)

    @rule(named=st.booleans(), back=st.booleans(), meet=st.booleans())
    def readers_thank(self, named: bool, back: bool, meet: bool) -> None:
        self.life.thank(named=named, back=back, meet=meet)

    @rule(pair=PAIR, through=st.one_of(st.just(""), PERSON), real=st.booleans())
    def people_are_suggested_to_each_other(self, pair: tuple[str, str], through: str, real: bool) -> None:
        if real:
            self.life.suggest_all()
        self.life.offer(*pair, through if through not in pair else "")

    @rule(then=st.sampled_from(["", "", "undo", "revise", "dismiss"]))
    def introductions_are_approved_and_asked(self, then: str) -> None:
        self.life.approve_all()
        if then:
            for one in self.life.in_state(IntroductionState.APPROVED)[:1]:
                self.life.decide(one, then)
        self.life.ask_all()

    @rule(number=st.integers(0, 3))
    def a_question_is_closed_by_a_facilitator(self, number: int) -> None:
        open_ones = (
            IntroductionState.ASKED,
            IntroductionState.FIRST_AGREED,
            IntroductionState.SECOND_AGREED,
            IntroductionState.DECLINED,
        )
        for one in self.life.in_state(*open_ones)[number : number + 1]:
            self.life.decide(one, "dismiss")

    @rule(pair=PAIR, yes=st.tuples(YES, YES), stranger=PERSON)
    def two_answer(self, pair: tuple[str, str], yes: tuple[bool, bool], stranger: str) -> None:
        for id_, one in self.life.agreed.meetings.items():
            if one.asked_at and one.both == set(pair):
                for person, says in zip(pair, yes, strict=True):
                    self.life.say(id_, person, says)
                if stranger not in pair:
                    self.life.say(id_, stranger, True)

    @rule(yes=YES)
    def one_answers_each_question(self, yes: bool) -> None:
        for id_, one in self.life.agreed.meetings.items():
            self.life.say(id_, one.second, yes)

    @rule(useful=st.sampled_from(IntroductionUseful))
    def people_tell_how_it_went(self, useful: IntroductionUseful) -> None:
        for one in self.life.in_state(*TOGETHER):
            for person in sorted(self.life.agreed.meetings[one].both):
                self.life.report(one, person, useful)

    @rule(person=PERSON, answered_by=st.one_of(st.none(), st.sampled_from(sorted(REVIEWED))))
    def a_need_is_stated(self, person: str, answered_by: str | None) -> None:
        self.life.ask_for(person)
        if answered_by is not None:
            self.life.reply_to(person, answered_by)

    @rule(then=st.sampled_from(["", "", "wait", "keep_back"]))
    def found_work_is_decided_on(self, then: str) -> None:
        self.life.let_found(then=then)

    @rule(days=st.sampled_from([1, 6, 15, 31]))
    def time_passes(self, days: int) -> None:
        self.life.wait(days)

    @invariant()
    def nobody_is_given_what_was_not_agreed_to(self) -> None:
        """All learners each time, those at a desk in turn, and all of them at the end."""
        if hasattr(self, "life"):
            self.steps += 1
            found = wrong(self.life, self.steps)
            self.well = not found
            assert found == []


@pytest.fixture(scope="module")
def beginning(_sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Life]:
    folder = tmp_path_factory.mktemp("beginning")
    shutil.copy(_sqlite_template, folder / "peerloom.db")
    life = begin(folder)
    yield life
    life.sessions.engine.dispose()


def test_the_life_that_is_walked_begins_with_something_to_see(beginning: Life) -> None:
    """Otherwise nothing would be found however much were wrong."""
    life = beginning
    assert wrong(life) == []
    assert len(life.of_galleries(Of.SHOWN)) == 3
    assert len(life.in_state(*TOGETHER)) == 1
    assert (
        len(life.in_state(IntroductionState.DECLINED))
        == len(life.in_state(IntroductionState.FIRST_AGREED, IntroductionState.SECOND_AGREED))
        == 1
    )
    assert life.in_state(IntroductionState.SUGGESTED), "the job suggested nobody"
    with life.sessions.reading() as session:
        own = introductions_own.mine(session, life.actors["amara"], now=life.now)
        assert works(own) == {"qamara1", "qlin2", "qyusuf5"}
        asked = need.mine(session, life.actors["tiago"])
        assert works(asked)
        seen = meeting.prepared(facts.gather(session, life.actors["ines"], "observe"))
        assert len(works(meeting.markdown(seen))) >= 2
        assert names(meeting.markdown(seen))
        drawn = mapping.drawn(network_facts.gather(session, life.actors["ines"]), now=life.now)
        assert names(graph.as_csv(drawn)) == names(graph.as_graphml(drawn)) == set(PEOPLE)


SOME, OTHERS = ("amara", "noor"), ("lin", "yusuf", "tiago")
WITHIN = ("share", "after_attempt", "group")
AT_ONCE: dict[str, list[tuple[object, ...]]] = {
    f"{name} {','.join(people)}": [(act, person, *what) for person in people]
    for people in (SOME, OTHERS)
    for name, (act, *what) in {
        "no work": ("allow_now", "no"),
        "no names": ("allow_now", "without_name"),
        "no introductions": ("allow_now", None, False),
        "no machines": ("allow_now", None, None, "none"),
        "no work any more": ("take_back",),
    }.items()
} | {
    "no introductions, and then again": [("allow_now", "amara", None, False), ("allow_now", "amara", None, True)],
    "the same two again": [("offer", "noor", "tiago"), ("wait", 31), ("offer", "lin", "amara"), ("suggest_all",)],
    "never": [("share", "never", "organization")],
    "within a group that one has left": [WITHIN, ("move", "amara", frozenset()), ("move", "lin", frozenset(["north"]))],
    "always, and no own attempt": [("share", "always", "organization"), ("take_back", "amara"), ("take_back", "tiago")],
    "a need without an own attempt": [("take_back", "amara"), ("ask_for", "amara")],
    "a need within groups": [WITHIN, ("ask_for", "lin"), ("ask_for", "amara")],
    "a need where nothing is shared": [("share", "never", "organization"), ("ask_for", "lin")],
    "no names in galleries": [("lay_down", "all", GalleryRule(without_names=True))],
    "old work and little": [
        ("lay_down", "north", GalleryRule(weeks=2, most=1)),
        ("lay_down", "south", GalleryRule(most=1)),
    ],
    "later": [("wait", 15)],
    "a need stated anew": [("ask_for", "tiago"), ("ask_for", "lin")],
    "found work that is let": [("ask_for", "lin"), ("let_found",), ("allow_now", "yusuf", "without_name")],
}


@pytest.fixture
def life(beginning: Life, tmp_path: Path) -> Iterator[Life]:
    life = beginning.copy_to(tmp_path)
    yield life
    life.sessions.engine.dispose()


@pytest.mark.parametrize("changes", AT_ONCE.values(), ids=AT_ONCE)
def test_whatever_changes_takes_effect_at_once_for_everybody_who_reads(
    life: Life, changes: list[tuple[object, ...]]
) -> None:
    """A walk comes by many states, and not by each of these for sure."""
    for act, *what in changes:
        getattr(life, act)(*what)
    assert wrong(life) == []


def test_nothing_is_given_against_consent_policy_or_a_missing_yes(beginning: Life) -> None:
    School.beginning = beginning
    with structlog.testing.capture_logs():
        phases = [Phase.generate]  # shrinking is slow
        walk = settings(max_examples=examples(4, 40), stateful_step_count=6, deadline=None, phases=phases)
        run_state_machine_as_test(School, settings=walk)
