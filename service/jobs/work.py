"""Similar work, found while somebody waits: read in one transaction, thought about in none, named in another.

Whoever asks need not be the process that finds: what is looked for and what was found go between them as plain values.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from pipelines.ports import IndexUnavailable
from pipelines.values import Shelf
from service.actions.work import similar
from service.actions.work.similar import FoundPassage, Similar, SimilarQuery
from service.domain.errors import Unavailable
from service.domain.roles import Actor
from service.jobs.tools import JobTools
from service.store.session import Sessions

if TYPE_CHECKING:  # a web process whose worker finds uses this file too, and need not load what thinks
    from pipelines.ports import Vectors

Finder = Callable[[SimilarQuery, int], Sequence[FoundPassage]]
"""Finds at most so many pieces of work that are like the query's text, under its scope. Raises Unavailable."""


def searcher(sessions: Sessions, find: Finder) -> Callable[..., list[Similar]]:
    """A search by whoever finds."""

    def search(
        actor: Actor,
        *,
        challenge: str | None,
        submission: str | None,
        text: str | None,
        limit: int,
        now: datetime,
    ) -> list[Similar]:
        with sessions.reading() as session:
            asked = similar.query(session, actor, challenge=challenge, submission=submission, text=text, now=now)
        found = find(asked, limit)
        with sessions.reading() as session:
            return similar.named(session, found)

    return search


def finder(tools: JobTools) -> Finder:
    """Finds with these tools. What thinks is imported, and the embedder loaded, with the first question."""

    def found(asked: SimilarQuery, limit: int) -> list[FoundPassage]:
        from pipelines.retrieval import Caps, QueryPart, find

        embedder = tools.embedder(asked.scope.organization)
        vector: Vectors = embedder.embed([asked.text])[0]
        caps = Caps(per_document=1, per_author=0)
        part = QueryPart(asked.text, vector)
        try:
            evidence = find(Shelf.WORK, [part], asked.scope, tools.shelves, embedder, limit=limit, caps=caps)
        except IndexUnavailable as trouble:
            raise Unavailable(str(trouble)) from trouble
        return [
            FoundPassage(one.item.document, one.item.text, one.item.start, one.item.end, float(one.dense))
            for one in evidence
        ]

    return found
