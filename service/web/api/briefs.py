"""What to take into a meeting on a challenge."""

from __future__ import annotations

from typing import Annotated

from fastapi import Query

from service.actions.briefs.shown import shown
from service.domain.access.keys import KeyScope
from service.domain.errors import Unavailable
from service.web.calls import Asking
from service.web.fields import ExternalId, Id
from service.web.openapi import v1
from service.web.schemas.briefs import BriefShown

router = v1("Overview", reads=KeyScope.READ, writes=KeyScope.ACT)


@router.get("/challenges/{id}/brief", summary="Prepare a meeting")
def get_brief(
    call: Asking,
    id: ExternalId,
    group: Annotated[Id | None, Query(description="Only this group and those below it.")] = None,
) -> BriefShown:
    """Approaches, common gaps, tensions, questions and people to call on, each with its passage. Quoted is only work
    that its author shows, as of now; other work counts in numbers."""
    if call.services.brief is None:
        raise Unavailable("Briefs are not set up here.")
    found = call.services.brief(call.actor, id, group=group)
    call.disclose(shown(call.actor, found))
    return BriefShown.of(found)
