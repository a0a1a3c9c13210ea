"""Somebody learns in another group: what they hand in next goes there, and what was handed in stays where it was."""

from __future__ import annotations

import pytest

from service.actions.drafts import read
from service.actions.people import register
from service.actions.work import submit
from service.domain.errors import NotFound
from service.domain.roles import Role
from service.store.session import Sessions
from tests.service.actions.school import NOW, OTHER_PLAN, PLAN, act_as, found, hand_in, make_ready


def test_the_next_revision_is_read_where_its_author_learns_now(sessions: Sessions) -> None:
    with sessions.writing() as session:
        platform = found(session)
        lena = act_as(session, platform, "lena")
        register.put_person(session, platform, "hal", name="Hal", roles=[(Role.FACILITATOR, "south")], now=NOW)
        before = make_ready(session, hand_in(session, platform).draft)
        register.put_person(session, platform, "amara", name="Amara", roles=[(Role.LEARNER, "south")], now=NOW)
        hal = act_as(session, platform, "hal")
        assert read.draft(session, lena, before.id).id == before.id
        with pytest.raises(NotFound):
            read.draft(session, hal, before.id)
        after = hand_in(session, platform, text=OTHER_PLAN).draft
        assert read.draft(session, hal, after.id).id == after.id
        with pytest.raises(NotFound):
            read.draft(session, lena, after.id)
        assert read.draft(session, lena, before.id).state == "superseded"
        assert submit.get(session, hal, "s-amara").latest == 2


def test_whoever_still_learns_there_stays_there_unless_another_group_is_named(sessions: Sessions) -> None:
    with sessions.writing() as session:
        platform = found(session)
        first = hand_in(session, platform).draft
        roles = [(Role.LEARNER, "north"), (Role.LEARNER, "south")]
        register.put_person(session, platform, "amara", name="Amara", roles=roles, now=NOW)
        north = submit.SubmissionWish("observe", "amara", OTHER_PLAN, group="north")
        assert submit.submit(session, platform, "s-amara", north, now=NOW).draft.group_id == first.group_id
        south = submit.SubmissionWish("observe", "amara", PLAN, group="south")
        assert submit.submit(session, platform, "s-amara", south, now=NOW).draft.group_id != first.group_id
