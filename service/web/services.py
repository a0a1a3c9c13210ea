"""What the web needs from the rest of the service, as one value made by the wiring. Holds; does nothing."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Protocol

from service.actions.similar import Similar
from service.domain.roles import Actor
from service.store.session import Sessions


@dataclass(frozen=True, slots=True)
class Limits:
    """Largest bodies, in bytes. What a field may hold is said by its type in api/schemas."""

    body: int = 2_000_000
    bundle: int = 200_000_000


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
    similar: Search | None = None
    undo: timedelta = timedelta(seconds=10)  # how long an approval can be undone, where an organization says nothing
    public_url: str = ""  # where people reach the service; empty: where the request came in
