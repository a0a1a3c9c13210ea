"""Erasure of people and work, and how long an organization keeps what."""

from __future__ import annotations

from typing import Annotated

from fastapi import Path, Query

from service.actions.erasure import begin, preview, retention
from service.domain.access.keys import KeyScope
from service.domain.erasure.erased import ErasureKind
from service.web.calls import Reading, Writing
from service.web.fields import Id, OwnId
from service.web.openapi import v1
from service.web.schemas.erasure import (
    ErasureAsked,
    ErasureList,
    ErasurePreviewShown,
    ErasureShown,
    RetentionAsked,
    RetentionShown,
)

router = v1("Erasure", reads=KeyScope.ADMIN, writes=KeyScope.ADMIN)

Kind = Annotated[ErasureKind, Query(description="What it is.")]
WhichId = Annotated[Id, Query(description="Its id.")]
ErasureId = Annotated[OwnId, Path(description="The erasure's id.")]


@router.post("/erasures", summary="Erase a person, work, a group, a challenge or the organization", status_code=202)
def erase(call: Writing, body: ErasureAsked) -> ErasureShown:
    """For a coordinator of the whole organization, and for keys that are not limited to some groups. It is hidden from
    everybody with this answer; a job takes the rest away, and `GET` tells how far it is."""
    return ErasureShown.of(begin.erase(call.session, call.actor, body.kind, body.id, now=call.now))


@router.get("/erasures/preview", summary="See what an erasure would take away")
def preview_erasure(call: Reading, kind: Kind, id: WhichId) -> ErasurePreviewShown:
    """Counted; nothing is changed. For whoever may erase."""
    return ErasurePreviewShown(counts=preview.would_go(call.session, call.actor, kind, id))


@router.get("/erasures", summary="List erasures")
def list_erasures(call: Reading) -> ErasureList:
    """There is one page. For whoever may erase."""
    return ErasureList(items=[ErasureShown.of(row) for row in preview.erasures(call.session, call.actor)])


@router.get("/erasures/{id}", summary="See how far an erasure is")
def get_erasure(call: Reading, id: ErasureId) -> ErasureShown:
    """For whoever may erase."""
    return ErasureShown.of(preview.erasure(call.session, call.actor, id))


@router.get("/retention", summary="Read how long the organization keeps what")
def get_retention(call: Reading) -> RetentionShown:
    """With what goes next. For whoever may erase."""
    return RetentionShown.of(retention.preview(call.session, call.actor, now=call.now))


@router.put("/retention", summary="Set how long the organization keeps what")
def put_retention(call: Writing, body: RetentionAsked) -> RetentionShown:
    """All of it. What has had its time by these rules goes within an hour; the answer says how much that is."""
    wish = retention.change(call.session, call.actor, body.wish(), now=call.now)
    return RetentionShown.of(retention.preview(call.session, call.actor, wish, now=call.now))
