"""Whether the process lives, and whether the service can work."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from service.web.fields import ResponseBody


class HealthShown(ResponseBody):
    """The process answers."""

    status: Literal["ok"] = Field(description="`ok`.")


class ReadyShown(ResponseBody):
    """Whether each part of the service answers."""

    status: Literal["ready", "not ready"] = Field(
        description="`ready` to answer requests, or `not ready`: the database is away."
    )
    parts: dict[str, str] = Field(description='Each part with "ok", or with what is wrong with it.')
