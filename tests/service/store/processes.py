"""What other processes do in store tests: they share nothing with the test but the database."""

from __future__ import annotations

import random
import time
from datetime import UTC, datetime, timedelta

from service.domain.ids import new_id
from service.store import audit, jobs, migrate
from service.store.session import Sessions, make_engine
from tests.service.store.world import NOW

MANY = 10_000


def claim_until_none_is_left(url: str) -> list[str]:
    """Ids of all jobs that this process got."""
    engine = make_engine(url)
    sessions, owner, taken = Sessions(engine), new_id(), list[str]()
    while True:
        with sessions.writing() as session:
            got = jobs.claim(session, owner=owner, now=NOW, lease=timedelta(hours=1), limit=random.randint(1, 5))
        if not got:
            break
        taken += [job.id for job in got]
    engine.dispose()
    return taken


def work_until_nothing_waits(url: str, lease: float) -> None:
    """Claim by the real clock, take a moment over each job, and write its effect and its end in one transaction."""
    engine = make_engine(url)
    sessions, owner = Sessions(engine), new_id()
    while True:
        with sessions.writing() as session:
            got = jobs.claim(
                session, owner=owner, now=datetime.now(UTC), lease=timedelta(seconds=lease), limit=3, max_attempts=MANY
            )
        for job in got:
            time.sleep(random.uniform(0, 0.02))
            with sessions.writing() as session:
                if jobs.finish(session, job.id, owner=owner, now=datetime.now(UTC)):
                    audit.record(
                        session, organization=job.organization_id, actor="machine", act="did", subject=job.id, now=NOW
                    )
        with sessions.reading() as session:
            if jobs.next_due(session) is None:
                break
        time.sleep(0 if got else 0.02)
    engine.dispose()


def upgrade(url: str) -> str | None:
    """Upgrade, and say at which revision the database is then."""
    engine = make_engine(url)
    migrate.upgrade(engine)
    at = migrate.current(engine)
    engine.dispose()
    return at
