"""Work that came out of a rich-text editor: known by its markup, and read as the text that its author saw. Pure.

What is kept has no tags, so that places are places in that text, and nobody reads `<p>`.
"""

from __future__ import annotations

import re
from html import unescape
from typing import Final

import nh3

from service.domain.documents.markup import DROPPED
from service.domain.errors import Invalid

HTML: Final = "text/html"
PLAIN: Final = "text/plain"

_BREAKS: Final = re.compile(r"<(?:br|hr)\b[^>]*>", re.I)
_ITEM: Final = re.compile(r"<li\b[^>]*>", re.I)
_CELL: Final = re.compile(r"</t[dh]>\s*(?=<t[dh]\b)", re.I)
_BLOCK_ENDS: Final = re.compile(
    r"</?(?:p|div|section|article|blockquote|pre|ul|ol|table|thead|tbody|figure|h[1-6])\b[^>]*>|</(?:li|tr)>", re.I
)
_TAG: Final = re.compile(r"<[^>]*>")
_BLOCKS: Final = {"p", "div", "blockquote", "ul", "ol", "li", "table", "thead", "tbody", "tr", "td", "th", "hr"}
_HEADINGS: Final = {"h1", "h2", "h3", "h4", "h5", "h6"}
_TAKEN: Final = _BLOCKS | _HEADINGS | {"section", "article", "pre", "figure", "br"}
_EDITORS: Final = _BLOCKS | _HEADINGS | {"br", "b", "strong", "i", "em", "u", "s", "a", "span", "sub", "sup", "img"}
_NAME: Final = re.compile(r"</?([a-z][a-z0-9]*)\b[^<>]*>", re.I)
_BLOCK: Final = "(?:p|div|ul|ol|h[1-6]|blockquote|table)"
_FRAMED: Final = re.compile(rf"\s*<{_BLOCK}\b[^<>]*>.*</{_BLOCK}>\s*", re.I | re.S)

ASK: Final = (
    "This looks like the HTML of a rich-text editor. Send it with media_type text/html to have its text taken out, or "
    "with text/plain if its tags are what was written."
)


def read(text: str, media_type: str | None) -> str:
    """The text as its author saw it. Raises Invalid where nothing was said of its kind, and it is an editor's HTML."""
    if media_type == HTML:
        return as_text(text)
    if media_type is None and looks_like_an_editors(text):
        raise Invalid(ASK)
    return text


def looks_like_an_editors(text: str) -> bool:
    """Whether all of it stands in blocks of markup, and in no other tags than such editors write. A page's source,
    which somebody may hand in as their work, has others."""
    return bool(_FRAMED.fullmatch(text)) and {name.lower() for name in _NAME.findall(text)} <= _EDITORS


def as_text(html: str) -> str:
    """Foreign HTML as plain text: paragraphs and items on lines of their own, items with a dash, no tag."""
    kept = nh3.clean(html.replace("\n", " "), tags=_TAKEN, clean_content_tags=DROPPED, attributes={})
    kept = _ITEM.sub("\n- ", _BREAKS.sub("\n", _CELL.sub(" | ", kept)))
    plain = unescape(_TAG.sub("", _BLOCK_ENDS.sub("\n\n", kept))).replace("\xa0", " ")
    lines = (" ".join(line.split()) for line in plain.split("\n"))
    text = re.sub(r"\n{3,}", "\n\n", "\n".join(lines))
    return re.sub(r"\n\n(?=- )", "\n", text).strip()
