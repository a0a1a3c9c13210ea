"""Plain text, Markdown, code and web pages: which characters the bytes stand for."""

from __future__ import annotations

import codecs
import re
from typing import Final

from charset_normalizer import from_bytes

from service.domain.documents import markup
from service.domain.files import MEDIA_TYPES, TAKEN, FileKind, FileRead, UnreadableFile

_MARKS: Final = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_SAMPLE: Final = 200_000
"""Bytes that are looked at to find the encoding."""
_NOT_WRITTEN: Final = re.compile("[\x00-\x08\x0e-\x1a\x1c-\x1f\ufffe\uffff]")


def read(data: bytes, kind: FileKind) -> FileRead:
    """The text, with line ends as one character. Raises UnreadableFile for bytes that are no text."""
    text = _decoded(data).replace("\r\n", "\n").replace("\r", "\n")
    if _NOT_WRITTEN.search(text):
        raise _no_text()
    if kind is FileKind.WEB_PAGE:
        try:
            text = markup.from_html(text)
        except ValueError as error:
            raise UnreadableFile(str(error)) from error
    return FileRead(kind, MEDIA_TYPES[kind], text, data)


def _decoded(data: bytes) -> str:
    encoding = next((name for mark, name in _MARKS if data.startswith(mark)), "utf-8")
    try:
        return data.decode(encoding)
    except UnicodeDecodeError:
        pass
    found = None if b"\x00" in data else from_bytes(data[:_SAMPLE]).best()
    if found is None:
        raise _no_text()
    try:
        return data.decode(found.encoding)
    except UnicodeDecodeError as error:
        raise _no_text() from error


def _no_text() -> UnreadableFile:
    return UnreadableFile(f"This file is of a kind that is not taken in. What is: {TAKEN}.")
