"""The queue of the review desk, on both databases: what it shows to whom, in which order, and what comes next."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy import text as sql
from sqlalchemy.orm import Session

from pipelines.values import Band
from service.actions.approvals.deciding import Deciding
from service.actions.challenges import setting
from service.actions.decisions import claim, points, review
from service.actions.drafts import make, read
from service.actions.people import register
from service.actions.queue import waiting
from service.actions.queue.filtering import DAY
from service.actions.queue.waiting import QueueFilter, QueuePage, Whose
from service.actions.work import submit
from service.domain.drafts import DraftState
from service.domain.errors import Invalid, NotAllowed, NotFound
from service.domain.roles import Actor, Role
from service.store.session import Sessions
from service.store.tables import AskRow, DraftRow
from tests.service.actions.school import NOW, act_as, approve, found, hand_in, make_ready
from tests.statements import count

TOPICS = ("apples rivers", "bridges and ferries", "copper wires", "dance steps", "early mornings", "frost on glass")


def text(at: int) -> str:
    """Work that is like no other."""
    return f"Number {at} is all about {TOPICS[at % len(TOPICS)]} {at}, and says so in {at * 7} words of its own {at}."


def waiting_drafts(
    session: Session, platform: Actor, count: int, group: str = "north", *, days: int = 1, name: str = "p"
) -> list[DraftRow]:
    """So many learners of a group, each with a draft that is ready; handed in over so many days."""
    rows = []
    for at in range(count):
        person = f"{name}{at}"
        register.put_person(session, platform, person, name=f"Person {at}", roles=[(Role.LEARNER, group)], now=NOW)
        when = NOW + timedelta(days=at % days)
        row = hand_in(session, platform, person, text(at + 1000 * (group == "south")), now=when).draft
        rows.append(make_ready(session, row, now=when))
    return rows


def stick(session: Session, row: DraftRow) -> DraftRow:
    make.fail(session, row.id, row.generation, "gave_up", "The model did not answer.", now=NOW)
    session.refresh(row)
    return row


def ids(page: QueuePage) -> list[str]:
    return [row.id for row in page.rows]


def look(session: Session, actor: Actor, *, filter: QueueFilter | None = None, **more: Any) -> QueuePage:
    return waiting.page(session, actor, filter or QueueFilter(), **{"now": NOW, **more})


def chosen(choices: Sequence[Any]) -> dict[str, int]:
    return {one.value: one.count for one in choices}


def test_what_is_drafted_comes_first_then_the_earlier_day_and_within_a_day_an_order_by_chance(sessions: Sessions):
    with sessions.writing() as session:
        platform = found(session)
        lena = act_as(session, platform, "lena")
        rows = waiting_drafts(session, platform, 9, days=3)
        stuck = stick(session, hand_in(session, platform, "amara", now=NOW - timedelta(days=9)).draft)
        shown = look(session, lena)
        assert ids(shown)[-1] == stuck.id
        days = [row.handed_in_at.date() for row in shown.rows[:-1]]
        assert days == sorted(days)
        by_day = [row.id for row in sorted(rows, key=lambda row: (row.created_at.date(), row.shuffle))]
        assert ids(shown)[:-1] == by_day
        assert shown.rows[-1].reason == "The model did not answer."
        turned = QueueFilter(by_hand=True)
        assert ids(look(session, lena, filter=turned)) == [stuck.id, *by_day]
        assert waiting.next(session, lena, turned, now=NOW) == stuck.id
        first = look(session, lena, filter=turned, limit=1)
        assert ids(look(session, lena, filter=turned, after=first.next)) == by_day


def test_age_is_that_of_the_hand_in_also_where_a_platform_brings_it_late(sessions: Sessions):
    with sessions.writing() as session:
        platform = found(session)
        lena = act_as(session, platform, "lena")
        late = submit.SubmissionWish("observe", "amara", text(1), submitted_at=NOW - timedelta(days=12))
        old = make_ready(session, submit.submit(session, platform, "s-amara", late, now=NOW).draft)
        new = make_ready(session, hand_in(session, platform, "yusuf", text(2)).draft)
        shown = look(session, lena)
        assert ids(shown) == [old.id, new.id]
        assert shown.rows[0].handed_in_at == NOW - timedelta(days=12)
        assert ids(look(session, lena, filter=QueueFilter(days=7))) == [old.id]
        old.handed_in_at = None  # as a version before left it
        session.flush()
        assert look(session, lena, filter=QueueFilter(days=7)).total == 0


def test_nobody_finds_or_counts_own_work_in_the_queue_and_colleagues_do(sessions: Sessions):
    with sessions.writing() as session:
        platform = found(session)
        roles = [(Role.FACILITATOR, "north"), (Role.LEARNER, "north")]
        register.put_person(session, platform, "lena", name="Lena", roles=roles, now=NOW)
        lena, mateo = act_as(session, platform, "lena"), act_as(session, platform, "mateo")
        own = make_ready(session, hand_in(session, platform, "lena", text(1)).draft)
        other = make_ready(session, hand_in(session, platform, "amara", text(2)).draft)
        shown = look(session, lena)
        assert (ids(shown), shown.total) == ([other.id], 1)
        assert waiting.waiting(session, lena, QueueFilter(), now=NOW) == 1
        assert waiting.next(session, lena, QueueFilter(), skip=[other.id], now=NOW) is None
        assert set(ids(look(session, mateo))) == {own.id, other.id}
        assert [row.id for row in read.drafts(session, lena, read.DraftFilter())] == [other.id]


def test_a_coordinator_is_told_where_the_only_facilitator_wrote_the_work(sessions: Sessions):
    with sessions.writing() as session:
        platform = found(session)
        both = [(Role.FACILITATOR, "north"), (Role.LEARNER, "north")]
        register.put_person(session, platform, "lena", name="Lena", roles=both, now=NOW)
        register.put_person(session, platform, "chair", name="Noor", roles=[(Role.COORDINATOR, "all")], now=NOW)
        own = make_ready(session, hand_in(session, platform, "lena", text(1)).draft)
        make_ready(session, hand_in(session, platform, "amara", text(2)).draft)
        chair = act_as(session, platform, "chair")
        assert waiting.alone(session, chair, now=NOW) == 0  # Mateo facilitates all schools
        register.put_person(session, platform, "mateo", name="Mateo", roles=[(Role.FACILITATOR, "south")], now=NOW)
        assert waiting.alone(session, chair, now=NOW) == 1
        assert ids(look(session, chair, filter=QueueFilter(alone=True))) == [own.id]
        assert waiting.alone(session, act_as(session, platform, "mateo"), now=NOW) == 0
        assert ids(look(session, act_as(session, platform, "mateo"), filter=QueueFilter(alone=True))) == []


def test_what_is_said_of_a_row_is_what_its_filter_finds(sessions: Sessions):
    with sessions.writing() as session:
        platform = found(session)
        lena = act_as(session, platform, "lena")
        waiting_drafts(session, platform, 3)
        stuck = make_ready(session, hand_in(session, platform, "amara").draft)
        stuck.state = DraftState.WAITING  # a redraft, which fails
        stick(session, stuck)
        for band in (None, *Band):
            listed = look(session, lena, filter=QueueFilter(bands=(band,) if band else ()))
            shown = [row.band for row in listed.rows if row.state is DraftState.READY]
            assert band is None or shown == [band] * listed.total
            counts = chosen(listed.counts.bands)
            assert band is None or counts.get(band.value, 0) == listed.total


def test_a_row_says_who_when_and_how_much_there_is_to_read(sessions: Sessions):
    with sessions.writing() as session:
        platform = found(session)
        lena, mateo = act_as(session, platform, "lena"), act_as(session, platform, "mateo")
        row = make_ready(session, hand_in(session, platform).draft)
        claim.be_at(session, mateo, row.id, now=NOW)
        shown = look(session, lena).rows[0]
        assert (shown.person, shown.group_name, shown.challenge_title) == ("Amara Okafor", "North", "Peer observation")
        assert (shown.submission, shown.group, shown.challenge) == ("s-amara", "north", "observe")
        assert (shown.state, shown.band, shown.points, shown.findings) == (DraftState.READY, Band.MEDIUM, 1, 0)
        assert shown.claim is not None
        assert (shown.claim.name, shown.claim.mine) == ("Mateo", False)
        assert look(session, mateo).rows[0].claim.mine
        assert look(session, lena, now=NOW + timedelta(hours=1)).rows[0].claim is None
        at = Deciding(session, mateo, row.id, shown.version, NOW)
        points.dismiss_point(at, row.points[0].id, reason_code="wrong")
        assert look(session, lena).rows[0].points == 0


def test_nobody_sees_or_counts_what_is_not_theirs_to_review(sessions: Sessions):
    with sessions.writing() as session:
        platform = found(session)
        lena, mateo = act_as(session, platform, "lena"), act_as(session, platform, "mateo")
        north = make_ready(session, hand_in(session, platform, "amara").draft)
        south = make_ready(session, hand_in(session, platform, "lin", text(1)).draft)
        assert ids(look(session, lena)) == [north.id]
        assert set(ids(look(session, mateo))) == {north.id, south.id}
        assert chosen(look(session, lena).counts.groups) == {"north": 1}
        assert chosen(look(session, mateo).counts.groups) == {"all": 2, "north": 1, "south": 1}
        elsewhere = found(session, "hillside")
        assert ids(look(session, act_as(session, elsewhere, "lena"))) == []
        with pytest.raises(NotFound):
            look(session, lena, filter=QueueFilter(group="south"))
        with pytest.raises(NotAllowed):
            look(session, act_as(session, platform, "amara"))


def several(session: Session) -> tuple[Actor, dict[str, DraftRow]]:
    """Drafts that differ in what can be asked for; who looks."""
    platform = found(session)
    setting.put_challenge(session, platform, "other", setting.ChallengeWish("Other", "Another."), now=NOW)
    mateo = act_as(session, platform, "mateo")
    rows = {
        "old": make_ready(session, hand_in(session, platform, "amara", text(1)).draft),
        "south": make_ready(
            session, hand_in(session, platform, "lin", text(2), now=NOW + timedelta(days=5)).draft, now=NOW
        ),
        "stuck": stick(session, hand_in(session, platform, "yusuf", text(3), now=NOW + timedelta(days=5)).draft),
        "waiting": hand_in(session, platform, "yusuf", text(4), id_="s-4", now=NOW + timedelta(days=5)).draft,
    }
    rows["told"] = approve(session, mateo, make_ready(session, hand_in(session, platform, "lin", id_="s-5").draft))
    for answered in (None, NOW):
        session.add(
            AskRow(
                organization_id=platform.organization,
                draft_id=rows["told"].id,
                person_id=act_as(session, platform, "lin").person,
                text="What is a tally?",
                asked_at=NOW,
                answered_at=answered,
            )
        )
    rows["old"].band, rows["south"].stale = Band.LOW, True
    claim.be_at(session, mateo, rows["south"].id, now=NOW)
    session.flush()
    return mateo, rows


@pytest.mark.parametrize(
    ("wanted", "names"),
    [
        (QueueFilter(), {"old", "south", "stuck"}),
        (QueueFilter(states=(DraftState.WAITING,)), {"waiting"}),
        (QueueFilter(states=(DraftState.STUCK, DraftState.WAITING)), {"stuck", "waiting"}),
        (QueueFilter(group="south"), {"south"}),
        (QueueFilter(group="all"), {"old", "south", "stuck"}),
        (QueueFilter(challenge="observe"), {"old", "south", "stuck"}),
        (QueueFilter(challenge="other"), set()),
        (QueueFilter(bands=(Band.LOW,)), {"old"}),
        (QueueFilter(days=3), {"old"}),
        (QueueFilter(whose=Whose.MINE), {"south"}),
        (QueueFilter(whose=Whose.FREE), {"old", "stuck"}),
        (QueueFilter(stale=True), {"south"}),
        (QueueFilter(stale=True, days=3), set()),
        (QueueFilter(asks=True), {"told"}),
        (QueueFilter(asks=True, states=(DraftState.READY,)), set()),
    ],
)
def test_it_can_be_asked_for_part_of_it_and_counts_the_same(sessions: Sessions, wanted: QueueFilter, names: set[str]):
    with sessions.writing() as session:
        mateo, rows = several(session)
        now = NOW + timedelta(days=5) if wanted.days else NOW
        shown = look(session, mateo, filter=wanted, now=now)
        assert set(ids(shown)) == {rows[name].id for name in names}
        assert shown.total == len(names)
        assert waiting.waiting(session, mateo, wanted, now=now) == len(names)
        assert [row.asks for row in shown.rows] == [int(row.id == rows["told"].id) for row in shown.rows]


def test_each_count_says_what_choosing_it_would_show(sessions: Sessions):
    with sessions.writing() as session:
        mateo, _ = several(session)
        counts = look(session, mateo, filter=QueueFilter(group="north")).counts
        assert chosen(counts.states) == {"stuck": 1, "ready": 1, "waiting": 1}
        assert chosen(counts.groups) == {"all": 3, "north": 2, "south": 1}
        assert chosen(counts.challenges) == {"observe": 2}
        assert chosen(counts.bands) == {"low": 1}
        for choice in counts.groups:
            assert look(session, mateo, filter=QueueFilter(group=choice.value)).total == choice.count
        assert [one.value for one in counts.groups if one.chosen] == ["north"]


def test_pages_follow_one_another_without_gap_or_repeat_also_when_one_of_them_is_decided(sessions: Sessions):
    with sessions.writing() as session:
        platform = found(session)
        lena = act_as(session, platform, "lena")
        waiting_drafts(session, platform, 7, days=2)
        whole = ids(look(session, lena))
        first = look(session, lena, limit=3)
        second = look(session, lena, after=first.next, limit=3)
        third = look(session, lena, after=second.next, limit=3)
        assert ids(first) + ids(second) + ids(third) == whole
        assert (first.previous, third.next) == (None, None)
        assert ids(look(session, lena, before=third.previous, limit=3)) == ids(second)
        assert look(session, lena, before=second.previous, limit=3).previous is None
        approve(session, lena, session.get_one(DraftRow, ids(first)[-1]))
        assert ids(look(session, lena, after=first.next, limit=3)) == ids(second)
        with pytest.raises(Invalid):
            look(session, lena, after="somewhere")


def test_what_comes_next_is_what_the_queue_shows_first_that_nobody_else_is_at_and_was_not_skipped(sessions: Sessions):
    with sessions.writing() as session:
        platform = found(session)
        lena, mateo = act_as(session, platform, "lena"), act_as(session, platform, "mateo")
        waiting_drafts(session, platform, 4)
        wanted = QueueFilter(group="north")
        order = ids(look(session, lena, filter=wanted))
        assert waiting.next(session, lena, wanted, now=NOW) == order[0]
        assert read.next_draft(session, lena, read.DraftFilter(group="north"), now=NOW).id == order[0]
        claim.be_at(session, mateo, order[0], now=NOW)
        assert waiting.next(session, lena, wanted, now=NOW) == order[1]
        assert waiting.next(session, mateo, wanted, now=NOW) == order[0]
        assert waiting.next(session, lena, wanted, skip=order[1:3], now=NOW) == order[3]
        assert waiting.next(session, lena, wanted, skip=order[1:], now=NOW) is None
        assert waiting.waiting(session, lena, wanted, skip=order[1:], now=NOW) == 1


def test_the_pulse_changes_with_every_change_that_the_queue_would_show_and_with_no_other(sessions: Sessions):
    with sessions.writing() as session:
        platform = found(session)
        lena, mateo = act_as(session, platform, "lena"), act_as(session, platform, "mateo")
        row = make_ready(session, hand_in(session, platform).draft)

        def pulse(now=NOW) -> str:
            return waiting.pulse(session, lena, QueueFilter(), now=now)

        seen = [pulse()]
        hand_in(session, platform, "lin", text(1))  # in a group that is not theirs
        assert pulse() == seen[0]
        points.set_summary(Deciding(session, lena, row.id, row.version, NOW), text="Another.")
        seen.append(pulse())
        row.claimed_by, row.claimed_until = mateo.person, NOW + timedelta(minutes=15)
        session.flush()
        seen.append(pulse())
        assert pulse(NOW + timedelta(minutes=16)) == seen[1]
        other = make_ready(session, hand_in(session, platform, "yusuf", text(2)).draft)
        seen.append(pulse())
        review.decline(Deciding(session, lena, other.id, other.version, NOW))
        seen.append(pulse())
        assert len({*seen[:4]}) == 4
        assert seen[4] == seen[2]


def test_the_number_of_statements_is_the_same_for_few_and_for_many(sessions: Sessions):
    with sessions.writing() as session:
        platform = found(session)
        mateo = act_as(session, platform, "mateo")
        wanted = QueueFilter(group="all", challenge="observe")
        waiting_drafts(session, platform, 1)
        acts = {
            "page": lambda: look(session, mateo, filter=wanted),
            "next": lambda: waiting.next(session, mateo, wanted, now=NOW),
            "pulse": lambda: waiting.pulse(session, mateo, wanted, now=NOW),
            "waiting": lambda: waiting.waiting(session, mateo, wanted, now=NOW),
        }
        few = {name: count(session, act) for name, act in acts.items()}
        waiting_drafts(session, platform, 11, "south", name="q", days=4)
        assert len(look(session, mateo).rows) == 12
        assert {name: count(session, act) for name, act in acts.items()} == few
        assert few == {"page": 9, "next": 3, "pulse": 3, "waiting": 3}


def test_days_of_the_queue_are_utcs_wherever_the_database_thinks_it_is(sessions: Sessions):
    with sessions.writing() as session:
        platform = found(session)
        lena = act_as(session, platform, "lena")
        first, later = waiting_drafts(session, platform, 2)
        midnight = NOW.replace(hour=0)
        first.handed_in_at, later.handed_in_at = midnight - timedelta(minutes=30), midnight + timedelta(minutes=30)
        first.shuffle, later.shuffle = "9", "1"
        session.flush()
        if session.get_bind().dialect.name == "postgresql":
            session.execute(sql("SET LOCAL TIME ZONE 'Pacific/Auckland'"))
        assert ids(look(session, lena)) == [first.id, later.id]
        days = session.scalars(select(DAY).order_by(DAY)).all()
        assert days == ["2026-10-04", "2026-10-05"]
        following = read.next_draft(session, lena, read.DraftFilter(), now=NOW)
        assert following is not None
        assert following.id == first.id
