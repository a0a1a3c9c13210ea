"""A work that says otherwise than the organization's own documents is asked about, with both in the question."""

from __future__ import annotations

import pytest

from pipelines.adapters.hashing import HashingEmbedder
from pipelines.evaluation.drafts import KnownWork, KnownWorks, KnownWorksDrafter
from pipelines.evaluation.shelves import Remembering
from pipelines.values import ChallengeAsItStands, Criterion, Draft, DraftOutcome, Point, PointKind, SourceKind, Standing

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
    assert [one.criterion for one in made.points] == ["when", "kept", ""]


def test_it_is_asked_where_nothing_else_could_be_said() -> None:
    made = drafted("Jeder Besuch dauert 20 Minuten.", document=GERMAN_HANDBOOK, language="de")
    assert made.outcome is DraftOutcome.DRAFTED
    (asked,) = made.points
    assert "„Jeder Besuch dauert 45 Minuten“" in asked.text


def test_without_words_of_a_language_nothing_is_compared() -> None:
    text = "Chaque visite dure 20 minutes. Nous sommes cinq dans le couloir, et nous espérons que cela suffira bien."
    assert otherwise(drafted(text, document="# Visites\n\nChaque visite dure 45 minutes.\n", language="fr")) == []
