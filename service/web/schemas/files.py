"""Files that go with work."""

from __future__ import annotations

from datetime import datetime

from pydantic import Field

from service.domain.files import FileKind
from service.web.fields import ResponseBody


class FileShown(ResponseBody):
    """A file that was handed in with work."""

    id: str = Field(description="Our id of it.")
    name: str = Field(description="What its sender called it.")
    kind: FileKind = Field(description="What it is, by what is in it.")
    media_type: str = Field(description="As which media type it is given back.")
    size: int = Field(description="Bytes.")
    pages: int = Field(description="Pages; 0 where there is no such thing.")
    remarks: list[str] = Field(description="What was left out in reading it, in words for people.")


class FileInFull(FileShown):
    """A file that waits to be handed in, and what was read from it."""

    text: str = Field(description="All that was read from it, to be sent as the work's `text`, mended or not.")
    sent_at: datetime = Field(description="When it was sent. One that is not handed in is forgotten a day later.")
