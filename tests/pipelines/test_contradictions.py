"""A work that says otherwise than the organization's own documents is asked about, with both in the question."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from pipelines.adapters.hashing import HashingEmbedder
from pipelines.contradictions import contradictions
from pipelines.evaluation.drafts import KnownWork, KnownWorks, KnownWorksDrafter
from pipelines.evaluation.shelves import Remembering
from pipelines.values import (
    ChallengeAsItStands,
    Criterion,
    Draft,
    DraftingTask,
    DraftOutcome,
    Evidence,
    Point,
    PointKind,
    Scope,
    Shelf,
    ShelfItem,
    SourceKind,
    Standing,
)

HANDBOOK = """# Visits

Each visit lasts 45 minutes. The notes go to the team within two days. The coordinator keeps the list.

# Rooms

The small hall is free on Wednesday. Nobody eats in the library.
"""
GERMAN_HANDBOOK = "# Besuche\n\nJeder Besuch dauert 45 Minuten. Die Notizen liegen nach zwei Tagen im Ordner.\n"
CHALLENGE = ChallengeAsItStands(
    "visits",
    "Plan how your team starts to visit each other.",
    criteria=(
        Criterion("when", "names who visits whom and when", "On which day is the first visit?"),
        Criterion("kept", "says where what is learned is kept", "Where will somebody find it afterwards?"),
    ),
)
SAYS = "We are five in one corridor. Each visit lasts 20 minutes. We hope that somebody will write it down."


def drafted(text: str, *, document: str = HANDBOOK, language: str = "en", verdicts: bool = False) -> Draft:
    challenge = ChallengeAsItStands(
        "visits", CHALLENGE.prompt, language=language, criteria=CHALLENGE.criteria if language == "en" else ()
    )
    gold = {"when": Standing.NOT_YET, "kept": Standing.NOT_YET}
    work = KnownWork("w", "visits", "amara", text, gold, (), {}, False)
    known = KnownWorks({"visits": challenge}, (work,), {"handbook.md": document})
    drafter = KnownWorksDrafter.over(known, Remembering(HashingEmbedder(256)), verdicts=verdicts)
    return drafter.draft(work)


def otherwise(draft: Draft) -> list[Point]:
    return [one for one in draft.points if not one.criterion]


def test_both_are_in_the_question_and_the_documents_line_is_its_source() -> None:
    made = drafted(SAYS)
    (asked,) = otherwise(made)
    assert made.points[0] == asked
    assert asked.kind is PointKind.QUESTION
    assert asked.quote == "Each visit lasts 20 minutes."
    assert "“Each visit lasts 45 minutes”" in asked.text
    (line,) = [one for one in asked.sources if one.kind is SourceKind.CONTEXT]
    assert line.quote == "Each visit lasts 45 minutes"
    assert HANDBOOK[slice(line.start, line.end)] == line.quote


@pytest.mark.parametrize(
    "text",
    [
        "We are five in one corridor. Each visit lasts 45 minutes. We hope that somebody will write it down.",
        "We are five in one corridor. Last year each visit lasted 20 minutes. We hope for more.",
        "We are five in one corridor. Should each visit last 20 minutes? We do not know.",
        "We are five in one corridor. The break lasts 20 minutes. We hope that it is enough.",
        'We are five in one corridor. They said "each visit lasts 20 minutes". We wonder about it.',
    ],
)
def test_what_is_said_alike_of_the_past_as_a_question_or_of_something_else_is_not_asked_about(text: str) -> None:
    assert otherwise(drafted(text)) == []


def test_two_are_asked_about_at_most_each_at_its_place() -> None:
    made = drafted(f"{SAYS} The notes go to the team within five days. The small hall is free on Friday.")
    assert [one.quote for one in otherwise(made)] == [
        "Each visit lasts 20 minutes.",
        "The notes go to the team within five days.",
    ]


def test_what_a_person_said_of_the_work_comes_first() -> None:
    made = drafted(SAYS, verdicts=True)
    assert [one.criterion for one in made.points] == ["kept", "when", ""]


def test_it_is_asked_where_nothing_else_could_be_said() -> None:
    made = drafted("Jeder Besuch dauert 20 Minuten.", document=GERMAN_HANDBOOK, language="de")
    assert made.outcome is DraftOutcome.DRAFTED
    (asked,) = made.points
    assert "„Jeder Besuch dauert 45 Minuten“" in asked.text


def test_without_words_of_a_language_nothing_is_compared() -> None:
    text = "Chaque visite dure 20 minutes. Nous sommes cinq dans le couloir, et nous espérons que cela suffira bien."
    assert otherwise(drafted(text, document="# Visites\n\nChaque visite dure 45 minutes.\n", language="fr")) == []


def asked(document: str, work: str, language: str = "en") -> list[str]:
    """What of the work would be asked about beside this one passage."""
    brief = DraftingTask(
        Scope("school", "visits", reader="amara", author="amara", at=datetime.now(UTC)),
        ChallengeAsItStands("visits", "Plan."),
        "s",
        work,
        language=language,
    )
    item = ShelfItem("d", Shelf.CONTEXT, document, "handbook", 0, len(document), "Handbook")
    return [work[slice(*one.place)] for one in contradictions(brief, [Evidence("C1", item, 0.5, 0.0, 0.0)])]


REPLY, ALONE = "Reply to every parent within two days.", "Children are not left alone in the yard."
PHONES, LUNCH = "Phones are not allowed in the classroom.", "Wash your hands before lunch."
GROUPS, READS = "Each group has four learners.", "Every learner reads the text."
ANTWORT, HOF = "Wir antworten Eltern innerhalb von zwei Tagen.", "Kinder werden im Hof nicht allein gelassen."
HANDYS, ESSEN = "Handys sind im Unterricht nicht erlaubt.", "Vor dem Essen werden die Hände gewaschen."


@pytest.mark.parametrize(
    ("language", "document", "other", "same"),
    [
        ("en", REPLY, "I reply to the parent within five days.", "I reply to the parent within one day."),
        ("en", REPLY, "I reply to the parent within three days.", "I reply to the parent within four hours."),
        ("en", "Quote at least three sources.", "I quote at least two sources.", "I quote at least five sources."),
        ("en", "Quote at most three sources.", "I quote at most five sources.", "I quote at most two sources."),
        ("de", ANTWORT, "Wir antworten Eltern innerhalb von fünf Tagen.", "Wir antworten Eltern innerhalb von 1 Tag."),
    ],
)
def test_who_keeps_a_limit_says_nothing_else(language: str, document: str, other: str, same: str) -> None:
    assert asked(document, other, language) == [other]
    assert asked(document, same, language) == []


@pytest.mark.parametrize(
    ("language", "document", "other", "aside"),
    [
        (
            "en",
            ALONE,
            "The children are left alone in the yard.",
            "The children are left alone in the yard, which is wrong.",
        ),
        ("en", ALONE, "Children are left alone in the yard.", "It is wrong that children are left alone in the yard."),
        ("en", PHONES, "Phones are allowed in the classroom.", "Phones should be allowed in the classroom."),
        ("en", PHONES, "Phones are allowed in the classroom.", "I wish phones were allowed in the classroom."),
        ("en", PHONES, "Phones are allowed in the classroom.", "Many think phones are allowed in the classroom."),
        ("en", PHONES, "Phones are allowed in the classroom.", "My mother said phones are allowed in the classroom."),
        ("en", PHONES, "Phones are allowed in the classroom.", "I read that phones are allowed in the classroom."),
        ("en", PHONES, "Phones are allowed in the classroom.", "A sign says phones are allowed in the classroom."),
        ("de", HOF, "Kinder werden im Hof allein gelassen.", "Kinder werden im Hof allein gelassen, das ist falsch."),
        (
            "de",
            HOF,
            "Kinder werden im Hof allein gelassen.",
            "Kinder werden im Hof allein gelassen, steht in der Zeitung.",
        ),
        ("de", HANDYS, "Handys sind im Unterricht erlaubt.", "Handys sollten im Unterricht erlaubt sein."),
    ],
)
def test_what_is_called_wrong_wished_for_or_anothers_word_is_not_the_authors(
    language: str, document: str, other: str, aside: str
) -> None:
    assert asked(document, other, language) == [other]
    assert asked(document, aside, language) == []


@pytest.mark.parametrize(
    ("language", "document", "other", "aside"),
    [
        ("en", PHONES, "Phones are allowed in the classroom.", "Phones are allowed in the classroom in other schools."),
        ("en", PHONES, "Phones are allowed in the classroom.", "In my old school phones are allowed in the classroom."),
        ("en", GROUPS, "My group has five learners.", "The other group has five learners."),
        ("en", GROUPS, "Our group had three learners.", "Our group had three learners because one was ill."),
        ("en", GROUPS, "My group has three learners.", "My group had three learners yesterday."),
        (
            "en",
            "Children sleep at noon.",
            "Children do not sleep at noon.",
            "Children do not sleep at noon when they are six.",
        ),
        ("en", READS, "A learner never reads the text.", "Not every learner reads the text."),
        (
            "en",
            "Write the date and two names on the jar.",
            "I write the date and one name on the jar.",
            "I write the date and one name on the jar and the second name on the list.",
        ),
        ("de", HANDYS, "Handys sind im Unterricht erlaubt.", "An anderen Schulen sind Handys im Unterricht erlaubt."),
        (
            "de",
            "Jede Gruppe hat vier Kinder.",
            "Meine Gruppe hat fünf Kinder.",
            "Meine Gruppe hat gestern fünf Kinder.",
        ),
        ("de", "Jedes Kind liest den Text.", "Kein Kind liest den Text.", "Nicht jedes Kind liest den Text."),
    ],
)
def test_another_place_one_day_or_a_part_of_them_is_another_matter(
    language: str, document: str, other: str, aside: str
) -> None:
    assert asked(document, other, language) == [other]
    assert asked(document, aside, language) == []


def test_a_case_that_the_document_speaks_of_itself_is_the_same_matter() -> None:
    document = "Families are always called by phone when a child is ill."
    work = "Families are never called by phone when a child is ill."
    assert asked(document, work) == [work]


@pytest.mark.parametrize(
    ("language", "document", "other", "both"),
    [
        ("en", LUNCH, "I wash my hands after lunch.", "I wash my hands after lunch, too."),
        ("en", LUNCH, "I wash my hands after lunch.", "I wash my hands after lunch as well."),
        ("en", LUNCH, "I wash my hands after lunch.", "I wash my hands again after lunch."),
        ("de", ESSEN, "Nach dem Essen werden die Hände gewaschen.", "Nach dem Essen werden auch die Hände gewaschen."),
        ("de", ESSEN, "Nach dem Essen werden Hände gewaschen.", "Nach dem Essen werden Hände noch einmal gewaschen."),
    ],
)
def test_who_does_it_after_as_well_does_it_before(language: str, document: str, other: str, both: str) -> None:
    assert asked(document, other, language) == [other]
    assert asked(document, both, language) == []


@pytest.mark.parametrize(
    ("language", "document", "other", "same"),
    [
        ("en", "The tank holds 1,500 litres.", "The tank holds 2500 litres.", "The tank holds 1500 litres."),
        ("en", "The tank holds 1,500,000 litres.", "The tank holds 15000 litres.", "The tank holds 1500000 litres."),
        ("en", "The tank holds 2.5 litres.", "The tank holds 25 litres.", "The tank holds 2,5 litres."),
        ("de", "Der Tank fasst 1.500 Liter.", "Der Tank fasst 2500 Liter.", "Der Tank fasst 1500 Liter."),
        ("de", "Der Tank fasst 0,005 Liter.", "Der Tank fasst 5 Liter.", "Der Tank fasst 0.005 Liter."),
    ],
)
def test_thousands_are_read_as_the_language_writes_them(language: str, document: str, other: str, same: str) -> None:
    assert asked(document, other, language) == [other]
    assert asked(document, same, language) == []


def test_three_digits_after_the_sign_for_decimals_may_be_thousands() -> None:
    assert asked("The tank holds 1.500 litres.", "The tank holds 1500 litres.") == []
    assert asked("Der Tank fasst 1,500 Liter.", "Der Tank fasst 1500 Liter.", "de") == []
