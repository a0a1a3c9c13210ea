"""Charts say in words what they draw, escape what they are given, and draw what the numbers are."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET

import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.web.pages.charts import ChartLine, ChartPart, Dot, Pin, length, lines, scatter, stacked

SVG = "{http://www.w3.org/2000/svg}"
HOSTILE = """</title><script>alert(1)</script>"'&<b onload=x>"""
counts = st.integers(0, 10_000)


def parsed(drawn: str) -> ET.Element:
    """As XML, which is stricter than a browser is."""
    return ET.fromstring(str(drawn).replace("<svg ", f'<svg xmlns="{SVG[1:-1]}" ', 1))  # noqa: S314


def widths(drawn: str) -> list[float]:
    return [float(one.attrib["width"]) for one in parsed(drawn).iter(f"{SVG}rect")]


def test_a_bars_parts_are_as_wide_as_their_shares_and_said_in_its_name() -> None:
    drawn = stacked(
        [ChartPart("Met", 3, "met"), ChartPart("Partly", 0, "partly"), ChartPart("Not yet", 1, "not-yet")],
        "Criterion k1",
    )
    assert widths(drawn) == [75, 25]
    assert parsed(drawn).attrib["aria-label"] == "Criterion k1: Met 3, Not yet 1"
    assert [one.text for one in parsed(drawn).iter(f"{SVG}title")] == ["Met: 3", "Not yet: 1"]


def test_a_bar_of_nothing_is_empty_and_says_so() -> None:
    drawn = stacked([ChartPart("Met", 0, "met")], "Criterion k1")
    assert widths(drawn) == []
    assert "nothing yet" in drawn


@given(st.lists(counts, max_size=6), st.integers(0, 50_000))
def test_no_bar_is_longer_than_its_whole(given: list[int], more: int) -> None:
    parts = [ChartPart(f"p{place}", count, "met") for place, count in enumerate(given)]
    whole = sum(given) + more
    assert sum(widths(stacked(parts, "All", whole=whole))) == pytest.approx(100 * sum(given) / (whole or 1), abs=0.1)


def test_a_length_is_a_share_of_the_longest() -> None:
    assert widths(length(2, 8, "answered", "Within a day")) == [25]
    assert widths(length(0, 0, "answered", "Within a day")) == []


def test_a_line_has_a_gap_where_nothing_is_known_and_a_single_value_is_still_seen() -> None:
    (path,) = parsed(lines([ChartLine("Kept", (0.0, 1.0, None, 0.5), "kept")], "By week")).iter(f"{SVG}path")
    assert path.attrib["d"] == "M0 39 L33.33 1 M100 20 L100 20"
    assert "Kept 50% at last" in lines([ChartLine("Kept", (0.0, 1.0, None, 0.5), "kept")], "By week")
    assert "unknown" in lines([ChartLine("Kept", (None,), "kept")], "By week")


def test_a_map_fills_its_square_by_one_measure_both_ways_and_letters_lead_somewhere() -> None:
    dots = [Dot(0, 0, "a", "One"), Dot(10, 0, "a", "Two"), Dot(5, 5, "b", "Three")]
    drawn = parsed(scatter(dots, [Pin(5, 5, "B", "#approach-b", "Approach B")], "Solutions"))
    places = [
        (one.attrib["cx"], one.attrib["cy"]) for one in drawn.iter(f"{SVG}circle") if "dot" in one.attrib["class"]
    ]
    assert places == [("9", "29.5"), ("91", "29.5"), ("50", "70.5")]
    (link,) = drawn.iter(f"{SVG}a")
    assert (link.attrib["href"], link.attrib["aria-label"]) == ("#approach-b", "Approach B")
    assert drawn.attrib["role"] == "group"


def test_one_dot_alone_stands_in_the_middle_and_a_map_of_nothing_is_blank() -> None:
    (dot,) = parsed(scatter([Dot(7, 7, "a", "One")], [], "Solutions")).iter(f"{SVG}circle")
    assert (dot.attrib["cx"], dot.attrib["cy"]) == ("50", "50")
    assert list(parsed(scatter([], [], "Solutions"))) == []


def test_words_never_become_markup_and_nothing_is_inline() -> None:
    drawn = [
        stacked([ChartPart(HOSTILE, 1, HOSTILE)], HOSTILE),
        lines([ChartLine(HOSTILE, (1.0, 0.0), HOSTILE)], HOSTILE),
        scatter([Dot(0, 0, HOSTILE, HOSTILE)], [Pin(0, 0, HOSTILE, HOSTILE, HOSTILE)], HOSTILE),
    ]
    for one in drawn:
        said = [
            *parsed(one).itertext(),
            *(value for element in parsed(one).iter() for value in element.attrib.values()),
        ]
        assert sum(HOSTILE in word for word in said) >= 3  # whole, as words
        tags = {element.tag.removeprefix(SVG) for element in parsed(one).iter()}
        assert tags <= {"svg", "rect", "title", "line", "path", "circle", "a", "text"}
        names = {name for element in parsed(one).iter() for name in element.attrib}
        assert not {name for name in names if name == "style" or re.match("on", name)}
