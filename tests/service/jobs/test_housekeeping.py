"""What has had its time is swept out; what is still needed stays."""

from __future__ import annotations

from datetime import timedelta
from types import SimpleNamespace

from sqlalchemy import select

from service.jobs.housekeeping import DONE_JOBS, ENDED_TOKENS, Housekeeping
from service.store import jobs
from service.store.session import Sessions
from service.store.tables import Credential, Job, StoredReply
from tests.service.actions.school import NOW, act_as, found


def test_old_replies_done_jobs_and_ended_tokens_go_and_the_rest_stays(sessions: Sessions) -> None:
    with sessions.writing() as session:
        platform = found(session)
        act_as(session, platform, "lena", now=NOW - ENDED_TOKENS - timedelta(days=1))
        act_as(session, platform, "lena", now=NOW)
        for number, age in enumerate((DONE_JOBS + timedelta(hours=1), timedelta(hours=1))):
            jobs.enqueue(
                session, organization=platform.organization, kind="fit", subject=str(number), now=NOW - age, dedupe=None
            )
            (job,) = jobs.claim(session, owner="w", now=NOW - age, lease=timedelta(minutes=1))
            jobs.finish(session, job.id, owner="w", now=NOW - age)
        for key, age in (("old", timedelta(days=9)), ("new", timedelta(hours=1))):
            session.add(
                StoredReply(
                    credential_id=platform.credential,
                    key=key,
                    organization_id=platform.organization,
                    request_hash="0" * 64,
                    headers={},
                    created_at=NOW - age,
                )
            )
    house = Housekeeping(SimpleNamespace(sessions=sessions, now=lambda: NOW))  # type: ignore[arg-type]
    assert house.sweep()
    assert not house.sweep()
    with sessions.reading() as session:
        assert session.scalars(select(StoredReply.key)).all() == ["new"]
        assert session.scalars(select(Job.subject_id)).all() == ["1"]
        assert len(session.scalars(select(Credential).where(Credential.expires_at.is_not(None))).all()) == 1
