"""The books after a journey: nothing lost, nothing twice, nothing let out that nobody approved, index equal to rows."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime

from sqlalchemy import func, or_, select

from service import wiring
from service.jobs import indexing
from service.settings import load
from service.store import jobs
from service.store.tables import (
    Approval,
    Challenge,
    DraftRow,
    Job,
    JobState,
    Organization,
    PassageRow,
    PointRow,
    Release,
    Revision,
    Submission,
)
from tests.journeys.house import House, School, events


def expect_one_released_feedback(school: School) -> None:
    """After one submission was handed in, drafted, approved and released, whatever died on the way."""
    house = school.house
    house.wait_for(lambda: at_rest(house))
    with house.sessions.reading() as session:
        for table in (Submission, Revision, DraftRow, Release):
            assert session.scalar(select(func.count()).select_from(table)) == 1, table.__tablename__
        draft = session.scalars(select(DraftRow)).one()
        positions = session.scalars(
            select(PointRow.position).where(PointRow.draft_id == draft.id, PointRow.generation == draft.generation)
        ).all()
        assert Counter(positions).most_common(1)[0][1] == 1
        release, approval = session.scalars(select(Release)).one(), session.scalars(select(Approval)).one()
        assert (release.text_hash, release.approval_id) == (approval.text_hash, approval.id)
        assert release.released_at >= approval.release_at
        assert jobs.counts(session)["dead"] == 0
    told = Counter(events(school))
    assert told == {"draft.ready": 1, "feedback.released": 1}


def at_rest(house: House) -> bool:
    """No job waits or runs, but for learning that was put off."""
    unfinished = select(func.count()).where(
        Job.state.in_((JobState.QUEUED, JobState.LEASED)), or_(Job.kind != "fit", Job.not_before <= datetime.now(UTC))
    )
    with house.sessions.reading() as session:
        return session.scalar(unfinished) == 0


def expect_index_equals_rows(house: House) -> None:
    """Looked at after the processes have stopped: an embedded index has one owner at a time."""
    names = {name.removeprefix("PEERLOOM_").lower(): value for name, value in house.environment.items()}
    parts = wiring.build(load(**names))
    with house.sessions.reading() as session:
        (organization,) = session.scalars(select(Organization.id)).all()
        challenges = session.scalars(select(Challenge.id)).all()
        should: dict[str, set[str]] = {name: set() for name in indexing.collections(organization, challenges)}
        for one in indexing.as_it_stands(session, organization):
            if one.owner:
                passages = session.scalars(select(PassageRow.id).where(PassageRow.owner_id == one.owner)).all()
                should[one.collection] |= set(passages) or {one.owner}
    assert {name: parts.index.ids(name) for name in should} == should
    assert any(should.values())
    close = getattr(parts.index, "close", None)
    if close is not None:
        close()
    parts.sessions.engine.dispose()
