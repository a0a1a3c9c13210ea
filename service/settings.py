"""Every knob, typed and frozen. The only reader of the environment; imported by cli, main, worker and wiring alone.

Settings that contradict one another are refused here, at the start, with what to set instead.
"""

from __future__ import annotations

import difflib
import os
import re
from collections.abc import Mapping
from email.utils import parseaddr
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any, Self

from pydantic import BeforeValidator, Field, IPvAnyNetwork, SecretStr, ValidationError, model_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

PREFIX = "PEERLOOM_"
SHORTEST_SECRET = 32
"""Characters: even of hexadecimal digits that is 128 bits."""


class Dispatch(StrEnum):
    """Who does the work: a worker beside the web process, or Celery workers behind a broker."""

    INLINE = "inline"
    CELERY = "celery"


class IndexKind(StrEnum):
    """Where vectors are searched."""

    CHROMA = "chroma"
    EXACT = "exact"


class EmbedderKind(StrEnum):
    """What turns text into vectors."""

    SENTENCE_TRANSFORMER = "sentence-transformer"
    HASHING = "hashing"
    LANGUAGES = "languages"


class LimitsIn(StrEnum):
    """Where requests are counted."""

    AUTO = "auto"
    MEMORY = "memory"


class MailTls(StrEnum):
    """How the connection to the mail server is encrypted."""

    STARTTLS = "starttls"
    IMPLICIT = "implicit"
    NONE = "none"


class LogFormat(StrEnum):
    """How log lines look."""

    JSON = "json"
    CONSOLE = "console"


class SettingsProblem(Exception):
    """The settings cannot be used as they are; the message says what to set."""


def _parted(given: object) -> object:
    return given.split() if isinstance(given, str) else given


class Settings(BaseSettings):
    """All settings. Read once at the start; nothing changes them afterwards."""

    model_config = SettingsConfigDict(env_prefix=PREFIX, frozen=True, extra="ignore", populate_by_name=True)

    data: Path = Field(Path("var"), description="Folder for everything kept on this machine. Local disk only.")
    database_url: str = Field(
        "",
        description="`postgresql+psycopg://user:password@host/peerloom`. Empty: SQLite in the data folder.",
    )

    dispatch: Dispatch = Field(
        Dispatch.INLINE,
        description="`inline`: a worker beside the web process. `celery`: workers behind a broker.",
    )
    broker_url: SecretStr = Field(
        SecretStr(""), description="Broker for Celery: `redis://host:6379/0` or `amqp://user:password@host:5672/vhost`."
    )
    queue: str = Field("peerloom", min_length=1, description="Name of the broker's queue.")
    worker_threads: int = Field(2, ge=1, le=64, description="Jobs done at the same time in one process.")
    lease_seconds: float = Field(60, gt=0, description="A job whose worker is silent for so long is given to another.")
    heartbeat_seconds: float = Field(15, gt=0, description="How often a worker says that it still works on a job.")
    reconcile_seconds: float = Field(10, gt=0, description="How often work that was left behind is looked for.")
    job_attempts: int = Field(
        6, ge=1, description="How often a job is tried before it is given up and its failure told."
    )
    job_patience_hours: float = Field(
        24,
        gt=0,
        description="How long a job waits while a part outside (index, database, model) does not answer, "
        "before it is given up. That uses up no attempt.",
    )

    index: IndexKind = Field(
        IndexKind.CHROMA, description="`chroma`, or `exact`: plain numpy in memory, kept in the data folder."
    )
    chroma_url: str = Field(
        "", description="URL of a Chroma server. Empty: Chroma embedded in the worker, in the data folder."
    )
    embedder: EmbedderKind = Field(
        EmbedderKind.SENTENCE_TRANSFORMER,
        description="`sentence-transformer`; `languages`: finds across languages, by the extra `peerloom[languages]`; "
        "or `hashing`: character n-grams, no model needed.",
    )
    embedder_model: Path | None = Field(
        None, description="Folder of a sentence-transformers model. Empty: the packaged all-MiniLM-L6-v2."
    )

    model: str = Field(
        "", description="Name of the language model. Empty: no model; drafts are made by rules from evidence."
    )
    model_local: bool = Field(False, description="True if the model runs on the organization's own machines.")
    model_seconds: float = Field(60, gt=0, description="How long to wait for one answer of the model.")
    model_prompt_characters: int | None = Field(
        None,
        ge=2_000,
        description="Longest prompt, in characters (about four to a token). Empty: what the prompt itself says.",
    )
    model_reply_tokens: int | None = Field(
        None, ge=64, description="Longest answer asked of the model, in tokens. Empty: what the prompt itself says."
    )
    model_thinking_tokens: int = Field(
        0,
        ge=0,
        le=200_000,
        description="For a model that thinks before it answers: tokens for that, apart from those of the answer. They "
        "are sent together as `max_completion_tokens`, and set aside of the day's budget.",
    )
    model_critique: bool = Field(
        True,
        description="Whether the model looks at its own draft a second time, each point against the text and its "
        "sources; what fails is put right once or left out. About half as much again as a draft costs.",
    )
    openai_api_key: SecretStr = Field(
        SecretStr(""),
        validation_alias="OPENAI_API_KEY",
        description="Key for the model's API. Local servers need none.",
    )
    openai_base_url: str = Field(
        "", validation_alias="OPENAI_BASE_URL", description="Base URL of an OpenAI-compatible API. Empty: OpenAI's own."
    )
    price_prompt: float = Field(0, ge=0, description="Price of a million tokens sent to the model, in any currency.")
    price_completion: float = Field(
        0, ge=0, description="Price of a million tokens the model answers, in the same currency."
    )

    model_budget_per_day: float = Field(
        0,
        ge=0,
        description="What an organization may spend on the model in a day (UTC), in the currency of the prices; "
        "beyond it drafts are made without. 0: no limit. An organization's own setting goes before it.",
    )
    model_failures: int = Field(
        5, ge=1, description="After so many failures in a row the model is left alone for a while."
    )
    model_failures_seconds: float = Field(
        600, gt=0, description="Only failures that are no older count as being in a row."
    )
    model_pause_seconds: float = Field(
        60, gt=0, description="How long it is left alone then; longer if its server asks for it. Then it is tried once."
    )

    undo_seconds: float = Field(
        10, ge=0, description="How long an approval can be undone before the learner sees the text."
    )
    max_body_bytes: int = Field(2_000_000, ge=1_000, description="Largest body of an ordinary request.")
    max_import_bytes: int = Field(200_000_000, ge=1_000, description="Largest bundle taken in one import.")
    max_file_bytes: int = Field(20_000_000, ge=1_000, description="Largest file taken with work, or as a document.")

    requests_per_address: int = Field(
        6_000, ge=0, description="Requests in a minute from one address. 0: no limit, as with all of these."
    )
    refused_per_address: int = Field(
        120, ge=0, description="Requests in a minute from one address without a valid key or token."
    )
    requests_per_key: int = Field(6_000, ge=0, description="Requests in a minute with one platform's key.")
    requests_per_person: int = Field(
        600, ge=0, description="Requests in a minute of one person, with all their tokens and sessions."
    )
    changes_per_person: int = Field(
        120, ge=0, description="Requests in a minute with which one person changes something by one route."
    )
    costly_per_person: int = Field(
        12, ge=0, description="The same for routes after which a model may be asked: hand in, draft again, search."
    )
    limits_in: LimitsIn = Field(
        LimitsIn.AUTO,
        description="Where requests are counted. `auto`: in Redis if that is the broker, so that all web processes "
        "count together, and otherwise in this process's memory. `memory`: always there.",
    )
    hand_ins_per_day: int = Field(
        100, ge=0, description="Solutions and revisions that a learner hands in themselves in a day (UTC). 0: no limit."
    )
    model_drafts_per_person: int = Field(
        50,
        ge=0,
        description="Drafts in a day (UTC) that a model makes on one learner's work; beyond it drafts are made "
        "without. 0: no limit.",
    )
    model_drafts_per_group: int = Field(
        0, ge=0, description="The same on the work of one group, so that it leaves the others their part. 0: no limit."
    )

    connections: int = Field(
        500, ge=10, description="Connections served at the same time; others are told to come back (503)."
    )
    keep_alive_seconds: int = Field(15, ge=1, description="How long a connection is kept open between two requests.")
    head_seconds: float = Field(10, gt=0, description="How long the head of a request may take to arrive.")
    stall_seconds: float = Field(
        30, gt=0, description="How long the next 16 KiB of a body, or a reader of an answer, may take."
    )

    public_url: str = Field(
        "",
        pattern=r"^(https?://[^/\s?#]+)?$",
        description="Where people reach the service, e.g. `https://feedback.example.org`: sign-in links begin with it, "
        "and cookies are sent over TLS only if it does. Empty: the address that is listened on.",
    )
    secret_key: SecretStr = Field(
        SecretStr(""),
        description="With it secrets of second factors are sealed in the database: at least 32 random characters, the "
        "same on every machine. Empty: `secret.key` in the data folder, made at the first start.",
    )
    mail_host: str = Field("", description="SMTP server by which people are told. Empty: they are told on pages only.")
    mail_port: int = Field(0, ge=0, le=65535, description="Its port. 0: 587, 465 or 25, as its encryption has it.")
    mail_tls: MailTls = Field(
        MailTls.STARTTLS,
        description="`starttls`: encrypted or not at all; `implicit`: from the first byte; `none`: on this machine.",
    )
    mail_user: str = Field("", description="User at the mail server. Empty: none is needed.")
    mail_password: SecretStr = Field(SecretStr(""), description="Password at the mail server.")
    mail_from: str = Field("", description="Whom mail comes from, e.g. `Peerloom <feedback@example.org>`.")
    mail_seconds: float = Field(30, gt=0, description="How long the mail server may take for an answer.")
    webhook_networks: Annotated[list[IPvAnyNetwork], NoDecode, BeforeValidator(_parted)] = Field(
        default_factory=list,
        description="Networks of the own house that webhooks may be sent to and account providers be in, separated by "
        "blanks, such as `10.1.0.0/16`: there at any port, and without TLS. Empty: public addresses only, by https.",
    )
    hosts: str = Field(
        "",
        description="Names of this machine, separated by blanks, for which sign-in links may be made where no public "
        "URL is set. Loopback and the address listened on are known anyhow.",
    )
    host: str = Field("127.0.0.1", description="Address to listen on.")
    port: int = Field(8000, ge=0, le=65535, description="Port to listen on.")
    metrics: str = Field(
        "", pattern=r"^(\S+:[0-9]{1,5})?$", description="Where Prometheus asks (`127.0.0.1:9464`). Empty: nowhere."
    )
    log_format: LogFormat = Field(LogFormat.CONSOLE, description="`console` for people, `json` for machines.")
    log_level: str = Field(
        "info", pattern="^(?i:debug|info|warning|error)$", description="The least important lines written."
    )

    @property
    def database(self) -> str:
        """The URL in force."""
        return self.database_url or f"sqlite:///{self.data.resolve() / 'peerloom.db'}"

    @property
    def address(self) -> str:
        """What links begin with."""
        return self.public_url or f"http://{self.host}:{self.port}"

    @property
    def counter(self) -> str:
        """Where requests are counted, as an address."""
        broker = self.broker_url.get_secret_value()
        shared = self.limits_in is LimitsIn.AUTO and self.dispatch is Dispatch.CELERY and broker.startswith("redis")
        return broker if shared else "memory://"

    @property
    def sqlite(self) -> bool:
        return self.database.startswith("sqlite")

    @property
    def embedded(self) -> bool:
        """Everything lives in the data folder, so one process owns it and may tidy up after a crash at once."""
        return self.dispatch is Dispatch.INLINE and self.sqlite

    @property
    def sign_of_life(self) -> Path:
        """A file that a worker touches with every round, for whoever watches over it."""
        return self.data / "worker.alive"

    @model_validator(mode="after")
    def _agree(self) -> Self:
        complaints = [*self._about_celery(), *self._about_mail(), *self._about_the_rest()]
        if complaints:
            raise ValueError(" ".join(complaints))
        return self

    def _about_celery(self) -> list[str]:
        if self.dispatch is not Dispatch.CELERY:
            return []
        wants = "PEERLOOM_DISPATCH=celery needs"
        broker = f"{wants} a broker: set PEERLOOM_BROKER_URL, e.g. redis://127.0.0.1:6379/0."
        server = f"{wants} a database server: set PEERLOOM_DATABASE_URL to a postgresql+psycopg:// URL."
        index = f"{wants} an index that several processes share: start `chroma run` and set PEERLOOM_CHROMA_URL, e.g. "
        exact = "PEERLOOM_INDEX=exact lives in one process: with PEERLOOM_DISPATCH=celery set PEERLOOM_INDEX=chroma."
        complaints = [
            (not self.broker_url.get_secret_value(), broker),
            (self.sqlite, server),
            (self.index is IndexKind.CHROMA and not self.chroma_url, f"{index}http://127.0.0.1:8001."),
            (self.index is IndexKind.EXACT, exact),
        ]
        return [said for applies, said in complaints if applies]

    def _about_mail(self) -> list[str]:
        if not self.mail_host:
            return []
        complaints = []
        _, address = parseaddr(self.mail_from)
        if not re.fullmatch(r"[^@\s]+@[^@\s]+", address):
            complaints.append("PEERLOOM_MAIL_HOST needs PEERLOOM_MAIL_FROM, e.g. Peerloom <feedback@example.org>.")
        if not self.public_url:
            complaints.append("PEERLOOM_MAIL_HOST needs PEERLOOM_PUBLIC_URL: the links in mail begin with it.")
        if self.dispatch is Dispatch.CELERY and not self.secret_key.get_secret_value():
            complaints.append("PEERLOOM_MAIL_HOST with PEERLOOM_DISPATCH=celery needs PEERLOOM_SECRET_KEY.")
        return complaints

    def _about_the_rest(self) -> list[str]:
        complaints = []
        broker = self.broker_url.get_secret_value()
        if broker and broker.split(":", 1)[0] not in ("redis", "rediss", "amqp", "amqps"):
            complaints.append("PEERLOOM_BROKER_URL starts with redis://, rediss://, amqp:// or amqps://.")
        if self.model_budget_per_day and not (self.price_prompt or self.price_completion):
            complaints.append(
                "PEERLOOM_MODEL_BUDGET_PER_DAY limits nothing without prices: "
                "set PEERLOOM_PRICE_PROMPT and PEERLOOM_PRICE_COMPLETION."
            )
        if 0 < len(self.secret_key.get_secret_value()) < SHORTEST_SECRET:
            complaints.append(f"PEERLOOM_SECRET_KEY is too short: give at least {SHORTEST_SECRET} random characters.")
        if self.heartbeat_seconds * 2 > self.lease_seconds:
            complaints.append("PEERLOOM_HEARTBEAT_SECONDS must be at most half of PEERLOOM_LEASE_SECONDS.")
        return complaints


def load(**given: Any) -> Settings:
    """The settings from the environment, `given` ones first. Raises SettingsProblem."""
    try:
        return Settings(**given)
    except ValidationError as trouble:
        lines = [_complaint(error["loc"], error["msg"]) for error in trouble.errors()]
        raise SettingsProblem("\n".join(lines)) from trouble


def _complaint(where: tuple[int | str, ...], message: str) -> str:
    said = message.removeprefix("Value error, ")
    return f"{variable(str(where[0]))}: {said}" if where else said


def variable(name: str) -> str:
    """The environment variable of a setting."""
    field = Settings.model_fields.get(name)
    alias = field.validation_alias if field is not None else name
    return alias if isinstance(alias, str) else PREFIX + name.upper()


def environment(settings: Settings) -> dict[str, str]:
    """This process's environment, with these settings in it: what another process is to be started with."""
    given = {name: getattr(settings, name) for name in settings.model_fields_set}
    return {**os.environ, **{variable(name): _spelled(value) for name, value in given.items() if value is not None}}


def _spelled(value: object) -> str:
    """As it would stand in the environment."""
    if isinstance(value, list):
        return " ".join(map(str, value))
    return value.get_secret_value() if isinstance(value, SecretStr) else str(value)


def unknown(environment: Mapping[str, str] | None = None) -> list[str]:
    """A hint for each PEERLOOM_ variable that no setting reads."""
    known = [variable(name) for name in Settings.model_fields]
    strays = sorted(
        name for name in (os.environ if environment is None else environment) if name.upper().startswith(PREFIX)
    )
    return [_hint(stray, known) for stray in strays if stray.upper() not in known]


def _hint(stray: str, known: list[str]) -> str:
    near = difflib.get_close_matches(stray.upper(), known, n=1)
    return f"{stray} is not a setting." + (f" Did you mean {near[0]}?" if near else "")
