"""The network of people, drawn while somebody waits: read in one transaction, thought about in none."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from service.actions.network import facts as network_facts
from service.actions.network import mapping
from service.actions.network.mapping import NetworkMap
from service.domain.roles import Actor
from service.store.session import Sessions


def charting(sessions: Sessions) -> Callable[..., NetworkMap]:
    """Draws the network of the groups that an actor may see. Raises as `network_facts.gather`."""

    def chart(actor: Actor, *, group: str | None, now: datetime) -> NetworkMap:
        with sessions.reading() as session:
            facts = network_facts.gather(session, actor, group=group)
        return mapping.drawn(facts, now=now)

    return chart
