"""Which kinds of jobs a thread takes, so that what somebody waits for never stands behind what nobody does.

One thread beyond those asked for does only what is over at once (a release is some rows, and people wait for it). Of
the others the last takes no bulk: an import or a comparison of everything with everything may take minutes.
"""

from __future__ import annotations

from service.jobs.handlers import kinds, work_one
from service.jobs.inline import Inline
from service.jobs.tools import JobTools

AT_ONCE = frozenset({"release", "gallery_show", "found_show", "ask"})
"""Moved by the clock at the end of an undo window; nothing is thought about."""

BULK = frozenset({"import", "fit", "introduce", "question", "goals", "uptake", "oppose", "criteria", "notify", "mail"})
"""Nobody sits before a page and waits for these."""


def lanes(threads: int) -> tuple[frozenset[str], ...]:
    """The kinds that each thread takes; one more than `threads`."""
    every = kinds()
    without_bulk = [every - BULK] if threads > 1 else []
    return (AT_ONCE, *[every] * (threads - len(without_bulk)), *without_bulk)


def threads_for(tools: JobTools, threads: int) -> Inline:
    """Threads that do the jobs with these tools; not started."""
    return Inline(tools, lambda of: work_one(tools, of=of), lanes(threads))
