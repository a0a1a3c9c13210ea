"""Context documents as they are shown, and as they are taken in: markdown → safe HTML, foreign HTML → markdown. Pure.

Nothing here trusts a document: it may have been copied from anywhere.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache
from html import escape, unescape
from html.parser import HTMLParser
from typing import Any, Final

import nh3
from markdown_it import MarkdownIt
from markdown_it.token import Token

DEEPER: Final = 2
"""A page's own headings are the first two levels; a document's begin below."""

_BLOCKS: Final = {"p", "blockquote", "pre", "ul", "ol", "li", "hr", "table", "thead", "tbody", "tr", "th", "td"}
_INLINE: Final = {"strong", "em", "s", "code", "br", "a"}
_SHOWN: Final = _BLOCKS | _INLINE | {"h3", "h4", "h5", "h6"}
_TAKEN: Final = (
    _BLOCKS | _INLINE | {"h1", "h2", "h3", "h4", "h5", "h6", "b", "i", "div", "section", "article", "dt", "dd"}
)
_DROPPED: Final = {"script", "style", "title", "noscript", "template", "iframe", "object", "svg", "math", "select"}
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


MOST_TAGS: Final = 20_000
"""In one document: a book has fewer, and tags inside tags inside tags take time that grows with the square."""


def from_html(html: str) -> str:
    """Foreign HTML as markdown: headings, paragraphs, lists, tables, quotations, emphasis and links; nothing else.

    Raises ValueError for more tags than any text needs.
    """
    if html.count("<") > 2 * MOST_TAGS:
        raise ValueError("This page has more markup than text. Paste its text instead.")
    clean = nh3.clean(
        html, tags=_TAKEN, clean_content_tags=_DROPPED, attributes={"a": {"href"}, "ol": {"start"}}, link_rel=None
    )
    writer = _Writer()
    writer.feed(clean)
    writer.close()
    return writer.text()


_MARKS: Final = {"strong": "**", "b": "**", "em": "*", "i": "*", "s": "~~", "code": "`"}
_LOOKS_LIKE_A_BLOCK: Final = re.compile(r"^(#{1,6}(?=\s|$)|>|[-+*](?=\s|$)|=+$|```|~~~)")
_LOOKS_LIKE_A_NUMBER: Final = re.compile(r"^(\d{1,9})(?=[.)](?:\s|$))")


class _Writer(HTMLParser):
    """Writes markdown while it reads clean HTML. `lines` are finished blocks, `line` the one being written."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.blocks: list[str] = []
        self.line = ""
        self.lead = ""  # what the block begins with: `## `, `- `
        self.lists: list[int] = []  # numbers of ordered lists, 0 for bullets
        self.quotes = 0
        self.links: list[str] = []
        self.row: list[str] | None = None
        self.rows = 0
        self.raw: str | None = None  # inside <pre>

    def text(self) -> str:
        self._end()
        return "\n\n".join(block for block in self.blocks if block.strip()).strip() + "\n" if self.blocks else ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        if self.raw is not None:
            return
        if tag in _MARKS:
            self.line += _MARKS[tag]
        elif tag == "a":
            self.links.append(given.get("href") or "")
            self.line += "[" if _LINK.fullmatch(self.links[-1]) else ""
        elif tag == "br":
            self.line += " " if self.row is not None else "\n"
        else:
            self._begin(tag, given)

    def _begin(self, tag: str, given: dict[str, str | None]) -> None:
        if tag in ("td", "th"):
            self.line = ""
            return
        if self.row is None:
            self._end()
        if tag in ("ul", "ol"):
            start = given.get("start") or "1"
            self.lists.append(int(start) if tag == "ol" and start.isdecimal() and len(start) < 9 else int(tag == "ol"))
        elif tag == "li":
            self._item()
        elif re.fullmatch("h[1-6]", tag):
            self.lead = "#" * int(tag[1]) + " "
        elif tag == "blockquote":
            self.quotes += 1
        elif tag == "pre":
            self.raw = ""
        elif tag == "tr":
            self.row = []
        elif tag == "table":
            self.rows = 0
        elif tag == "hr":
            self.blocks.append("---")

    def _item(self) -> None:
        number = self.lists[-1] if self.lists else 0
        self.lead = "  " * min(8, max(0, len(self.lists) - 1)) + (f"{number}. " if number else "- ")
        if number:
            self.lists[-1] = number + 1

    def handle_endtag(self, tag: str) -> None:
        if self.raw is not None:
            if tag == "pre":
                self._fence()
        elif tag in _MARKS:
            self.line += _MARKS[tag]
        elif tag == "a" and self.links:
            href = self.links.pop()
            self.line += f"]({href})" if _LINK.fullmatch(href) else ""
        elif tag in ("td", "th") and self.row is not None:
            self.row.append(" ".join(self.line.split()).replace("|", "\\|"))
            self.line = ""
        elif tag == "tr" and self.row is not None:
            self._table_row()
        elif self.row is None:
            self._end()
            if tag in ("ul", "ol") and self.lists:
                self.lists.pop()
            self.quotes -= tag == "blockquote" and self.quotes > 0

    def handle_data(self, data: str) -> None:
        if self.raw is not None:
            self.raw += data
        else:
            self.line += re.sub(r"\s+", " ", data)

    def _table_row(self) -> None:
        cells = self.row or []
        self.row = None
        if not cells:
            return
        lines = f"| {' | '.join(cells)} |"
        if self.rows:
            self.blocks[-1] += "\n" + lines
        else:
            self.blocks.append(f"{lines}\n|{' --- |' * len(cells)}")
        self.rows += 1

    def _fence(self) -> None:
        inside = (self.raw or "").strip("\n")
        fence = "`" * max([3, *(len(run) + 1 for run in re.findall(r"`{3,}", inside))])
        self.blocks.append(f"{fence}\n{inside}\n{fence}")
        self.raw = None

    def _end(self) -> None:
        """Finish the block that is being written."""
        lines = [_plain(" ".join(line.split())) for line in self.line.split("\n")]
        body = "\n".join(line for line in lines if line)
        self.line = ""
        if not body:
            return
        if self.lead.startswith("#"):
            body = body.replace("\n", " ")
        lead, self.lead = self.lead, ""
        made = lead + body.replace("\n", "\n" + " " * len(lead))
        quoted = "> " * min(self.quotes, 8)
        made = "\n".join(quoted + line for line in made.split("\n")) if quoted else made
        if (
            lead.lstrip().startswith(("- ", *"123456789"))
            and self.blocks
            and _is_item(self.blocks[-1].rsplit("\n", 1)[-1])
        ):
            self.blocks[-1] += "\n" + made
        else:
            self.blocks.append(made)


def _plain(line: str) -> str:
    """A line that begins like a heading, a list or a quotation, and is none."""
    return _LOOKS_LIKE_A_NUMBER.sub(r"\1\\", _LOOKS_LIKE_A_BLOCK.sub(r"\\\1", line))


def _is_item(line: str) -> bool:
    return re.match(r"(> )*\s*(- |\d+\. )", line) is not None
