"""What the web needs from the rest of the service, as one value made by the wiring. Holds; does nothing."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Literal, Protocol

from fastapi import APIRouter
from sqlalchemy.orm import Session

from pipelines.ports import LanguageModel
from service.actions.briefs.meeting import Prepared
from service.actions.following.challenge import Followed
from service.actions.network.mapping import NetworkMap
from service.actions.work.similar import Similar
from service.domain.errors import Unavailable
from service.domain.files import FileRead
from service.domain.roles import Actor
from service.store.sealing import Seal
from service.store.session import Sessions
from service.web.throttle import Throttle, Waiters

Body = Literal["body", "bundle", "file"]
"""Sorts of request bodies."""

LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})


@dataclass(frozen=True, slots=True)
class Limits:
    """Largest bodies, in bytes, and how often a learner hands in a day. What a field may hold is said by its type in
    api/schemas."""

    body: int = 2_000_000
    bundle: int = 200_000_000
    file: int = 20_000_000
    hand_ins: int = 0  # 0: as often as they like

    def of(self, body: Body) -> int:
        """The largest body of this sort."""
        return {"body": self.body, "bundle": self.bundle, "file": self.file}[body]


class Search(Protocol):
    """Looks for similar work on a challenge. Opens its own transactions, and none while a model thinks."""

    def __call__(
        self,
        actor: Actor,
        *,
        challenge: str | None,
        submission: str | None,
        text: str | None,
        limit: int,
        now: datetime,
    ) -> Sequence[Similar]:
        """Like `text` on `challenge` (external id), or like `submission` (external id) on its own challenge.

        Only work in groups that the actor reviews. Raises NotAllowed for a learner, NotFound, Unavailable.
        """


class FileReader(Protocol):
    """Reads a file that somebody sent, in a process of its own."""

    def __call__(self, data: bytes, name: str) -> FileRead:
        """What is in it. Raises UnreadableFile, and Unavailable where too many are read already."""


class Charting(Protocol):
    """Draws the network of people. Opens its own transaction, and none while it thinks."""

    def __call__(self, actor: Actor, *, group: str | None, now: datetime) -> NetworkMap:
        """Of the groups that the actor may see, or of one (external id). Raises NotAllowed for a learner, NotFound."""


class Briefing(Protocol):
    """Prepares a meeting. Opens its own transaction, and none while it thinks."""

    def __call__(self, actor: Actor, challenge: str, *, group: str | None) -> Prepared:
        """On a challenge (external id), as `Charting` of groups. Raises NotAllowed for a learner, NotFound."""


class FollowingThrough(Protocol):
    """Compares what became of feedback. Opens its own transaction, and none while it compares."""

    def __call__(self, actor: Actor, challenge: str, *, group: str | None, now: datetime) -> Followed:
        """On a challenge (external id). Raises NotAllowed for a learner, NotFound."""


@dataclass(frozen=True, slots=True)
class WayIn:
    """A way to sign in beside links: what it is called, where it begins, and where one leaves there too, if one can."""

    name: str
    begins: str
    leaves: str = ""


class WebOfIntegration(Protocol):
    """What an integration adds to the web. Its templates stand in its own folder."""

    @property
    def api(self) -> Sequence[APIRouter]: ...

    @property
    def tags(self) -> Sequence[Mapping[str, str]]:
        """Parts of the API, each with `name` and `description`."""

    @property
    def pages(self) -> Sequence[APIRouter]: ...

    @property
    def way(self) -> tuple[str, str]:
        """Where its page is, and what it is called among the settings."""

    def ways_in(self, session: Session) -> Sequence[WayIn]:
        """What it adds to the page on which people sign in. Anybody sees that."""


@dataclass(frozen=True, slots=True)
class Services:
    """Everything the web is given.

    `after_commit` wakes whoever sends jobs; it may fail, since jobs are also found without it. `readiness` names each
    part with "ok" or with what is wrong with it.
    """

    sessions: Sessions
    after_commit: Callable[[], None]
    clock: Callable[[], datetime]
    readiness: Callable[[], Mapping[str, str]]
    limits: Limits = field(default_factory=Limits)
    throttle: Throttle | None = None  # None: nobody is limited
    files: FileReader | None = None  # None: no files are taken in
    seal: Seal | None = None  # None: nobody sets up a second factor, or gives a code of one
    similar: Search | None = None
    network: Charting | None = None
    brief: Briefing | None = None
    following: FollowingThrough | None = None
    drafter: LanguageModel | None = None  # composes feedback from what people judge; without it they write themselves
    model: str = ""  # the language model that briefs may be worded by; empty: none is set up
    undo: timedelta = timedelta(seconds=10)  # how long an approval can be undone, where an organization says nothing
    mails: bool = False  # whether a mail server is set up
    public_url: str = ""  # where people reach the service; empty: where the request came in, if that is one of `hosts`
    hosts: frozenset[str] = LOOPBACK
    waiters: Waiters = field(default_factory=Waiters)  # who waits for an event
    integrations: Sequence[WebOfIntegration] = ()  # what is connected to the service, each for itself

    @property
    def sealing(self) -> Seal:
        """Raises Unavailable where there is none."""
        if self.seal is None:
            raise Unavailable("Secrets cannot be kept here at the moment. Ask who runs this service.")
        return self.seal
