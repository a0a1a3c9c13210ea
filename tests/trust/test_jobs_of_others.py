"""Every kind of job, from the application itself, in one organization's name about what is another's: nothing happens.

Two organizations have things alike in every id that a platform gives. A job is planted for the first, whose subject is
the second's; afterwards every row of the database is as it was, no text went to the model, and the index holds no
more. Then the same job in the name of whoever owns the subject, which does what jobs do: so the first could have.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from functools import partial
from typing import Any

import pytest
from sqlalchemy import func, select

from service import wiring
from service.domain.drafts import DraftState
from service.jobs import handlers, subjects
from service.store import jobs
from service.store.session import Sessions
from service.store.tables import (
    Approval,
    Base,
    BriefWording,
    Challenge,
    Document,
    DraftRow,
    Erasure,
    FoundWork,
    Gallery,
    Group,
    ImportRun,
    Introduction,
    Job,
    JobState,
    Mailing,
    Organization,
    Person,
    Request,
    Revision,
    Submission,
    WordingState,
)
from tests import statements
from tests.service.web.conftest import School, serve
from tests.service.web.test_tenants import Secrets, marked
from tests.stubs.openai_wire import OpenAIWire
from tests.trust.test_a_random_walk import parts, wire
from tests.trust.told import TOLD

__all__ = ["parts", "serve", "wire"]

CASES: dict[str, tuple[type[Any], ...]] = {
    "draft": (DraftRow,),
    "release": (DraftRow,),
    "import": (ImportRun,),
    "fit": (Organization,),
    "gallery": (Gallery,),
    "gallery_again": (Challenge,),
    "gallery_show": (Gallery,),
    "introduce": (Organization, Group, Person),
    "ask": (Introduction,),
    "request": (Request,),
    "found_show": (FoundWork,),
    "question": (Organization,),
    "goals": (Document,),
    "uptake": (Challenge,),
    "oppose": (Challenge,),
    "brief": (BriefWording,),
    "calibrate": (Challenge,),
    "criteria": (Challenge,),
    "erase": (Erasure,),
    "notify": (Organization,),
    "mail": (Mailing,),
    "sync": (Submission, Document),
}
"""Of each kind, what its id may be of. Whoever adds a kind adds a line here, and one to `service/jobs/subjects.py`."""

CHANGES = {"draft", "release", "import", "gallery", "request", "erase", "criteria", "notify", "mail"}
"""Kinds that change something in this small world when they are their owner's; others find nothing to do in it."""


def test_each_kind_of_job_has_a_case() -> None:
    assert set(CASES) == handlers.kinds() == set(subjects.SUBJECTS)


def test_many_jobs_are_looked_at_in_as_many_statements_as_a_few(sessions: Sessions) -> None:
    def of(number: int) -> list[Job]:
        about = {"kind": "sync", "organization_id": "0" * 32}
        return [Job(id=f"{at:032}", subject_id=f"{at:032}", **about) for at in range(number)]

    with sessions.reading() as session:
        subjects.foreign(session, of(1))  # with which the transaction begins
        assert [statements.count(session, partial(subjects.foreign, session, of(n))) for n in (1, 100)] == [2, 2]


def _rows(sessions: Sessions) -> dict[str, list[tuple[Any, ...]]]:
    """Every row of every table but that of jobs, whole."""
    with sessions.reading() as session:
        tables = [one for one in Base.metadata.sorted_tables if one.name != "jobs"]
        return {one.name: sorted(map(tuple, session.execute(select(one)).all()), key=repr) for one in tables}


def _subject(sessions: Sessions, table: type[Any], owner: str, kind: str) -> tuple[str, int]:
    """Something of this organization, with the generation that a job about it has now."""
    with sessions.reading() as session:
        if table is Organization:
            return owner, 0
        query = select(table).where(table.organization_id == owner).order_by(table.id)
        if kind == "release":
            query = query.join(Approval, Approval.draft_id == table.id)
        elif table is DraftRow:
            query = query.where(table.state == DraftState.WAITING)
        row = session.scalars(query.limit(1)).first()
        assert row is not None, f"There is no {table.__name__} to try a {kind} job with."
        return row.id, getattr(row, "generation", 0)


def _plant(sessions: Sessions, organization: str, kind: str, subject: str, generation: int, now: datetime) -> str:
    with sessions.writing() as session:
        session.query(Job).where(Job.state == JobState.QUEUED).update({"state": JobState.DONE})
        about = {"kind": kind, "subject": subject, "generation": generation}
        jobs.enqueue(session, organization=organization, **about, now=now, dedupe=f"planted:{kind}:{subject}")
        session.flush()
        return session.scalars(select(Job.id).where(Job.state == JobState.QUEUED)).one()


def _rest(school: School, now: datetime) -> None:
    """What the small world has not yet: found work, a wording, an approval that is due, work that waits."""
    lindiwe = school.person("lindiwe")
    seen = lindiwe.get("/v1/submissions/amara-1").json()["draft"]["id"]
    draft = lindiwe.get(f"/v1/drafts/{seen}")
    match = {"If-Match": draft.headers["ETag"]}
    assert lindiwe.post(
        f"/v1/drafts/{seen}/approve", json={"seen": draft.json()["text_hash"]}, headers=match
    ).is_success
    school.handed_in("amara-9", "We pair teachers across grades, and each pair names one question before a visit.")
    with school.sessions.writing() as session:
        own = school.organization
        need = session.scalars(select(Request.id).where(Request.organization_id == own)).first()
        mine = select(Revision.id).join(Submission, Submission.id == Revision.submission_id)
        revision = session.scalars(mine.where(Submission.organization_id == own)).first()
        place = {"start": 0, "end": 5, "position": 0, "found_at": now}
        session.add(FoundWork(organization_id=own, request_id=need, revision_id=revision, **place))
        challenge = session.scalars(select(Challenge.id).where(Challenge.organization_id == own)).first()
        lens = dict.fromkeys(("groups", "set_to", "wide", "chosen"))
        wording = {"scope": "0" * 64, "lens": lens, "state": WordingState.ASKED, "asked_at": now}
        session.add(BriefWording(organization_id=own, challenge_id=challenge, **wording))
        amara = session.scalars(select(Person.id).where(Person.organization_id == own, Person.external_id == "amara"))
        session.add(Mailing(organization_id=own, person_id=amara.one(), planned_at=now))


@pytest.mark.timeout(300)
def test_a_job_about_what_is_another_organizations_reads_changes_and_writes_nothing(
    serve: Callable[..., School], parts: wiring.Parts, wire: OpenAIWire
) -> None:
    sessions = parts.sessions
    first = serve(sessions=sessions, undo=timedelta(0)).founded("harbor").peopled()
    valley = first.founded("valley")
    for path, body in marked().items():
        assert valley.platform.put(path, json=body).status_code == 201
    Secrets(valley)
    _rest(valley, valley.now())
    now = valley.now() - timedelta(seconds=1)
    cases = [
        (kind, *_subject(sessions, table, valley.organization, kind))
        for kind, tables in CASES.items()
        for table in tables
    ]
    for case in cases:
        _nothing_of_it(parts, wire, first.organization, case, now)
    changed = set()
    for case in cases:
        before = _rows(sessions)
        assert handlers.work_one(parts, job=_plant(sessions, valley.organization, *case, now)), case
        changed |= {case[0]} if _rows(sessions) != before else set()
    assert changed >= CHANGES, "With its owner's name the same job does something; else this shows nothing."


def _nothing_of_it(
    parts: wiring.Parts, wire: OpenAIWire, organization: str, case: tuple[str, str, int], now: datetime
) -> None:
    sessions = parts.sessions
    planted = _plant(sessions, organization, *case, now)
    before, asked = _rows(sessions), len(wire.received)
    assert handlers.work_one(parts, job=planted), case
    assert _rows(sessions) == before, f"a {case[0]} job reached what is another organization's"
    assert len(wire.received) == asked
    with sessions.reading() as session:
        ended = session.get_one(Job, planted)
        assert (ended.state, ended.last_error) == (JobState.DONE, "")
        coming = select(func.count()).where(Job.state.in_((JobState.QUEUED, JobState.LEASED)))
        assert session.scalar(coming) == 0, f"a {case[0]} job made others"
    TOLD.count(sessions.engine.dialect.name, "jobs about what is another's")
