"""A list of people pasted from a spreadsheet: shown with what it would change, then taken in."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Annotated, ClassVar

from fastapi import Form
from pydantic import BaseModel, Field

from service.actions.bundles import enrolling
from service.actions.bundles.enrolling import MOST, RosterLine, RosterRow
from service.domain.access.keys import KeyScope
from service.domain.errors import Invalid
from service.domain.roles import require_coordinator
from service.domain.texts import digest
from service.web import errors
from service.web.fields import typed
from service.web.pages.routes import Shown, pages
from service.web.pages.views import Goto, PageView
from service.web.pages.visits import ReadingVisit, WritingVisit

router = pages(writes=KeyScope.PEOPLE)

HERE = "/desk/people/roster"
COMES_TO: Mapping[RosterRow, str] = {
    RosterRow.ADDED: "new",
    RosterRow.JOINS: "joins the group",
    RosterRow.RENAMED: "has another name so far",
    RosterRow.CHANGED: "changes",
    RosterRow.THERE: "is there already",
    RosterRow.WRONG: "cannot be taken in",
}


class RosterSent(BaseModel):
    """As it was pasted. `do` is the button: look, or take what was looked at, which `seen` is the hash of."""

    table: Annotated[str, Field(max_length=200_000)] = ""
    seen: Annotated[str, Field(max_length=64)] = ""
    do: Annotated[str, Field(pattern="^(look|take)$")] = "look"


@dataclass(frozen=True)
class RosterPage(PageView):
    """The table, and what its rows come to, once it was looked at."""

    template: ClassVar[str] = "people/roster.html"
    table: str
    seen: str = ""
    rows: tuple[RosterLine, ...] = ()
    counts: Mapping[str, int] = field(default_factory=dict)
    changes: int = 0
    fault: str = ""
    most: int = MOST
    comes_to: Mapping[RosterRow, str] = field(default_factory=lambda: COMES_TO)


@router.get(HERE)
def roster(visit: ReadingVisit) -> Shown:
    require_coordinator(visit.actor)
    return RosterPage("")


@router.post(HERE)
def send_roster(visit: WritingVisit, sent: Annotated[RosterSent, Form()]) -> Shown:
    table = typed(sent.table)
    taken = sent.do == "take" and sent.seen == digest(table)  # what was changed since is looked at first
    act = enrolling.take if taken else enrolling.preview
    with errors.Caught(Invalid) as caught:
        rows = act(visit.session, visit.actor, table, now=visit.now)
    if caught.error is not None:
        visit.status = errors.KINDS["invalid"].status
        return RosterPage(table, fault=str(caught.error))
    if taken:
        return Goto("/desk/people", said="roster-taken")
    found = Counter(one.outcome for one in rows)
    counts = {COMES_TO[one]: found[one] for one in RosterRow if found[one]}
    changes = sum(found[one] for one in (RosterRow.ADDED, RosterRow.JOINS, RosterRow.RENAMED, RosterRow.CHANGED))
    return RosterPage(table, digest(table), rows, counts, changes)
