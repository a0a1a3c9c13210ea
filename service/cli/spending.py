"""`peerloom spending`: what models cost an organization, by day, and how much of that it allows itself."""

from __future__ import annotations

from typing import Annotated

import typer
from rich.table import Table

from service.actions.access import organizations
from service.cli import operator
from service.cli.console import out
from service.domain import budgets
from service.store import spending as book


def spending(
    organization: Annotated[str | None, typer.Option(help="External id of the organization.")] = None,
    limit: Annotated[
        float | None, typer.Option(min=0, help="Allow so much a day from now on; 0 is as much as it takes.")
    ] = None,
    days: Annotated[int, typer.Option(min=1, help="How many days to show.")] = 14,
) -> None:
    """Show what models cost an organization by day (UTC), in the currency of the prices, or set its daily limit."""
    parts = operator.opened()
    if limit is not None:
        with parts.sessions.writing() as session:
            organizations.set_model_budget(
                session, operator.organization(session, organization), limit, now=parts.now()
            )
    table = Table("day", "spent", "set aside", "calls", "tokens sent", "answered", "lapsed")
    with parts.sessions.reading() as session:
        row = operator.organization(session, organization)
        per_day = budgets.limit(row.settings, parts.terms)
        for day in book.days(session, row.id, days):
            amounts = (budgets.shown(day.spent), budgets.shown(day.reserved))
            counts = (day.calls, day.prompt_tokens, day.completion_tokens, day.lapsed)
            table.add_row(str(day.day), *amounts, *map(str, counts))
    out.print(f"{row.name}: {'no limit' if per_day is None else budgets.shown(per_day) + ' a day'}.", markup=False)
    if table.row_count:
        out.print(table)
