"""What kind of file some bytes are. The first bytes say it; names and what a sender claims are not believed, except of
text, which is written the same way whatever it is."""

from __future__ import annotations

from pathlib import PurePosixPath
from typing import Final

from service.domain.files import FileKind

_PICTURES: Final = (b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff", b"GIF87a", b"GIF89a")
_WEB_PAGES: Final = {".html", ".htm", ".xhtml"}
_MARKDOWN: Final = {".md", ".markdown", ".mdown"}
_CODE: Final = frozenset(
    "py js mjs ts tsx jsx java kt scala c h cc cpp hpp cs go rs rb php pl r m jl swift sql sh ps1 css scss json yaml "  # noqa: SIM905
    "yml toml xml ipynb tex lua hs ml ex erl clj lisp asm vhd v".split()
)


def kind_of(data: bytes, name: str) -> FileKind:
    """The kind. Whether the rest of the bytes keeps what the first promise is for its reader to find out."""
    if data[:1024].lstrip().startswith(b"%PDF"):
        return FileKind.PDF
    if data.startswith(_PICTURES) or (data[:4] == b"RIFF" and data[8:12] == b"WEBP"):
        return FileKind.PICTURE
    if data.startswith(b"PK\x03\x04"):
        return FileKind.WORD
    ending = PurePosixPath(name.lower()).suffix
    if ending in _WEB_PAGES or data[:512].lstrip().lower().startswith((b"<!doctype html", b"<html")):
        return FileKind.WEB_PAGE
    if ending in _MARKDOWN:
        return FileKind.MARKDOWN
    return FileKind.CODE if ending[1:] in _CODE else FileKind.PLAIN_TEXT
