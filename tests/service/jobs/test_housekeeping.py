"""What has had its time is swept out; what is still needed stays."""

from __future__ import annotations

from datetime import datetime, timedelta
from types import SimpleNamespace

from sqlalchemy import select
from structlog.testing import capture_logs

from service.domain.events import Event
from service.domain.roles import Actor
from service.jobs.housekeeping import DONE_JOBS, ENDED_TOKENS, Housekeeping
from service.store import jobs, replies
from service.store.session import Sessions
from service.store.tables import Credential, Job, Organization, OutgoingEvent, StoredReply
from tests.service.actions.school import NOW, act_as, found, hand_in


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
    house = Housekeeping(SimpleNamespace(sessions=sessions, now=lambda: NOW, integrations=()))  # type: ignore[arg-type]
    assert house.sweep()
    assert not house.sweep()
    with sessions.reading() as session:
        assert session.scalars(select(StoredReply.key)).all() == ["new"]
        assert session.scalars(select(Job.subject_id)).all() == ["1"]
        assert len(session.scalars(select(Credential).where(Credential.expires_at.is_not(None))).all()) == 1


def _reply(platform: Actor, key: str, age: timedelta) -> StoredReply:
    return StoredReply(
        credential_id=platform.credential,
        key=key,
        organization_id=platform.organization,
        request_hash="0" * 64,
        headers={},
        body="somebody's words",
        created_at=NOW - age,
    )


def test_however_many_replies_have_had_their_time_none_is_left(sessions: Sessions) -> None:
    with sessions.writing() as session:
        platform = found(session)
        session.add_all(
            _reply(platform, f"old-{number}", replies.KEPT_FOR) for number in range(2 * replies.AT_ONCE + 1)
        )
        session.add(_reply(platform, f"{replies.FORM}old", replies.SAME_FORM))
        session.add(_reply(platform, "new", timedelta(hours=1)))
    assert _house(sessions).sweep()
    with sessions.reading() as session:
        assert session.scalars(select(StoredReply.key)).all() == ["new"]


def test_replies_are_forgotten_some_at_a_time(sessions: Sessions) -> None:
    with sessions.writing() as session:
        platform = found(session)
        session.add_all(_reply(platform, f"old-{number}", replies.KEPT_FOR) for number in range(5))
        session.flush()
        assert [replies.forget(session, now=NOW, limit=2) for _ in range(4)] == [2, 2, 1, 0]


def test_an_organization_whose_housekeeping_fails_stops_nobody_elses(sessions: Sessions) -> None:
    with sessions.writing() as session:
        broken, other = found(session, "broken"), found(session, "other")
        for platform in (broken, other):
            hand_in(session, platform)
            session.add(_reply(platform, "old", replies.KEPT_FOR))
        session.get_one(Organization, broken.organization).settings = ["no settings at all"]  # type: ignore[assignment]
        session.get_one(Organization, other.organization).settings = {"answer_within_days": 1}
    assert broken.organization < other.organization  # in whose order it is done
    with capture_logs() as logs:
        assert _house(sessions, NOW + timedelta(days=2)).sweep()
    told = {(one["organization"], one["step"]) for one in logs if one["log_level"] == "error"}
    assert told == {
        (broken.organization, "work that waits for an answer"),
        (broken.organization, "a weekly look for introductions"),
        (broken.organization, "what has had its time"),
    }
    with sessions.reading() as session:
        events = select(OutgoingEvent.organization_id).where(OutgoingEvent.name == Event.SUBMISSION_UNANSWERED.value)
        assert session.scalars(events).all() == [other.organization]
        assert session.scalars(select(StoredReply.key)).all() == []


def _house(sessions: Sessions, now: datetime = NOW) -> Housekeeping:
    return Housekeeping(SimpleNamespace(sessions=sessions, now=lambda: now, integrations=()))  # type: ignore[arg-type]
