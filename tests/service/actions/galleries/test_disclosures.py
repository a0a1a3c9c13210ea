"""Every showing of work in a gallery is written down, and only an attempt that says something opens others' work."""

from __future__ import annotations

import pytest

from service.actions.learners import galleries as learners_galleries
from service.actions.learners.disclosed import disclosed
from service.domain.errors import NotNow
from service.domain.galleries import GalleryState
from service.store.session import Sessions
from tests.service.actions.galleries.world import WORKS, authors, machine, of, peopled, shown
from tests.service.actions.school import NOW, act_as, hand_in


def test_each_author_reads_that_a_gallery_showed_their_work_and_nobody_else_does(sessions: Sessions) -> None:
    with sessions.writing() as session:
        platform = peopled(session)
        for person in ("amara", "noor", "yusuf"):
            hand_in(session, platform, person, WORKS[person])
        learners_galleries.ask(session, act_as(session, platform, "amara"), "s-amara", now=NOW)
        machine(session)
        assert disclosed(session, platform, "noor") == []
        row = shown(session, platform)
        for author in authors(session, row):
            (told,) = disclosed(session, act_as(session, platform, author), author)
            assert (told.kind, told.submission, told.approved_by) == ("gallery", f"s-{author}", "Mateo")
        assert disclosed(session, act_as(session, platform, "amara"), "amara") == []


@pytest.mark.parametrize("attempt", [" ", ".", "I don't know"])
def test_an_attempt_that_says_nothing_opens_no_gallery(sessions: Sessions, attempt: str) -> None:
    with sessions.writing() as session:
        platform = peopled(session)
        for person in ("noor", "yusuf", "tiago"):
            hand_in(session, platform, person, WORKS[person])
        hand_in(session, platform, "amara", attempt)
        with pytest.raises(NotNow, match="an attempt of your own"):
            learners_galleries.ask(session, act_as(session, platform, "amara"), "s-amara", now=NOW)


def test_an_attempt_that_is_emptied_afterwards_closes_the_gallery_again(sessions: Sessions) -> None:
    with sessions.writing() as session:
        platform = peopled(session)
        for person in ("amara", "noor", "yusuf"):
            hand_in(session, platform, person, WORKS[person])
        learners_galleries.ask(session, act_as(session, platform, "amara"), "s-amara", now=NOW)
        machine(session)
        shown(session, platform)
        hand_in(session, platform, "amara", ".")
        seen = learners_galleries.others(session, act_as(session, platform, "amara"), "s-amara", now=NOW)
        assert of(session).state is GalleryState.SHOWN
        assert [work.text for work in seen.works] == ["", ""]
