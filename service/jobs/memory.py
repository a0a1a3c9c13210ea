"""Opposite decisions, looked for in the background: read in one transaction, compared in none, then kept."""

from __future__ import annotations

from service.actions.memory import opposed
from service.jobs.leases import keep, settle
from service.jobs.tools import JobTools
from service.store.tables import Job


def compare(tools: JobTools, owner: str, job: Job) -> None:
    """All of one challenge that is not compared yet. What was kept before the job broke off is not compared again."""
    while True:
        with tools.sessions.reading() as session:
            material = opposed.gather(session, job.subject_id)
        found = opposed.compared(material)
        with tools.sessions.writing() as session:
            keep(session, tools, owner, job)
            opposed.keep(session, job.subject_id, material, found)
            if not material.more:
                settle(session, tools, owner, job)
                return
