"""Goals and the work that speaks to them: read in one transaction, thought about in none, kept in the one that ends the
job, where everything that may have changed meanwhile is read anew."""

from __future__ import annotations

from pipelines import goals
from service.actions.goals import make
from service.jobs.leases import keep, settle
from service.jobs.tools import JobTools
from service.store.tables import Job


def find_goals_and_work(tools: JobTools, owner: str, job: Job) -> None:
    """Read a strategy document into goals, and look for work that speaks to each."""
    with tools.sessions.reading() as session:
        looking = make.begin(session, job.organization_id, job.subject_id)
    if looking is None:
        with tools.sessions.writing() as session:
            settle(session, tools, owner, job)
        return
    read = goals.read(looking.text)
    with tools.sessions.writing() as session:
        keep(session, tools, owner, job)
        wishes = make.keep(session, looking, read, now=tools.now())
    embedder = tools.embedder(job.organization_id)
    found = {one.goal: goals.speaking(one.text, one.scopes, tools.shelves, embedder) for one in wishes}
    with tools.sessions.writing() as session:
        keep(session, tools, owner, job)
        make.finish(session, looking, found, now=tools.now())  # False: the newer version has a job of its own
        settle(session, tools, owner, job)
