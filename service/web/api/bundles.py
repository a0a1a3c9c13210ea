"""Bundles: many things at once, one JSON object a line."""

from __future__ import annotations

from typing import Any

from service.actions.bundles import take_in
from service.domain.access.keys import KeyScope
from service.web.bundles import NDJSON, BundleSent
from service.web.calls import Reading, Writing
from service.web.fields import ImportId
from service.web.needs import needs
from service.web.openapi import v1
from service.web.paging import Page, Sliced
from service.web.routes import BundleRoute
from service.web.schemas.bundles import ImportFault, ImportShown

router = v1("Imports", BundleRoute, reads=KeyScope.READ, writes=KeyScope.SUBMIT)

_EXAMPLE = '{"kind": "group", "id": "year-8", "name": "Year 8 geography", "parent": null}\n'
_BODY: dict[str, Any] = {
    "requestBody": {
        "required": True,
        "description": "One JSON object a line, in UTF-8; or a roster, a table of people with a line of headings.",
        "content": {
            NDJSON: {"schema": {"type": "string", "format": "binary"}, "example": _EXAMPLE},
        },
    }
}
_LINKS = {
    name: {"operationId": operation, "parameters": {"id": "$response.body#/id"}}
    for name, operation in (("status", "get_import"), ("errors", "list_import_errors"))
}


@router.post(
    "/imports", summary="Take in a bundle", status_code=202, responses={202: {"links": _LINKS}}, openapi_extra=_BODY
)
@needs(KeyScope.PEOPLE, KeyScope.SUBMIT)
def start_import(lines: BundleSent, call: Writing) -> ImportShown:
    """The bundle is kept at once and taken in line by line. A bad line costs only itself; see the import's errors.

    A roster (`text/csv`) has the columns id, name, group and, if wanted, role and language; commas, semicolons or tabs.
    Each row adds one part in one group, and takes nothing away."""
    run = take_in.start(call.session, call.actor, lines, now=call.now)
    call.headers["Location"] = f"/v1/imports/{run.id}"
    return ImportShown.of(run)


@router.get("/imports/{id}", summary="See how far an import is")
@needs(KeyScope.PEOPLE, KeyScope.SUBMIT)
def get_import(call: Reading, id: ImportId) -> ImportShown:
    """Lines taken in, and lines that could not be."""
    return ImportShown.of(take_in.status(call.session, call.actor, id))


@router.get("/imports/{id}/errors", summary="List the lines that could not be kept")
@needs(KeyScope.PEOPLE, KeyScope.SUBMIT)
def list_import_errors(call: Reading, id: ImportId, cut: Sliced) -> Page[ImportFault]:
    """In the order of lines."""
    rows = take_in.errors(call.session, call.actor, id, after=cut.after_number, limit=cut.wanted)
    return cut.page(call, rows, ImportFault.of, lambda row: str(row.line))
