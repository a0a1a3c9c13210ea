"""The trail of who did what."""

from __future__ import annotations

from typing import Annotated

from fastapi import Query

from service.actions.audit import trail
from service.domain.access.keys import KeyScope
from service.domain.audit import read_anchor
from service.web.calls import Reading
from service.web.openapi import v1
from service.web.paging import Page, Sliced
from service.web.schemas.audit import AuditCheckShown, AuditEntryShown

router = v1("Audit", reads=KeyScope.ADMIN, writes=KeyScope.ADMIN)


@router.get("/audit", summary="Read who did what")
def list_audit_entries(call: Reading, cut: Sliced) -> Page[AuditEntryShown]:
    """In order, from the first entry on. For a coordinator of the whole organization, and for keys that are not limited
    to some groups. People stand in it by pseudonym, with their name beside it while they are kept."""
    rows = trail.read(call.session, call.actor, after=cut.after_number, limit=cut.wanted)
    return cut.page(call, rows, AuditEntryShown.made, lambda seen: str(seen.number))


@router.get("/audit/check", summary="Check that the trail is whole")
def check_audit(
    call: Reading,
    anchor: Annotated[
        str | None, Query(max_length=100, description="An anchor that you kept: the trail must have it still.")
    ] = None,
) -> AuditCheckShown:
    """Reads all of it, and says what was changed, taken out, reordered or cut off."""
    anchors = [] if anchor is None else [read_anchor(anchor)]
    return AuditCheckShown.made(*trail.check(call.session, call.actor, anchors))
