"""What became of released points, compared in the background: read in one transaction, compared in none, then kept."""

from __future__ import annotations

from service.actions.following import uptake
from service.actions.following.pairs import compared
from service.jobs.leases import keep, settle
from service.jobs.tools import Workshop
from service.store.tables import Job


def reckon(shop: Workshop, owner: str, job: Job) -> None:
    """All that is not compared yet of one challenge. What was kept before the job broke off is not compared again."""
    organization, challenge = job.organization_id, job.subject_id
    while True:
        with shop.sessions.reading() as session:
            later = uptake.gather(session, organization, challenge)
        found = [(one, compared(one)) for one in later]
        with shop.sessions.writing() as session:
            keep(session, shop, owner, job)
            uptake.keep(session, organization, challenge, found, now=shop.now())
            if len(later) < uptake.AT_ONCE:
                settle(session, shop, owner, job)
                return
