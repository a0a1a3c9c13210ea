"""A meeting prepared while somebody waits: read in one transaction, thought about in none."""

from __future__ import annotations

from collections.abc import Callable

from service.actions.briefs import facts as briefs_facts
from service.actions.briefs import meeting, wording
from service.actions.briefs.meeting import Prepared
from service.domain.roles import Actor
from service.store.session import Sessions


def briefing(sessions: Sessions) -> Callable[..., Prepared]:
    """Prepares a meeting on a challenge, in a model's words where there are some that fit; asks no model. Raises as
    `briefs_facts.gather`."""

    def prepare(actor: Actor, challenge: str, *, group: str | None) -> Prepared:
        with sessions.reading() as session:
            facts = briefs_facts.gather(session, actor, challenge, group=group)
            stored = wording.stored(session, facts.lens)
        return meeting.prepared(facts, stored)

    return prepare
