"""Words that came out of a rich-text editor: known by its markup, and read as the text that its author saw. Pure.

What is kept has no tags, so that places are places in that text, and nobody reads `<p>`.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from html import escape, unescape
from typing import Final

import nh3

from service.domain.documents.markup import DROPPED
from service.domain.errors import Invalid
from service.domain.texts import storable

HTML: Final = "text/html"
PLAIN: Final = "text/plain"

_WORDS_MARK: Final = ("<!--[if !supportlists]-->", "<!--[endif]-->")
_PRE: Final = ("<pre", "</pre>")
_HEAD: Final = re.compile(r"</th>\s*</tr>", re.I)
_SPACE: Final = "\ue000"
"""Stands for a space that is kept, while others are folded: a sign of nobody's (a private use area)."""
_BREAKS: Final = re.compile(r"<(?:br|hr)\b[^>]*>", re.I)
_ITEM: Final = re.compile(r"<li>\s*(?:<(?:p|div)>)?", re.I)
_CELL: Final = re.compile(r"</t[dh]>\s*(?=<t[dh]\b)", re.I)
_IN_CELL: Final = re.compile(r"(<t[dh]>)(.*?)(?=</t[dh]>)", re.I | re.S)
_ROW: Final = re.compile(r"</tr>", re.I)
_BLOCK_ENDS: Final = re.compile(
    r"</?(?:p|div|section|article|blockquote|pre|ul|ol|table|figure|h[1-6])\b[^>]*>|</li>", re.I
)
_TAG: Final = re.compile(r"</?[a-z][^<>]*>|<!--[^<>]*-->", re.I)
_OPENED: Final = re.compile(r"<(?:div|section|article|blockquote|pre|ul|ol|table|figure|h[1-6])\b", re.I)
_CLOSED: Final = re.compile(r"</(?:div|section|article|blockquote|pre|ul|ol|table|figure|h[1-6])\b", re.I)
MOST_OPEN: Final = 200
"""Blocks that are opened and never closed, beyond which no markup is read any more: no editor nests so deep, and the
time to clean it grows with the square of the depth (40,000 take eleven seconds, 200 none that can be told)."""
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


def said(text: str) -> str:
    """What people say to each other, as its author saw it: of an editor's HTML the text, of all else every sign.
    Raises ValueError as `storable` does."""
    return as_text(storable(text)) if looks_like_an_editors(text) else storable(text)


def as_text(html: str) -> str:
    """Foreign HTML as plain text: paragraphs, items and rows on lines of their own, items with a dash, a line of dashes
    below the head of a table, code as it is laid out, no tag."""
    html = _between(html.replace(_SPACE, "").replace("\r\n", "\n"), _WORDS_MARK, lambda _: "- ")
    html = _between(html, _PRE, _laid_out)
    if len(_OPENED.findall(html)) - len(_CLOSED.findall(html)) > MOST_OPEN:
        html = _TAG.sub("\n", html)
    kept = nh3.clean(html.replace("\n", " "), tags=_TAKEN, clean_content_tags=DROPPED, attributes={})
    kept = _IN_CELL.sub(lambda cell: cell[1] + _BLOCK_ENDS.sub(" ", _BREAKS.sub(" ", cell[2])), kept)
    kept = _ROW.sub("\n", _HEAD.sub("</th></tr>---</tr>", kept))
    kept = _ITEM.sub("\n- ", _BREAKS.sub("\n", _CELL.sub(" | ", kept)))
    plain = unescape(_TAG.sub("", _BLOCK_ENDS.sub("\n\n", kept))).replace("\xa0", " ")
    lines = (" ".join(line.split()) for line in plain.split("\n"))
    text = re.sub(r"\n{3,}", "\n\n", "\n".join(lines))
    return re.sub(r"\n\n(?=- )", "\n", text).strip().replace(_SPACE, " ")


def _between(html: str, edges: tuple[str, str], put: Callable[[str], str]) -> str:
    """With something else in place of what stands from one edge to the other, which are in lower case; what is opened
    and not closed stays. In one pass: what is foreign may hold thousands of the first edge and none of the other."""
    low, parts, done = html.lower(), list[str](), 0
    if len(low) != len(html):  # some capital is written with two small letters
        low = "".join(one.lower() if len(one.lower()) == 1 else one for one in html)
    while (start := low.find(edges[0], done)) >= 0 and (end := low.find(edges[1], start)) >= 0:
        parts += [html[done:start], put(html[start:end])]
        done = end + len(edges[1])
    return "".join([*parts, html[done:]])


def _laid_out(block: str) -> str:
    inner = _TAG.sub("", block.partition(">")[2])
    lines = escape(unescape(inner), quote=False).strip("\n").expandtabs(4).replace(" ", _SPACE).split("\n")
    return f"<pre>{'<br>'.join(lines)}</pre>"
