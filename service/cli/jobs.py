"""`peerloom jobs`: what was given up or waits for something outside, and taking it up again."""

from __future__ import annotations

from typing import Annotated

import typer
from rich.table import Table

from service.actions.jobs import troubled
from service.cli import operator
from service.cli.console import TellingGroup, out
from service.cli.operator import OfOrganization
from service.domain.errors import Invalid

app = typer.Typer(cls=TellingGroup, no_args_is_help=True, help="Jobs in trouble, and taking them up again.")


@app.command("list")
def list_(
    waiting: Annotated[
        bool, typer.Option("--waiting", help="Those that wait for something outside, instead of those given up.")
    ] = False,
    organization: OfOrganization = None,
) -> None:
    """Jobs that were given up, with the reason, the newest first."""
    parts = operator.opened()
    with parts.sessions.reading() as session:
        actor = operator.operator(session, operator.organization(session, organization))
        rows = (troubled.waiting if waiting else troubled.dead)(session, actor)
    if not rows:
        out.print("No job waits for anything outside." if waiting else "No job was given up.")
        return
    table = Table("id", "kind", "asked for", "tried", "reason")
    for row in rows:
        table.add_row(row.id, row.kind, f"{row.created_at:%Y-%m-%d %H:%M}", str(row.attempts), row.last_error[:200])
    out.print(table)


@app.command("retry")
def retry(
    job: Annotated[list[str] | None, typer.Argument(help="Ids, from `peerloom jobs list`.")] = None,
    every: Annotated[bool, typer.Option("--all", help="All that were given up.")] = False,
    organization: OfOrganization = None,
) -> None:
    """Take up jobs again that were given up, with all their attempts. Whoever does the jobs does them then."""
    if bool(job) == every:
        raise Invalid("Name the jobs, or say --all.")
    parts, taken = operator.opened(), 0
    with parts.sessions.reading() as session:
        actor = operator.operator(session, operator.organization(session, organization))
    for id_ in job or []:
        with parts.sessions.writing() as session:
            troubled.retry(session, actor, id_, now=parts.now())
        taken += 1
    more = every
    while more:
        with parts.sessions.writing() as session:
            count = troubled.retry_all(session, actor, now=parts.now())
        taken, more = taken + count, count > 0
    out.print(f"{taken} {'job is' if taken == 1 else 'jobs are'} taken up again.")
