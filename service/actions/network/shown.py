"""Who is told that their name stands in a file of the network. No work is in it: names, groups, challenges and ties."""

from __future__ import annotations

from datetime import datetime

from service.actions.network.mapping import NetworkMap
from service.domain.roles import Actor
from service.store.disclosures import DisclosedTo, Showing
from service.store.tables import DisclosureKind


def taken(actor: Actor, seen: NetworkMap, *, now: datetime | None = None) -> list[Showing]:
    """Everybody in the file. With `now`, nobody whom this reader's files told of on the same day: the drawing of the
    map is fetched anew with each look at the page, and can be kept."""
    told = DisclosedTo(DisclosureKind.EXPORT, seen.facts.within, actor.person)
    since = now.replace(hour=0, minute=0, second=0, microsecond=0) if now else None
    return [Showing(told, people=frozenset(one.id for one in seen.open), since=since)]
