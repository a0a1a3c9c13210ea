"""The contexts of the learner's pages, and what their templates need beside what the actions read."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import ClassVar

from pipelines.values import AI, PointKind
from service.actions.decisions.release import ShownPoint
from service.actions.learners.asks import AskSeen
from service.actions.learners.commitments import CommitmentSeen
from service.actions.learners.feedback import RevisionSeen
from service.actions.learners.home import Home, Task
from service.actions.learners.progress import Changes
from service.actions.learners.work import WorkSeen
from service.domain.files import TAKEN as FILE_KINDS
from service.domain.texts.marking import Stretch, stretches
from service.domain.visibility import ConsentBasis, ShowWork
from service.store.tables import CommitmentOutcome, Consent, ConsentVersion, Reaction, WorkFile
from service.web.errors import KINDS
from service.web.pages.following.uptake import PointBecameDrawn, all_became
from service.web.pages.views import PageView

OUTCOMES: Mapping[str, str] = {
    CommitmentOutcome.KEPT: "I did it",
    CommitmentOutcome.PARTLY: "I did part of it",
    CommitmentOutcome.NOT: "I did not do it",
    CommitmentOutcome.CHANGED: "I did something else instead",
}

AI_CHOICES: Mapping[str, tuple[str, str]] = {
    AI.ANY: ("Any machine", "A draft may be made with a model that runs elsewhere."),
    AI.LOCAL: ("Only machines of my organization", "The text does not leave them."),
    AI.NONE: ("No machine", "No machine reads it. A person writes the feedback; that may take longer."),
}

SHOW_CHOICES: Mapping[str, tuple[str, str]] = {
    ShowWork.NO: ("No", "Only you and your facilitators read it."),
    ShowWork.WITHOUT_NAME: ("Yes, without my name", "Others may read it as an example; your name is not shown."),
    ShowWork.WITH_NAME: ("Yes, with my name", "Others may read it as an example, and see that it is yours."),
}

BASES: Mapping[str, str] = {
    ConsentBasis.OWN: "You said so",
    ConsentBasis.PARENTAL: "A parent or guardian said so",
    ConsentBasis.INSTITUTIONAL: "Your organization laid it down",
    ConsentBasis.UNSTATED: "It was passed on by your platform, which did not say by whom it was given",
}

STRICTER = (AI.ANY, AI.LOCAL, AI.NONE)


@dataclass(frozen=True)
class HomePage(PageView):
    """Where a learner begins."""

    template: ClassVar[str] = "learners/home.html"
    home: Home
    outcomes: Mapping[str, str]
    today: str
    now: datetime


@dataclass(frozen=True)
class TaskPage(PageView):
    """A challenge, and the place to write. `problem` says what was missing; what was typed is in the other fields."""

    template: ClassVar[str] = "learners/task.html"
    task: Task
    new_id: str
    choices: Sequence[tuple[str, str, str]]
    typed: str
    written_in: str
    ai: str
    group: str
    problem: str = ""
    files: Sequence[WorkFile] = ()  # sent, and to be handed in with the text
    read: str = ""  # the name of a file whose text was just put in
    kinds: str = FILE_KINDS


@dataclass(frozen=True)
class TaskAgainPage(TaskPage):
    """The same, where something was missing."""

    status: ClassVar[int] = KINDS["invalid"].status


@dataclass(frozen=True, slots=True)
class PointDrawn:
    """A released point with its number, its criterion in words, and what the learner made of it."""

    number: int
    point: ShownPoint
    criterion: str
    reaction: Reaction | None


@dataclass(frozen=True, slots=True)
class NextVersion:
    """What the next version is written from: our own id of the submission, where it goes, and what was asked."""

    id: str
    group: str
    words: int
    asked: tuple[PointDrawn, ...]


@dataclass(frozen=True)
class WorkPage(PageView):
    """One revision of own work, the feedback on it, and everything that follows from that."""

    template: ClassVar[str] = "learners/work.html"
    id: str
    challenge: str
    title: str
    seen: RevisionSeen
    revisions: tuple[RevisionSeen, ...]
    text: tuple[Stretch, ...]
    text_language: str
    points: tuple[PointDrawn, ...]
    whole: Reaction | None
    changes: Changes | None
    became: tuple[PointBecameDrawn, ...]
    asks: tuple[AskSeen, ...]
    commitments: tuple[CommitmentSeen, ...]
    usual_days: int | None
    next: NextVersion | None
    over: bool
    outcomes: Mapping[str, str]
    today: str
    now: datetime


@dataclass(frozen=True)
class TakenBackPage(PageView):
    """Work that its learner took back."""

    template: ClassVar[str] = "learners/taken_back.html"
    challenge: str
    title: str
    at: datetime | None


@dataclass(frozen=True)
class ConsentsPage(PageView):
    """What a learner allows."""

    template: ClassVar[str] = "learners/consents.html"
    consent: Consent
    show: Mapping[str, tuple[str, str]]
    machines: Mapping[str, tuple[str, str]]
    history: tuple[ConsentVersion, ...] = ()
    bases: Mapping[str, str] = field(default_factory=lambda: BASES)


@dataclass(frozen=True)
class DataPage(PageView):
    """What is kept, and the way to take it along."""

    template: ClassVar[str] = "learners/data.html"


def work_page(seen: WorkSeen, *, now: datetime) -> PageView:
    """The page of own work, as it stands."""
    challenge, shown = seen.challenge, seen.seen
    if shown is None or seen.withdrawn_at is not None:
        return TakenBackPage(challenge.external_id, challenge.title, seen.withdrawn_at)
    criteria = {one.key: one.text for one in challenge.criteria}
    reactions = seen.reactions or {}
    released = shown.feedback.points if shown.feedback else ()
    points = tuple(
        PointDrawn(n, point, criteria.get(point.criterion, ""), reactions.get(point.id))
        for n, point in enumerate(released, 1)
    )
    return WorkPage(
        id=seen.id,
        challenge=challenge.external_id,
        title=challenge.title,
        seen=shown,
        revisions=seen.revisions,
        text=marked(shown),
        text_language=shown.row.language or seen.language,
        points=points,
        whole=reactions.get(""),
        changes=seen.changes,
        became=all_became(seen.changes, shown.row.text) if seen.changes else (),
        asks=seen.asks,
        commitments=seen.commitments,
        usual_days=seen.usual_days,
        next=_next(seen, shown, points),
        over=seen.over,
        outcomes=OUTCOMES,
        today=now.date().isoformat(),
        now=now,
    )


def _next(seen: WorkSeen, shown: RevisionSeen, points: tuple[PointDrawn, ...]) -> NextVersion | None:
    """None where there is no feedback to write it from, a later version was handed in already, or it is over."""
    if seen.over or shown.feedback is None or shown.row.number != seen.revisions[0].row.number:
        return None
    asked = tuple(one for one in points if one.point.kind != PointKind.STRENGTH)
    return NextVersion(shown.row.submission_id, seen.group, len(shown.row.text.split()), asked)


def allowed(most: AI) -> list[tuple[str, str, str]]:
    """The choices of machines for one hand-in: what the person allows, and less. The widest goes by the consent."""
    return [(one.value, *AI_CHOICES[one]) for one in STRICTER[STRICTER.index(most) :]]


def marked(seen: RevisionSeen) -> tuple[Stretch, ...]:
    """The revision's text, cut at the places of its points."""
    points = seen.feedback.points if seen.feedback else ()
    return stretches(
        seen.row.text, {n: [(point.start, point.end)] for n, point in enumerate(points, 1) if point.start < point.end}
    )
