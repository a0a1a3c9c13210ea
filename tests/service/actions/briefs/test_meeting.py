"""A meeting brief quotes only whom it may, as of now, counts the others, and tells nothing of what was taken back."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from sqlalchemy import select

from pipelines.values import AI
from service.actions.briefs import facts
from service.actions.briefs.meeting import Prepared, markdown
from service.actions.challenges import setting
from service.actions.work import submit
from service.domain.errors import NotAllowed, NotFound
from service.domain.visibility import PeersShown, SharingReach, ShowWork
from service.jobs.briefs import briefing
from service.store.tables import DraftRow
from service.web.pages.briefs.meeting import brief_page
from service.web.schemas.briefs import BriefShown
from tests.service.actions.introductions.gathering import read_everything
from tests.service.actions.introductions.village import LEARNERS, TEXTS, Village, settle
from tests.statements import count

SAYS = {"show_work": ShowWork.WITH_NAME, "introduce": True, "ai": AI.LOCAL}


def prepared(village: Village, who: str = "ines", group: str | None = None) -> Prepared:
    return briefing(village.sessions)(village.actor(who), "observe", group=group)


def told(seen: Prepared) -> str:
    """Every word of it, as a page, a file and over HTTP."""
    return f"{brief_page(seen)}{markdown(seen)}{BriefShown.of(seen).model_dump_json()}"


def pieces(person: str) -> Iterator[str]:
    """Parts of the text that are this person's alone."""
    words = TEXTS[person].split()
    return (" ".join(words[at : at + 4]) for at in range(0, len(words) - 4, 2))


def quotes(seen: Prepared, person: str, words: str = "") -> bool:
    words = words or " ".join(told(seen).replace("\\", "").split())
    return any(piece in words for piece in pieces(person))


@pytest.fixture
def read(village: Village) -> Village:
    read_everything(village)
    return village


@pytest.fixture
def read_once(hamlet: Village) -> Village:
    read_everything(hamlet)
    return hamlet


def test_a_brief_has_gaps_questions_and_people_each_with_a_passage(read: Village) -> None:
    seen = prepared(read)
    assert (seen.made.works, seen.quotable) == (5, 5)
    assert {one.criterion.id: (one.met, one.lack) for one in seen.made.tallies} == {"k1": (2, 3), "k2": (2, 3)}
    assert seen.made.most_lack == ()  # of five works the counts say it
    assert seen.made.questions
    called = {seen.names[one.person] for one in seen.made.call_on}
    assert called & {"Amara Tester", "Yusuf Tester"}
    for place in (one.place for one in seen.made.call_on):
        assert any(place.quote in text for text in TEXTS.values())
    assert "5 pieces of work wait for an answer" in markdown(seen)


def test_what_an_author_does_not_show_counts_and_is_not_quoted(read: Village) -> None:
    read.allow("amara", **{**SAYS, "show_work": ShowWork.NO})
    seen = prepared(read)
    assert (seen.made.works, seen.quotable) == (5, 4)
    assert seen.made.tallies[0].met == 2
    assert not quotes(seen, "amara")
    assert "Amara" not in told(seen)


def test_an_author_who_shows_work_without_a_name_is_quoted_and_neither_named_nor_called_on(read: Village) -> None:
    for person in LEARNERS:
        read.allow(person, **{**SAYS, "show_work": ShowWork.WITHOUT_NAME})
    seen = prepared(read)
    assert seen.quotable == 5
    assert any(quotes(seen, person) for person in LEARNERS)
    assert "Tester" not in told(seen)
    assert seen.made.call_on == ()


def test_in_work_shown_without_a_name_nobody_is_named_nor_told_how_to_reach(village: Village) -> None:
    telling = (
        "I, Amara Tester (amara@school.example), of 14 Mill Road, name who visits: Yusuf Tester visits me on Monday."
    )
    for person in LEARNERS:
        village.allow(person, **{**SAYS, "show_work": ShowWork.WITHOUT_NAME})
    with village.sessions.writing() as session:
        wish = submit.SubmissionWish("observe", "amara", telling, revision=2)
        submit.submit(session, village.platform, "s-amara", wish, now=village.now)
    read_everything(village)
    seen = prepared(village)
    shown = facts_of(village)
    assert any("[name] ([e-mail]), of [address]" in work.text for work in shown.quoted)
    words = f"{told(seen)}{shown.quoted}"
    assert not any(one in words for one in ("Amara", "Yusuf", "school.example", "Mill Road"))


def facts_of(village: Village) -> facts.BriefFacts:
    with village.sessions.reading() as session:
        return facts.gather(session, village.actor("ines"), "observe")


def test_where_of_fewer_than_half_it_can_be_told_there_is_no_table(hamlet: Village) -> None:
    with hamlet.sessions.writing() as session:
        for draft in session.scalars(select(DraftRow)):
            draft.judgements = {}
    seen = prepared(hamlet)
    assert not any(one.told for one in seen.made.tallies)
    page, file = brief_page(seen), markdown(seen)
    assert page.tallies == ()
    assert len(page.untold) == len(seen.made.tallies) == 2
    assert "|" not in file
    assert "Of fewer than half of the solutions" in file


def test_work_that_was_taken_back_or_that_no_machine_may_read_is_not_in_it_at_all(read: Village) -> None:
    read.allow("amara", **{**SAYS, "ai": AI.NONE})
    with read.sessions.writing() as session:
        submit.withdraw(session, read.platform, "s-yusuf", now=read.now)
    seen = prepared(read)
    assert (seen.made.works, seen.barred) == (3, 1)
    assert seen.made.tallies[0].met == 0
    assert not quotes(seen, "amara")
    assert not quotes(seen, "yusuf")


def change(village: Village, peers: PeersShown, reach: SharingReach) -> None:
    criteria = (setting.CriterionWish("k1", "names who visits"), setting.CriterionWish("k2", "says what for"))
    wish = setting.ChallengeWish("Peer observation", "Plan.", criteria=criteria)
    with village.sessions.writing() as session:
        row = setting.put_challenge(session, village.platform, "observe", wish, now=village.now)
        found = row[0] if isinstance(row, tuple) else row
        found.sharing_peers, found.sharing_reach = peers, reach


def test_a_challenge_that_shows_nobodys_work_gives_numbers_alone(read: Village) -> None:
    change(read, PeersShown.NEVER, SharingReach.ORGANIZATION)
    seen = prepared(read)
    assert (seen.made.works, seen.quotable) == (5, 0)
    assert not any(quotes(seen, person) for person in LEARNERS)


def test_work_shared_within_a_group_is_quoted_to_that_group_alone(read: Village) -> None:
    change(read, PeersShown.AFTER_ATTEMPT, SharingReach.GROUP)
    assert prepared(read).quotable == 0
    assert prepared(read, group="north").quotable == 2
    assert prepared(read, "lena").quotable == 2


def test_only_who_reviews_a_group_prepares_its_meeting(read: Village) -> None:
    settle(read.sessions, "oakfield")
    assert prepared(read, "lena").made.works == 2
    assert not any(quotes(prepared(read, "lena"), person) for person in ("lin", "noor", "tiago"))
    with pytest.raises(NotFound):
        prepared(read, "lena", "south")
    with pytest.raises(NotAllowed):
        prepared(read, "amara")


def test_statements_do_not_grow_with_works(read_once: Village) -> None:
    def asked(who: str) -> int:
        actor = read_once.actor(who)
        with read_once.sessions.reading() as session:
            return count(session, lambda: facts.gather(session, actor, "observe"))

    assert asked("lena") == asked("mateo")
