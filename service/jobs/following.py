"""What became of released points, compared in the background: read in one transaction, compared in none, then kept."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from service.actions.following import challenge as following_challenge
from service.actions.following import uptake
from service.actions.following.challenge import Followed
from service.actions.following.pairs import compared
from service.domain.roles import Actor
from service.jobs.leases import keep, settle
from service.jobs.tools import JobTools
from service.store.session import Sessions
from service.store.tables import Job


def compare_uptake(tools: JobTools, owner: str, job: Job) -> None:
    """All that is not compared yet of one challenge. What was kept before the job broke off is not compared again."""
    organization, challenge = job.organization_id, job.subject_id
    while True:
        with tools.sessions.reading() as session:
            later = uptake.gather(session, organization, challenge)
        found = [(one, compared(one)) for one in later]
        with tools.sessions.writing() as session:
            keep(session, tools, owner, job)
            uptake.keep(session, organization, challenge, found, now=tools.now())
            if len(later) < uptake.AT_ONCE:
                settle(session, tools, owner, job)
                return


def comparing_uptake(sessions: Sessions) -> Callable[..., Followed]:
    """Compares what became of feedback on a challenge. Raises as `following.gather`."""

    def compare(actor: Actor, challenge: str, *, group: str | None, now: datetime) -> Followed:
        with sessions.reading() as session:
            facts = following_challenge.gather(session, actor, challenge, group=group, now=now)
        return following_challenge.followed(facts)

    return compare
