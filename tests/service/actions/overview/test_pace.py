"""An approval that came sooner than reading is told to the one who approved, kindly, and only where it is a habit."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from service.actions.approvals.deciding import Deciding
from service.actions.decisions import claim, openings, points, review
from service.actions.overview import challenge, pace
from service.domain.errors import NotAllowed, NotFound
from service.domain.roles import Actor
from service.store.session import Sessions
from service.store.tables import Decision, DraftRow, Opening
from tests.service.actions.memory.remembered import NEXT, ready
from tests.service.actions.school import NOW, act_as, approve, drafted, found, make_ready

LONG = "We pair teachers across grades. " * 100  # 500 words: 100 seconds at least
SECOND = timedelta(seconds=1)


def waiting(session: Session, platform: Actor, number: int, person: str = "amara") -> DraftRow:
    return ready(session, platform, person, LONG, (NEXT, "k2", "We pair", "What for?"), id_=f"s-{number}")


def approved(session: Session, actor: Actor, row: DraftRow, after: timedelta) -> DraftRow:
    """Opened now, approved so much later."""
    openings.opened(session, actor, row.id, now=NOW)
    return approve(session, actor, row, now=NOW + after)


def test_what_was_approved_sooner_than_reading_takes_is_quick(sessions: Sessions) -> None:
    with sessions.writing() as session:
        platform = found(session)
        mateo = act_as(session, platform, "mateo")
        for number, seconds in enumerate((20, 90, 120)):
            approved(session, mateo, waiting(session, platform, number), seconds * SECOND)
        seen = pace.own(session, mateo, now=NOW + 300 * SECOND)
        assert (seen.known, [one.submission for one in seen.quick]) == (3, ["s-1", "s-0"])
        assert seen.quick[1].took == 20 * SECOND
        assert 100 * SECOND < seen.quick[1].reading < 110 * SECOND  # the draft's own words take time, too
        assert not seen.worth_a_word
        approved(session, mateo, waiting(session, platform, 4), 5 * SECOND)
        assert pace.own(session, mateo, now=NOW + 300 * SECOND).worth_a_word


def test_only_the_first_opening_counts_and_another_persons_does_not(sessions: Sessions) -> None:
    with sessions.writing() as session:
        platform = found(session)
        lena, mateo = act_as(session, platform, "lena"), act_as(session, platform, "mateo")
        row = waiting(session, platform, 1)
        openings.opened(session, lena, row.id, now=NOW)
        openings.opened(session, lena, row.id, now=NOW + 500 * SECOND)
        assert session.scalar(select(func.count()).select_from(Opening)) == 1
        approve(session, mateo, row, now=NOW + 501 * SECOND)
        assert pace.own(session, mateo, now=NOW + 502 * SECOND).known == 0
        other = waiting(session, platform, 2, "yusuf")
        openings.opened(session, lena, other.id, now=NOW)
        openings.opened(session, lena, other.id, now=NOW + 500 * SECOND)
        approve(session, lena, other, now=NOW + 501 * SECOND)
        assert (pace.own(session, lena, now=NOW + 502 * SECOND).quick) == ()


def test_after_a_redraft_only_the_new_words_take_time(sessions: Sessions) -> None:
    with sessions.writing() as session:
        platform = found(session)
        mateo = act_as(session, platform, "mateo")
        row = waiting(session, platform, 1)
        openings.opened(session, mateo, row.id, now=NOW)
        review.redraft(Deciding(session, mateo, row.id, row.version, NOW + 200 * SECOND))
        make_ready(session, row, now=NOW + 260 * SECOND)
        openings.opened(session, mateo, row.id, now=NOW + 300 * SECOND)
        approve(session, mateo, row, now=NOW + 310 * SECOND)
        assert len(drafted().points[0].text.split()) < 40
        assert (pace.own(session, mateo, now=NOW + 400 * SECOND).known, row.generation) == (1, 2)
        assert pace.own(session, mateo, now=NOW + 400 * SECOND).quick == ()


def test_what_was_undone_or_decided_for_several_or_long_ago_does_not_count(sessions: Sessions) -> None:
    with sessions.writing() as session:
        platform = found(session)
        mateo = act_as(session, platform, "mateo")
        undone, several, old = (
            approved(session, mateo, waiting(session, platform, number), SECOND) for number in range(3)
        )
        review.undo(Deciding(session, mateo, undone.id, undone.version, NOW + 2 * SECOND))
        session.flush()
        for one in session.scalars(select(Decision).where(Decision.draft_id == several.id)):
            one.bulk = True
        session.flush()
        assert [one.draft for one in pace.own(session, mateo, now=NOW + 9 * SECOND).quick] == [old.id]
        assert pace.own(session, mateo, now=NOW + timedelta(days=15)).known == 0


def test_a_challenges_overview_counts_quick_approvals_of_everybody(sessions: Sessions) -> None:
    with sessions.writing() as session:
        platform = found(session)
        lena, mateo = act_as(session, platform, "lena"), act_as(session, platform, "mateo")
        approved(session, mateo, waiting(session, platform, 1), SECOND)
        approved(session, lena, waiting(session, platform, 2, "yusuf"), 300 * SECOND)
        pace = challenge.workings(session, mateo, "observe", now=NOW).pace
        assert (pace.known, len(pace.quick)) == (2, 1)
        assert challenge.workings(session, mateo, "observe", group="south", now=NOW).pace.known == 0


def test_only_a_facilitator_of_the_group_opens_a_draft(sessions: Sessions) -> None:
    with sessions.writing() as session:
        platform = found(session)
        row = waiting(session, platform, 1, "lin")
        with pytest.raises(NotAllowed):
            openings.opened(session, platform, row.id, now=NOW)
        for who in ("lena", "lin"):
            with pytest.raises(NotFound):
                openings.opened(session, act_as(session, platform, who), row.id, now=NOW)
        with pytest.raises(NotFound):
            openings.opened(session, act_as(session, found(session, "valley"), "mateo"), row.id, now=NOW)


def test_whoever_says_that_they_are_at_a_draft_has_opened_it(sessions: Sessions) -> None:
    with sessions.writing() as session:
        platform = found(session)
        mateo = act_as(session, platform, "mateo")
        row = waiting(session, platform, 1)
        claim.be_at(session, mateo, row.id, now=NOW)
        claim.be_at(session, mateo, row.id, now=NOW + 50 * SECOND)
        wish = points.PointWish(NEXT, "And who is it for?")
        points.add_point(Deciding(session, mateo, row.id, row.version, NOW + 60 * SECOND), wish=wish)
        approve(session, mateo, row, now=NOW + 61 * SECOND)
        (quick,) = pace.own(session, mateo, now=NOW + 62 * SECOND).quick
        assert quick.took == 61 * SECOND
