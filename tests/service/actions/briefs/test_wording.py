"""Wordings of a brief are for those who see the same groups, fit exactly their lines, and go with their sources."""

from __future__ import annotations

import re

import pytest
from sqlalchemy import select

from pipelines.briefs import BriefItem, Reworded
from pipelines.values import AI, PromptUsed, Usage
from service.actions.briefs import wording as brief_wording
from service.actions.briefs.meeting import Prepared
from service.actions.work import submit
from service.domain.errors import NotAllowed, NotFound, NotNow
from service.domain.visibility import ShowWork
from service.jobs.briefs import briefing
from service.store.tables import BriefWording, Job, WordingState
from service.web.pages import rendering
from service.web.pages.briefs.meeting import brief_page
from service.web.pages.views import Frame
from tests.service.actions.introductions.gathering import read_everything
from tests.service.actions.introductions.village import Village, settle


@pytest.fixture
def read(village: Village) -> Village:
    read_everything(village)
    return village


def seen(village: Village, who: str = "ines", group: str | None = None) -> Prepared:
    return briefing(village.sessions)(village.actor(who), "observe", group=group)


def ask(village: Village, who: str = "ines", group: str | None = None, *, model: bool = True) -> str:
    actor = village.actor(who)
    with village.sessions.writing() as session:
        return brief_wording.ask(session, actor, "observe", group=group, model=model, now=village.now).id


def finish(village: Village, wording: str, lines: tuple[BriefItem, ...], generation: int = 1) -> bool:
    """Every line worded as its id, by a model of the organization's own."""
    made = Reworded(
        {one.key: f"worded {one.id}" for one in lines},
        tuple(one.key for one in lines)[::-1],
        model="m",
        prompt=PromptUsed("brief", 1, "a" * 64),
        usage=Usage(10, 5, 1),
    )
    with village.sessions.writing() as session:
        return brief_wording.finish(
            session, wording, generation, made, lines, local=True, asked_for=9, cost=7, now=village.now
        )


def rows(village: Village) -> list[BriefWording]:
    with village.sessions.reading() as session:
        return list(session.scalars(select(BriefWording).order_by(BriefWording.id)))


def test_it_is_asked_for_once_while_it_waits_and_kept_in_the_place_of_the_one_before(read: Village) -> None:
    wording = ask(read)
    assert ask(read) == wording
    with read.sessions.reading() as session:
        assert len(session.scalars(select(Job).where(Job.kind == "brief")).all()) == 1
        begun = brief_wording.begin(session, wording, 1)
        assert brief_wording.begin(session, wording, 2) is None
    assert begun is not None
    assert (len(begun[0].quoted), "Amara Tester" in begun[1]) == (5, True)
    assert finish(read, wording, seen(read).items)
    assert not finish(read, wording, (), 1), "it comes late"
    (row,) = rows(read)
    assert (row.state, row.generation, row.cost, row.model_calls) == (WordingState.DONE, 1, 14, 2)
    assert ask(read) == wording
    assert rows(read)[0].generation == 2


def test_the_page_marks_every_line_in_a_models_words_with_its_passages_beside_it(read: Village) -> None:
    found = rendering.render(brief_page(seen(read)), Frame(csrf="mark"))
    finish(read, ask(read), seen(read).items)
    page = seen(read)
    shown = rendering.render(brief_page(page, model=True), Frame(csrf="mark"))
    assert {one.id[0] for one in page.items} >= {"q", "a", "p"}
    assert shown.count('<span class="tag">worded by a model</span>') == len(page.worded.lines) == len(page.items)
    assert sorted(re.findall("<blockquote.*", shown)) == sorted(re.findall("<blockquote.*", found))
    assert "Word it anew" in shown
    assert "Word it" not in found


def test_only_who_sees_the_same_groups_sees_it(read: Village) -> None:
    finish(read, ask(read), seen(read).items)
    settle(read.sessions, "oakfield")
    assert seen(read).worded.lines
    assert seen(read).worded.kept == 0
    assert not seen(read, group="north").worded.lines
    assert not seen(read, "lena").worded.lines
    finish(read, ask(read, "lena"), seen(read, "lena").items)
    assert seen(read, "lena").worded.lines
    assert len(rows(read)) == 2


def test_another_organization_with_the_same_ids_sees_nothing(read: Village) -> None:
    finish(read, ask(read), seen(read).items)
    other = settle(read.sessions, "oakfield")
    read_everything(other)
    assert not seen(other).worded.lines
    assert seen(other).worded.state is None


def test_who_may_not_see_the_brief_may_not_have_it_worded(read: Village) -> None:
    with pytest.raises(NotAllowed):
        ask(read, "amara")
    with pytest.raises(NotFound):
        ask(read, "lena", "south")
    with pytest.raises(NotNow, match="No language model"):
        ask(read, model=False)
    assert rows(read) == []


def test_a_line_that_changed_stands_as_found_and_the_others_in_the_models_words(read: Village) -> None:
    finish(read, ask(read), seen(read).items)
    before = {one.key for one in seen(read).items}
    read.allow("amara", show_work=ShowWork.WITHOUT_NAME, introduce=True, ai=AI.LOCAL)
    after = seen(read)
    assert not after.worded.fits
    assert {one.key for one in after.items if one.id in after.worded.lines} == before & {one.key for one in after.items}
    assert after.worded.lines


@pytest.mark.parametrize("withdrawn", [True, False])
def test_words_from_work_that_was_taken_back_are_forgotten(read: Village, withdrawn: bool) -> None:
    finish(read, ask(read), seen(read).items)
    amara = next(work for work, name in seen(read).authors.items() if name == "Amara Tester")
    with read.sessions.writing() as session:
        assert brief_wording.scrub(session) == 0
    if withdrawn:
        with read.sessions.writing() as session:
            submit.withdraw(session, read.platform, "s-amara", now=read.now)
    else:
        read.allow("amara", show_work=ShowWork.WITH_NAME, introduce=True, ai=AI.NONE)
    before = rows(read)[0].lines
    left = {key: line for key, line in before.items() if amara not in line["works"]}
    with read.sessions.writing() as session:
        assert brief_wording.scrub(session) == len(before) - len(left) > 0
    assert rows(read)[0].lines == left
    assert left


def test_that_it_failed_is_told_where_it_is_still_wanted(read: Village) -> None:
    wording = ask(read)
    with read.sessions.writing() as session:
        assert not brief_wording.fail(session, wording, 9, "late")
        assert brief_wording.fail(session, wording, 1, "It failed.")
    assert seen(read).worded.reason == "It failed."
    assert ask(read) == wording
    assert seen(read).worded.state is WordingState.ASKED
