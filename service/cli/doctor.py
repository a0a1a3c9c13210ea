"""`peerloom doctor`: looks at each part, says how it is, and what to do where it is not well. Changes nothing.

What a look needs is imported by it, so that commands which look at nothing start without a broker's library.
"""

from __future__ import annotations

import shutil
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Annotated

import typer
from sqlalchemy import func, select

from pipelines.ports import IndexUnavailable, ModelRequest, ModelTrouble
from service import wiring
from service.cli.console import out, settings
from service.domain.errors import PeerloomError
from service.domain.notifications.addresses import is_address
from service.jobs.data_folder import DataFolder, FolderTaken
from service.mail.smtp import AddressRefused, LetterRefused, MailUnavailable
from service.settings import Dispatch, EmbedderKind, Settings
from service.store import jobs, migrate
from service.store.tables import Challenge, IntegrationTrouble, Job, JobState, Organization, PassageRow

LEAST_DISK = 2_000_000_000
"""Bytes that should be free: a rebuild of the index needs room for a second one."""

PATIENCE = timedelta(minutes=2)
"""A job that has been due for longer means that nobody does the jobs."""


FAILS = timedelta(minutes=10)
"""What is connected and has failed for longer is no hiccup: by then, webhooks have been tried three times."""

SILENT = 6
"""Rounds without a sign of life after which a worker counts as gone."""


@dataclass(frozen=True, slots=True)
class Report:
    """What was found. `advice` is for the reader, and empty where all is well."""

    found: str
    advice: str = ""

    @property
    def well(self) -> bool:
        return not self.advice


def doctor(
    only: Annotated[list[str] | None, typer.Option(help="Look at these parts only.")] = None,
    probe: Annotated[
        bool,
        typer.Option(
            "--probe", "--model", help="Also ask the language model: a short question, a long text, a schema."
        ),
    ] = False,
    mail_to: Annotated[str, typer.Option(help="Also send a test letter to this address.")] = "",
) -> None:
    """Look at every part of the service, and say what to do about what is not well."""
    chosen = settings()
    parts = wiring.build(chosen)
    unknown = sorted(set(only or []) - set(LOOKS))
    if unknown:
        raise typer.BadParameter(f"There is no part {', '.join(unknown)}. There are: {', '.join(LOOKS)}.")
    if mail_to and not is_address(mail_to):
        raise typer.BadParameter(f"{mail_to} is not an e-mail address.")
    ill = False
    for name, look in LOOKS.items():
        if only and name not in only:
            continue
        match name:
            case "model":
                report = _model(chosen, parts, probe=probe)
            case "mail":
                report = _mail(chosen, parts, to=mail_to)
            case _:
                report = look(chosen, parts)
        ill = ill or not report.well
        out.print(f"{'ok ' if report.well else 'NO '} {name:<9} {report.found}", markup=False, soft_wrap=True)
        if not report.well:
            out.print(f"    → {report.advice}", markup=False, soft_wrap=True)
    if ill:
        raise typer.Exit(1)


def _folder(chosen: Settings, parts: wiring.Parts) -> Report:
    if not wiring.writable(chosen.data):
        return Report(
            f"{chosen.data} cannot be written.", "Give it to the user that runs Peerloom, or set PEERLOOM_DATA."
        )
    return Report(f"{chosen.data.resolve()} can be written.")


def _disk(chosen: Settings, parts: wiring.Parts) -> Report:
    free = shutil.disk_usage(chosen.data).free
    said = f"{free / 1e9:.1f} GB are free."
    return Report(said) if free >= LEAST_DISK else Report(said, "Make room: an index is rebuilt beside the old one.")


def _database(chosen: Settings, parts: wiring.Parts) -> Report:
    try:
        migrate.check(parts.sessions.engine)
    except PeerloomError as trouble:
        return Report("Not as this version needs it.", trouble.detail)
    except Exception as trouble:  # whatever a driver raises means that it does not answer
        return Report(
            f"{type(trouble).__name__}: it does not answer.", "Check that it runs, and PEERLOOM_DATABASE_URL."
        )
    return Report(f"{parts.sessions.engine.dialect.name} answers, at revision {migrate.head()}.")


def _jobs(chosen: Settings, parts: wiring.Parts) -> Report:
    now = parts.now()
    late = select(func.count()).where(Job.state == JobState.QUEUED, Job.not_before < now - PATIENCE)
    # A long queue is no illness: what counts is whether somebody works on it.
    held = select(func.count()).where(Job.state == JobState.LEASED, Job.lease_until > now)
    ended = select(func.count()).where(Job.state == JobState.DONE, Job.finished_at > now - PATIENCE)
    try:
        with parts.sessions.reading() as session:
            counts, waiting = jobs.counts(session), session.scalar(late) or 0
            at_work = (session.scalar(held) or 0) + (session.scalar(ended) or 0)
            away = sorted(jobs.awaited(session))
    except Exception:
        return Report("Cannot be counted.", "See database.")
    said = ", ".join(f"{number} {state}" for state, number in counts.items())
    if waiting and not at_work:
        start = "`peerloom worker`" if chosen.dispatch is Dispatch.CELERY else "`peerloom serve`"
        return Report(f"{said}; {waiting} have waited for minutes.", f"Nobody does the jobs: start {start}.")
    if away:
        parts_away = " and ".join(away)
        return Report(
            f"{said}; some wait for the {parts_away}.",
            f"Look after the {parts_away}: they go on by themselves once it answers.",
        )
    if counts["dead"]:
        return Report(
            said, "`peerloom jobs list` says why some were given up; `peerloom jobs retry` takes them up again."
        )
    return Report(said)


def _index(chosen: Settings, parts: wiring.Parts) -> Report:
    if chosen.dispatch is Dispatch.INLINE and not chosen.chroma_url and (taken := _taken(chosen)):
        return Report(f"Not looked at: {taken}")
    try:
        differences = sum(_differences(parts))
    except IndexUnavailable as trouble:
        return Report("Does not answer.", str(trouble))
    except Exception:
        return Report("Cannot be compared with the rows.", "See database.")
    if differences:
        return Report(
            f"{differences} entries differ from the rows.", "Wait for the jobs to end, or `peerloom reindex`."
        )
    return Report(f"{chosen.index.value} equals the rows.")


def _taken(chosen: Settings) -> str:
    folder = DataFolder(chosen.data)
    try:
        folder.take()
    except FolderTaken:
        return "a Peerloom process is using it, and only one may. Ask its /ready."
    folder.free()
    return ""


def _differences(parts: wiring.Parts) -> Iterator[int]:
    """How many ids are too many or missing, a collection at a time."""
    from service.jobs import indexing

    with parts.sessions.reading() as session:
        for organization in session.scalars(select(Organization.id)).all():
            challenges = session.scalars(select(Challenge.id).where(Challenge.organization_id == organization)).all()
            should: dict[str, set[str]] = {name: set() for name in indexing.collections(organization, challenges)}
            for one in indexing.as_it_stands(session, organization):
                if one.owner:
                    passages = session.scalars(select(PassageRow.id).where(PassageRow.owner_id == one.owner)).all()
                    should[one.collection] |= set(passages) or {one.owner}
            for name, ids in should.items():
                yield len(ids ^ parts.index.ids(name))


def _embedder(chosen: Settings, parts: wiring.Parts) -> Report:
    try:
        row = parts.plain_embedder.embed(["A short text."])[0]
    except Exception as trouble:  # files, versions, memory: all mean that it does not load
        return Report(
            f"Does not load: {trouble}", "Reinstall, or set PEERLOOM_EMBEDDER_MODEL to the folder of a model."
        )
    said = f"{parts.plain_embedder.name}, {len(row)} numbers a text."
    if chosen.embedder is EmbedderKind.HASHING:
        return Report(f"{said} It knows spelling, not meaning.")
    return Report(said)


def _model(chosen: Settings, parts: wiring.Parts, *, probe: bool = False) -> Report:
    if parts.model is None:
        return Report("None is set up; drafts are made by rules from evidence.")
    where = "on our own machines" if parts.model.local else "elsewhere"
    said = f"{parts.model.name}, {where}"
    if not probe:
        return Report(f"{said}; not asked (--probe asks it).")
    schema: dict[str, object] = {
        "type": "object",
        "properties": {"answer": {"type": "string"}},
        "required": ["answer"],
        "additionalProperties": False,
    }
    request = ModelRequest("You answer in JSON.", 'Say "ready" as the answer.', schema, "probe", 50)
    try:
        reply = parts.model.reply(request)
    except ModelTrouble as trouble:
        return Report(f"{said}: {trouble.reason}", "Check PEERLOOM_MODEL, OPENAI_BASE_URL and OPENAI_API_KEY.")
    said = f"{said}; it answered, for {reply.usage.prompt_tokens + reply.usage.completion_tokens} tokens."
    return Report(said, " ".join(wiring.probe(chosen)))


def _broker(chosen: Settings, parts: wiring.Parts) -> Report:
    if chosen.dispatch is not Dispatch.CELERY:
        return Report("None is needed: `peerloom serve` keeps a worker beside it.")
    from service.jobs import broker

    app = broker.make_app(chosen.broker_url.get_secret_value(), chosen.queue)
    try:
        broker.reach(app)
    except Exception as trouble:  # kombu passes on what each transport raises
        return Report(
            f"Does not answer ({type(trouble).__name__}).",
            "Nothing is lost, but jobs are slow: check that it runs, and PEERLOOM_BROKER_URL.",
        )
    return Report("Answers.")


def _worker(chosen: Settings, parts: wiring.Parts) -> Report:
    """Of the worker whose data folder this is: its relay touches a file with every round."""
    if chosen.dispatch is not Dispatch.CELERY:
        return Report("`peerloom serve` keeps it; GET /ready says how it is.")
    try:
        age = time.time() - chosen.sign_of_life.stat().st_mtime
    except FileNotFoundError:
        return Report(f"None has run with {chosen.data}.", "Start one with `peerloom worker`, or look where one runs.")
    if age > SILENT * chosen.reconcile_seconds:
        return Report(f"No sign of life for {age:.0f} seconds.", "Restart it: nothing is lost, its jobs are taken up.")
    return Report("Alive.")


def _mail(chosen: Settings, parts: wiring.Parts, *, to: str = "") -> Report:
    """Connects and signs in; with an address, a letter is sent there."""
    if parts.post is None:
        return Report("None is set up; people are told on pages only.", "Set PEERLOOM_MAIL_HOST." if to else "")
    from service.jobs import notifications

    server = parts.post.server
    said = f"{server.host}:{server.port}, {server.tls}"
    try:
        parts.post.reach() if not to else parts.post.send(notifications.trial_letter(parts.post, to), now=parts.now())
    except MailUnavailable as trouble:
        return Report(f"{said}: {trouble}", "Check that it runs, and PEERLOOM_MAIL_HOST, _PORT, _TLS, _USER and so on.")
    except (AddressRefused, LetterRefused) as trouble:
        return Report(f"{said}: it refused the letter ({trouble}).", "Check the address, and PEERLOOM_MAIL_FROM.")
    return Report(f"{said}; it took a letter to {to}." if to else f"{said}; it answers, and takes mail from us.")


def _connected(chosen: Settings, parts: wiring.Parts) -> Report:
    """What integrations have found out by themselves; nobody is asked anew."""
    try:
        with parts.sessions.reading() as session:
            found: dict[str, datetime] = {}
            for one in parts.integrations:
                found |= one.failing(session, parts.now() - FAILS)
            found |= {one.path: one.since for one in session.scalars(select(IntegrationTrouble))}
    except Exception:
        return Report("Cannot be looked at.", "See database.")
    if not found:
        return Report("All take what they are sent, as far as is known.")
    which = ", ".join(f"{path} since {since:%Y-%m-%d %H:%M} UTC" for path, since in sorted(found.items()))
    return Report(
        f"{len(found)} do not take what they are sent: {which}.",
        "Look at the pages named, or tell who runs those platforms.",
    )


LOOKS: dict[str, Callable[[Settings, wiring.Parts], Report]] = {
    "folder": _folder,
    "disk": _disk,
    "database": _database,
    "jobs": _jobs,
    "index": _index,
    "embedder": _embedder,
    "model": _model,
    "broker": _broker,
    "worker": _worker,
    "mail": _mail,
    "connected": _connected,
}
