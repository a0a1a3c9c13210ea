"""Passages that work contradicts, as those who review see them."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from pydantic import ConfigDict, Field

from service.actions.questioned.passages import QuestionedItem
from service.domain.questioned import QuestionedAct, QuestionedState
from service.web.fields import AnswerBody, Line, RequestBody
from service.web.schemas.introductions import IntroductionQuoteShown


class QuestionedShown(AnswerBody):
    """A passage to look at. It is a question: nobody says that the document is wrong."""

    id: str = Field(description="Its id.")
    document: str = Field(description="Id of the document.")
    title: str = Field(description="Title of the document.")
    document_version: int = Field(description="Version of the document that stands now.")
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

    @classmethod
    def of(cls, one: QuestionedItem) -> QuestionedShown:
        same = set(cls.model_fields) - {"work", "document_version"}
        return cls(
            **{name: getattr(one, name) for name in same},
            work=[IntroductionQuoteShown.of(quote) for quote in one.work],
            document_version=one.at,
        )


class QuestionedSearchShown(AnswerBody):
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
