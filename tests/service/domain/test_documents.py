"""Documents as they are shown and taken in, with hostile ones; and what changed between two."""

from __future__ import annotations

import re
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.domain.documents.diff import changes
from service.domain.documents.markup import from_html, to_html
from service.domain.worddiff import ChangeKind

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
