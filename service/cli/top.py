"""`peerloom top`: how the service is, as it goes on, in the terminal."""

from __future__ import annotations

import time
from typing import Annotated

import typer
from rich.console import Group
from rich.live import Live
from rich.table import Table
from rich.text import Text

from service.cli import operator
from service.cli.console import out
from service.domain.drafts import FOR_A_PERSON, NOT_MADE_YET
from service.store import measures
from service.store.measures import Measures
from service.store.tables import JobState


def top(
    every: Annotated[float, typer.Option(help="Seconds between two looks.", min=0.2)] = 2.0,
    once: Annotated[bool, typer.Option("--once", help="Look once, and exit.")] = False,
) -> None:
    """Show jobs, drafts and what the model costs, again and again, until Ctrl-C."""
    parts = operator.opened()

    def look() -> Group:
        with parts.sessions.reading() as session:
            return shown(measures.measure(session, now=parts.now()))

    if once:
        out.print(look())
        return
    with Live(look(), console=out, auto_refresh=False, screen=out.is_terminal) as live:
        while True:
            time.sleep(every)
            live.update(look(), refresh=True)


def shown(found: Measures) -> Group:
    """One look, as text and a table."""
    from service.jobs.lanes import AT_ONCE  # all that thinks comes with it

    table = Table("kind", "waits", "is done", "given up", "due since", "took (half, 95 %)", title="Jobs")
    kinds = {kind for kind, _ in found.jobs} | set(found.took)
    for kind in sorted(kinds):
        counts = [found.jobs.get((kind, state.value), 0) for state in (JobState.QUEUED, JobState.LEASED, JobState.DEAD)]
        took = found.took.get(kind)
        table.add_row(
            kind,
            *(str(count or "") for count in counts),
            f"{found.oldest[kind]:.0f} s" if kind in found.oldest else "",
            f"{took.half:.1f} s, {took.of_95:.1f} s" if took else "",
        )
    made, waits = (sum(found.drafts.get(state.value, 0) for state in of) for of in (NOT_MADE_YET, FOR_A_PERSON))
    lines = [
        f"Drafts: {made} being made, {waits} wait for a person, {found.drafts.get('released', 0)} released.",
        f"Releases are {found.late(AT_ONCE):.0f} s late.",
        f"Model: {found.calls} calls, {found.prompt_tokens + found.completion_tokens} tokens, {found.spent:.2f} spent.",
    ]
    return Group(*(Text(line) for line in lines), table)
