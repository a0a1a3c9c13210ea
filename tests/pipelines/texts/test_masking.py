"""What tells who wrote a text is put out of sight; places are found again on both sides."""

from __future__ import annotations

import pytest

from pipelines.texts.masking import People, as_shown, as_written, cut_out, hidden_in, masked

NAMES = ("Bram Oster", "Cleo Marsh", "Bo Rust", "Will Rose", "Ana van der Berg")
TOLD = "I, Bram Oster (bram.oster@school.example, +49 170 5550123), start. OSTER asks Cleo's class; Bo helps."


def seen(text: str, author: str = "Bram Oster") -> str:
    return masked(text, hidden_in(text, author, People(NAMES).mentioned(text), "en"))


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        (TOLD, "I, [name] ([e-mail], [telephone]), start. [name] asks [name]'s class; [name] helps."),
        ("bram here; the oster plan", "[name] here; the [name] plan"),
        ("Notes at https://docs.example.org/u/bram/plan, all of them.", "Notes at [link], all of them."),
        ("Ask @bram_o or Telegram: bramo77 today", "Ask [handle] or [handle] today"),
        ("Will you ask Will Rose?", "Will you ask [name]?"),
        ("Mrs Kowalski of 14 Mill Road, SW1A 2AA, asks.", "Mrs [name] of [address], [address], asks."),
        ("Frau Meier, Lindenstraße 12, 10115 Berlin", "Frau [name], [address], [address]"),
        (
            "My student number is 2231-44, IBAN DE89 3704 0044 0532 0130 00.",
            "My student number is [number], IBAN [number].",
        ),
        ("Matrikelnummer: 4711 2231", "Matrikelnummer: [number]"),
        ("Born on 12 May 2009.\n\nKind regards,\nLena Q", "Born on [number].\n\nKind regards,\n[name]"),
        ("My name is Lena Quist and I start.", "My name is [name] and I start."),
        ("I miss a lesson, 12 of 30 in Year 8, room 12, at 14 o'clock; Dr is no name.",) * 2,
        ("On 05.10.2026 or 2026-10-05, 10:00-12:00, room 0304, 1,250 visits.",) * 2,
        ("We pair teachers across grades.",) * 2,
    ],
)
def test_names_and_addresses_are_put_out_of_sight_and_nothing_else(text: str, shown: str) -> None:
    assert seen(text) == shown


def test_a_place_is_found_in_what_is_shown_and_back_again() -> None:
    hidden = hidden_in(TOLD, "Bram Oster", People(NAMES).mentioned(TOLD), "en")
    shown = masked(TOLD, hidden)
    start = TOLD.index("start")
    there = as_shown((start, start + 5), hidden)
    assert shown[slice(*there)] == "start"
    assert as_written(there, hidden) == (start, start + 5)


def test_a_place_that_begins_or_ends_in_a_name_takes_all_of_what_stands_for_it() -> None:
    hidden = hidden_in(TOLD, "Bram Oster", (), "en")
    shown = masked(TOLD, hidden)
    name = TOLD.index("Oster")
    assert shown[slice(*as_shown((name, TOLD.index("(")), hidden))] == "[name] "


@pytest.mark.parametrize(
    ("text", "part", "shown"),
    [
        ("It was on that day, Will helped me most.", "Will helped me most.", "[name] helped me most."),
        ("My student number is\nA1234567 as you see.", "A1234567 as you see.", "[number] as you see."),
        ("I begin.\nKind regards,\nZola Mbeki", "Zola Mbeki", "[name]"),
        ("We meet at 12\nElm Street and begin.", "Elm Street and begin.", "[address] and begin."),
        ("Ask Dr. Zola Mbeki. We begin.", "Mbeki. We begin.", "[name]. We begin."),
        ("Ask Dr. Zola Mbeki. We begin.", "Ask Dr. Zola", "Ask Dr. [name]"),
        ("Ask Dr. Zola Mbeki. We begin.", "We begin.", "We begin."),
        ("Ask Dr. Zola Mbeki. We begin.", "Ask Dr. ", "Ask Dr. "),
    ],
)
def test_what_is_a_name_in_a_passage_is_told_by_its_whole_work(text: str, part: str, shown: str) -> None:
    start = text.rindex(part)
    span = start, start + len(part)
    assert masked(part, cut_out(span, hidden_in(text, "Bram Oster", People(NAMES).mentioned(text), "en"))) == shown


@pytest.mark.parametrize(
    ("author", "text"),
    [
        *(("Søren Ø", "Soren"), ("Søren Ø", "Soeren"), ("José Díaz", "Jose Diaz"), ("Zoë Ångström", "Zoe Angstrom")),
        *(("Jörg Müller", "Joerg Mueller"), ("Nora O'Brien", "nora obrien"), ("Łukasz Żak", "Lukasz Zak")),
    ],
)
def test_the_authors_own_name_is_put_out_of_sight_without_its_accents_too(author: str, text: str) -> None:
    told = f"Then {text} begins."
    assert masked(told, hidden_in(told, author, (), "en")) == "Then [name] begins."


def test_a_common_word_is_not_taken_for_the_authors_own_name_without_its_accents() -> None:
    told = "Only after this I explain the rest."
    assert hidden_in(told, "Nguyễn Thị Mai", (), "en") == ()
