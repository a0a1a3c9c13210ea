"""Work out of a rich-text editor is kept as the text that its author saw."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.domain.errors import Invalid
from service.domain.texts.rich import HTML, PLAIN, as_text, looks_like_an_editors, read, said

EDITORS = (
    "<p>We pair <b>teachers</b> across grades:&nbsp;Bo visits Ines on Tuesday.</p>"
    "<ul><li>Afterwards we talk.</li><li>Then: 3 &lt; 5</li></ul>"
)
PAGE = "<!doctype html>\n<html><body><main><p>My first page</p></main></body></html>"


def test_its_text_has_no_tag_and_keeps_paragraphs_and_items() -> None:
    told = "We pair teachers across grades: Bo visits Ines on Tuesday.\n- Afterwards we talk.\n- Then: 3 < 5"
    assert read(EDITORS, HTML) == told
    assert as_text("<div>One<br>two</div><div>three</div><script>alert(1)</script>") == "One\ntwo\n\nthree"
    assert as_text("<table><tr><td>Bo</td><td>Ines</td></tr><tr><td>Ines</td><td>Bo</td></tr></table>") == (
        "Bo | Ines\nInes | Bo"
    )


def test_what_an_editor_wrote_is_refused_where_nobody_said_what_it_is() -> None:
    with pytest.raises(Invalid, match="media_type text/html"):
        read(EDITORS, None)
    assert read(EDITORS, PLAIN) == EDITORS


@pytest.mark.parametrize(
    "text", [PAGE, "a < b and b > c", "Use <p> for paragraphs.", "<Bo> visits <Ines>", "", "<p>open"]
)
def test_other_work_with_tags_in_it_is_kept_as_it_is(text: str) -> None:
    assert not looks_like_an_editors(text)
    assert read(text, None) == text


@given(st.text(alphabet=st.sampled_from("<>/&;pbuli \n-a"), max_size=60))
def test_no_block_of_markup_is_left_of_any_markup(text: str) -> None:
    found = as_text(f"<p>{text}</p>")
    assert found == found.strip()
    assert "&lt;" in text or not looks_like_an_editors(found)


def test_tables_lists_and_code_are_laid_out_as_they_were_seen() -> None:
    table = (
        "<table><thead><tr><th>who</th><th>whom</th></tr></thead>"
        "<tbody><tr><td><p>Bo</p></td><td><p>Ines<br>Zhou</p></td></tr></tbody></table>"
    )
    assert as_text(table) == "who | whom\n---\nBo | Ines Zhou"
    nested = "<ul><li><p>One</p></li><li>Two<ul><li>Three</li></ul></li></ul>"
    assert as_text(nested) == "- One\n- Two\n- Three"
    code = '<p>So:</p><pre class="a b"><code class="c d">for a in b:\n    print(a &lt; 3)\n</code></pre>'
    assert as_text(code) == "So:\n\nfor a in b:\n    print(a < 3)"


def test_what_was_pasted_from_word_and_from_a_document_on_the_web_reads_as_it_did() -> None:
    item = (
        "<p class=MsoListParagraph style='text-indent:-18.0pt'><!--[if !supportLists]--><span style='color:red'>"
        "<span style='mso-list:Ignore'>·<span style='font:7.0pt \"Times New Roman\"'>&nbsp;&nbsp; </span></span></span>"
        "<!--[endif]-->{}<o:p></o:p></p>"
    )
    assert as_text(item.format("First") + item.format("Second")) == "- First\n- Second"
    docs = '<meta charset="utf-8"><b id="docs-internal"><p dir="ltr"><span>We pair.</span></p><br><p>Then.</p></b>'
    assert as_text(docs) == "We pair.\n\nThen."


@pytest.mark.parametrize(
    ("sent", "kept"),
    [
        ("<p>names <b>who</b>&nbsp;visits</p>", "names who visits"),
        ("<p></p>", ""),
        ("What does <p> mean?", "What does <p> mean?"),
        ("a < b", "a < b"),
    ],
)
def test_what_people_say_to_each_other_is_kept_as_they_saw_it(sent: str, kept: str) -> None:
    assert said(sent) == kept


def test_code_keeps_what_is_no_tag() -> None:
    assert as_text("<pre>if (a < b && c > d) { x }</pre>") == "if (a < b && c > d) { x }"


@pytest.mark.parametrize("opened", ["<pre>", "<div>", "<!--[if !supportLists]-->", "<table><tr><td>"])
def test_what_is_opened_thousands_of_times_and_never_closed_takes_no_time(opened: str) -> None:
    begun = time.process_time()
    as_text(opened * 20_000)
    assert time.process_time() - begun < 3.0  # with markup read at any depth: minutes
