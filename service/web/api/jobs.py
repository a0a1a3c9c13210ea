"""Jobs that were given up or wait for something outside, and taking them up again."""

from __future__ import annotations

from typing import Annotated, Literal

from fastapi import Query

from service.actions.jobs import troubled
from service.domain.access.keys import KeyScope
from service.web.calls import Reading, Writing
from service.web.fields import JobId
from service.web.openapi import v1
from service.web.paging import Page, Sliced
from service.web.schemas.jobs import JobShown

router = v1("Operation", reads=KeyScope.ADMIN, writes=KeyScope.ADMIN)


@router.get("/jobs", summary="Jobs in trouble")
def list_jobs(
    call: Reading,
    cut: Sliced,
    state: Annotated[Literal["dead", "waiting"], Query(description="Given up, or waiting for what is away.")] = "dead",
) -> Page[JobShown]:
    """The newest first. For keys that are not limited to some groups, and coordinators of the whole organization."""
    read = troubled.dead if state == "dead" else troubled.waiting
    rows = read(call.session, call.actor, after=cut.after, limit=cut.wanted)
    return cut.page(call, rows, JobShown.of, lambda row: row.id)


@router.post("/jobs/{id}/retry", summary="Take up a job again that was given up", status_code=202)
def retry_job(call: Writing, id: JobId) -> JobShown:
    """With all its attempts, as if it were new."""
    return JobShown.of(troubled.retry(call.session, call.actor, id, now=call.now))
