"""`peerloom erase`: people, work, groups, challenges, an organization. Waits until the bytes are gone."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Annotated

import typer
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table

from service import wiring
from service.actions.erasure import begin, preview
from service.cli import operator
from service.cli.console import TellingGroup, err, out, settings
from service.cli.operator import OfOrganization
from service.domain.erasure.erased import ErasureKind, ErasureState
from service.domain.errors import Conflict
from service.store.erasure import bytes as data_files
from service.store.tables import Erasure

app = typer.Typer(
    cls=TellingGroup, no_args_is_help=True, help="Erase people and work: hidden at once, gone when the command ends."
)

ErasedId = Annotated[str, typer.Argument(help="Its external id.")]
DryRun = Annotated[bool, typer.Option("--dry-run", help="Only say what would go.")]
Yes = Annotated[bool, typer.Option("--yes", help="Do not ask again.")]

LOOK_SECONDS = 0.3


@app.command()
def person(id_: ErasedId, organization: OfOrganization = None, dry_run: DryRun = False, yes: Yes = False) -> None:
    """Erase a person with all their work. What they approved as a facilitator stays approved, without their name."""
    _erase(ErasureKind.PERSON, id_, organization, dry_run=dry_run, yes=yes)


@app.command()
def submission(id_: ErasedId, organization: OfOrganization = None, dry_run: DryRun = False, yes: Yes = False) -> None:
    """Erase one piece of work in all its revisions, and its words wherever others' drafts repeat them."""
    _erase(ErasureKind.SUBMISSION, id_, organization, dry_run=dry_run, yes=yes)


@app.command()
def group(id_: ErasedId, organization: OfOrganization = None, dry_run: DryRun = False, yes: Yes = False) -> None:
    """Erase a group with all below it: work handed in there, people and challenges that are in no other group."""
    _erase(ErasureKind.GROUP, id_, organization, dry_run=dry_run, yes=yes)


@app.command()
def challenge(id_: ErasedId, organization: OfOrganization = None, dry_run: DryRun = False, yes: Yes = False) -> None:
    """Erase a challenge with all work on it."""
    _erase(ErasureKind.CHALLENGE, id_, organization, dry_run=dry_run, yes=yes)


@app.command("organization")
def organization_(id_: ErasedId, dry_run: DryRun = False, yes: Yes = False) -> None:
    """Erase an organization and everything in it."""
    _erase(ErasureKind.ORGANIZATION, id_, id_, dry_run=dry_run, yes=yes)


@app.command("list")
def list_(organization: OfOrganization = None) -> None:
    """What was erased, as far as that is still known, and how far each erasure is."""
    parts = operator.opened()
    with parts.sessions.reading() as session:
        row = operator.organization(session, organization)
        found = preview.erasures(session, operator.operator(session, row))
    table = Table("id", "what", "asked", "state", "left")
    for one in found:
        table.add_row(one.id, one.kind.value, f"{one.asked_at:%Y-%m-%d %H:%M}", one.state.value, one.left)
    out.print(table)


@app.command("files")
def files_() -> None:
    """Write the database's files anew, large tables too, so that nothing deleted is left in them. Takes as long as the
    database is large; on PostgreSQL each table can be used by nobody meanwhile."""
    parts = operator.opened()
    with err.status("Writing the database's files anew …"):
        left = data_files.write_anew(parts.sessions.engine, large=True)
    out.print(left or "Nothing that was deleted is left in the database's files.", markup=False)


@app.command("index-files")
def index_files(
    folder: Annotated[
        Path, typer.Argument(help="The folder that `chroma run` was given.", exists=True, file_okay=False)
    ],
) -> None:
    """On the machine of a Chroma server that is stopped: take what was deleted out of its folder."""
    gone = wiring.sweep_index(folder)
    out.print(f"Removed {len(gone)} folders of collections that are no more, and deleted rows. Start Chroma again.")


def _erase(kind: ErasureKind, id_: str, organization: str | None, *, dry_run: bool, yes: bool) -> None:
    chosen = settings()
    parts = wiring.build(chosen)
    with operator.working(chosen, parts) as here:
        if not here:
            err.print("Another Peerloom process does the work; it is watched from here.")
        with parts.sessions.reading() as session:
            row = operator.organization(session, organization)
            actor = operator.operator(session, row)
            _show(preview.would_go(session, actor, kind, id_))
        if dry_run:
            out.print("Nothing was erased.")
            return
        if not yes and not typer.confirm(f"Erase the {kind.value} '{id_}' for good?", err=True):
            raise Conflict("Nothing was erased.")
        with parts.sessions.writing() as session:
            begun = begin.erase(session, actor, kind, id_, now=parts.now()).id
        out.print("Hidden from everybody. Now its bytes go.")
        done = _watch(parts, begun)
    out.print(done.left or "Gone: rows, words in what others have, vectors and files.", markup=False)
    err.print("Backups made before still hold it; `peerloom restore` erases it again.")


def _show(counts: dict[str, int]) -> None:
    table = Table("goes", "how many", box=None)
    for name, count in counts.items():
        if count:
            table.add_row(name, str(count))
    out.print(table if table.row_count else "Nothing hangs on it.")


def _watch(parts: wiring.Parts, id_: str) -> Erasure:
    bars = Progress(TextColumn("erasing"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn(), console=err)
    with bars:
        bar = bars.add_task("", total=len(ErasureState))
        while True:
            with parts.sessions.reading() as session:
                row = session.get_one(Erasure, id_)
            bars.update(bar, completed=list(ErasureState).index(row.state) + 1)
            if row.state is ErasureState.DONE:
                return row
            time.sleep(LOOK_SECONDS)
