"""Work that is shown without its author's name names nobody: not in the text, not in the comparison, by no rule."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy.orm import Session

from service.actions.approvals.deciding import Deciding
from service.actions.galleries import changes, desk, policy, review
from service.actions.learners import galleries as learners_galleries
from service.actions.people import register
from service.domain.errors import Invalid
from service.domain.galleries import GalleryState, Policy
from service.domain.roles import Actor
from service.domain.texts.marking import Stretch
from service.domain.visibility import ShowWork
from service.store.session import Sessions
from tests.service.actions.galleries.world import WORKS, allow, approved, machine, of, peopled, shown
from tests.service.actions.school import NOW, act_as, hand_in

TOLD = (
    "I, Yusuf Demir (yusuf.demir@school.example, +49 170 5550123), start with a survey. Each colleague writes one wish "
    "on a card; Demir collects them with Noor. Then a draw decides who visits whom, and the notes stand at "
    "https://docs.example.org/u/yusuf.demir/plan for @yusufd and everybody."
)
TELLING = ("Yusuf", "Demir", "Noor", "yusuf", "school.example", "5550123", "docs.example", "yusufd")
RULE = Policy(automatic=True, suggest=True, question="Which of them says who writes it down?")


def _tells(words: str) -> list[str]:
    return [one for one in TELLING if one in words]


def _read(stretches: tuple[Stretch, ...]) -> str:
    return "".join(one.text for one in stretches)


def _asked(session: Session, *, also: ShowWork | None = None) -> Actor:
    """Amara, Yusuf, Noor and Tiago have handed in; Amara's gallery is chosen."""
    platform = peopled(session)
    if also is not None:
        allow(session, platform, "yusuf", show_work=also)
    for person in ("amara", "noor"):
        hand_in(session, platform, person, WORKS[person])
    hand_in(session, platform, "yusuf", TOLD)
    learners_galleries.ask(session, act_as(session, platform, "amara"), "s-amara", now=NOW)
    machine(session)
    return platform


def test_neither_text_nor_comparison_tells_who_wrote_it(sessions: Sessions) -> None:
    with sessions.writing() as session:
        platform = _asked(session)
        row = shown(session, platform)
        at_desk = desk.show(session, act_as(session, platform, "mateo"), row.id, now=NOW)
        seen = learners_galleries.others(session, act_as(session, platform, "amara"), "s-amara", now=NOW)
        assert len(seen.works) == 2
        assert any("[name] ([e-mail], [telephone])" in work.text for work in seen.works)
        assert [_tells(work.text) for work in seen.works] == [[], []]
        assert [_tells(_read(work.text)) for work in at_desk.works] == [[], []]
        assert not _tells(seen.comparison)


def test_what_is_marked_is_what_the_comparison_quotes(sessions: Sessions) -> None:
    with sessions.writing() as session:
        platform = _asked(session)
        shown(session, platform)
        seen = learners_galleries.others(session, act_as(session, platform, "amara"), "s-amara", now=NOW)
        quoted = [work.text[start:end] for work in seen.works for start, end in work.marks]
        assert quoted
        assert all(words in seen.comparison for words in quoted)


def test_no_rule_shows_what_names_somebody(sessions: Sessions) -> None:
    with sessions.writing() as session:
        platform = _asked(session)
        mateo = act_as(session, platform, "mateo")
        here = policy.place(session, mateo, "observe", group="north")
        weighed = policy.weigh(session, here, RULE, now=NOW)
        policy.lay_down(session, mateo, "observe", group="north", policy=RULE, now=NOW)
        assert of(session).state is GalleryState.READY
        assert not any(one.shown for one in weighed.weighed if one.gallery == of(session).id)


@pytest.mark.parametrize(
    "told",
    [
        "Mrs Kowalski lends us her room.",
        "Cards go to 14 Mill Road.",
        "My student number is 2231-44.",
        "\n\nRegards,\nLena",
    ],
)
def test_no_rule_shows_what_tells_of_somebody_whom_nobody_here_knows(sqlite_sessions: Sessions, told: str) -> None:
    with sqlite_sessions.writing() as session:
        platform = peopled(session)
        for person in ("amara", "noor"):
            hand_in(session, platform, person, WORKS[person])
        hand_in(session, platform, "yusuf", f"{WORKS['yusuf']} {told}")
        learners_galleries.ask(session, act_as(session, platform, "amara"), "s-amara", now=NOW)
        machine(session)
        policy.lay_down(session, act_as(session, platform, "mateo"), "observe", group="north", policy=RULE, now=NOW)
        assert of(session).state is GalleryState.READY
        at_desk = desk.show(session, act_as(session, platform, "mateo"), of(session).id, now=NOW)
        words = f"{at_desk.comparison}{[_read(work.text) for work in at_desk.works]}"
        assert not any(one in words for one in ("Kowalski", "Mill Road", "2231-44", "Lena"))


@pytest.mark.parametrize("told", ["It was demir's idea.", "Ask noor_2.", "Find me on insta.", "My sister Zola helps."])
def test_no_rule_shows_what_only_may_tell_of_somebody(sqlite_sessions: Sessions, told: str) -> None:
    with sqlite_sessions.writing() as session:
        platform = peopled(session)
        for person in ("amara", "noor"):
            hand_in(session, platform, person, WORKS[person])
        hand_in(session, platform, "yusuf", f"{WORKS['yusuf']} {told}")
        learners_galleries.ask(session, act_as(session, platform, "amara"), "s-amara", now=NOW)
        machine(session)
        mateo = act_as(session, platform, "mateo")
        policy.lay_down(session, mateo, "observe", group="north", policy=RULE, now=NOW)
        assert of(session).state is GalleryState.READY
        weighed = policy.weigh(session, policy.place(session, mateo, "observe", group="north"), RULE, now=NOW)
        assert weighed.against == {"names": 1}


def test_a_comparison_with_an_address_in_it_is_not_approved(sqlite_sessions: Sessions) -> None:
    with sqlite_sessions.writing() as session:
        platform = _asked(session)
        mateo, row = act_as(session, platform, "mateo"), of(session)
        changes.word(Deciding(session, mateo, row.id, row.version, NOW), text="Which would they use at 14 Mill Road?")
        with pytest.raises(Invalid, match="without a name"):
            approved(session, mateo, row)


OWN = f"{WORKS['amara']} My mum and Mrs. Okafor of 14 Mill Road asked Yusuf Demir for cards, too."


def _own_tells(session: Session) -> Actor:
    """As `_asked`, and Amara's own text names others, as she may."""
    platform = peopled(session)
    hand_in(session, platform, "amara", OWN)
    for person in ("noor", "yusuf"):
        hand_in(session, platform, person, WORKS[person])
    learners_galleries.ask(session, act_as(session, platform, "amara"), "s-amara", now=NOW)
    machine(session)
    return platform


@pytest.mark.parametrize(
    "text",
    [
        "Yours: “My mum and Mrs. Okafor of 14 Mill Road asked Yusuf Demir for cards, too.” What does A do?",
        "Dr. Sen asks: what does A do that yours does not?",
    ],
)
def test_who_else_is_named_in_a_comparison_does_not_tell_who_wrote_a_work(sessions: Sessions, text: str) -> None:
    with sessions.writing() as session:
        platform = _own_tells(session)
        mateo, row = act_as(session, platform, "mateo"), of(session)
        changes.word(Deciding(session, mateo, row.id, row.version, NOW), text=text)
        shown(session, platform)
        seen = learners_galleries.others(session, act_as(session, platform, "amara"), "s-amara", now=NOW)
        assert seen.comparison == text


@pytest.mark.parametrize(
    "text", ["Yours: “My mum and Mrs. Okafor”, and Demir’s?", "“Yusuf films it.” And “Demir”?", "A: “Yusuf Demir”."]
)
def test_beside_a_quotation_of_the_own_work_an_author_is_not_named_either(sqlite_sessions: Sessions, text: str) -> None:
    with sqlite_sessions.writing() as session:
        platform = _own_tells(session)
        mateo, row = act_as(session, platform, "mateo"), of(session)
        changes.word(Deciding(session, mateo, row.id, row.version, NOW), text=text)
        with pytest.raises(Invalid, match="without a name"):
            approved(session, mateo, row)


def test_a_question_that_names_who_asks_it_holds_up_no_rule(sessions: Sessions) -> None:
    with sessions.writing() as session:
        platform = _own_tells(session)
        rule = Policy(automatic=True, question="Dr. Sen asks: which of them says who writes it down?")
        policy.lay_down(session, act_as(session, platform, "mateo"), "observe", group="north", policy=rule, now=NOW)
        assert of(session).state is GalleryState.APPROVED


def test_a_rule_shows_what_names_nobody(sessions: Sessions) -> None:
    with sessions.writing() as session:
        platform = peopled(session)
        for person in ("amara", "noor", "yusuf"):
            hand_in(session, platform, person, WORKS[person])
        learners_galleries.ask(session, act_as(session, platform, "amara"), "s-amara", now=NOW)
        machine(session)
        policy.lay_down(session, act_as(session, platform, "mateo"), "observe", group="north", policy=RULE, now=NOW)
        assert of(session).state is GalleryState.APPROVED


def test_a_comparison_that_tells_who_wrote_it_is_not_approved(sessions: Sessions) -> None:
    with sessions.writing() as session:
        platform = _asked(session)
        mateo, row = act_as(session, platform, "mateo"), of(session)
        changes.word(Deciding(session, mateo, row.id, row.version, NOW), text="Why does Yusuf draw lots, and B not?")
        with pytest.raises(Invalid, match="without a name"):
            approved(session, mateo, row)


def test_with_a_name_the_text_stands_as_it_was_written(sessions: Sessions) -> None:
    with sessions.writing() as session:
        platform = _asked(session, also=ShowWork.WITH_NAME)
        shown(session, platform)
        seen = learners_galleries.others(session, act_as(session, platform, "amara"), "s-amara", now=NOW)
        assert TOLD in [work.text for work in seen.works]
        assert not _tells(seen.comparison)


def test_who_takes_the_name_back_is_named_nowhere_any_more(sessions: Sessions) -> None:
    with sessions.writing() as session:
        platform = _asked(session, also=ShowWork.WITH_NAME)
        shown(session, platform)
        allow(session, platform, "yusuf", show_work=ShowWork.WITHOUT_NAME)
        seen = learners_galleries.others(session, act_as(session, platform, "amara"), "s-amara", now=NOW)
        assert sorted(work.shared for work in seen.works) == [False, True]
        assert not any(_tells(work.text) for work in seen.works)


def test_what_was_approved_stays_as_it_was_when_somebody_new_has_a_name_in_it(sessions: Sessions) -> None:
    with sessions.writing() as session:
        platform = _asked(session)
        shown(session, platform)
        amara = act_as(session, platform, "amara")
        before = learners_galleries.others(session, amara, "s-amara", now=NOW)
        register.put_person(session, platform, "friday", name="Card Friday", roles=[], now=NOW)
        assert learners_galleries.others(session, amara, "s-amara", now=NOW) == before


def test_what_a_new_name_hides_is_seen_before_it_is_shown(sessions: Sessions) -> None:
    """The hash is of what is shown: who has seen the text without that name hidden has seen another one."""
    with sessions.writing() as session:
        platform = _asked(session)
        mateo, row = act_as(session, platform, "mateo"), of(session)
        seen = desk.show(session, mateo, row.id, now=NOW).text_hash
        register.put_person(session, platform, "sid", name="Sid Survey", roles=[], now=NOW)
        register.put_person(session, platform, "draw", name="Colleague Each", roles=[], now=NOW)
        now = desk.show(session, mateo, row.id, now=NOW)
        assert now.text_hash != seen
        review.approve(Deciding(session, mateo, row.id, row.version, NOW), seen=now.text_hash)
        assert review.show_due(session, row.id, now=NOW + timedelta(seconds=10))
