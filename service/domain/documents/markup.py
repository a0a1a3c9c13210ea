"""Context documents as they are shown, and as they are taken in: markdown → safe HTML, foreign HTML → markdown. Pure.

Nothing here trusts a document: it may have been copied from anywhere.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache
from html import escape, unescape
from typing import Any, Final

import nh3
from bs4.element import NavigableString, Tag
from markdown_it import MarkdownIt
from markdown_it.token import Token
from markdownify import MarkdownConverter

DEEPER: Final = 2
"""A page's own headings are the first two levels; a document's begin below."""

_BLOCKS: Final = {"p", "blockquote", "pre", "ul", "ol", "li", "hr", "table", "thead", "tbody", "tr", "th", "td"}
_INLINE: Final = {"strong", "em", "s", "code", "br", "a"}
_SHOWN: Final = _BLOCKS | _INLINE | {"h3", "h4", "h5", "h6"}
_TAKEN: Final = (
    (_BLOCKS | _INLINE | {"h1", "h2", "h3", "h4", "h5", "h6", "b", "i", "div", "section", "article", "dt", "dd"})
    - {"thead", "tbody"}  # the first row is the head
)
DROPPED: Final = {"script", "style", "title", "noscript", "template", "iframe", "object", "svg", "math", "select"}
_LINK: Final = re.compile(r"(?:https?://|mailto:)[^\s<>\"'()\\]+", re.I)


LONGEST_BLOCK: Final = 10_000
"""Characters without an empty line between; reading a longer stretch as markdown can take time that grows with the
square, and nobody writes one. A text with a longer one is shown as it is written."""


def to_html(markdown: str) -> str:
    """The document as HTML that can stand in any page: no picture, no script, no style, links to the web only."""
    if any(len(block) > LONGEST_BLOCK for block in re.split(r"\n[^\S\n]*\n", markdown)):
        return f"<pre>{escape(markdown)}</pre>"
    made = _reader().render(markdown)
    return nh3.clean(
        made,
        tags=_SHOWN,
        attributes={"a": {"href"}, "ol": {"start"}},
        attribute_filter=_only_web_links,
        url_schemes={"http", "https", "mailto"},
        link_rel="noopener noreferrer nofollow",
    )


def _only_web_links(tag: str, attribute: str, value: str) -> str | None:
    return value if attribute != "href" or _LINK.match(value) else None


@cache
def _reader() -> MarkdownIt:
    reader = MarkdownIt("commonmark", {"html": False, "maxNesting": 20}).enable(["table", "strikethrough"])
    reader.add_render_rule("image", _words_of_a_picture)
    reader.core.ruler.push("deeper_headings", _deeper)
    return reader


def _words_of_a_picture(renderer: Any, tokens: Sequence[Token], at: int, options: Any, env: Any) -> str:
    return escape(tokens[at].content)


def _deeper(state: Any) -> None:
    for token in state.tokens:
        if token.type in ("heading_open", "heading_close"):
            token.tag = f"h{min(6, int(token.tag[1]) + DEEPER)}"


def title_of(html: str) -> str:
    """What an HTML document calls itself; empty if it does not."""
    low = html.lower()
    start = low.find("<title")
    begin = low.find(">", start) + 1 if start >= 0 else 0
    end = low.find("</title", begin) if begin else -1
    return " ".join(unescape(html[begin:end]).split())[:255] if end >= 0 else ""


TOO_MUCH: Final = "This page has more markup than text. Paste its text instead."
MOST_TAGS: Final = 20_000
"""In one document: a book has fewer, and tags inside tags inside tags take time that grows with the square."""


def from_html(html: str) -> str:
    """Foreign HTML as markdown: headings, paragraphs, lists, tables, quotations, emphasis and links; nothing else.

    Raises ValueError for more tags, or more of them inside one another, than any text needs.
    """
    if html.count("<") > 2 * MOST_TAGS:
        raise ValueError(TOO_MUCH)
    clean = nh3.clean(
        html,
        tags=_TAKEN,
        clean_content_tags=DROPPED,
        attributes={"a": {"href"}, "ol": {"start"}},
        attribute_filter=_taken_attribute,
        link_rel=None,
    )
    try:
        text = _Writer().convert(clean.replace("&nbsp;", " ").replace("\xa0", " ")).strip()
    except RecursionError as deep:
        raise ValueError(TOO_MUCH) from deep
    return f"{text}\n" if text else ""


def _taken_attribute(tag: str, attribute: str, value: str) -> str | None:
    fits = _LINK.fullmatch(value) if attribute == "href" else re.fullmatch(r"\d{1,8}", value)
    return value if fits else None


_LOOKS_LIKE_A_BLOCK: Final = re.compile(r"^(#{1,6}(?=\s|$)|>|[-+*](?=\s|$)|=+$|```|~~~)")
_LOOKS_LIKE_A_NUMBER: Final = re.compile(r"^(\d{1,9})(?=[.)](?:\s|$))")


class _Writer(MarkdownConverter):
    """Words stay as they are, so that they can be quoted: only what would begin another block is escaped."""

    class Options(MarkdownConverter.DefaultOptions):
        autolinks = False
        bullets = "-"
        escape_asterisks = False
        escape_underscores = False
        heading_style = "atx"
        table_infer_header = True
        wrap = True
        wrap_width = None

    convert_dt = convert_dd = MarkdownConverter.convert_div  # markdown has no lists of definitions

    def process_text(self, el: NavigableString, parent_tags: set[str] | None = None) -> str:
        text: str = super().process_text(el, parent_tags)
        before = el.previous_sibling
        begins_a_line = before is None or (isinstance(before, Tag) and before.name not in _INLINE - {"br"})
        return _plain(text) if begins_a_line and "_noformat" not in (parent_tags or ()) else text

    def convert_li(self, el: Tag, text: str, parent_tags: set[str]) -> str:
        """As ever, but an item counts on from the last one: counting all before it takes time that grows so, too."""
        made = str(super().convert_li(el, text, parent_tags))
        if el.parent is not None and el.parent.name == "ol":
            el.parent["start"] = str(int(str(el.parent.get("start") or 1)) + 1)
            el.extract()
        return made

    def convert_td(self, el: Tag, text: str, parent_tags: set[str]) -> str:
        return str(super().convert_td(el, text.replace("|", "\\|"), parent_tags))

    convert_th = convert_td

    def convert_pre(self, el: Tag, text: str, parent_tags: set[str]) -> str:
        inside = el.get_text().strip("\n")
        fence = "`" * max([3, *(len(run) + 1 for run in re.findall(r"`{3,}", inside))])
        return f"\n\n{fence}\n{inside}\n{fence}\n\n"


def _plain(line: str) -> str:
    """A line that begins like a heading, a list or a quotation, and is none."""
    return _LOOKS_LIKE_A_NUMBER.sub(r"\1\\", _LOOKS_LIKE_A_BLOCK.sub(r"\\\1", line))
