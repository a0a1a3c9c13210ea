"""Finding work, released feedback and people by words."""

from __future__ import annotations

from dataclasses import replace
from typing import Annotated, Final

from fastapi import Query

from service.actions.search import found
from service.domain.access.keys import KeyScope
from service.store.tables import SearchKind
from service.web.calls import Reading
from service.web.openapi import v1
from service.web.paging import Page, Sliced
from service.web.schemas.search import SearchHitShown

A_PAGE: Final = 50
"""Rows at most: each is read through for what to show of it."""

router = v1("Search", reads=KeyScope.READ, writes=KeyScope.ACT)


@router.get("/search", summary="Find work, feedback and people by words")
def find_by_words(
    call: Reading,
    cut: Sliced,
    q: Annotated[
        str, Query(max_length=found.LONGEST, description="Words, or their beginnings; all of them must be there.")
    ],
    kind: Annotated[SearchKind | None, Query(description="Only work, feedback, or people.")] = None,
) -> Page[SearchHitShown]:
    """For those who review and for platforms, of what they may read now: latest changed first. Other forms of a word
    are found where the database knows the language, and accents do not matter. Work that was taken back, one's own,
    and feedback that is not released are never found. A page has 50 at most."""
    cut = replace(cut, limit=min(cut.limit, A_PAGE))
    before = cut.after_number or None
    hits = found.find(call.session, call.actor, q, kind=kind, before=before, limit=cut.wanted)
    return cut.page(call, hits, SearchHitShown.model_validate, lambda one: str(one.number))
