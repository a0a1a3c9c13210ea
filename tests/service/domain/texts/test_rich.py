"""Work out of a rich-text editor is kept as the text that its author saw."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.domain.errors import Invalid
from service.domain.texts.rich import HTML, PLAIN, as_text, looks_like_an_editors, read

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
        "Bo | Ines\n\nInes | Bo"
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
