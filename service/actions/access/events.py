"""What happened, for platforms that ask."""

from __future__ import annotations

from sqlalchemy.orm import Session

from service.domain.roles import Actor, require_organization_wide
from service.store import outbox
from service.store.tables import OutgoingEvent


def since(session: Session, actor: Actor, *, after: int, limit: int) -> list[OutgoingEvent]:
    """Events numbered above `after`, in order; none is ever passed over. Raises NotAllowed."""
    require_organization_wide(actor)
    outbox.number(session, actor.organization)
    return outbox.page(session, actor.organization, after=after, limit=limit)
