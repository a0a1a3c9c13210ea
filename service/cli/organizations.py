"""`peerloom organization`: the tenants of this installation."""

from __future__ import annotations

from typing import Annotated

import typer
from sqlalchemy import select

from service.actions.access import organizations
from service.cli import operator
from service.cli.console import out
from service.store.tables import Organization

app = typer.Typer(no_args_is_help=True, help="The organizations of this installation.")


@app.command()
def create(
    external_id: Annotated[str, typer.Argument(metavar="ID", help="Short and lasting, e.g. 'harbor'.")],
    name: Annotated[str, typer.Argument(help="As people call it.")],
    language: Annotated[str, typer.Option(help="Language of its texts where none is said, e.g. 'en' or 'de'.")] = "en",
) -> None:
    """Make an organization. Make a key for its platform next."""
    parts = operator.opened()
    with parts.sessions.writing() as session:
        organizations.create(session, external_id=external_id, name=name, language=language, now=parts.now())
    out.print(f"Made '{external_id}'. Next: peerloom key create PLATFORM --organization {external_id}", markup=False)


@app.command("list")
def list_() -> None:
    """The organizations there are, by their ids."""
    parts = operator.opened()
    with parts.sessions.reading() as session:
        for row in session.scalars(select(Organization).order_by(Organization.external_id)):
            out.print(f"{row.external_id}  {row.name}", markup=False)
