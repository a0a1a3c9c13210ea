"""What the benchmark of pages lays and counts: rows as drafting leaves them, and the time 95 of 100 do not exceed."""

from __future__ import annotations

from collections import Counter

import pytest
from sqlalchemy import select

from benchmarks import waiting_drafts
from benchmarks.pages import p95
from service.actions.desk import draft
from service.actions.queue import alike, waiting
from service.actions.queue.waiting import QueueFilter
from service.domain.drafts import DraftState
from service.store.session import Sessions
from service.store.tables import DraftRow
from tests.service.actions.school import act_as, found


@pytest.mark.parametrize(("seconds", "expected"), [([3.0], 3.0), ([*range(100, 0, -1)], 95), ([*range(1, 21)], 19)])
def test_the_95th_percentile_is_a_time_that_was_taken(seconds: list[float], expected: float) -> None:
    assert p95(seconds) == expected


def test_a_crowd_waits_in_the_queue_and_each_of_its_drafts_can_be_looked_at(sqlite_sessions: Sessions) -> None:
    with sqlite_sessions.writing() as session:
        platform = found(session)
        waiting_drafts.lay(session, "lakeside", 41)
        mateo = act_as(session, platform, "mateo")
        now = session.scalars(select(DraftRow.created_at).order_by(DraftRow.created_at.desc())).first()
        assert now is not None
        shown = waiting.page(session, mateo, QueueFilter(), now=now)
        assert shown.total == len(shown.rows) == 41
        assert Counter(row.state for row in shown.rows) == {DraftState.STUCK: 3, DraftState.READY: 38}
        assert Counter(row.alike for row in shown.rows)[1] == 8
        twin = next(row.id for row in shown.rows if row.alike)
        assert min(one.likeness for one in alike.alike(session, mateo, twin, now=now)) > 0.9
        assert {len(draft.show(session, mateo, row.id, now=now).points) for row in shown.rows[:5]} == {3}
