"""Requests, as their authors and those who review them see them."""

from __future__ import annotations

from datetime import datetime

from pydantic import AliasPath, ConfigDict, Field

from pipelines.values import AI
from service.actions.requests.desk import Cluster
from service.domain.requests.found import FoundWorkState
from service.domain.requests.need import RequestState
from service.web.fields import Hash, Line, RequestBody, ResponseBody
from service.web.schemas.introductions import IntroductionQuoteShown

FOUND_STATE = "`found`, `approved`, `shown` or `kept_back`."


class RequestAsked(RequestBody):
    """What you need, in your own words."""

    model_config = ConfigDict(json_schema_extra={"example": {"text": "How do I get shy children to speak up?"}})

    text: Line = Field(description="One or two sentences; at least 12 characters.")
    ai: AI = Field(AI.ANY, description="Narrows what you allow: `none`, `local` or `any`. `none`: only people read it.")


class FoundWorkApprovedAsked(RequestBody):
    """What was seen."""

    model_config = ConfigDict(json_schema_extra={"example": {"seen": "0" * 64}})

    seen: Hash = Field(description="`text_hash` of the found work that you saw.")


class FoundWorkDecided(ResponseBody):
    """Found work after a decision."""

    id: str = Field(description="Its id.")
    version: int = Field(description="Its version now.")
    state: FoundWorkState = Field(description=FOUND_STATE)


class FoundWorkShown(FoundWorkDecided):
    """Others' work that was found for a request, as whoever asked would read it."""

    quote: IntroductionQuoteShown = Field(description="The words, without names where the author is not named.")
    text_hash: str = Field(description="Hash of what would be shown; approving names it.")
    hidden: int = Field(description="How many names and addresses in it are put out of sight.")
    possible: list[str] = Field(description="What can be done with it now.")


class RequestStateShown(ResponseBody):
    """What became of it."""

    id: str = Field(description="Its id.")
    state: RequestState = Field(description="`open`, `answered` or `closed`.")


class RequestShown(ResponseBody):
    """A request, and what speaks to it."""

    id: str = Field(description="Its id.")
    text: str = Field(description="What was asked.")
    state: RequestState = Field(description="`open`, `answered` or `closed`.")
    stated_at: datetime = Field(description="When it was stated.")
    looked_at: datetime | None = Field(description="When it was looked into; null: not yet.")
    read_by_machine: bool = Field(description="False: its author lets only people read it.")
    work: list[IntroductionQuoteShown] = Field(
        validation_alias=AliasPath("found", "work"),
        description="Passages of others' work that a facilitator let out.",
    )
    waiting: int = Field(
        validation_alias=AliasPath("found", "waiting"),
        description="Passages of others' work that wait for a facilitator.",
    )
    documents: list[IntroductionQuoteShown] = Field(
        validation_alias=AliasPath("found", "documents"), description="Passages of the organization's documents."
    )
    answer: str = Field(description="What a facilitator answered.")
    answered_by: str = Field(description="Name of who answered it.")
    answered_at: datetime | None = Field(description="When that was.")


class OwnRequestList(ResponseBody):
    """Your own requests."""

    items: list[RequestShown] = Field(description="The latest first.")


class DeskRequestShown(RequestShown):
    """A request as a reviewer sees it."""

    person: str = Field(description="Id of who asks.")
    name: str = Field(description="Name of who asks.")
    introductions: int = Field(description="Introductions that it led to, suggested or further.")
    cluster: str = Field(description="Id of the first request of those that ask for the same.")
    nearest: list[IntroductionQuoteShown] = Field(
        validation_alias=AliasPath("found", "nearest"),
        description="Where no document answers it: the nearest passages that there are.",
    )
    found: list[FoundWorkShown] = Field(
        validation_alias="found_works", description="Others' work to decide on, as whoever asked would read it."
    )


class RequestClusterShown(ResponseBody):
    """Open requests that ask for the same."""

    id: str = Field(description="Id of the first of them.")
    people: int = Field(description="How many people ask for it.")
    requests: list[str] = Field(description="Their ids, the first one first.")

    @classmethod
    def of(cls, one: Cluster) -> RequestClusterShown:
        return cls.mirror(one, requests=[request.id for request in one.requests])


class PassageAskedAboutShown(ResponseBody):
    """A passage of a document that several people ask about. It is counted, not judged."""

    passage: IntroductionQuoteShown = Field(validation_alias="quote", description="The passage.")
    requests: int = Field(description="Requests that it lies nearest to.")
    questions: int = Field(description="Approved questions and next steps that rest on it.")
    dismissed: int = Field(description="Points resting on it that were dismissed as wrong.")


class RequestNeedsShown(ResponseBody):
    """What many need."""

    clusters: list[RequestClusterShown] = Field(description="What many ask for first.")
    asked_about: list[PassageAskedAboutShown] = Field(description="Passages of documents that are asked about most.")


class RequestReplyAsked(RequestBody):
    """An answer in your own words."""

    model_config = ConfigDict(json_schema_extra={"example": {"text": "Ask Lin: her pairs write one question down."}})

    text: Line = Field(description="Its author reads it at once.")


class RequestSettledAsked(RequestBody):
    """What became of your request."""

    model_config = ConfigDict(json_schema_extra={"example": {"answered": True}})

    answered: bool = Field(description="True: it is answered; false: you do not need it any more.")
