"""Text of a PDF, by PDFium."""

from __future__ import annotations

from typing import Final

import pypdfium2

from service.domain.files import MEDIA_TYPES, FileKind, FileRead, UnreadableFile

MOST_PAGES: Final = 200
_HYPHEN_AT_LINE_END: Final = "\ufffe"
"""What PDFium gives for a hyphen that only parts a word at the end of a line."""


def read(data: bytes) -> FileRead:
    """Pages one after the other, with an empty line between. Raises UnreadableFile."""
    try:
        document = pypdfium2.PdfDocument(data)
    except pypdfium2.PdfiumError as error:
        locked = "assword" in str(error)
        raise UnreadableFile(
            "This PDF is locked by a password. Save it without one, and send it again."
            if locked
            else "This PDF is damaged: it cannot be opened. Save or print it anew as PDF, and send that."
        ) from error
    pages = len(document)
    if pages > MOST_PAGES:
        raise UnreadableFile(f"This PDF has {pages} pages; at most {MOST_PAGES} are read. Send the part that counts.")
    texts = [_text(document[number]) for number in range(pages)]
    empty = sum(not text for text in texts)
    return FileRead(
        FileKind.PDF,
        MEDIA_TYPES[FileKind.PDF],
        "\n\n".join(text for text in texts if text),
        data,
        pages,
        (_without_text(empty, pages),) if empty else (),
    )


def _text(page: pypdfium2.PdfPage) -> str:
    text: str = page.get_textpage().get_text_bounded()
    lines = text.replace("\r\n", "\n").replace("\r", "\n").replace(f"{_HYPHEN_AT_LINE_END}\n", "")
    return lines.replace(_HYPHEN_AT_LINE_END, "").strip()


def _without_text(empty: int, pages: int) -> str:
    if empty == pages:
        return "There is no text in this PDF, only pictures of it, as of a scan. What it says has to be typed as well."
    return f"{empty} of its {pages} pages hold no text, only pictures."
