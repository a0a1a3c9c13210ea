"""Which kinds of jobs a thread takes, so that what somebody waits for never stands behind what nobody does.

Beyond those asked for, one thread does only what is over at once (a release is some rows, and people wait for it). Of
the others the last takes no bulk: an import or a comparison of everything with everything may take minutes. What
integrations do waits for machines of others, which may take as long as they like; it has threads of its own, so that
nobody else waits for them.
"""

from __future__ import annotations

from service.jobs.handlers import kinds, kinds_of_integrations, work_one
from service.jobs.inline import Inline
from service.jobs.tools import JobTools

AT_ONCE = frozenset({"release", "gallery_show", "found_show", "ask"})
"""Moved by the clock at the end of an undo window; nothing is thought about."""

BULK = frozenset({"import", "fit", "introduce", "question", "goals", "uptake", "oppose", "criteria", "notify", "mail"})
"""Nobody sits before a page and waits for these."""


OUTSIDE = 2
"""Threads for what integrations do: while one waits for somebody's machine, the others' are spoken to."""


def lanes(threads: int, of_integrations: frozenset[str] = frozenset()) -> tuple[frozenset[str], ...]:
    """The kinds that each thread takes; one more than `threads`, and those for integrations."""
    every = kinds()
    without_bulk = [every - BULK] if threads > 1 else []
    outside = [of_integrations] * OUTSIDE if of_integrations else []
    return (AT_ONCE, *[every] * (threads - len(without_bulk)), *without_bulk, *outside)


def threads_for(tools: JobTools, threads: int) -> Inline:
    """Threads that do the jobs with these tools; not started."""
    return Inline(tools, lambda of: work_one(tools, of=of), lanes(threads, kinds_of_integrations(tools)))
