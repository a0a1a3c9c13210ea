"""Near-identical work: which drafts stand together, and one decision for several of them after a sample was opened."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from pipelines.values import AI
from service.actions.approvals.deciding import Deciding
from service.actions.decisions import openings, points, review, together
from service.actions.decisions.together import ListedDraft, TogetherVerdict, sample
from service.actions.drafts import points as drafts_points
from service.actions.people import register
from service.actions.queue import alike, waiting
from service.actions.queue.waiting import QueueFilter
from service.actions.work import submit
from service.domain.drafts import DraftState
from service.domain.errors import ChangedSince, Conflict, Invalid, NotAllowed, NotNow
from service.domain.roles import Actor, Role
from service.store.session import Sessions
from service.store.tables import Approval, AuditEntry, Decision, DraftRow
from tests.service.actions.school import NOW, OTHER_PLAN, act_as, found, hand_in, make_ready
from tests.statements import count

TEMPLATE = (
    "Team: {0}. We visit each other twice before half-term, and each visit lasts twenty minutes. Before the visit the "
    "pair agrees on one question. During the visit the visitor keeps a simple timeline. After it each says one thing "
    "to keep and one thing to try. The pairs report in the next meeting of {0}."
)
SUBJECTS = ("mathematics", "design", "languages", "science", "music", "history", "sports", "art", "drama", "physics")


def copies(session: Session, platform: Actor, count: int, group: str = "north") -> list[DraftRow]:
    """So many drafts, ready, on one template filled in for different subjects."""
    rows = []
    for at in range(count):
        person = f"{group}-{at}"
        register.put_person(session, platform, person, name=f"Person {at}", roles=[(Role.LEARNER, group)], now=NOW)
        rows.append(make_ready(session, hand_in(session, platform, person, TEMPLATE.format(SUBJECTS[at])).draft))
    return rows


def listed(*rows: DraftRow) -> list[ListedDraft]:
    return [ListedDraft(row.id, row.version, drafts_points.text_to_approve(row)[0]) for row in rows]


def read_some(session: Session, actor: Actor, *rows: DraftRow) -> None:
    for row in rows:
        openings.opened(session, actor, row.id, now=NOW)


def decide(
    session: Session,
    actor: Actor,
    rows: list[DraftRow],
    verdict: TogetherVerdict = TogetherVerdict.APPROVE,
    **more: Any,
):
    return together.decide_together(session, actor, rows[0].id, verdict, listed(*rows), **{"now": NOW, **more})


def alike_ids(session: Session, actor: Actor, row: DraftRow) -> list[str]:
    return [one.id for one in alike.alike(session, actor, row.id, now=NOW)]


def test_copies_of_a_template_stand_together_and_other_work_does_not(sessions: Sessions):
    with sessions.writing() as session:
        platform = found(session)
        lena = act_as(session, platform, "lena")
        alone = make_ready(session, hand_in(session, platform, "amara").draft)
        rows = copies(session, platform, 3)
        make_ready(session, hand_in(session, platform, "yusuf", OTHER_PLAN).draft)
        shown = alike.alike(session, lena, rows[1].id, now=NOW)
        assert shown[0].id == rows[1].id
        assert {one.id for one in shown} == {row.id for row in rows}
        assert shown[0].likeness == 1.0
        assert all(0.5 <= one.likeness < 1.0 for one in shown[1:])
        assert shown[0].text == TEMPLATE.format("design")
        assert shown[0].text_hash == drafts_points.text_to_approve(rows[1])[0]
        assert alike_ids(session, lena, alone) == []
        counted = {row.id: row.alike for row in waiting.page(session, lena, QueueFilter(), now=NOW).rows}
        assert [counted[row.id] for row in (alone, *rows)] == [0, 2, 2, 2]


def test_in_the_queue_they_follow_one_another(sessions: Sessions):
    with sessions.writing() as session:
        platform = found(session)
        lena = act_as(session, platform, "lena")
        rows = copies(session, platform, 3)
        for at, person in enumerate(("amara", "yusuf")):
            make_ready(session, hand_in(session, platform, person, OTHER_PLAN * (1 - at) or "Nothing yet.").draft)
        shown = waiting.page(session, lena, QueueFilter(), now=NOW).rows
        at = [place for place, row in enumerate(shown) if row.alike]
        assert at == list(range(at[0], at[0] + 3))
        assert {row.together for row in shown if row.alike} == {rows[0].id}


def test_work_that_no_machine_may_read_is_compared_with_nothing_from_the_moment_that_it_is_said(sessions: Sessions):
    with sessions.writing() as session:
        platform = found(session)
        lena = act_as(session, platform, "lena")
        rows = copies(session, platform, 3)
        register.set_consent(session, platform, "north-2", register.ConsentWish(ai=AI.NONE), now=NOW)
        assert set(alike_ids(session, lena, rows[0])) == {rows[0].id, rows[1].id}
        submit.withdraw(session, platform, "s-north-1", now=NOW)
        assert alike_ids(session, lena, rows[0]) == []
        assert alike.count(session, lena, rows[0].id) == 0


def test_only_those_of_groups_that_one_reviews_are_shown_and_decided_on(sessions: Sessions):
    with sessions.writing() as session:
        platform = found(session)
        lena, mateo = act_as(session, platform, "lena"), act_as(session, platform, "mateo")
        north, south = copies(session, platform, 2), copies(session, platform, 2, "south")
        assert set(alike_ids(session, lena, north[0])) == {row.id for row in north}
        assert len(alike_ids(session, mateo, north[0])) == 4
        read_some(session, lena, *north)
        done = decide(session, lena, [*north, south[0]])
        assert [one.version is not None for one in done] == [True, True, False]
        assert isinstance(done[2].problem, Invalid)
        assert south[0].state is DraftState.READY
        with pytest.raises(NotAllowed):
            decide(session, platform, north)


@pytest.mark.parametrize(("size", "needed"), [(1, 1), (2, 2), (3, 2), (10, 2), (11, 3), (25, 5), (200, 5)])
def test_a_fifth_is_opened_first_at_least_two_and_at_most_five(size: int, needed: int):
    assert sample(size) == needed


@pytest.mark.parametrize("verdict", list(TogetherVerdict))
def test_nothing_is_decided_together_before_a_sample_was_opened_by_the_same_person(
    sessions: Sessions, verdict: TogetherVerdict
):
    with sessions.writing() as session:
        platform = found(session)
        lena, mateo = act_as(session, platform, "lena"), act_as(session, platform, "mateo")
        rows = copies(session, platform, 4)
        read_some(session, mateo, *rows)
        read_some(session, lena, rows[0])
        with pytest.raises(NotNow, match=r"Open at least 2 of these 4 first.*opened 1"):
            decide(session, lena, rows, verdict)
        read_some(session, lena, rows[2])
        assert {row.state for row in rows} == {DraftState.READY}
        assert all(one.problem is None for one in decide(session, lena, rows, verdict))


def test_a_draft_that_was_drafted_anew_since_it_was_opened_counts_as_not_opened(sessions: Sessions):
    with sessions.writing() as session:
        platform = found(session)
        lena = act_as(session, platform, "lena")
        rows = copies(session, platform, 2)
        read_some(session, lena, *rows)
        again = review.redraft(Deciding(session, lena, rows[1].id, rows[1].version, NOW))
        make_ready(session, again)
        with pytest.raises(NotNow):
            decide(session, lena, rows)


def test_each_is_approved_with_its_own_text_and_recorded_as_one_of_several(sessions: Sessions):
    with sessions.writing() as session:
        platform = found(session)
        lena = act_as(session, platform, "lena")
        rows = copies(session, platform, 3)
        at = Deciding(session, lena, rows[2].id, rows[2].version, NOW)
        points.edit_point(at, rows[2].points[0].id, text="Its own words?")
        read_some(session, lena, *rows[:2])
        hashes = {one.draft: one.text_hash for one in listed(*rows)}
        done = decide(session, lena, rows)
        assert [one.draft for one in done] == [row.id for row in rows]
        approvals = session.scalars(select(Approval)).all()
        assert {one.draft_id: one.text_hash for one in approvals} == hashes
        assert len(set(hashes.values())) == 3
        acts = session.scalars(select(Decision).where(Decision.act == "approve")).all()
        assert [one.bulk for one in acts] == [True] * 3
        entry = session.scalars(select(AuditEntry).where(AuditEntry.act == "draft.approve_together")).one()
        assert (entry.facts["changed"], entry.facts["refused"]) == (3, 0)
        assert {row.state for row in rows} == {DraftState.APPROVED}


def test_one_that_changed_or_that_somebody_is_at_is_left_as_it_is_and_the_others_are_decided(sessions: Sessions):
    with sessions.writing() as session:
        platform = found(session)
        lena, mateo = act_as(session, platform, "lena"), act_as(session, platform, "mateo")
        rows = copies(session, platform, 4)
        seen = listed(*rows)
        seen[3] = ListedDraft(rows[3].id, rows[3].version, "0" * 64)
        points.set_summary(Deciding(session, mateo, rows[1].id, rows[1].version, NOW), text="Mine.")
        rows[2].claimed_by, rows[2].claimed_until = mateo.person, NOW + timedelta(minutes=15)
        session.flush()
        read_some(session, lena, *rows)
        done = together.decide_together(session, lena, rows[0].id, TogetherVerdict.APPROVE, seen, now=NOW)
        assert [type(one.problem) for one in done] == [type(None), ChangedSince, Conflict, ChangedSince]
        assert [row.state for row in rows] == [DraftState.APPROVED, *[DraftState.READY] * 3]
        assert len(session.scalars(select(Approval)).all()) == 1


def test_what_was_decided_together_can_be_taken_back_together(sessions: Sessions):
    with sessions.writing() as session:
        platform = found(session)
        lena = act_as(session, platform, "lena")
        rows = copies(session, platform, 3)
        read_some(session, lena, *rows)
        decide(session, lena, rows[:2])
        decide(
            session, lena, rows[1:], TogetherVerdict.DECLINE
        )  # the second is approved already, so it cannot be listed
        assert rows[2].state is DraftState.DECLINED
        back = together.take_back_together(session, lena, [(row.id, row.version) for row in rows], now=NOW)
        assert all(one.problem is None for one in back)
        assert {row.state for row in rows} == {DraftState.READY}


def test_the_number_of_statements_does_not_grow_with_the_group(sessions: Sessions):
    with sessions.writing() as session:
        platform = found(session)
        mateo = act_as(session, platform, "mateo")
        row = copies(session, platform, 2)[0]
        few = count(session, lambda: alike.alike(session, mateo, row.id, now=NOW))
        copies(session, platform, 8, "south")
        assert len(alike_ids(session, mateo, row)) == 10
        assert count(session, lambda: alike.alike(session, mateo, row.id, now=NOW)) == few
