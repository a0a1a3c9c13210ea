"""Which kinds of jobs a thread takes, so that what somebody waits for never stands behind what nobody does.

Beyond those asked for, one thread does only what is over at once (a release is some rows, and people wait for it). Of
the others the last takes no bulk: an import or a comparison of everything with everything may take minutes. What waits
for machines of others, which may take as long as they like, has threads of its own, so that nobody else waits for them;
what else integrations do has one.
"""

from __future__ import annotations

from service.jobs.handlers import kinds, kinds_of_integrations, waiting_kinds, work_one
from service.jobs.inline import Inline
from service.jobs.tools import JobTools

AT_ONCE = frozenset({"release", "gallery_show", "found_show", "ask"})
"""Moved by the clock at the end of an undo window; nothing is thought about."""

BULK = frozenset({"import", "fit", "introduce", "question", "goals", "uptake", "oppose", "criteria", "notify", "mail"})
"""Nobody sits before a page and waits for these."""


OUTSIDE = 2
"""Threads for what waits for machines of others: while one waits for somebody's, the others' are spoken to."""


def lanes(
    threads: int, of_integrations: frozenset[str] = frozenset(), waiting: frozenset[str] = frozenset()
) -> tuple[frozenset[str], ...]:
    """The kinds that each thread takes; one more than `threads`, and those for integrations. Of their kinds `waiting`
    are those that wait for machines of others."""
    every = kinds()
    without_bulk = [every - BULK] if threads > 1 else []
    outside = [lane for lane in (of_integrations - waiting, *[waiting] * OUTSIDE) if lane]
    return (AT_ONCE, *[every] * (threads - len(without_bulk)), *without_bulk, *outside)


def threads_for(tools: JobTools, threads: int) -> Inline:
    """Threads that do the jobs with these tools; not started."""
    own = lanes(threads, kinds_of_integrations(tools), waiting_kinds(tools))
    return Inline(tools, lambda of: work_one(tools, of=of), own)
