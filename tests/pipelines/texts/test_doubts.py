"""What no rule shows by itself: whatever may lead to somebody, in any spelling; ordinary texts are let through."""

from __future__ import annotations

import unicodedata

import pytest

from pipelines.texts.doubts import NamesInDoubt, may_tell

NAMES = NamesInDoubt(
    [
        "Amara Okafor",
        "Chipo Ndlovu",
        "Rose Klein",
        "Will Grace",
        "Bo Yu",
        "李 明",
        "김민수",
        "Олена Шевченко",
        "Søren Ø",
        "O'Brien Siobhán",
        "José Díaz",
        "Zoë Ångström",
        "Jörg Müller",
        "Jean-Luc Dubois",
        "Nguyễn Thị Mai",
    ]
)


def suspected(text: str) -> bool:
    return NAMES.may_be_in(text) or may_tell(text)


@pytest.mark.parametrize(
    "text",
    [
        *("Soren helped.", "I met Jose.", "as Zoe Angstrom says", "with Joerg Mueller", "Nguyen Thi Mai helped"),
        *("O’Brien said so.", "OBrien said so.", "OʼBrien said so.", "Jean Luc came.", "JeanLuc came."),
        *(
            "我叫李明。",
            "민수가 도와줬다",
            "разом з Оленою",
            "до Шевченкові",
            "ChipoNdlovu",
            "chipo_ndlovu",
            "chipondlovu",
        ),
        *("Chipoʼs idea", "Chi\u200bpo wrote", "Chi\u00adpo wrote", "Chi-po wrote", "C h i p o", "Ndlovus plan"),
        *("my friend amara", "amara okafor", "AMARA", "I am rose", "Rose helped me.", "I told Bo's mother."),
        unicodedata.normalize("NFD", "Siobhán and José"),
    ],
)
def test_a_name_is_suspected_in_every_spelling(text: str) -> None:
    assert NAMES.may_be_in(text)


@pytest.mark.parametrize(
    "text",
    [
        *("my insta is cn_2009", "cn_2009 on Insta", "write to cn2009", "#chipo", "find me on whatsapp"),
        *("tel. 234 5678", "Tel: 55512", "ring 2345678", "call me on 55512", "1-555-123-4567", "tel 7946 0958"),
        *("Rufnummer 2345678", "Tel. 0221 1234", "Postfach 123", "student no 12345", "A1234567"),
        *("docs.google.com/d/abc", "my site is zola.dev", "zola at example dot org", "zola [at] example [dot] org"),
        *("12 elm street", "Elm Street 12", "lindenweg 4", "Am Markt 5", "Unter den Linden 5", "Am Alten Markt 5"),
        *("My name's Zola", "my name is zola", "Signed, Zola", "Written by Zola Mbeki", "I'm Zola and I", "name: zola"),
        *("Best,\nZola", "Thanks, Zola", "We begin.\n\nZola Mbeki", "Zola Mbeki, class 7b", "This is Zola writing."),
        *("mrs zola", "dr. zola", "Aunt Zola", "my sister Zola", "Oma Zola hilft", "mein Freund Ali hilft"),
    ],
)
def test_what_may_lead_to_somebody_is_suspected_whoever_it_is(text: str) -> None:
    assert may_tell(text)


@pytest.mark.parametrize(
    "text",
    [
        "We will rose-tint nothing: every visit is planned, and young teachers go first, by grace of the timetable.",
        "On 05.10.2026 or 2026-10-05, 10:00-12:00, room 304, 1,250 visits in 2025/26, 2024-2025.",
        "In Year 8 we miss a lesson; call it a loss. This way 12 pupils close the gap. The phone stays in the bag.",
        "Physics, Year 8\nWe measure 12.5 litres, e.g. in 3 rounds of 15 minutes, i.e. 45 in all.",
        "Im Jahr 2026 kommen am Montag um 10 Uhr 12 Kinder; in der Klasse 7 sind es 30. Die Frau am Empfang hilft.",
        "My friend and I asked; our teacher I trust. I am from the north. Thanks to the plan we begin at once.",
    ],
)
def test_an_ordinary_text_is_let_through(text: str) -> None:
    assert not suspected(text)


@pytest.mark.parametrize("text", ["a" * 50_000, "a-" * 25_000, "1 a " * 12_000, "_" * 50_000, "Am " * 16_000])
def test_a_text_of_any_form_is_looked_through_at_once(text: str) -> None:
    assert not may_tell(text)
