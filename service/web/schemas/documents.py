"""Context documents: the organization's own texts."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal

from pydantic import ConfigDict, Field

from service.actions.documents.versions import DocumentWithText
from service.web.fields import Key, Name, RequestBody, ResponseBody, Work


class DocumentAsked(RequestBody):
    """A strategy, handbook, rubric or example. Another text is a new version."""

    model_config = ConfigDict(
        json_schema_extra={
            "example": {
                "title": "Observation handbook",
                "text": "# Before a visit\n\nAgree on one question before each visit.",
                "media_type": "text/markdown",
                "tags": ["observation"],
            }
        }
    )

    title: Name = Field(description="What people call it.")
    text: Work = Field(min_length=1, description="The text itself.")
    media_type: Literal["text/markdown", "text/plain", "text/html"] = Field(
        default="text/markdown", description="How to read it. HTML is kept as the markdown that it comes to."
    )
    tags: Annotated[list[Key], Field(max_length=100)] = Field(default=[], description="Words to find it by.")


class DocumentShown(ResponseBody):
    """A context document, without its text."""

    id: str = Field(validation_alias="external_id", description="The platform's id.")
    title: str = Field(description="What people call it.")
    media_type: str = Field(description="How to read it.")
    tags: list[str] = Field(description="Words to find it by.")
    version: int = Field(description="Grows with every other text.")
    created_at: datetime = Field(description="When it first came.")


class DocumentInFull(DocumentShown):
    """A context document with the text of its latest version."""

    text: str = Field(description="The text of the latest version.")

    @classmethod
    def with_text(cls, seen: DocumentWithText) -> DocumentInFull:
        return cls.mirror(seen.row, text=seen.text)
