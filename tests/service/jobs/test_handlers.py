"""What a job does happens once, ends with it, and is told when it cannot be done."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, fields, replace
from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from pipelines.adapters.exact import ExactIndex
from pipelines.ports import LanguageModel, ModelReply, ModelRequest
from pipelines.values import AI, Usage
from service import wiring
from service.actions.bundles import take_in
from service.actions.people import register
from service.domain.budgets import Prices, Terms, micro
from service.domain.drafts import FOR_A_PERSON, DraftState
from service.domain.ids import new_id
from service.jobs import handlers
from service.jobs.handlers import SYNC_BATCH, work_one
from service.jobs.leases import settle
from service.jobs.tools import JobTools
from service.store import jobs, spending
from service.store.tables import Disclosure, DraftRow, ImportRun, Job, JobState, OutgoingEvent, PointRow, Submission
from tests.service.jobs.conftest import TEXT, School
from tests.service.jobs.thinking import Slow
from tests.statements import statements
from tests.work_off import work_off


@dataclass(frozen=True)
class Ahead(wiring.Parts):
    """The same parts, some time from now."""

    by: timedelta = timedelta(0)

    def now(self) -> datetime:
        return super().now() + self.by


def ahead(parts: wiring.Parts, **by: float) -> Ahead:
    return Ahead(**{one.name: getattr(parts, one.name) for one in fields(wiring.Parts)}, by=timedelta(**by))


def the_draft(school: School) -> DraftRow:
    with school.parts.sessions.reading() as session:
        return session.scalars(select(DraftRow)).one()


def told(school: School) -> list[str]:
    with school.parts.sessions.reading() as session:
        return list(session.scalars(select(OutgoingEvent.name).order_by(OutgoingEvent.id)))


def test_what_is_handed_in_is_drafted_and_indexed(school: School) -> None:
    school.hand_in("s-1")
    work_off(school.parts)
    assert the_draft(school).state in FOR_A_PERSON
    assert {job.state for job in school.jobs()} == {JobState.DONE}


def test_index_jobs_that_wait_are_done_together(school: School) -> None:
    for number in range(5):
        school.hand_in(f"s-{number}")
    work_one(school.parts)
    assert len(school.jobs(JobState.DONE, kind="sync")) == 5
    assert SYNC_BATCH > 5


class Broken(ExactIndex):
    """An index that our own code cannot use."""

    def _mistaken(self, *_: Any) -> Any:
        raise KeyError("vectors")

    write = delete = search = ids = _mistaken


def test_a_draft_that_cannot_be_made_is_stuck_with_a_reason_and_everybody_is_told(school: School) -> None:
    school.hand_in("s-1")
    broken = replace(school.parts, index=Broken())
    for hours in range(1, 5):
        work_off(ahead(broken, hours=hours))
    draft = the_draft(school)
    assert (draft.state, draft.reason_code) == (DraftState.STUCK, "gave_up")
    assert "Write it yourself" in draft.reason
    assert {job.state for job in school.jobs()} == {JobState.DEAD}
    assert sorted(told(school)) == ["draft.stuck", "job.failed", "job.failed"]


def test_a_draft_whose_worker_dies_every_time_is_stuck_too(school: School) -> None:
    school.hand_in("s-1")
    for hours in range(1, 4):
        later = ahead(school.parts, hours=hours)
        with later.sessions.writing() as session:
            jobs.claim(session, owner=new_id(), now=later.now(), lease=later.lease, limit=9, max_attempts=3)
    work_off(ahead(school.parts, hours=9))
    assert the_draft(school).state is DraftState.STUCK
    assert "draft.stuck" in told(school)
    assert told(school).count("job.failed") == 2


def _drafting(school: School, meanwhile: Callable[[], None]) -> None:
    """Hand in, and draft with something happening while the machine thinks; index jobs are out of the way."""
    school.hand_in("s-1")
    with school.parts.sessions.writing() as session:
        session.execute(update(Job).where(Job.kind == "sync").values(state=JobState.DONE))
    work_one(replace(school.parts, plain_embedder=Slow(school.parts.plain_embedder, meanwhile)))


def test_a_worker_that_lost_its_lease_while_thinking_writes_nothing(school: School) -> None:
    def taken() -> None:
        later = ahead(school.parts, hours=1)
        with later.sessions.writing() as session:
            (job,) = jobs.claim(session, owner="another", now=later.now(), lease=later.lease)
            assert job.kind == "draft"

    _drafting(school, taken)
    assert the_draft(school).state is DraftState.DRAFTING
    with school.parts.sessions.reading() as session:
        assert session.scalars(select(PointRow)).all() == []
    assert [job.lease_owner for job in school.jobs(JobState.LEASED)] == ["another"]
    assert told(school) == []


def test_a_draft_taken_back_while_the_machine_thinks_stays_taken_back(school: School) -> None:
    _drafting(school, lambda: school.withdraw("s-1"))
    assert the_draft(school).state is DraftState.WITHDRAWN
    assert school.jobs(JobState.DONE, kind="draft")
    assert "draft.ready" not in told(school)


def test_a_mistake_in_the_code_is_tried_again_and_then_told(school: School, caplog: pytest.LogCaptureFixture) -> None:
    def stumble() -> None:
        raise ZeroDivisionError("division by zero")

    _drafting(school, stumble)
    (job,) = school.jobs(JobState.QUEUED, kind="draft")
    assert job.last_error == "ZeroDivisionError: division by zero"
    assert the_draft(school).state is DraftState.WAITING


def test_a_bundle_is_taken_in_a_chunk_a_transaction_and_drafts_what_waits(school: School) -> None:
    lines = [
        json.dumps(
            {"kind": "submission", "id": f"b-{n}", "challenge": "observation", "person": "amara", "text": f"Plan {n}."}
        )
        for n in range(take_in.CHUNK + 5)
    ]
    with school.parts.sessions.writing() as session:
        take_in.start(session, school.actor, [*lines, "not json"], now=school.parts.now())
    work_one(school.parts)
    with school.parts.sessions.reading() as session:
        run = session.scalars(select(ImportRun)).one()
        assert (run.state, run.kept, run.failed) == ("finished", len(lines), 1)
        assert len(session.scalars(select(Submission)).all()) == len(lines)
    assert len(school.jobs(JobState.QUEUED, kind="draft")) == len(lines)


class Priced:
    """The drafter without a model, as if it were one that counts tokens."""

    name = "priced"

    def __init__(self, inner: LanguageModel, *, local: bool = True) -> None:
        self._inner, self.local = inner, local

    def reply(self, request: ModelRequest) -> ModelReply:
        return replace(self._inner.reply(request), usage=Usage(1_000, 100, 1), model=self.name)


def priced(school: School, day: float, *, local: bool = True) -> wiring.Parts:
    terms = Terms(Prices.of(2.0, 10.0), micro(day))
    return replace(school.parts, model=Priced(school.parts.fallback, local=local), terms=terms)


@pytest.mark.parametrize("local", [True, False])
def test_an_author_reads_that_a_model_here_or_outside_was_sent_their_work(school: School, local: bool) -> None:
    with school.parts.sessions.writing() as session:
        register.set_consent(session, school.actor, "amara", register.ConsentWish(ai=AI.ANY), now=school.parts.now())
    school.hand_in("s-1")
    work_off(priced(school, day=1.0, local=local))
    with school.parts.sessions.reading() as session:
        told = session.scalars(select(Disclosure)).all()
        assert [(one.kind, one.reader, one.approved_by) for one in told] == (
            [("local_model" if local else "model", "priced", None)]
        )


def spent(school: School) -> list[tuple[int, int]]:
    with school.parts.sessions.reading() as session:
        return [(day.spent, day.reserved) for day in spending.days(session, school.actor.organization, 9)]


def test_what_the_model_costs_is_booked_with_the_draft(school: School) -> None:
    school.hand_in("s-1")
    work_off(priced(school, day=1.0))
    assert the_draft(school).model == "priced"
    ((cost, reserved),) = spent(school)
    assert cost % (2 * 1_000 + 10 * 100) == 0
    assert cost > 0
    assert reserved == 0


def test_when_the_days_budget_is_used_up_drafts_are_made_without_the_model(school: School) -> None:
    school.hand_in("s-1")
    work_off(priced(school, day=0.000_001))
    draft = the_draft(school)
    assert draft.model != "priced"
    assert draft.state is DraftState.READY
    assert "budget" in draft.reason
    assert all(cost == 0 for cost, _ in spent(school))


def test_a_job_of_a_kind_that_only_a_newer_release_knows_waits_for_it_unharmed(
    school: School, monkeypatch: pytest.MonkeyPatch
) -> None:
    now, organization = school.parts.now(), school.actor.organization
    with school.parts.sessions.writing() as session:
        of_tomorrow = {"kind": "of-tomorrow", "subject": organization, "priority": 99}
        id_ = jobs.enqueue(session, organization=organization, now=now, **of_tomorrow)  # type: ignore[arg-type]
    school.hand_in("s-1")
    assert not work_one(school.parts, job=id_)
    work_off(school.parts)
    assert the_draft(school).state in FOR_A_PERSON
    (job,) = school.jobs(JobState.QUEUED)
    assert (job.kind, job.attempts, job.last_error) == ("of-tomorrow", 0, "")

    done: list[str] = []

    def newer(tools: JobTools, owner: str, job: Job) -> None:
        done.append(job.subject_id)
        with tools.sessions.writing() as session:
            settle(session, tools, owner, job)

    monkeypatch.setitem(handlers.KINDS, "of-tomorrow", newer)
    work_off(school.parts)
    assert done == [organization]
    assert not school.jobs(JobState.QUEUED, JobState.DEAD)


def test_a_learner_and_a_group_have_their_part_of_the_days_drafts_by_a_model_and_no_more(school: School) -> None:
    parts = priced(school, day=1.0)
    for number, terms in enumerate((replace(parts.terms, per_person=1), replace(parts.terms, per_group=1)), start=1):
        school.hand_in(f"s-{number}")
        work_off(replace(parts, terms=terms))
    with school.parts.sessions.reading() as session:
        made = list(session.scalars(select(DraftRow).order_by(DraftRow.id)))
    assert [row.model == "priced" for row in made] == [True, False]
    assert "part of the day's drafts" in made[1].reason
    school.hand_in("s-3")
    work_off(replace(parts, terms=replace(parts.terms, per_person=1)))
    with school.parts.sessions.reading() as session:
        last = session.scalars(select(DraftRow).order_by(DraftRow.id.desc())).first()
    assert last is not None
    assert last.model != "priced"


MOST_STATEMENTS = 80
"""Of one draft, from claim to kept, on a challenge with others' work and a document; without BEGIN and what switches
a connection between reading and writing."""


def test_a_draft_takes_a_bounded_number_of_statements_however_much_is_searched(school: School) -> None:
    school.document("handbook", "Agree on one question before each visit.\n\nWrite down what students say.")
    for number in range(6):
        school.hand_in(f"s-{number}", ("amara", "tiago", "noor")[number % 3], f"{TEXT} Our room is number {number}.")
    work_off(school.parts)
    school.hand_in("s-9", "noor", f"{TEXT} We meet in the hall and write down one question for each visit.")
    work_one(school.parts, of={"sync"})
    with Session(school.parts.sessions.engine) as session, statements(session) as said:
        assert work_one(school.parts, of={"draft"})
    asked = [one for one in said if not one.startswith(("BEGIN", "PRAGMA"))]
    assert 20 < len(asked) <= MOST_STATEMENTS, len(asked)
    assert sum("FROM vectors" in one for one in asked) <= 4
