"""Challenges."""

from __future__ import annotations

from service.actions.challenges import archiving, outward, setting
from service.actions.drafts import read
from service.domain.access.keys import KeyScope
from service.store.tables import Challenge
from service.web.calls import Reading, Writing
from service.web.fields import ExternalId
from service.web.openapi import made, v1
from service.web.paging import Page, Sliced
from service.web.schemas.challenges import ChallengeAsked, ChallengeShown

router = v1("Challenges", reads=KeyScope.READ, writes=KeyScope.SUBMIT)


@router.put("/challenges/{id}", summary="Make or change a challenge", responses=made(ChallengeShown))
def put_challenge(call: Writing, id: ExternalId, body: ChallengeAsked) -> ChallengeShown:
    """Drafts made against other words than these become stale."""
    row, created = setting.write_challenge(call.session, call.actor, id, body.wish(), now=call.now)
    call.made(created)
    return ChallengeShown.of(outward.challenges(call.session, call.actor, [row])[0])


@router.get("/challenges/{id}", summary="Read a challenge")
def get_challenge(call: Reading, id: ExternalId) -> ChallengeShown:
    """A learner reads neither its reference solution nor its notes."""
    row = setting.get(call.session, call.actor, id)
    return ChallengeShown.of(outward.challenges(call.session, call.actor, [row])[0])


@router.delete("/challenges/{id}", summary="Archive a challenge", status_code=204)
def archive_challenge(call: Writing, id: ExternalId) -> None:
    """It is over: it takes no more work, nothing on it waits for anybody, and learners are not asked to do it. What was
    handed in and said stays, and can be read. To have all of it gone, erase it (`POST /v1/erasures`)."""
    archiving.archive(call.session, call.actor, id, now=call.now)


@router.post("/challenges/{id}/bring-back", summary="Bring an archived challenge back")
def bring_challenge_back(call: Writing, id: ExternalId) -> ChallengeShown:
    """It is as it was before; what waited waits again. A `PUT` does not do this."""
    row = archiving.bring_back(call.session, call.actor, id, now=call.now)
    return ChallengeShown.of(outward.challenges(call.session, call.actor, [row])[0])


@router.get("/challenges", summary="List challenges")
def list_challenges(call: Reading, cut: Sliced) -> Page[ChallengeShown]:
    """For facilitators and platforms."""
    rows = read.page(call.session, call.actor, Challenge, after=cut.after, limit=cut.wanted)
    seen = outward.challenges(call.session, call.actor, rows)
    return cut.page(call, seen, ChallengeShown.of, lambda one: one.row.id)
