"""Money around one use of a model: set aside before it is asked, booked in the transaction that ends the job.

What is set aside is about the most that a draft (or a brief) takes; what it did take is what is booked.
"""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy.orm import Session

from pipelines.drafting import may_ask, most
from pipelines.ports import LanguageModel, ModelReply, ModelRequest, ModelUnavailable
from pipelines.values import DraftingTask, Usage
from service.domain import budgets
from service.jobs.tools import JobTools
from service.store import spending
from service.store.tables import DraftRow, Job, Organization, Submission


@dataclass(frozen=True, slots=True)
class Unasked:
    """In the place of a model that may not be asked now: says why, and costs nothing."""

    model: LanguageModel
    reason: str

    @property
    def name(self) -> str:
        return self.model.name

    @property
    def local(self) -> bool:
        return self.model.local

    def reply(self, request: ModelRequest) -> ModelReply:
        raise ModelUnavailable(self.reason)


def affordable(session: Session, tools: JobTools, job: Job, brief: DraftingTask) -> LanguageModel | None:
    """The model for this draft, with the money for it set aside; where there is none left, one that says so."""
    model = tools.model
    if model is None or not may_ask(brief, model):
        return model
    if _share_spent(session, tools, job):
        return Unasked(model, budgets.SHARE_SPENT)
    return set_aside(session, tools, job, model, most(tools.budget))


def _share_spent(session: Session, tools: JobTools, job: Job) -> bool:
    """Whether one learner, or one group, has had its part, so that the day's budget is there for the others, too."""
    terms, day = tools.terms, tools.now().replace(hour=0, minute=0, second=0, microsecond=0)
    draft = session.get_one(DraftRow, job.subject_id)
    author = session.get_one(Submission, draft.submission_id).person_id
    shares = (
        (terms.per_person, Submission.person_id == author),
        (terms.per_group, DraftRow.group_id == draft.group_id),
    )
    return any(limit and spending.drafted(session, whose, since=day) >= limit for limit, whose in shares)


def asked(model: LanguageModel | None) -> LanguageModel | None:
    """The model if it is sent anything, here or outside, whether or not it answers."""
    return None if isinstance(model, Unasked) else model


def set_aside(session: Session, tools: JobTools, job: Job, model: LanguageModel, about: Usage) -> LanguageModel:
    """The model with the money for about this much use of it set aside, or one that says that there is none left."""
    settings = session.get_one(Organization, job.organization_id).settings
    there = spending.reserve(
        session,
        organization=job.organization_id,
        job=job.id,
        amount=tools.terms.prices.cost(about),
        per_day=budgets.limit(settings, tools.terms),
        now=tools.now(),
    )
    return model if there else Unasked(model, budgets.BUDGET_SPENT)


def book(session: Session, tools: JobTools, job: Job, usage: Usage) -> int:
    """Write down what the job's model use cost, in micro-units, in the transaction that ends the job."""
    cost = tools.terms.prices.cost(usage)
    spending.book(session, organization=job.organization_id, job=job.id, cost=cost, usage=usage, now=tools.now())
    return cost
