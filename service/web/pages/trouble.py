"""An error as a page: what happened, and what to do next. Asks no database, since that may be the trouble."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

from service.web.errors import Problem, RequestFault
from service.web.pages import rendering
from service.web.pages.views import Frame, PageView


@dataclass(frozen=True)
class Trouble(PageView):
    """What went wrong."""

    template: ClassVar[str] = "trouble.html"
    heading: str
    detail: str
    faults: tuple[RequestFault, ...]
    request_id: str
    kind: str


_HEADINGS = {
    "not-found": "There is nothing here",
    "not-allowed": "This is not for you to do",
    "not-signed-in": "Please sign in again",
    "changed-since": "Somebody changed this meanwhile",
    "invalid": "Something is missing, or not as it should be",
    "too-many": "A little slower, please",
    "unavailable": "Peerloom is out of breath",
    "error": "Something went wrong on our side",
}


def page(problem: Problem) -> tuple[Mapping[str, str], str]:
    """The problem as a page: headers and HTML."""
    view = Trouble(
        _HEADINGS.get(problem.kind, problem.title),
        problem.detail,
        tuple(problem.errors),
        problem.request_id,
        problem.kind,
    )
    return rendering.headers(), rendering.render(view, Frame())
