"""Drafts: the list, the next one, and one in full."""

from __future__ import annotations

from typing import Annotated

from fastapi import Depends, Query

from service.actions.desk import in_full, others, sheet
from service.actions.drafts import outward, read
from service.actions.drafts.read import DraftFilter
from service.domain.access.keys import KeyScope
from service.domain.drafts import DraftState
from service.domain.errors import NotFound
from service.store.tables import DraftRow
from service.web.calls import Reading, tag
from service.web.fields import DraftId, Id, OwnId
from service.web.openapi import v1
from service.web.paging import Page, Sliced
from service.web.schemas.drafts import DraftDetail, DraftShown, EvidenceSheetShown

router = v1("Drafts", reads=KeyScope.READ, writes=KeyScope.ACT)

_ETAG = {"ETag": {"$ref": "#/components/headers/ETag"}}


async def _filter(
    state: Annotated[
        list[DraftState], Query(max_length=20, description="Only drafts in one of these states; repeatable.")
    ] = [],  # noqa: B006 - FastAPI copies it
    group: Annotated[Id | None, Query(description="Only drafts reviewed in this group.")] = None,
    challenge: Annotated[Id | None, Query(description="Only drafts on this challenge.")] = None,
    submission: Annotated[Id | None, Query(description="Only drafts on this submission.")] = None,
    stale: Annotated[bool | None, Query(description="Only those whose challenge has changed, or has not.")] = None,
    mine: Annotated[bool, Query(description="Only those that you have claimed.")] = False,
) -> DraftFilter:
    return DraftFilter(tuple(state), group, challenge, submission, stale, mine)


FilteredDrafts = Annotated[DraftFilter, Depends(_filter)]


@router.get("/drafts", summary="List drafts")
def list_drafts(call: Reading, wanted: FilteredDrafts, cut: Sliced) -> Page[DraftShown]:
    """Oldest first, without anybody's words."""
    rows = read.drafts(call.session, call.actor, wanted, after=cut.after, limit=cut.wanted)
    return cut.page(call, outward.drafts(call.session, call.actor, rows), DraftShown.of, lambda seen: seen.row.id)


@router.get("/drafts/next", summary="Which draft to look at next", responses={200: {"headers": _ETAG}})
def next_draft(
    call: Reading,
    wanted: FilteredDrafts,
    skip: Annotated[list[OwnId], Query(max_length=100, description="Drafts to pass over; repeatable.")] = [],  # noqa: B006 - FastAPI copies it
) -> DraftDetail:
    """One that nobody else is at; what is stuck comes first. 404 when nothing waits."""
    row = read.next_draft(call.session, call.actor, wanted, skip=skip, now=call.now)
    if row is None:
        raise NotFound("Nothing waits for a decision.")
    call.headers["ETag"] = tag(row.version)
    return _in_full(call, row)


@router.get("/drafts/{id}/readings", summary="Read a draft's evidence sheet", responses={200: {"headers": _ETAG}})
def get_readings(call: Reading, id: DraftId) -> EvidenceSheetShown:
    """Where the work speaks of each criterion, what the organization says on it, and how people read it so far."""
    found = sheet.sheet(call.session, call.actor, id)
    call.headers["ETag"] = tag(found.version)
    call.disclose(others.on_sheet(call.session, call.actor, found))
    return EvidenceSheetShown.of(found)


@router.get("/drafts/{id}", summary="Read a draft in full", responses={200: {"headers": _ETAG}})
def get_draft(call: Reading, id: DraftId) -> DraftDetail:
    """With its evidence, findings and the exact prompt. Approve what you read by its `text_hash`."""
    row = read.draft(call.session, call.actor, id)
    call.headers["ETag"] = tag(row.version)
    return _in_full(call, row)


def _in_full(call: Reading, row: DraftRow) -> DraftDetail:
    full = in_full.draft(call.session, call.actor, row)
    call.disclose(others.in_full(call.session, call.actor, full))
    return DraftDetail.of_all(full)
