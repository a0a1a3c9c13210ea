"""Documents as they are shown and taken in, with hostile ones; and what changed between two."""

from __future__ import annotations

import re
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.domain.documents.diff import changes
from service.domain.documents.markup import MOST_TAGS, from_html, to_html
from service.domain.texts.worddiff import ChangeKind

HOSTILE = [
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "![x](https://e.example/p.png)",
    "[a](javascript:alert(1))",
    "[a](JaVaScRiPt&colon;alert(1))",
    "[a](data:text/html,x)",
    "[m](/desk/x) [n](//e.example)",
    '<https://e.example/" onmouseover="x>',
    "<a href='/sign-in/x' style='position:fixed'>x</a>",
    "<svg/onload=alert(1)>",
    "<math><mi xlink:href=javascript:x>",
    "`<iframe srcdoc=x>`",
]


@pytest.mark.parametrize("text", HOSTILE)
def test_nothing_hostile_comes_through_however_it_came_in(text: str) -> None:
    for html in (to_html(text), to_html(from_html(text)), to_html(f"# {text}\n\n> {text}")):
        tags = re.findall(r"<\s*/?\s*([a-z0-9]+)((?:[^>\"]|\"[^\"]*\")*)>", html, re.I)
        assert {name for name, _ in tags} <= {"p", "a", "code", "h3", "blockquote", "em", "strong", "pre"}
        for _, attributes in tags:
            assert re.fullmatch(r'(\s(href="(https?:|mailto:)[^"]*"|rel="[^"]*"|title="[^"]*"))*', attributes), html


TAKEN_IN = {
    "<h1>A  b</h1><p>x <b>y</b>\nz<br>next</p>": "# A b\n\nx **y** z  \nnext",
    "<p># none</p><p>1. none</p><p>a<br>- none</p>": "\\# none\n\n1\\. none\n\na  \n\\- none",
    "<p>snake_case, 2 * 3 and [x](y) &lt;b&gt; - plain": "snake_case, 2 * 3 and [x](y) <b> - plain",
    "<ul><li>a<ul><li>b</ul><li>c</ul><ol start=3><li>d<li>e</ol>": "- a\n  - b\n- c\n\n3. d\n4. e",
    "<ol start=²><li>a</ol>": "1. a",
    "<table><thead><tr><th>A<th>B</thead><tr><td>1|2<td><b>3</b>": "| A | B |\n| --- | --- |\n| 1\\|2 | **3** |",
    "<blockquote><p>q<p>r</blockquote>": "> q\n>\n> r",
    "<pre>x\n```\n  y</pre><code>a`b</code>": "````\nx\n```\n  y\n````\n\n`` a`b ``",
    "<a href=https://e.x>https://e.x</a> <a href=/y>w</a> <a href=javascript:z>j</a>": "[https://e.x](https://e.x) w j",
    "<dl><dt>Word<dd>What it means</dl>": "Word\n\nWhat it means",
    "<p> <b> </b>": "",
}


@pytest.mark.parametrize(("html", "markdown"), TAKEN_IN.items())
def test_foreign_html_becomes_markdown_that_says_the_same(html: str, markdown: str) -> None:
    assert from_html(html) == (f"{markdown}\n" if markdown else "")


@pytest.mark.parametrize(
    ("around", "html"),
    [
        *(("ol", "<li>a"), ("ul", "<li>a"), ("table", "<li>a")),  # an item asks what it is in, a row too
        *(("table", "<tr><td>a"), ("div", "<tr><td>a"), ("table", "<thead><tr><td>a")),
        *(("div", "<b>a</b> "), ("div", "<p>a</p>")),  # and these do not
    ],
)
def test_four_times_as_many_tags_take_little_more_than_four_times_as_long(html: str, around: str) -> None:
    def takes(tags: int) -> float:
        begun = time.process_time()
        from_html(f"<{around}>" + html * (tags // html.count("<")))
        return time.process_time() - begun

    few = MOST_TAGS // 16
    assert takes(4 * few) < 9 * min(takes(few) for _ in range(3))  # 16 times where each tag looks at all


@pytest.mark.parametrize("html", ["<div>" * 20_000, "<b>" * 5_000, "<p>" * (2 * MOST_TAGS + 1)])
def test_a_page_that_is_mostly_tags_is_refused_in_words(html: str) -> None:
    with pytest.raises(ValueError, match="more markup than text"):
        from_html(html + "x")


@given(st.text(alphabet="ab .\n!", max_size=200), st.text(alphabet="ab .\n!", max_size=200))
def test_the_pieces_are_both_texts(before: str, after: str) -> None:
    pieces = changes(before, after)
    assert "".join(p.text for p in pieces if p.kind is not ChangeKind.ADDED) == before
    assert "".join(p.text for p in pieces if p.kind is not ChangeKind.REMOVED) == after


@pytest.mark.parametrize(("before", "after"), [("a\nb\n", "a\nc\n"), ("w ", "v w "), ("same words.\n", "same word.\n")])
def test_texts_that_repeat_themselves_are_compared_in_little_time(before: str, after: str) -> None:
    begun = time.process_time()
    changes(before * 20_000, after * 20_000)
    changes(before * 900, after * 900)
    assert time.process_time() - begun < 10
