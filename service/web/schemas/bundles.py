"""Imports: bundles being taken in."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from pydantic import Field

from service.web.fields import ResponseBody


class ImportShown(ResponseBody):
    """A bundle being taken in."""

    id: str = Field(description="The import's id.")
    state: Literal["running", "finished"] = Field(description="`running` or `finished`.")
    lines: int = Field(description="Lines in the bundle.")
    kept: int = Field(description="Lines taken in so far.")
    failed: int = Field(description="Lines that could not be kept; see its errors.")
    created_at: datetime = Field(description="When it came.")
    finished_at: datetime | None = Field(description="When its last line was taken in.")


class ImportFault(ResponseBody):
    """A line that could not be kept."""

    line: int = Field(description="Number of the line, from 1.")
    kind: str = Field(description="The kind of problem, for programs.")
    message: str = Field(description="What is wrong with it, without its text.")
