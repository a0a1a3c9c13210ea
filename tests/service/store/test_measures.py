"""What operators are told of the service as a whole: from the rows, over all organizations."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from service.actions.access import organizations
from service.domain.ids import new_id
from service.store import jobs
from service.store.measures import Took, measure
from service.store.session import Sessions
from service.store.tables import Job, JobState, Spending

NOW = datetime(2026, 11, 2, 9, 0, tzinfo=UTC)


def ask(sessions: Sessions, organization: str, kind: str, *, due: timedelta, took: timedelta | None = None) -> None:
    """A job that was due so long ago, and ended so long after that."""
    with sessions.writing() as session:
        id_ = jobs.enqueue(
            session, organization=organization, kind=kind, subject=new_id(), now=NOW, not_before=NOW - due
        )
        if took is not None:
            row = session.get_one(Job, id_)
            row.state, row.finished_at = JobState.DONE, NOW - due + took


def founded(sessions: Sessions, name: str) -> str:
    with sessions.writing() as session:
        return organizations.create(session, external_id=name, name=name, now=NOW).id


def test_what_waits_what_is_late_and_what_jobs_took_is_counted_over_all_organizations(sessions: Sessions) -> None:
    here, there = founded(sessions, "quillmere"), founded(sessions, "lakeside")
    ask(sessions, here, "draft", due=timedelta(seconds=40))
    ask(sessions, there, "draft", due=timedelta(seconds=90))
    ask(sessions, here, "release", due=timedelta(seconds=-5))
    for seconds in (1, 2, 3):
        ask(sessions, there, "draft", due=timedelta(minutes=1), took=timedelta(seconds=seconds))
    ask(sessions, here, "draft", due=timedelta(hours=2), took=timedelta(seconds=500))
    with sessions.writing() as session:
        for organization in (here, there):
            for day in (NOW.date(), NOW.date() - timedelta(days=1)):
                session.add(Spending(organization_id=organization, day=day, spent=1_500_000, calls=2, prompt_tokens=10))
    with sessions.reading() as session:
        found = measure(session, now=NOW)
    assert found.jobs == {("draft", "queued"): 2, ("release", "queued"): 1}
    assert found.oldest == {"draft": 90.0}, "a release that is not due yet is not late"
    assert found.late({"release"}) == 0
    assert found.took == {"draft": Took(3, 2.0, 3.0)}, "what ended hours ago tells nothing of now"
    assert (found.spent, found.calls, found.prompt_tokens) == (3.0, 4, 20)
    assert found.waiting() == 3


def test_an_empty_service_has_nothing_to_tell(sessions: Sessions) -> None:
    with sessions.reading() as session:
        found = measure(session, now=NOW)
    assert (found.jobs, found.oldest, found.took, found.drafts, found.spent) == ({}, {}, {}, {}, 0.0)
