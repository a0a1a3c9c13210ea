"""A file in a form's body: taken in, and read, before there is a transaction. And one that is fetched again.

Reading a file may take seconds, in which nothing in the database may be held for it.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import Annotated, Final

from fastapi import Depends, Request
from sqlalchemy.orm import Session
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import FormData, UploadFile

from service.actions.work import files, submit
from service.domain import texts
from service.domain.errors import Invalid, PeerloomError, Unavailable
from service.domain.files import FileKind, FileRead
from service.domain.roles import Actor
from service.web import errors
from service.web.calls import Attachment
from service.web.errors import RequestFault
from service.web.services import Services

MULTIPART: Final = "multipart/form-data"
FIELD: Final = "file"
_LONGEST_NAME: Final = 255


@dataclass(frozen=True, slots=True)
class FileBody:
    """A file that was sent, and what is in it."""

    name: str
    sent: bytes
    read: FileRead


def of_work(session: Session, actor: Actor, submission: str, file: str) -> Attachment:
    """A file that came with work, for whoever may read that; a picture is seen where it stands. Raises NotFound."""
    row = files.content(session, submit.get(session, actor, submission), file)
    return Attachment(row.name, row.media_type, row.data, inline=row.kind is FileKind.PICTURE)


async def file_of(request: Request, form: FormData) -> FileBody | None:
    """The form's file, read; None where none was chosen. Raises Invalid (the name), UnreadableFile, Unavailable."""
    file = form.get(FIELD)
    if not isinstance(file, UploadFile) or not file.filename:
        return None
    services: Services = request.app.state.services
    if services.files is None:
        raise Unavailable("Files are not taken in here. Send the text.")
    name, data = _name(file.filename), await file.read()
    return FileBody(name, data, await run_in_threadpool(services.files, data, name))


def _name(sent: str) -> str:
    """The last part of what the browser calls the file: some send whole paths."""
    last = sent.replace("\\", "/").rpartition("/")[2]
    with errors.Caught(ValueError) as caught:
        return texts.name(last)[-_LONGEST_NAME:]
    raise Invalid(f"The file's name {caught.error}. Rename it, and send it again.")


async def _needed(request: Request) -> FileBody:
    if request.headers.get("content-type", "").partition(";")[0].strip().lower() != MULTIPART:
        raise errors.wrong_media_type()
    async with request.form(max_files=1, max_fields=10) as form:
        found = await file_of(request, form)
    if found is None:
        raise Invalid(errors=[RequestFault(pointer=f"/{FIELD}", message=f"Send the file as a part named `{FIELD}`.")])
    request.state.digest = hashlib.sha256(found.name.encode() + b"\x00" + found.sent).digest()
    return found


async def _chosen(request: Request) -> FileBody | PeerloomError | None:
    with errors.Caught(PeerloomError) as caught:
        return await file_of(request, await request.form())
    return caught.error if isinstance(caught.error, PeerloomError) else None


FileChosen = Annotated[FileBody | PeerloomError | None, Depends(_chosen)]
"""A file that a page's form may hold; an error says, for the page to show, why it is not taken."""
FileSent = Annotated[FileBody, Depends(_needed)]
