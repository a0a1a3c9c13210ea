"""Opposite decisions, looked for in the background: read in one transaction, compared in none, then kept."""

from __future__ import annotations

from service.actions.memory import opposed
from service.jobs.leases import keep, settle
from service.jobs.tools import Workshop
from service.store.tables import Job


def compare(shop: Workshop, owner: str, job: Job) -> None:
    """All of one challenge that is not compared yet. What was kept before the job broke off is not compared again."""
    while True:
        with shop.sessions.reading() as session:
            material = opposed.gather(session, job.subject_id)
        found = opposed.compared(material)
        with shop.sessions.writing() as session:
            keep(session, shop, owner, job)
            opposed.keep(session, job.subject_id, material, found)
            if not material.more:
                settle(session, shop, owner, job)
                return
