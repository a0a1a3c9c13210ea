"""A bundle's body, kept in a file while it comes in, so that no transaction is open while a slow client sends.

Checks only that it is text: what a line says is for the import to judge, line by line.
"""

from __future__ import annotations

import codecs
import hashlib
import io
import re
import tempfile
from collections.abc import AsyncIterator, Iterator
from typing import IO, Annotated

from fastapi import Depends, Request

from service.actions.bundles import roster
from service.domain.errors import Invalid
from service.web import errors
from service.web.errors import RequestFault

NDJSON = "application/x-ndjson"
TAKEN = (NDJSON, "application/ndjson", "application/jsonl", "application/jsonlines")
CSV = "text/csv"
TABLES = (CSV, "text/tab-separated-values")
LARGEST_TABLE = 20_000_000
"""Bytes of a roster, which is held in memory as it is read: some hundred thousand people."""
IN_MEMORY = 1_000_000
"""Bytes; a larger bundle goes to a temporary file."""

_NO_TEXT = re.compile("[\x00\udc80-\udcff]")


class BundleBody:
    """The lines of a body. Can be read more than once, since a transaction may have to be."""

    def __init__(self, file: IO[bytes]) -> None:
        self._file = file

    def __iter__(self) -> Iterator[str]:
        self._file.seek(0)
        for number, line in enumerate(self._file):
            yield line.decode("utf-8-sig" if number == 0 else "utf-8")


async def _kept(request: Request) -> AsyncIterator[BundleBody]:
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind not in (*TAKEN, *TABLES):
        raise errors.wrong_media_type()
    if kind in TABLES:
        yield await _roster(request)
        return
    with tempfile.SpooledTemporaryFile(max_size=IN_MEMORY) as file:
        request.state.digest = await _keep(request, file)
        yield BundleBody(file)


async def _roster(request: Request) -> BundleBody:
    """A table of people, read as the lines that it stands for. Raises Invalid for a heading that is not understood."""
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > LARGEST_TABLE:
            raise errors.too_large()
    request.state.digest = hashlib.sha256(body).digest()
    read = "\n".join(roster.lines(roster.decoded(bytes(body))))
    _check(read, 1)
    return BundleBody(io.BytesIO(read.encode()))


async def _keep(request: Request, file: IO[bytes]) -> bytes:
    """Write the body into the file; its sha256. Raises Invalid for the first line that is not text."""
    digest, decoder, line = hashlib.sha256(), codecs.getincrementaldecoder("utf-8")("surrogateescape"), 1
    async for chunk in request.stream():
        line = _check(decoder.decode(chunk), line)
        digest.update(chunk)
        file.write(chunk)
    _check(decoder.decode(b"", final=True), line)
    return digest.digest()


def _check(text: str, line: int) -> int:
    found = _NO_TEXT.search(text)
    if found is not None:
        where = line + text.count("\n", 0, found.start())
        what = "NUL cannot be stored" if found[0] == "\x00" else "this is not UTF-8"
        raise Invalid(
            "The bundle is not plain text in UTF-8.", errors=[RequestFault(pointer=f"line:{where}", message=what)]
        )
    return line + text.count("\n")


BundleSent = Annotated[BundleBody, Depends(_kept)]
