"""The page on which those who review find work, feedback and people by words."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, ClassVar, Final
from urllib.parse import urlencode

from fastapi import Query

from service.actions.search import found
from service.actions.search.found import SearchHit
from service.store.tables import SearchKind
from service.web.pages.routes import Shown, pages
from service.web.pages.views import PageView
from service.web.pages.visits import ReadingVisit

router = pages()

A_PAGE: Final = 20
KINDS: Final = (("", "Everything"), ("work", "Work"), ("feedback", "Feedback"), ("person", "People"))


@dataclass(frozen=True)
class SearchPage(PageView):
    """What was found, and a form to search again. `more` leads to the next page; `ways` to the same of one kind."""

    template: ClassVar[str] = "search/words.html"
    query: str
    kind: str
    hits: tuple[SearchHit, ...]
    ways: tuple[tuple[str, str, str], ...]
    more: str
    longest: int = found.LONGEST


@router.get("/search")
def show_search(
    visit: ReadingVisit,
    q: Annotated[str, Query(max_length=found.LONGEST)] = "",
    kind: Annotated[str, Query(max_length=20)] = "",
    before: Annotated[int | None, Query(ge=1, le=999_999_999)] = None,
) -> Shown:
    only = SearchKind(kind) if kind in set(SearchKind) else None
    hits = found.find(visit.session, visit.actor, q, kind=only, before=before, limit=A_PAGE + 1)
    shown, name = tuple(hits[:A_PAGE]), only.value if only else ""
    more = _at(q, name, before=shown[-1].number) if len(hits) > A_PAGE else ""
    return SearchPage(q, name, shown, tuple((one, said, _at(q, one)) for one, said in KINDS), more)


def _at(q: str, kind: str, *, before: int = 0) -> str:
    asked = {"q": q, **({"kind": kind} if kind else {}), **({"before": before} if before else {})}
    return f"/search?{urlencode(asked)}"
