"""What the API says of events."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from pydantic import Field

from service.web.fields import ResponseBody


class EventShown(ResponseBody):
    """Something that happened: ids and states, never anybody's words."""

    id: str = Field(description="Its id.")
    number: int = Field(description="Its place in the order of events: 1, 2, 3 …")
    name: str = Field(description="What happened, such as `draft.ready` or `feedback.released`.")
    data: dict[str, Any] = Field(description="To what: ids and states.")
    at: datetime = Field(description="When.")


class EventList(ResponseBody):
    """Some events, in order."""

    items: list[EventShown] = Field(description="The events after the one asked from.")
