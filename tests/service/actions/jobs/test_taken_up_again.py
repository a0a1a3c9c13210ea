"""A job that was given up is taken up again as if it were new, and what it was for waits for it again."""

from __future__ import annotations

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from service.actions.drafts import make
from service.actions.jobs import troubled
from service.domain.drafts import DraftState
from service.domain.errors import NotAllowed, NotFound, NotNow
from service.domain.roles import Actor
from service.store import jobs
from service.store.session import Sessions
from service.store.tables import AuditEntry, DraftRow, Job, JobState
from tests.service.actions.school import NOW, act_as, found, hand_in


def given_up(session: Session, platform: Actor) -> tuple[Job, DraftRow]:
    """A draft whose job was tried to the end."""
    draft = hand_in(session, platform).draft
    job = session.scalars(select(Job).where(Job.kind == "draft", Job.subject_id == draft.id)).one()
    job.state, job.attempts, job.last_error, job.finished_at = JobState.DEAD, 6, "KeyError: 'x'", NOW
    make.fail(session, draft.id, job.generation, make.GAVE_UP, "No draft could be made.", now=NOW)
    session.flush()
    return job, draft


def test_a_draft_is_made_after_all(sessions: Sessions) -> None:
    with sessions.writing() as session:
        platform = found(session)
        job, draft = given_up(session, platform)
        assert [row.id for row in troubled.dead(session, platform)] == [job.id]
        again = troubled.retry(session, platform, job.id, now=NOW)
        assert (again.state, again.attempts, again.not_before) == (JobState.QUEUED, 0, NOW)
        session.refresh(draft)
        assert (draft.state, draft.reason) == (DraftState.WAITING, "")
        assert make.begin(session, draft.id, again.generation, now=NOW) is not None
        assert troubled.dead(session, platform) == []
        assert "job.retry" in session.scalars(select(AuditEntry.act)).all()


def test_what_a_person_has_gone_on_with_meanwhile_is_left_to_them(sessions: Sessions) -> None:
    with sessions.writing() as session:
        platform = found(session)
        job, draft = given_up(session, platform)
        draft.reason_code, draft.state = "", DraftState.READY
        session.flush()
        again = troubled.retry(session, platform, job.id, now=NOW)
        assert make.begin(session, draft.id, again.generation, now=NOW) is None
        assert draft.state is DraftState.READY


def test_one_that_was_asked_for_anew_meanwhile_is_not_done_twice(sessions: Sessions) -> None:
    with sessions.writing() as session:
        platform = found(session)
        common = {"organization": platform.organization, "kind": "sync", "subject": "s", "now": NOW, "dedupe": "sync:s"}
        first = jobs.enqueue(session, **common)  # type: ignore[arg-type]
        row = session.get_one(Job, first)
        row.state, row.finished_at = JobState.DEAD, NOW
        session.flush()
        second = jobs.enqueue(session, **common)  # type: ignore[arg-type]
        assert second is not None
        assert troubled.retry(session, platform, row.id, now=NOW).state is JobState.DONE
        waits = select(Job.id).where(Job.kind == "sync", Job.subject_id == "s", Job.state == JobState.QUEUED)
        assert session.scalars(waits).all() == [second]


def test_only_what_was_given_up_and_only_by_who_leads(sessions: Sessions) -> None:
    with sessions.writing() as session:
        platform = found(session)
        other = found(session, "elsewhere")
        job, _ = given_up(session, platform)
        with pytest.raises(NotFound):
            troubled.retry(session, other, job.id, now=NOW)
        with pytest.raises(NotAllowed):
            troubled.retry(session, act_as(session, platform, "mateo"), job.id, now=NOW)
        assert troubled.retry_all(session, platform, now=NOW) == 1
        assert troubled.retry_all(session, platform, now=NOW) == 0
        with pytest.raises(NotNow):
            troubled.retry(session, platform, job.id, now=NOW)
