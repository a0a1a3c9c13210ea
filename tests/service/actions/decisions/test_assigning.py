"""A challenge's waiting drafts are given to colleagues by shares: looked at first, and to be taken back."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from service.actions.approvals.deciding import Deciding
from service.actions.decisions import assigning, claim, points, review
from service.actions.people import register
from service.actions.queue import waiting
from service.actions.queue.waiting import QueueFilter, Whose
from service.domain.errors import ChangedSince, Invalid, NotAllowed, NotNow
from service.domain.roles import Actor, Role
from service.store.session import Sessions
from service.store.tables import AuditEntry, DraftRow
from tests.service.actions.school import NOW, act_as, found, hand_in, make_ready

LATER = NOW + timedelta(minutes=1)


def peopled(session: Session, count: int = 6) -> tuple[Actor, Actor, list[str]]:
    """The platform, a coordinator, and drafts of North that wait; Lena and Mateo review there."""
    platform = found(session)
    roles = [(Role.COORDINATOR, "all")]
    register.put_person(session, platform, "ines", name="Inês Prado", roles=roles, now=NOW)
    made = [hand_in(session, platform, id_=f"s-{number}", text=f"Plan {number}: we pair.") for number in range(count)]
    return platform, act_as(session, platform, "ines"), [make_ready(session, one.draft).id for one in made]


def theirs(session: Session, platform: Actor, person: str) -> set[str]:
    shown = waiting.page(session, act_as(session, platform, person), QueueFilter(whose=Whose.MINE), now=LATER)
    return {row.id for row in shown.rows}


def test_what_was_looked_at_is_given_and_can_be_taken_back(sessions: Sessions) -> None:
    with sessions.writing() as session:
        platform, ines, drafts = peopled(session)
        weights = {"lena": 2, "mateo": 1}
        seen = assigning.proposed(session, ines, "observe", weights, now=NOW)
        assert {one.id: (one.weight, one.gets) for one in seen.shares} == {
            "ines": (0, 0), "lena": (2, 4), "mateo": (1, 2)
        }  # fmt: skip
        assert theirs(session, platform, "lena") == set()
        with pytest.raises(ChangedSince):
            assigning.assign(session, ines, "observe", {"lena": 1, "mateo": 1}, seen=seen.seen, now=NOW)
        done = assigning.assign(session, ines, "observe", weights, seen=seen.seen, now=NOW)
        assert (done.gives, done.kept, done.left) == (6, 0, 0)
        given = theirs(session, platform, "lena"), theirs(session, platform, "mateo")
        assert (len(given[0]), len(given[1]), given[0] | given[1]) == (4, 2, set(drafts))
        told = select(func.count()).where(AuditEntry.act == "draft.hand_over")
        assert session.scalar(told) == 6
        assert assigning.take_back(session, ines, "observe", at=NOW, now=LATER) == 6
        assert assigning.take_back(session, ines, "observe", at=NOW, now=LATER) == 0
        assert theirs(session, platform, "lena") == set()


def test_what_is_held_or_begun_stays_and_what_was_begun_since_is_not_taken_back(sessions: Sessions) -> None:
    with sessions.writing() as session:
        platform, ines, drafts = peopled(session, 4)
        lena, mateo = (act_as(session, platform, one) for one in ("lena", "mateo"))
        claim.be_at(session, mateo, drafts[0], now=NOW)
        begin(session, lena, drafts[1])
        seen = assigning.proposed(session, ines, "observe", {"lena": 1}, now=NOW)
        assert (seen.gives, seen.kept) == (2, 2)
        assigning.assign(session, ines, "observe", {"lena": 1}, seen=seen.seen, now=NOW)
        begin(session, lena, drafts[2])
        assert assigning.take_back(session, ines, "observe", at=NOW, now=LATER) == 1
        assert session.get_one(DraftRow, drafts[2]).claimed_by == lena.person
        assert session.get_one(DraftRow, drafts[0]).claimed_by == mateo.person
        nothing = assigning.proposed(session, ines, "observe", {}, now=NOW)
        with pytest.raises(NotNow):
            assigning.assign(session, ines, "observe", {}, seen=nothing.seen, now=NOW)


def test_what_waits_once_more_is_free_and_what_its_holder_has_opened_is_not_taken_back(sessions: Sessions) -> None:
    with sessions.writing() as session:
        platform, ines, drafts = peopled(session, 2)
        lena = act_as(session, platform, "lena")
        begin(session, lena, drafts[0])
        row = session.get_one(DraftRow, drafts[0])
        review.decline(Deciding(session, lena, row.id, row.version, LATER), note="Not yet.")
        reopened = LATER + timedelta(minutes=1)
        review.reopen(Deciding(session, lena, row.id, row.version, reopened))
        row.claimed_by = row.claimed_until = None
        seen = assigning.proposed(session, ines, "observe", {"lena": 1}, now=reopened)
        assert (seen.gives, seen.kept) == (2, 0)
        assigning.assign(session, ines, "observe", {"lena": 1}, seen=seen.seen, now=reopened)
        claim.be_at(session, lena, drafts[1], now=reopened + timedelta(minutes=1))
        assert assigning.take_back(session, ines, "observe", at=reopened, now=reopened + timedelta(minutes=2)) == 1
        assert session.get_one(DraftRow, drafts[1]).claimed_by == lena.person


def begin(session: Session, actor: Actor, draft: str) -> None:
    row = session.get_one(DraftRow, draft)
    points.accept_point(Deciding(session, actor, draft, row.version, LATER), row.points[0].id)


def test_nobody_gets_work_of_their_own_or_of_a_group_that_they_do_not_review(sessions: Sessions) -> None:
    with sessions.writing() as session:
        platform, ines, _ = peopled(session, 1)
        roles = [(Role.FACILITATOR, "north"), (Role.LEARNER, "north")]
        register.put_person(session, platform, "lena", name="Lena", roles=roles, now=NOW)
        own = make_ready(session, hand_in(session, platform, "lena").draft).id
        south = make_ready(session, hand_in(session, platform, "lin").draft).id
        seen = assigning.proposed(session, ines, "observe", {"lena": 1}, now=NOW)
        assert (seen.gives, seen.left) == (1, 2)
        assigning.assign(session, ines, "observe", {"lena": 1}, seen=seen.seen, now=NOW)
        assert {session.get_one(DraftRow, one).claimed_by for one in (own, south)} == {None}
        both = assigning.proposed(session, ines, "observe", {"lena": 1, "mateo": 1}, now=NOW)
        assert {one.id: (one.has, one.gets) for one in both.shares if one.id != "ines"} == {
            "lena": (1, 0), "mateo": (0, 2)
        }  # fmt: skip


def test_only_a_coordinator_gives_and_only_to_who_reviews_there(sessions: Sessions) -> None:
    with sessions.writing() as session:
        platform, ines, _ = peopled(session, 1)
        for actor in (platform, act_as(session, platform, "lena"), act_as(session, platform, "amara")):
            with pytest.raises(NotAllowed):
                assigning.proposed(session, actor, "observe", {}, now=NOW)
        for weights in ({"amara": 1}, {"lena": 100}, {"lena": -1}):
            with pytest.raises(Invalid):
                assigning.proposed(session, ines, "observe", weights, now=NOW)
