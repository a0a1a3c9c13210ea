"""`peerloom audit`: check the trail of who did what, print an anchor of it, and take it along."""

from __future__ import annotations

from typing import Annotated

import typer

from service.actions.audit import trail
from service.cli import operator
from service.cli.console import TellingGroup, err, out
from service.cli.operator import OfOrganization
from service.domain.audit import read_anchor
from service.store import audit

app = typer.Typer(cls=TellingGroup, no_args_is_help=True, help="The trail of who did what.")


@app.command()
def verify(
    anchor: Annotated[
        list[str] | None, typer.Option(help="An anchor that was kept elsewhere; may be repeated.")
    ] = None,
    organization: OfOrganization = None,
) -> None:
    """Find any entry that was changed, taken out, moved or cut off; exit with 1 if there is one.

    An end that was cut off, or a trail that was written anew, is found by an anchor that you kept (`peerloom audit
    anchor`, or the last line of an export).
    """
    anchors = [read_anchor(one) for one in anchor or []]
    parts = operator.opened()
    with parts.sessions.reading() as session:
        row = operator.organization(session, organization)
        end, faults = trail.check(session, operator.operator(session, row), anchors)
    for fault in faults:
        out.print(fault, soft_wrap=True, markup=False)
    if faults:
        err.print("The trail is not whole. Keep the database as it is, and compare it with a backup.", style="red")
        raise typer.Exit(1)
    checked = f" It has {len(anchors)} anchor(s) that you gave." if anchors else ""
    out.print(f"Whole: {end.number} entries.{checked}", markup=False)


@app.command("anchor")
def anchor_(organization: OfOrganization = None) -> None:
    """Print number and hash of the last entry: keep it somewhere else, and give it to `verify` later."""
    parts = operator.opened()
    with parts.sessions.reading() as session:
        row = operator.organization(session, organization)
        out.print(str(audit.head(session, row.id)), soft_wrap=True, markup=False)


@app.command()
def export(
    form: Annotated[str, typer.Option(help="jsonl or csv.", metavar="FORM")] = "jsonl",
    after: Annotated[int, typer.Option(help="Only entries with a higher number.", min=0)] = 0,
    organization: OfOrganization = None,
) -> None:
    """Write the trail to standard output, people by pseudonym."""
    written = {"jsonl": trail.as_lines, "csv": trail.as_csv}.get(form)
    if written is None:
        raise typer.BadParameter("Give jsonl or csv.", param_hint="--form")
    parts = operator.opened()
    with parts.sessions.reading() as session:
        row = operator.organization(session, organization)
        actor, end = operator.operator(session, row), audit.head(session, row.id)
        while after < end.number:
            text = written(session, actor, after=after)
            typer.echo(text if not (form == "csv" and after) else text.partition("\r\n")[2], nl=False)
            after += trail.MOST_AT_ONCE
    err.print(f"Anchor: {end}", soft_wrap=True, markup=False)
