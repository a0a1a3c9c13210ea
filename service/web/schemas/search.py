"""What was found by words."""

from __future__ import annotations

from datetime import datetime

from pydantic import Field

from service.store.tables import SearchKind
from service.web.fields import ResponseBody


class SnippetPartShown(ResponseBody):
    """A stretch of a snippet."""

    text: str = Field(description="Its words, verbatim.")
    found: bool = Field(description="Whether it is what was searched for.")


class SearchHitShown(ResponseBody):
    """Something that was found."""

    kind: SearchKind = Field(description="`work`, released `feedback`, or a `person`.")
    id: str = Field(description="Your id of the submission, or of the person.")
    name: str = Field(description="Name of its author, or of the person.")
    title: str = Field(description="Title of the challenge; empty for a person.")
    draft: str = Field(description="Id of the draft beside which it is read; empty for a person.")
    at: datetime = Field(description="When it was handed in or released; for a person, since when they are known here.")
    snippet: list[SnippetPartShown] = Field(description="Words around what was found; none for a person.")
