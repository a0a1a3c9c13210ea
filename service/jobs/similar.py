"""Similar work, found while somebody waits: read in one transaction, thought about in none, named in another."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from pipelines.ports import IndexUnavailable
from pipelines.retrieval import Caps, QueryPart, find
from pipelines.values import Shelf
from service.actions.work import similar
from service.actions.work.similar import Similar
from service.domain.errors import Unavailable
from service.domain.roles import Actor
from service.jobs.tools import JobTools


def searcher(tools: JobTools) -> Callable[..., list[Similar]]:
    """A search with these tools. The embedder is loaded with the first question."""

    def search(
        actor: Actor,
        *,
        challenge: str | None,
        submission: str | None,
        text: str | None,
        limit: int,
        now: datetime,
    ) -> list[Similar]:
        with tools.sessions.reading() as session:
            asked = similar.question(session, actor, challenge=challenge, submission=submission, text=text, now=now)
        embedder = tools.embedder(actor.organization)
        part = QueryPart(asked.text, embedder.embed([asked.text])[0])
        caps = Caps(per_document=1, per_author=0)
        try:
            found = find(Shelf.WORK, [part], asked.scope, tools.shelves, embedder, limit=limit, caps=caps)
        except IndexUnavailable as trouble:
            raise Unavailable(str(trouble)) from trouble
        with tools.sessions.reading() as session:
            return similar.named(session, found)

    return search
