"""What a decision means for others: where else it fits, which decisions stand against each other, and the one question
that facilitators are asked about a challenge."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, ClassVar

from fastapi import Form
from pydantic import BaseModel, Field

from service.actions.challenges import setting
from service.actions.desk import draft as desk_draft
from service.actions.desk.draft import DeskDraft, PointSeen
from service.actions.learners import asks
from service.actions.memory import alerts, clarifying, decided, outward
from service.actions.memory.decided import Target
from service.actions.memory.outward import AlertSeen, ReachSeen
from service.domain.errors import Invalid
from service.store.tables import RightDecision
from service.web.fields import AlertId, DraftId, ExternalId, Key, Line, OwnId, PointId, Version, Words
from service.web.pages.decisions.draft import OF_POINT, DraftSent
from service.web.pages.decisions.outcome import once
from service.web.pages.queue import came_from
from service.web.pages.routes import Shown, pages
from service.web.pages.views import Goto, PageView
from service.web.pages.visits import ReadingVisit, WritingVisit

router = pages()

Trail = Annotated[str, Field(max_length=8_000)]


@dataclass(frozen=True)
class ReachPage(PageView):
    """A decided point beside each point elsewhere that the same decision would fit."""

    template: ClassVar[str] = "memory/reach.html"
    draft: DeskDraft
    point: PointSeen
    others: tuple[ReachSeen, ...]
    trail: str


@dataclass(frozen=True)
class AppliedPage(PageView):
    """What became of each target."""

    template: ClassVar[str] = "memory/applied.html"
    draft: DeskDraft
    changed: int
    left: tuple[str, ...]
    trail: str


@dataclass(frozen=True)
class AlertsPage(PageView):
    """Opposite decisions on passages alike, to be settled."""

    template: ClassVar[str] = "memory/alerts.html"
    challenge: str
    title: str
    alerts: tuple[AlertSeen, ...]


Listed = Annotated[str, Field(pattern=r"^[0-9a-f]{32} \d{1,9} [0-9a-f]{32}$")]


class ApplySent(DraftSent):
    """Which of the listed ones: `draft version point` each."""

    target: Annotated[
        list[Annotated[str, Field(pattern=r"^[0-9a-f]{32} \d{1,9} [0-9a-f]{32}$")]],
        Field(default_factory=list, max_length=200),
    ]

    def targets(self) -> list[Target]:
        cut = (one.split(" ") for one in self.target)
        return [Target(draft, int(version), point) for draft, version, point in cut]


class AlertSettlementSent(BaseModel):
    """Which of two opposite decisions is to be followed."""

    version: Version
    right: RightDecision
    note: Line = ""


class AskAnswerSent(BaseModel):
    """An answer to a learner. `back` is the page it was answered on."""

    version: Version
    text: Words = ""
    back: Annotated[str, Field(max_length=8_000)] = "/desk"


class QuestionAnswerSent(BaseModel):
    """An answer to the open question. `back` is the page it was answered on."""

    version: Version
    criterion: Key
    answer: Line = ""
    back: Annotated[str, Field(max_length=8_000)] = "/desk"


@router.get(OF_POINT + "/reach")
def reach(visit: ReadingVisit, id: DraftId, point: PointId) -> Shown:
    draft = desk_draft.show(visit.session, visit.actor, id, now=visit.now)
    others = outward.reach(visit.session, decided.reach(visit.session, visit.actor, id, point))
    mine = next(one for one in draft.points if one.id == point)
    return ReachPage(draft, mine, tuple(others), came_from.of(visit))


@router.post(OF_POINT + "/apply")
def apply(visit: WritingVisit, id: DraftId, point: PointId, sent: Annotated[ApplySent, Form()]) -> Shown:
    if not sent.target:
        raise Invalid("Nothing was chosen. Tick the drafts that the decision fits.")
    done = once(visit, lambda: decided.apply_to(visit.deciding(id, sent.seen), point, to=sent.targets()))
    draft = desk_draft.show(visit.session, visit.actor, id, now=visit.now)
    return AppliedPage(draft, len(done.changed), done.left, came_from.clean(sent.trail))


@router.get("/desk/challenges/{id}/alerts")
def show_alerts(visit: ReadingVisit, id: ExternalId) -> Shown:
    challenge = setting.get(visit.session, visit.actor, id)
    found = outward.alerts(visit.session, alerts.alerts(visit.session, visit.actor, id))
    return AlertsPage(challenge.external_id, challenge.title, tuple(found))


@router.post("/desk/challenges/{id}/alerts/{alert}")
def settle(visit: WritingVisit, id: ExternalId, alert: AlertId, sent: Annotated[AlertSettlementSent, Form()]) -> Shown:
    alerts.settle(visit.deciding(alert, sent.version), right=sent.right, note=sent.note)
    return Goto(f"/desk/challenges/{id}/alerts", said="settled")


@router.post("/desk/asks/{id}/answer")
def answer_learner(visit: WritingVisit, id: OwnId, sent: Annotated[AskAnswerSent, Form()]) -> Shown:
    asks.answer(visit.deciding(id, sent.version), sent.text)
    return Goto(came_from.own_page(sent.back), said="answered-learner")


@router.post("/desk/challenges/{id}/question")
def answer(visit: WritingVisit, id: ExternalId, sent: Annotated[QuestionAnswerSent, Form()]) -> Shown:
    clarifying.answer(visit.deciding(id, sent.version), criterion=sent.criterion, text=sent.answer)
    return Goto(came_from.own_page(sent.back), said="answered")
