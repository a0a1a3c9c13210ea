"""How galleries of a challenge are approved: the rule as a form, and what it would have done, before it holds."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Annotated, ClassVar
from urllib.parse import quote

from fastapi import Form, Query
from pydantic import BaseModel, ConfigDict, Field

from service.actions.galleries import policy as galleries_policy
from service.actions.galleries.policy import MOST_WEEKS, Effect, PolicyPlace
from service.domain.galleries import Policy
from service.web.fields import ExternalId, Line
from service.web.pages.galleries.desk import HINDRANCES
from service.web.pages.routes import pages
from service.web.pages.views import Goto, PageView
from service.web.pages.visits import ReadingVisit, WritingVisit

router = pages()

WHY: Mapping[str, str] = {**HINDRANCES, "too_few": "There are not two works in it."}


class GalleryPolicySent(BaseModel):
    """A rule, as typed. Boxes that are not ticked are not sent."""

    model_config = ConfigDict(frozen=True)

    group: Annotated[str, Field(max_length=255)] = ""
    suggest: bool = False
    automatic: bool = False
    without_names: bool = False
    weeks: Annotated[int, Field(ge=0, le=MOST_WEEKS)] = 0
    most_per_author: Annotated[int, Field(ge=0, le=1000)] = 0
    question: Line = ""
    try_out: bool = False

    @property
    def policy(self) -> Policy:
        return Policy(self.suggest, self.automatic, self.without_names, self.weeks, self.most_per_author, self.question)


@dataclass(frozen=True)
class GalleryPolicyPage(PageView):
    """The rule that holds or that is tried out, with its effect. `tried`: it does not hold yet."""

    template: ClassVar[str] = "galleries/policy.html"
    place: PolicyPlace
    policy: Policy
    effect: Effect
    tried: bool
    why: Mapping[str, str] = field(default_factory=lambda: WHY)


@router.get("/desk/challenges/{id}/gallery-policy")
def show_policy(visit: ReadingVisit, id: ExternalId, asked: Annotated[GalleryPolicySent, Query()]) -> PageView:
    here = galleries_policy.place(visit.session, visit.actor, id, group=asked.group or None)
    policy = asked.policy if asked.try_out else here.policy
    effect = galleries_policy.weigh(visit.session, here, policy, now=visit.now)
    return GalleryPolicyPage(here, policy, effect, asked.try_out)


@router.post("/desk/challenges/{id}/gallery-policy")
def lay_down(visit: WritingVisit, id: ExternalId, sent: Annotated[GalleryPolicySent, Form()]) -> Goto:
    group, policy = sent.group or None, sent.policy
    galleries_policy.lay_down(
        visit.session, visit.actor, id, group=group, policy=policy, undo=visit.services.undo, now=visit.now
    )
    query = {"group": sent.group} if sent.group else {}
    return Goto(f"/desk/challenges/{quote(id, safe='')}/gallery-policy", "gallery-policy", query)
