"""A bundle of lines comes in: kept as it is at once, taken in a chunk a transaction, bad lines told apart by number.

Each line is an ordinary action in a savepoint, so a bad line costs nothing but itself, and a bundle sent twice changes
nothing the second time.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from itertools import islice

from pydantic import ValidationError
from sqlalchemy import select
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from service.actions.access import on_behalf
from service.actions.bundles.lines import LINE, act_on
from service.actions.work import submit
from service.domain.errors import Invalid, NotFound, PeerloomError
from service.domain.events import Event
from service.domain.roles import Actor, CredentialReach, require_organization_wide
from service.store import jobs, outbox
from service.store.tables import Credential, ImportChunk, ImportError_, ImportRun

FIT_NEXT = 5
"""Priority after the index (10) and before the drafts (0), which are better for what is learned."""

CHUNK = 25
"""Lines a transaction. SQLite has one writer at a time: with 200 lines everybody else waited for seconds, and
PostgreSQL held the job's row longer than a heartbeat waits. Committing 25 costs little beside their statements."""

NO_OBJECT = (
    "line: This is no JSON object. If it is a table (CSV) of people, send it with Content-Type text/csv; "
    "its first line names the columns: id, name, group, role, language."
)


def start(session: Session, actor: Actor, body: Iterable[str], *, now: datetime) -> ImportRun:
    """Keep the lines and queue the work. Raises Invalid for an empty bundle."""
    require_organization_wide(actor)
    run = ImportRun(organization_id=actor.organization, credential_id=actor.credential, created_at=now)
    session.add(run)
    session.flush()
    lines, first = iter(body), 1
    while chunk := list(islice(lines, CHUNK)):
        session.add(
            ImportChunk(import_id=run.id, first_line=first, body="\n".join(line.rstrip("\r\n") for line in chunk))
        )
        first += len(chunk)
    if first == 1:
        raise Invalid("The bundle is empty: send one JSON object a line.")
    run.lines = first - 1
    jobs.enqueue(
        session, organization=actor.organization, kind="import", subject=run.id, now=now, dedupe=f"import:{run.id}"
    )
    return run


def take_chunk(session: Session, import_id: str, *, now: datetime) -> bool:
    """Take in the next chunk. False: that was the last, and drafts for what waits are queued."""
    run = session.get(ImportRun, import_id, with_for_update={"key_share": True})
    if run is None or run.state == "finished":
        return False
    chunk = session.scalars(
        select(ImportChunk).where(ImportChunk.import_id == import_id).order_by(ImportChunk.first_line).limit(1)
    ).one_or_none()
    if chunk is None:
        _finish(session, run, now=now)
        return False
    scopes = on_behalf.scopes_of(session, session.get(Credential, run.credential_id))
    actor = Actor(run.organization_id, run.credential_id, CredentialReach.PLATFORM, scopes=scopes)
    for number, text in enumerate(chunk.body.split("\n"), start=chunk.first_line):
        if text.strip():
            _take_line(session, actor, run, number, text, now=now)
    session.delete(chunk)
    return True


def _take_line(session: Session, actor: Actor, run: ImportRun, number: int, text: str, *, now: datetime) -> None:
    try:
        with session.begin_nested():
            act_on(session, actor, LINE.validate_json(text), now=now)
            session.flush()
    except ValidationError as error:
        said = in_words(error) if text.lstrip().startswith("{") else NO_OBJECT
        _keep_error(session, run, number, "invalid", said)
    except PeerloomError as error:
        _keep_error(session, run, number, error.kind, error.detail)
    except DBAPIError as error:
        if error.connection_invalidated:
            raise
        _keep_error(session, run, number, "not-stored", "The database refused this line.")
    else:
        run.kept += 1


def _keep_error(session: Session, run: ImportRun, number: int, kind: str, message: str) -> None:
    run.failed += 1
    session.add(ImportError_(import_id=run.id, line=number, kind=kind, message=message))


def in_words(error: ValidationError) -> str:
    """Where and why, without the text itself."""
    first = error.errors(include_input=False, include_url=False)[0]
    place = ".".join(str(part) for part in first["loc"]) or "line"
    more = f" (and {error.error_count() - 1} more)" if error.error_count() > 1 else ""
    return f"{place}: {first['msg']}{more}"


def _finish(session: Session, run: ImportRun, *, now: datetime) -> None:
    run.state, run.finished_at = "finished", now
    submit.queue_waiting(session, run.organization_id, now=now)
    organization = run.organization_id
    jobs.enqueue(
        session,
        organization=organization,
        kind="fit",
        subject=organization,
        now=now,
        dedupe=f"fit:{organization}",
        priority=FIT_NEXT,
    )
    outbox.tell(
        session, organization, Event.IMPORT_FINISHED, now=now, **{"import": run.id}, kept=run.kept, failed=run.failed
    )


def status(session: Session, actor: Actor, import_id: str) -> ImportRun:
    """An import of the actor's organization. Raises NotFound."""
    require_organization_wide(actor)
    run = session.get(ImportRun, import_id)
    if run is None or run.organization_id != actor.organization:
        raise NotFound
    return run


def errors(session: Session, actor: Actor, import_id: str, *, after: int = 0, limit: int = 100) -> list[ImportError_]:
    """Lines that could not be kept, in order, after line `after`."""
    run = status(session, actor, import_id)
    return list(
        session.scalars(
            select(ImportError_)
            .where(ImportError_.import_id == run.id, ImportError_.line > after)
            .order_by(ImportError_.line)
            .limit(limit)
        )
    )
