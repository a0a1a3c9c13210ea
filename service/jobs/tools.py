"""What the jobs need, as one Protocol: `service.wiring` builds something of this shape, never the other way round."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, Protocol

from sqlalchemy.orm import Session

from pipelines.ports import Embedder, LanguageModel, Library, VectorIndex
from service.domain.budgets import Terms
from service.mail.post import Post
from service.store.session import Sessions
from service.store.tables import Job

if TYPE_CHECKING:  # a web process whose workers are elsewhere uses this file too, and need not load what thinks
    from pipelines.assessment import Desks
    from pipelines.drafting import Budget
    from pipelines.people.keeping import KeptCommons
    from pipelines.retrieval import Shelves


class Doing(Protocol):
    """Does what there is to do for an organization (our id) at this moment; how much it did."""

    def __call__(self, session: Session, organization: str, /, *, now: datetime) -> int: ...


@dataclass(frozen=True, slots=True)
class Step:
    """What is done every hour. With `most`, it does so much at once, and is called until it does less, so that a
    transaction stays short however much there is."""

    name: str
    do: Doing
    most: int | None = None


class JobsOfIntegration(Protocol):
    """What an integration has done by jobs. They have threads of their own."""

    @property
    def kinds(self) -> Mapping[str, Callable[[JobTools, str, Job], None]]: ...

    @property
    def waiting(self) -> frozenset[str]:
        """Of its kinds, those that wait for machines of others."""

    @property
    def subjects(self) -> Mapping[str, tuple[type[Any], ...]]:
        """Of each of its kinds, the tables in which its subject may be."""

    @property
    def steps(self) -> Sequence[Step]:
        """What is done every hour, for each organization."""

    def look(self, tools: JobTools) -> bool:
        """Called often, from any thread: ask for the jobs that there is a need for; whether there are such."""

    def again_in(self) -> float:
        """Seconds after which one of those who looked too early should look again; infinitely many for the others."""

    def failing(self, session: Session, before: datetime) -> Mapping[str, datetime]:
        """What has not taken anything since before that moment, although nothing was given up yet: the path of the page
        about it → since when."""


class JobTools(Protocol):
    """Tools and times. Safe to use from several threads."""

    @property
    def sessions(self) -> Sessions: ...

    @property
    def index(self) -> VectorIndex: ...

    @property
    def library(self) -> Library: ...

    @property
    def shelves(self) -> Shelves:
        """What is searched, kept ready for as long as the process lives."""

    @property
    def desks(self) -> Desks:
        """What assessment learned of each challenge, kept ready likewise."""

    @property
    def commons(self) -> KeptCommons:
        """What was worked out of each organization's work for matching, kept ready likewise."""

    @property
    def model(self) -> LanguageModel | None:
        """None: no model is set up, or none is wanted."""

    @property
    def fallback(self) -> LanguageModel:
        """What drafts where the model does not; needs no network."""

    @property
    def lease(self) -> timedelta:
        """How long a job is a worker's own after its last sign of life."""

    @property
    def heartbeat(self) -> timedelta:
        """How often a worker gives one."""

    @property
    def reconcile(self) -> timedelta:
        """How often work left behind is looked for."""

    @property
    def undo(self) -> timedelta:
        """How long an approval can be undone where the organization does not say."""

    @property
    def attempts(self) -> int:
        """How often a job is tried before it is dead."""

    @property
    def patience(self) -> timedelta:
        """How long it waits for what does not answer outside, which is no attempt."""

    @property
    def budget(self) -> Budget:
        """What may be asked of the model at once."""

    @property
    def terms(self) -> Terms:
        """What the model costs, and how much an organization may spend on it in a day."""

    @property
    def post(self) -> Post | None:
        """What mails people; None: no mail is set up."""

    @property
    def integrations(self) -> Sequence[JobsOfIntegration]:
        """What is connected to the service, each for itself."""

    def embedder(self, organization: str) -> Embedder:
        """The embedder, with this organization's own memory of vectors."""

    def now(self) -> datetime: ...
