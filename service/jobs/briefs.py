"""Network, meeting brief and what was followed through: read in one transaction, thought about in none."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from service.actions.briefs import facts as briefs_facts
from service.actions.briefs import meeting, wording
from service.actions.briefs.meeting import Prepared
from service.actions.following import challenge as following_challenge
from service.actions.following.challenge import Followed
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


def briefing(sessions: Sessions) -> Callable[..., Prepared]:
    """Prepares a meeting on a challenge, in a model's words where there are some that fit; asks no model. Raises as
    `briefs_facts.gather`."""

    def prepare(actor: Actor, challenge: str, *, group: str | None) -> Prepared:
        with sessions.reading() as session:
            facts = briefs_facts.gather(session, actor, challenge, group=group)
            stored = wording.stored(session, facts.lens)
        return meeting.prepared(facts, stored)

    return prepare


def comparing_uptake(sessions: Sessions) -> Callable[..., Followed]:
    """Compares what became of feedback on a challenge. Raises as `following.gather`."""

    def compare(actor: Actor, challenge: str, *, group: str | None, now: datetime) -> Followed:
        with sessions.reading() as session:
            facts = following_challenge.gather(session, actor, challenge, group=group, now=now)
        return following_challenge.followed(facts)

    return compare
