"""Where two documents say otherwise than each other, a draft quotes neither, and the facilitator reads both lines."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import pytest

from pipelines.adapters.hashing import HashingEmbedder
from pipelines.disputed import between
from pipelines.evaluation.drafts import KnownWork, KnownWorks, KnownWorksDrafter
from pipelines.evaluation.shelves import Remembering
from pipelines.values import ChallengeAsItStands, Criterion, Draft, Shelf, ShelfItem, SourceKind, Standing

HANDBOOK = "# Visits\n\nEach visit lasts 45 minutes. The notes go to the team within two days.\n"
LEAFLET = "# Visits\n\nEach visit lasts 20 minutes. Bring a pencil and a chair of your own.\n"
CHALLENGE = ChallengeAsItStands(
    "visits",
    "Plan how your team starts to visit each other.",
    criteria=(Criterion("long", "says how long each visit lasts, in minutes", "How long does each visit last?"),),
)
TEXT = "We are five in one corridor. Each visit lasts as long as a lesson. We hope that somebody will write it down."


def drafted(documents: Mapping[str, str], *, verdicts: bool, text: str = TEXT) -> Draft:
    work = KnownWork("w", "visits", "amara", text, {"long": Standing.NOT_YET}, (), {}, False)
    known = KnownWorks({"visits": CHALLENGE}, (work,), documents)
    return KnownWorksDrafter.over(known, Remembering(HashingEmbedder(256)), verdicts=verdicts).draft(work)


def cited(draft: Draft) -> set[str]:
    """Titles of the documents that a point or a line of the sheet rests on."""
    rested = {source.title for point in draft.points for source in point.sources if source.kind is SourceKind.CONTEXT}
    lines = {line.document for line in draft.sheet}
    return rested | {one.item.title for one in draft.evidence if one.label in lines}


def told(draft: Draft) -> list[str]:
    return [one.message for one in draft.findings if one.code == "documents_differ"]


def test_neither_is_quoted_and_both_lines_are_told() -> None:
    made = drafted({"handbook.md": HANDBOOK, "leaflet.md": LEAFLET}, verdicts=False)
    (message,) = told(made)
    assert "“Each visit lasts 45 minutes.”" in message
    assert "“Each visit lasts 20 minutes.”" in message
    assert "handbook" in message
    assert "leaflet" in message
    assert cited(made) == set()
    assert not any("minutes" in point.text for point in made.points)


def test_what_is_composed_from_a_persons_verdict_quotes_neither() -> None:
    both = drafted({"handbook.md": HANDBOOK, "leaflet.md": LEAFLET}, verdicts=True)
    assert both.points
    assert cited(both) == set()
    assert cited(drafted({"handbook.md": HANDBOOK}, verdicts=True))


def test_where_they_agree_the_line_is_there_and_nothing_is_told() -> None:
    made = drafted({"handbook.md": HANDBOOK, "leaflet.md": LEAFLET.replace("20", "45")}, verdicts=False)
    assert told(made) == []
    assert cited(made)


def test_a_work_is_not_held_against_a_line_that_is_disputed() -> None:
    work = TEXT.replace("as long as a lesson", "20 minutes")
    asked = drafted({"handbook.md": HANDBOOK}, verdicts=False, text=work)
    assert any("45 minutes" in point.text for point in asked.points)
    disputed = drafted({"handbook.md": HANDBOOK, "leaflet.md": LEAFLET}, verdicts=False, text=work)
    assert not any("45 minutes" in point.text for point in disputed.points)
    assert len(told(disputed)) == 1


def item(text: str, document: str, *, title: str = "", heading: str = "", version: int = 1) -> ShelfItem:
    return ShelfItem(f"{document}@{heading}", Shelf.CONTEXT, text, document, 0, len(text), title, heading, version)


LONG, SHORT = "Each visit lasts 45 minutes.", "Each visit lasts 20 minutes."


def test_a_newer_version_takes_the_place_of_an_older_one_and_contradicts_nothing() -> None:
    old = item(LONG, "d1", title="Handbook")
    assert between(old, item(SHORT, "d2", title="Handbook", version=2), "en") is None
    assert between(old, item(SHORT, "d2", title="Leaflet", version=2), "en") is not None


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (item(LONG, "d", heading="Visits › At school"), item(SHORT, "d", heading="Visits › At home")),
        (item(LONG, "d1", title="Branches in Patna"), item(SHORT, "d2", title="Branches in Agra")),
        (item(LONG, "d1", heading="Rules › First visit"), item(SHORT, "d2", heading="Rules › Later visit")),
    ],
    ids=["two sections of a document", "two of a series", "headings of two things"],
)
def test_what_stands_above_two_lines_may_make_them_of_two_things(one: ShelfItem, other: ShelfItem) -> None:
    assert between(one, other, "en") is None
    bare = {"title": "", "heading": "", "document": "x"}
    assert between(replace(one, **bare), replace(other, **{**bare, "document": "y"}, id="y"), "en") is not None


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("- Address: 77 Main Street, Pettah", "- Address: 59 Main Street, Pettah"),
        ("| Boot space | 540 litres |", "| Boot space | 280 litres |"),
        ("# Never show the notes", "Show the notes always."),
    ],
)
def test_entries_of_lists_and_tables_and_headings_are_no_rules(one: str, other: str) -> None:
    assert between(item(one, "d1"), item(other, "d2"), "en") is None


def test_a_language_without_words_of_ours_is_not_compared() -> None:
    assert between(item(LONG, "d1"), item(SHORT, "d2"), "tr") is None
