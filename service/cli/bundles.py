"""`peerloom import`: a bundle, or folders turned into one, through the same action that the API uses."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from datetime import datetime
from itertools import chain
from pathlib import Path
from typing import Annotated

import typer
from rich.progress import BarColumn, MofNCompleteColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn
from sqlalchemy import select
from sqlalchemy.orm import Session

from service import wiring
from service.actions.access import organizations
from service.actions.bundles import take_in
from service.cli import answers as converter
from service.cli import operator
from service.cli.answers import ReadLine
from service.cli.console import err, out, settings
from service.domain.errors import Invalid
from service.store.tables import ImportError_, ImportRun, Organization

SHOWN_ERRORS = 20


def read_bundle(file: Path) -> Iterator[str]:
    """The bundle's lines; a context line that names a `file` gets that file's text, found beside the bundle."""
    with file.open(encoding="utf-8") as lines:
        for text in lines:
            yield _with_file(text, file.parent)


def _with_file(text: str, folder: Path) -> str:
    """A line that is no JSON goes through as it is: the import says what is wrong with it, and where."""
    try:
        line = json.loads(text)
    except ValueError:
        return text
    if not isinstance(line, dict) or line.get("kind") != "context" or "file" not in line:
        return text
    inside = (folder / str(line.pop("file"))).resolve()
    if not inside.is_relative_to(folder.resolve()) or not inside.is_file():
        raise Invalid(f"The bundle names a file that is not in its folder: {inside}.")
    return json.dumps({**line, "text": inside.read_text(encoding="utf-8")}, ensure_ascii=False)


def first_organization(lines: Iterable[str]) -> ReadLine | None:
    """The bundle's own word on which organization it is of, which stands in its first line if anywhere."""
    for text in lines:
        try:
            line = json.loads(text)
        except ValueError:
            return None
        return line if isinstance(line, dict) and line.get("kind") == "organization" else None
    return None


def import_(
    file: Annotated[
        Path | None, typer.Argument(help="A bundle: one JSON object a line.", exists=True, dir_okay=False)
    ] = None,
    answers: Annotated[
        Path | None, typer.Option(help="A folder of reviewed answers.", exists=True, file_okay=False)
    ] = None,
    context: Annotated[
        Path | None, typer.Option(help="A folder of Markdown documents.", exists=True, file_okay=False)
    ] = None,
    organization: Annotated[
        str | None, typer.Option(help="External id; the organization is made if it is new.")
    ] = None,
    wait: Annotated[bool, typer.Option(help="Wait until everything is taken in, indexed and drafted.")] = True,
) -> None:
    """Take in a bundle, reviewed answers, or documents. The same again changes nothing."""
    given = [source for source in (file, answers, context) if source is not None]
    if not given:
        raise typer.BadParameter("Name a bundle, or give --answers or --context.")
    own = first_organization(read_bundle(file)) if file is not None else None
    name = organization or (str(own["id"]) if own else given[0].resolve().name)
    chosen = settings()
    parts = wiring.build(chosen)
    with operator.working(chosen, parts) as here:
        if not here:
            err.print("Another Peerloom process does the work; it is watched from here.")
        row = organization_of(parts, name, own)
        with parts.sessions.writing() as session:
            begin(session, row, chain.from_iterable(_lines(file, answers, context)), now=parts.now())
        if wait:
            watch(parts, row)
    _report(parts, row)


def _lines(file: Path | None, answers: Path | None, context: Path | None) -> Iterator[Iterator[str]]:
    if file is not None:
        yield read_bundle(file)
    if answers is not None:
        yield (json.dumps(line, ensure_ascii=False) for line in converter.answers(answers))
    if context is not None:
        yield (json.dumps(line, ensure_ascii=False) for line in converter.documents(context))


def organization_of(parts: wiring.Front, external_id: str, own: ReadLine | None) -> Organization:
    with parts.sessions.writing() as session:
        row = session.scalar(select(Organization).where(Organization.external_id == external_id))
        if row is not None:
            return row
        name, language = (str(own["name"]), str(own.get("language") or "en")) if own else (external_id, "en")
        return organizations.create(session, external_id=external_id, name=name, language=language, now=parts.now())


def begin(session: Session, row: Organization, lines: Iterable[str], *, now: datetime) -> ImportRun:
    """Keep the lines and queue the work, as the operator."""
    return take_in.start(session, operator.operator(session, row), lines, now=now)


def watch(parts: wiring.Parts, row: Organization) -> None:
    """A bar for each of taking in, indexing and drafting, until all three are full."""
    bars = Progress(
        SpinnerColumn(),
        TextColumn("{task.description:<10}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        console=err,
    )
    taken, indexed, drafted = (bars.add_task(word, total=None) for word in ("taking in", "indexing", "drafting"))
    most = 0

    def show(now: operator.OrganizationProgress) -> None:
        nonlocal most
        most = max(most, now.to_index)
        bars.update(taken, total=now.lines, completed=now.lines_done)
        bars.update(indexed, total=most, completed=most - now.to_index)
        bars.update(drafted, total=now.drafts, completed=now.drafts - now.to_draft)

    with bars:
        operator.wait(parts, row.id, show)


def _report(parts: wiring.Parts, row: Organization) -> None:
    with parts.sessions.reading() as session:
        run = session.scalars(
            select(ImportRun).where(ImportRun.organization_id == row.id).order_by(ImportRun.id.desc()).limit(1)
        ).one()
        bad = session.scalars(
            select(ImportError_).where(ImportError_.import_id == run.id).order_by(ImportError_.line).limit(SHOWN_ERRORS)
        ).all()
    out.print(
        f"{row.name}: {run.lines} lines, {run.kept} kept, {run.failed} not. Import {run.id} is {run.state}.",
        markup=False,
    )
    for line in bad:
        out.print(f"  line {line.line}: {line.message}", markup=False)
