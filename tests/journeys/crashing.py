"""Deaths at named points of the `peerloom` command.

A point is a function and a moment: just before it is called, or just after it has returned. Death is SIGKILL: nothing
is flushed and nobody is told. The production code knows nothing of this.
"""

from __future__ import annotations

import importlib
import os
import signal
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Point:
    """Where a process dies. `web` says in which of the two processes."""

    target: str  # module:attribute or module:class.attribute; several, where there are two ways to run
    after: bool
    web: bool = False


POINTS = {
    # 2: the submission is written, but not committed
    "2 submitted, not committed": Point("service.actions.work.submit:submit", after=True, web=True),
    # 2, 3: committed; neither was the answer sent nor anybody woken
    "3 committed, nobody woken": Point(
        "service.jobs.keeper:Keeper.wake service.jobs.relay:Relay.wake", after=False, web=True
    ),
    # 4: the job is claimed
    "4 claimed, not begun": Point("service.jobs.handlers:_attempt", after=False),
    "4 begun, not committed": Point("service.actions.drafts.make:begin", after=True),
    # 5: the machine thinks, with no transaction open
    "5 before thinking": Point("pipelines.feedback:make", after=False),
    "5 after thinking": Point("pipelines.feedback:make", after=True),
    # 6: the points are stored
    "6 stored, not committed": Point("service.actions.drafts.make:finish", after=True),
    "6 stored and committed": Point("service.jobs.handlers:_draft", after=True),
    # 7: a facilitator approves
    "7 approved, not committed": Point("service.actions.decisions.review:approve", after=True, web=True),
    # 8: the undo window has passed
    "8 released, not committed": Point("service.actions.decisions.release:release_due", after=True),
    "8 released and committed": Point("service.jobs.handlers:_release", after=True),
    # beside it: the index
    "the index is written, the job not ended": Point("pipelines.indexing:settle", after=True),
}


def plant(point: Point) -> None:
    """Put the death in place."""
    for target in point.target.split():
        name, _, path = target.partition(":")
        owner: Any = importlib.import_module(name)
        *classes, attribute = path.split(".")
        for one in classes:
            owner = getattr(owner, one)
        found = getattr(owner, attribute)
        deadly = _deadly(found, point.after)
        setattr(owner, attribute, deadly)
        _rebind(found, deadly)


def _deadly(found: Callable[..., Any], after: bool) -> Callable[..., Any]:
    def deadly(*args: Any, **named: Any) -> Any:
        if after:
            found(*args, **named)
        os.kill(os.getpid(), signal.SIGKILL)

    return deadly


def _rebind(found: object, deadly: object) -> None:
    """In tables of functions, such as the kinds of jobs."""
    from service.jobs.handlers import KINDS

    for kind, handler in KINDS.items():
        if handler is found:
            KINDS[kind] = deadly  # type: ignore[assignment]
