"""What became of released points is compared in the background, once, and told as everybody's choice stands now."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select, update

from pipelines.values import AI
from service import wiring
from service.actions.approvals.deciding import Deciding
from service.actions.decisions import release
from service.actions.following import challenge as following
from service.actions.following import challenges, pairs, uptake
from service.actions.following.pairs import NOTHING, Figure
from service.actions.people import register
from service.actions.work import submit
from service.domain.errors import NotAllowed
from service.domain.following.uptake import METHOD, UptakeVerdict
from service.domain.roles import Actor
from service.domain.visibility import ShowWork
from service.jobs.housekeeping import Housekeeping
from service.store.session import Sessions
from service.store.tables import DraftRow, Job, JobState, Uptake
from tests.service.actions.memory.remembered import NEXT, ready
from tests.service.actions.school import NOW, act_as, approve, found, hand_in
from tests.work_off import work_off

DAY = timedelta(days=1)
TEXT = "We meet on Fridays and write nothing down."
ASKS = "Say which question about fractions the first pair watches for."
BETTER = f"{TEXT} The first pair watches for one question about fractions."


def answered(sessions: Sessions, person: str, platform: Actor, mateo: Actor) -> str:
    with sessions.writing() as session:
        row = ready(session, platform, person, TEXT, (NEXT, "k2", "We meet", ASKS))
        approve(session, mateo, row)
        return release.release(Deciding(session, mateo, row.id, row.version, NOW)).id


def school(sessions: Sessions) -> tuple[Actor, Actor]:
    """Amara and Lin have feedback, and each handed in again, a month apart."""
    with sessions.writing() as session:
        platform = found(session)
        mateo = act_as(session, platform, "mateo")
    for person, days in (("amara", 1), ("lin", 32)):
        answered(sessions, person, platform, mateo)
        with sessions.writing() as session:
            hand_in(session, platform, person, BETTER, now=NOW + days * DAY)
    return platform, mateo


def wanted(sessions: Sessions) -> list[tuple[str, str]]:
    """Queue what there is to compare; organization and challenge of what waits."""
    with sessions.writing() as session:
        uptake.want(session, now=NOW + 40 * DAY)
        rows = session.scalars(select(Job).where(Job.kind == "uptake")).all()
        found = [(row.organization_id, row.subject_id) for row in rows]
        for row in rows:
            session.delete(row)
    return found


def compare(sessions: Sessions) -> int:
    """As the job does; how many pairs were compared."""
    done = 0
    for organization, challenge in wanted(sessions):
        with sessions.reading() as session:
            later = uptake.gather(session, organization, challenge)
        found = [(one, pairs.compared(one)) for one in later]
        with sessions.writing() as session:
            uptake.keep(session, organization, challenge, found, now=NOW + 40 * DAY)
        done += len(later)
    return done


def figure(sessions: Sessions, actor: Actor) -> Figure:
    with sessions.reading() as session:
        (row,) = challenges.rows(session, actor)
        return row.uptake


def test_the_list_shows_what_was_stored_and_how_old_it_is_and_never_compares_by_itself(
    sessions: Sessions, monkeypatch: pytest.MonkeyPatch
) -> None:
    platform, mateo = school(sessions)
    assert (figure(sessions, mateo).pending, figure(sessions, mateo).as_of) == (2, None)
    assert compare(sessions) == 2
    monkeypatch.setattr(pairs, "compared", None)
    seen = figure(sessions, mateo)
    assert (seen.pairs, seen.pending, seen.as_of) == (2, 0, NOW + 40 * DAY)
    assert pairs.of_verdict(seen.became, UptakeVerdict.TAKEN_UP) == 2
    assert sorted(seen.months) == ["2026-10", "2026-11"]
    with sessions.reading() as session:
        (listed,) = uptake.named(session, platform)
        assert listed == ("observe", seen)
        assert uptake.of_one(session, mateo, "observe") == seen
        assert sorted(uptake.of_one(session, mateo, "observe", group="north").months) == ["2026-10"]


def test_a_worker_compares_what_housekeeping_found(parts: wiring.Parts) -> None:
    _, mateo = school(parts.sessions)
    assert Housekeeping(parts).sweep()
    work_off(parts)
    seen = figure(parts.sessions, mateo)
    assert (seen.pairs, seen.pending, pairs.of_verdict(seen.became, UptakeVerdict.TAKEN_UP)) == (2, 0, 2)
    with parts.sessions.reading() as session:
        assert [job.state for job in session.scalars(select(Job).where(Job.kind == "uptake"))] == [JobState.DONE]


def test_what_was_compared_is_not_compared_again_and_what_is_new_is(sessions: Sessions) -> None:
    platform, mateo = school(sessions)
    assert compare(sessions) == 2
    assert wanted(sessions) == []
    answered(sessions, "yusuf", platform, mateo)
    assert wanted(sessions) == []
    with sessions.writing() as session:
        hand_in(session, platform, "yusuf", "Something else altogether.", now=NOW + DAY)
    assert figure(sessions, mateo).pending == 1
    assert compare(sessions) == 1
    assert wanted(sessions) == []


def test_what_an_earlier_method_found_counts_no_more_and_is_compared_anew(sqlite_sessions: Sessions) -> None:
    _, mateo = school(sqlite_sessions)
    compare(sqlite_sessions)
    with sqlite_sessions.writing() as session:
        session.execute(update(Uptake).values(method=METHOD - 1))
    seen = figure(sqlite_sessions, mateo)
    assert (seen.pending, pairs.points_of(seen.became)) == (2, 0)
    assert compare(sqlite_sessions) == 2
    assert figure(sqlite_sessions, mateo).pending == 0


def test_what_was_taken_back_retracted_or_must_not_be_read_leaves_the_figure_at_once(sessions: Sessions) -> None:
    platform, mateo = school(sessions)
    compare(sessions)
    with sessions.writing() as session:
        nobody = register.ConsentWish(ShowWork.NO, False, AI.NONE)
        register.set_consent(session, platform, "lin", nobody, now=NOW + 41 * DAY)
    seen = figure(sessions, mateo)
    assert (pairs.points_of(seen.became), seen.barred, seen.pending) == (1, 1, 0)
    assert wanted(sessions) == []
    with sessions.writing() as session:
        submit.withdraw(session, platform, "s-amara", now=NOW + 41 * DAY)
    assert pairs.points_of(figure(sessions, mateo).became) == 0


def test_what_changed_while_it_was_compared_is_not_kept(sqlite_sessions: Sessions) -> None:
    platform, _ = school(sqlite_sessions)
    ((organization, challenge),) = wanted(sqlite_sessions)
    with sqlite_sessions.reading() as session:
        found_ = [(one, pairs.compared(one)) for one in uptake.gather(session, organization, challenge)]
    with sqlite_sessions.writing() as session:
        submit.withdraw(session, platform, "s-amara", now=NOW + 41 * DAY)
    for _ in range(2):  # another worker compared the same
        with sqlite_sessions.writing() as session:
            uptake.keep(session, organization, challenge, found_, now=NOW + 41 * DAY)
    with sqlite_sessions.reading() as session:
        assert len(session.scalars(select(Uptake)).all()) == 1


def test_the_page_of_one_challenge_says_the_same_before_and_after_it_is_stored(sqlite_sessions: Sessions) -> None:
    _, mateo = school(sqlite_sessions)

    def seen() -> following.Followed:
        with sqlite_sessions.reading() as session:
            facts = following.gather(session, mateo, "observe", now=NOW + 40 * DAY)
        return following.followed(facts)

    before = seen()
    compare(sqlite_sessions)
    after = seen()
    assert (len(before.facts.later), len(after.facts.later)) == (2, 0)
    assert (before.became, dict(before.months), before.taken_up) == (after.became, dict(after.months), after.taken_up)
    assert before.points == 2


def test_facilitators_see_their_groups_and_another_organization_nothing(sqlite_sessions: Sessions) -> None:
    platform, _ = school(sqlite_sessions)
    compare(sqlite_sessions)
    with sqlite_sessions.writing() as session:
        other = found(session, "hillside")
        lena, amara = act_as(session, platform, "lena"), act_as(session, platform, "amara")
        assert uptake.named(session, other) == []
        assert uptake.of_one(session, other, "observe") == NOTHING
        assert [figure.pairs for _, figure in uptake.named(session, lena)] == [1]
        with pytest.raises(NotAllowed):
            uptake.named(session, amara)
        assert session.scalars(select(DraftRow.id)).first()
