"""`peerloom backup` and `restore`: everything in one file, made while the service runs; put back, and erased again."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer
from sqlalchemy import select

from service import wiring
from service.actions.erasure import again, since
from service.cli import operator
from service.cli.console import err, out, settings
from service.cli.work import index_anew
from service.domain.errors import Conflict
from service.jobs.data_folder import DataFolder
from service.settings import Dispatch, Settings
from service.store import backup as archives
from service.store import migrate
from service.store.erasure.replay import ReplayList
from service.store.session import Sessions
from service.store.tables import Job, JobState


def backup(
    target: Annotated[Path, typer.Argument(help="A folder, in which the file is named by the moment; or a new file.")],
) -> None:
    """Write everything into one file, while the service runs. PostgreSQL needs the program pg_dump on this machine."""
    parts = operator.opened()
    file = target / f"peerloom-{datetime.now(UTC):%Y%m%dT%H%M%SZ}.tar" if target.is_dir() else target
    with err.status("Writing …") as status:
        made = archives.write(parts.sessions, settings().data, file, now=parts.now(), told=status.update)
    out.print(f"{file}: {made.rows} rows in {len(made.tables)} tables, {made.size:,} bytes.", markup=False)
    err.print("It holds people's work: keep it where you keep the database. Try it: peerloom restore --check FILE")


def restore(
    file: Annotated[Path, typer.Argument(help="What `peerloom backup` wrote.", exists=True, dir_okay=False)],
    check: Annotated[bool, typer.Option("--check", help="Only look whether it is whole, and change nothing.")] = False,
    replace: Annotated[bool, typer.Option("--replace", help="Put it in the place of what is there now.")] = False,
    erased: Annotated[
        list[Path] | None,
        typer.Option(
            help="A later backup: what had been erased, taken back or forbidden by then is so again.",
            exists=True,
            dir_okay=False,
        ),
    ] = None,
) -> None:
    """Put a backup back, compare it with what was written, erase again what was erased since, take back again what was
    taken back, make consents as strict again as they were, and build the index anew. The service must be stopped.
    PostgreSQL needs the program pg_restore on this machine."""
    with err.status("Looking through the file …"):
        manifest = archives.check(file)
        for later in erased or []:  # a list that is damaged would let out what was taken back, and say nothing
            archives.check(later)
    if check:
        out.print(f"Whole: {manifest.rows} rows of {manifest.made_at:%Y-%m-%d %H:%M} (UTC).", markup=False)
        return
    chosen = settings()
    folder = DataFolder(chosen.data)
    if chosen.dispatch is Dispatch.INLINE:
        folder.take()
    try:
        _put_back(chosen, file, manifest, erased or [], replace=replace)
    finally:
        folder.free()


def _put_back(chosen: Settings, file: Path, manifest: archives.Manifest, erased: list[Path], *, replace: bool) -> None:
    parts = wiring.build(chosen)
    known = [archives.known_by(one) for one in (file, *erased)]
    there = _known_here(parts.sessions)
    if there is not None:
        if not replace:
            raise Conflict(
                "There is a database already. To put the backup in its place, add --replace: what is there now is gone "
                "then. Make a backup of it first."
            )
        known.append(there)
    with err.status("Putting it back …") as status:
        archives.restore(parts.sessions.engine, chosen.data, file, manifest, told=status.update)
    parts.sessions.engine.dispose()
    archives.forget_index(chosen.data)
    parts = wiring.build(chosen)  # with the index as it is now: empty
    migrate.upgrade(parts.sessions.engine)
    out.print(f"Restored and compared: {manifest.rows} rows, as they were written.", markup=False)
    with parts.sessions.writing() as session:
        found = again.erase_again(session, known, now=parts.now())
        held = since.hold_again(session, known, now=parts.now())
    _finish(parts)
    index_anew(parts, None)
    told = ", ".join(f"{count} {kind}" for kind, count in sorted(found.items()))
    out.print(f"Erased again what had been erased since: {told or 'nothing'}.", markup=False)
    out.print(
        f"Taken back again: {held.taken_back} works. Consents made as strict again as they were: {held.consents}.",
        markup=False,
    )


def _finish(parts: wiring.Parts) -> None:
    """Erasures that were begun are ended; all other jobs wait for the service."""
    from service.jobs import handlers  # all that thinks comes with it, and no other command here needs it

    with parts.sessions.reading() as session:
        waiting = session.scalars(select(Job.id).where(Job.kind == "erase", Job.state == JobState.QUEUED)).all()
    with err.status("Erasing again …"):
        for job in waiting:
            handlers.work_one(parts, job=job)


def _known_here(sessions: Sessions) -> ReplayList | None:
    """What this database knows to hold again; None where there is no database yet."""
    if migrate.current(sessions.engine) is None:
        return None
    return archives.known_in(sessions.engine)
