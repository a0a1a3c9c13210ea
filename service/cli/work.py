"""`peerloom reindex` and `draft`: looking after what the machine reads and writes."""

from __future__ import annotations

from typing import Annotated

import typer
from rich.progress import Progress, TaskID
from sqlalchemy import select

from service import wiring
from service.actions.drafts import read
from service.actions.work import submit
from service.cli import operator
from service.cli.console import err, out, settings
from service.cli.demo import in_full
from service.jobs.data_folder import DataFolder
from service.settings import Dispatch
from service.store import migrate
from service.store.tables import Organization


def reindex(
    organization: Annotated[str | None, typer.Option(help="External id; all organizations if left out.")] = None,
) -> None:
    """Build the index anew from rows. Vectors that are remembered are not made again."""
    chosen = settings()
    parts = wiring.build(chosen)
    migrate.check(parts.sessions.engine)
    folder = DataFolder(chosen.data)
    if chosen.dispatch is Dispatch.INLINE:
        folder.take()
    try:
        index_anew(parts, organization)
    finally:
        folder.free()


def index_anew(parts: wiring.Parts, organization: str | None) -> None:
    """Build the index of one organization or of all anew, showing how far it is."""
    from service.jobs import indexing

    with Progress(console=err) as bars:
        for row in _organizations(parts, organization):
            bar = bars.add_task(row.name, total=None)

            def step(done: int, all_: int, bar: TaskID = bar) -> None:
                bars.update(bar, completed=done, total=all_)

            out.print(f"{row.name}: {indexing.rebuild(parts, row.id, step)} entries.", markup=False)


def _organizations(parts: wiring.Parts, external_id: str | None) -> list[Organization]:
    with parts.sessions.reading() as session:
        if external_id is not None:
            return [operator.organization(session, external_id)]
        return list(session.scalars(select(Organization).order_by(Organization.external_id)))


def draft(
    submission: Annotated[str, typer.Argument(help="External id of the submission.")],
    organization: Annotated[str | None, typer.Option(help="External id of the organization.")] = None,
) -> None:
    """Show what was drafted for a submission's latest revision, with its sources."""
    parts = wiring.build(settings())
    with parts.sessions.reading() as session:
        row = operator.organization(session, organization)
        found = submit.get(session, operator.operator(session, row), submission)
        out.print(in_full(session, read.drafts_of(session, found)[-1]))
