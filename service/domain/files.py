"""Files that people send: which kinds there are, and what is known of one once it was read. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from service.domain.errors import Invalid


class FileKind(StrEnum):
    """What a file is, by what is in it; its name decides only how plain text is written."""

    PDF = "pdf"
    WORD = "word"
    WEB_PAGE = "web_page"
    MARKDOWN = "markdown"
    PLAIN_TEXT = "plain_text"
    CODE = "code"
    PICTURE = "picture"


MEDIA_TYPES: Final[Mapping[FileKind, str]] = {
    FileKind.PDF: "application/pdf",
    FileKind.WORD: "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    FileKind.WEB_PAGE: "text/html",
    FileKind.MARKDOWN: "text/markdown",
    FileKind.PLAIN_TEXT: "text/plain",
    FileKind.CODE: "text/plain",
    FileKind.PICTURE: "image/png",
}
"""What is said of a file when it is given back; of a picture, unless it is stored as another kind of picture."""

TAKEN: Final = "PDF, Word (.docx), web pages, Markdown, plain text, program code, and pictures (PNG, JPEG, WebP, GIF)"
"""What is taken in, for people."""

MOST_FILES: Final = 5
"""With one piece of work."""


MOST_UNUSED: Final = 30
"""Files that one person may have sent without handing them in; older ones are swept after a day."""


class UnreadableFile(Invalid):
    """This file cannot be taken in."""


@dataclass(frozen=True, slots=True)
class FileRead:
    """A file as it was read. `text` is all that can be quoted from it, empty where there is none; `data` is what is
    kept: the bytes as they were sent, but for a picture, which is drawn anew without what a camera wrote into it.
    `remarks` tell a person what was left out. `pages` is 0 where there is no such thing."""

    kind: FileKind
    media_type: str
    text: str
    data: bytes
    pages: int = 0
    remarks: tuple[str, ...] = ()
