"""Files that go with learners' solutions."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import Query, Response

from service.actions.work import files, submit
from service.domain.access.keys import KeyScope
from service.web.calls import Attachment, Reading, Writing
from service.web.fields import ExternalId, FileId, Id
from service.web.files import FIELD, MULTIPART, FileSent
from service.web.openapi import v1
from service.web.routes import FileRoute
from service.web.schemas.files import FileInFull

router = v1("Submissions", FileRoute, reads=KeyScope.READ, writes=KeyScope.SUBMIT)
reading_router = v1("Submissions", reads=KeyScope.READ, writes=KeyScope.SUBMIT)

_FORM: dict[str, Any] = {
    "requestBody": {
        "required": True,
        "content": {
            MULTIPART: {
                "schema": {
                    "type": "object",
                    "required": [FIELD],
                    "properties": {
                        FIELD: {"type": "string", "format": "binary", "description": "The file, with its name."}
                    },
                },
                "example": {FIELD: "plan.pdf"},
            }
        },
    }
}
_BYTES: dict[int | str, dict[str, Any]] = {
    200: {
        "description": "The file, as an attachment.",
        "content": {"application/octet-stream": {"schema": {"type": "string", "format": "binary"}}},
    }
}
Owner = Annotated[
    Id | None, Query(description="Id of the person whose work it is to go with; a person's token may leave it out.")
]


@router.post("/files", summary="Send a file, and have its text read", status_code=201, openapi_extra=_FORM)
def send_file(file: FileSent, call: Writing, person: Owner = None) -> FileInFull:
    """PDF, Word, web pages, Markdown, text, code and pictures. Hand it in within a day: name its `id` in a submission's
    `files`, and send `text`, mended where that is needed, as the submission's. The same file again changes nothing."""
    row = files.keep(call.session, call.actor, person, file.name, file.sent, file.read, now=call.now)
    return FileInFull.of(row)


@reading_router.get(
    "/submissions/{id}/files/{file}",
    summary="Fetch a file",
    response_class=Response,
    response_model=None,
    responses=_BYTES,
)
def get_file(call: Reading, id: ExternalId, file: FileId) -> Attachment:
    """For whoever may read the submission. A picture comes without what a camera wrote into it."""
    row = files.content(call.session, submit.get(call.session, call.actor, id), file)
    return Attachment(row.name, row.media_type, row.data)
