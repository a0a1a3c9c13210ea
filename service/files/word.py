"""Text of a Word document (.docx), by mammoth: headings, lists, tables and emphasis stay, as Markdown."""

from __future__ import annotations

import io
import zipfile
import zlib
from typing import Any, Final

import mammoth

from service.domain.documents import markup
from service.domain.files import MEDIA_TYPES, FileKind, FileRead, UnreadableFile

MOST_UNPACKED: Final = 100_000_000
"""Bytes. A document of 350 kB can be made that unpacks to 240 MB."""
MOST_PARTS: Final = 2_000
_HEAD: Final = 4_096
BODY: Final = "word/document.xml"


def read(data: bytes) -> FileRead:
    """Its text; pictures are left out, and it says so. Raises UnreadableFile."""
    _check(data)
    pictures: list[str] = []

    def leave_out(picture: Any) -> list[Any]:
        pictures.append(picture.content_type)
        return []

    try:
        made = mammoth.convert_to_html(io.BytesIO(data), convert_image=leave_out, external_file_access=False)
        text = markup.from_html(made.value)
    except MemoryError:
        raise
    except Exception as error:  # a parser of foreign XML fails in as many ways as there are files
        raise UnreadableFile("This Word document is damaged: it cannot be opened. Save it anew as .docx.") from error
    remarks = (f"{len(pictures)} pictures in it are not read.",) if pictures else ()
    return FileRead(FileKind.WORD, MEDIA_TYPES[FileKind.WORD], text.strip(), data, remarks=remarks)


def _check(data: bytes) -> None:
    """Look at the archive's own list before anything is unpacked."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            parts = archive.infolist()
            declares = BODY in archive.namelist() and b"<!DOCTYPE" in archive.open(BODY).read(_HEAD)
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, ValueError, OverflowError) as error:
        raise UnreadableFile(
            "This file is a damaged archive. Word documents are read if they are saved as .docx."
        ) from (error)
    if BODY not in {part.filename for part in parts}:
        raise UnreadableFile("This is an archive, and no Word document. Send the files in it one by one.")
    if declares:  # no word processor writes one, and what it declares may stand for gigabytes
        raise UnreadableFile("This Word document declares entities, which none needs. Save it anew as .docx.")
    if len(parts) > MOST_PARTS or sum(part.file_size for part in parts) > MOST_UNPACKED:
        raise UnreadableFile("This Word document unpacks to more than any text needs. Save it without its pictures.")
