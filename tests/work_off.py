"""All jobs done in this process, one after the other."""

from __future__ import annotations

from service.jobs.handlers import work_one
from service.jobs.tools import JobTools


def work_off(tools: JobTools) -> int:
    """Do everything that is due now, and what comes due by it; the number of rounds it took."""
    rounds = 0
    while work_one(tools):
        rounds += 1
    return rounds
