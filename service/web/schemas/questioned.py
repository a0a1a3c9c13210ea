"""Passages that work contradicts, as those who review see them."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from pydantic import ConfigDict, Field

from service.domain.questioned import QuestionedAct, QuestionedState
from service.web.fields import Line, RequestBody, ResponseBody
from service.web.schemas.introductions import IntroductionQuoteShown


class QuestionedShown(ResponseBody):
    """A passage to look at. It is a question: nobody says that the document is wrong."""

    id: str = Field(description="Its id.")
    document: str = Field(description="Id of the document.")
    title: str = Field(description="Title of the document.")
    document_version: int = Field(validation_alias="at", description="Version of the document that stands now.")
    kind: str = Field(description="What differs: an amount, `weekday`, `role`, `not`, `order` …; or `unclear`.")
    state: QuestionedState = Field(description="`open`, `to_change`, `fine` or `changed`.")
    version: int = Field(description="Grows with each decision; the ETag, for If-Match, is this in quotation marks.")
    quote: str = Field(description="What the document says, verbatim.")
    work: list[IntroductionQuoteShown] = Field(description="What people write otherwise, one sentence a person.")
    groups: int = Field(description="How many groups they are of.")
    requests: int = Field(description="Requests that the passage lies nearest to.")
    questions: int = Field(description="Approved questions and next steps that rest on it.")
    dismissed: int = Field(description="Points resting on it that were dismissed as wrong.")
    note: str = Field(description="What was said with the decision.")
    decided_by: str = Field(description="Name of who decided.")
    decided_at: datetime | None = Field(description="When that was.")


class QuestionedSearchShown(ResponseBody):
    """That it will be looked."""

    state: Literal["queued"] = Field(description="A job does it.")


class QuestionedDecisionAsked(RequestBody):
    """What becomes of it."""

    model_config = ConfigDict(json_schema_extra={"example": {"act": "to_change"}})

    act: Literal["to_change", "fine", "undo"] = Field(description="What you decide.")
    note: Line = Field("", description="Why; may be empty.")

    @property
    def domain_act(self) -> QuestionedAct:
        return QuestionedAct(self.act)
