"""Similar work, found while somebody waits: read in one transaction, thought about in none, named in another."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from pipelines.ports import IndexUnavailable
from pipelines.retrieval import Caps, Part, find
from pipelines.values import Shelf
from service.actions.work import similar
from service.actions.work.similar import Similar
from service.domain.errors import Unavailable
from service.domain.roles import Actor
from service.jobs.tools import Workshop


def searcher(shop: Workshop) -> Callable[..., list[Similar]]:
    """A search over this workshop. The embedder is loaded with the first question."""

    def search(
        actor: Actor,
        *,
        challenge: str | None,
        submission: str | None,
        text: str | None,
        limit: int,
        now: datetime,
    ) -> list[Similar]:
        with shop.sessions.reading() as session:
            asked = similar.question(session, actor, challenge=challenge, submission=submission, text=text, now=now)
        embedder = shop.embedder(actor.organization)
        part = Part(asked.text, embedder.embed([asked.text])[0])
        caps = Caps(per_document=1, per_author=0)
        try:
            found = find(Shelf.WORK, [part], asked.scope, shop.shelves, embedder, limit=limit, caps=caps)
        except IndexUnavailable as trouble:
            raise Unavailable(str(trouble)) from trouble
        with shop.sessions.reading() as session:
            return similar.named(session, found)

    return search
