"""When facilitators are asked what they mean, about which criterion, and in which words."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from service.domain.memory.clarifying import (
    Contradiction,
    CriterionQuestion,
    CriterionReading,
    DismissedOnCriterion,
    QuestionCause,
    question,
)

START = datetime(2026, 10, 5, 9, 0, tzinfo=UTC)
CRITERIA = {"k1": "names who and when", "k2": "says what will be looked for"}


def at(day: int) -> datetime:
    return START + timedelta(days=day)


def dismissed(criterion: str, *days: int, reason: str = "wrong") -> list[DismissedOnCriterion]:
    return [DismissedOnCriterion(criterion, at(day), reason) for day in days]


def asked(
    dismissals: list[DismissedOnCriterion] | None = None,
    contradictions: list[Contradiction] | None = None,
    readings: list[CriterionReading] | None = None,
    clarified: dict[str, datetime] | None = None,
) -> CriterionQuestion | None:
    return question(CRITERIA, clarified or {}, dismissals or [], contradictions or [], readings or [])


def test_nothing_is_asked_of_two_dismissals_or_of_criteria_that_are_no_more() -> None:
    assert asked(dismissed("k2", 1, 2)) is None
    assert asked(dismissed("k9", 1, 2, 3)) is None
    assert asked(dismissed("", 1, 2, 3)) is None


def test_the_third_dismissal_on_a_criterion_asks_with_the_reasons_that_were_given() -> None:
    found = asked([*dismissed("k2", 1, reason="They agreed on it."), *dismissed("k2", 2, 3, reason="not_in_text")])
    assert found is not None
    assert (found.criterion, found.cause, found.at) == ("k2", QuestionCause.DISMISSALS, at(3))
    assert found.text == (
        "Points on “says what will be looked for” were dismissed three times (reasons: They agreed on it; not in the "
        "text). What would you accept as evidence of it?"
    )


def test_a_reason_that_says_nothing_is_not_repeated() -> None:
    found = asked(dismissed("k2", *range(12), reason="other"))
    assert found is not None
    assert found.text.startswith("Points on “says what will be looked for” were dismissed 12 times. What")


def test_what_was_due_first_stays_the_question_whatever_comes_later() -> None:
    first = dismissed("k2", 1, 2, 3)
    found = asked([*first, *dismissed("k1", 2, 3, 4, 5)])
    assert found is not None
    assert found == asked(first)


def test_once_clarified_only_what_happened_since_counts() -> None:
    assert asked(dismissed("k2", 1, 2, 3, 6, 7), clarified={"k2": at(4)}) is None
    again = asked(dismissed("k2", 1, 2, 3, 6, 7, 8), clarified={"k2": at(4)})
    assert again is not None
    assert "three times" in again.text


def test_an_unsettled_contradiction_asks_with_both_texts() -> None:
    found = asked(contradictions=[Contradiction("k2", at(2), ("Keep this quiet.", "Take a card along."))])
    assert found is not None
    assert found.cause is QuestionCause.CONTRADICTION
    assert "“Keep this quiet” and “Take a card along”" in found.text


def test_a_criterion_that_could_not_be_read_five_times_in_a_row_asks() -> None:
    blind = [CriterionReading("k1", at(day), told=False) for day in range(1, 6)]
    found = asked(readings=blind)
    assert found is not None
    assert (found.cause, found.criterion) == (QuestionCause.CANNOT_TELL, "k1")
    assert asked(readings=blind[1:]) is None
    assert asked(readings=[*blind[:4], CriterionReading("k1", at(6), told=True)]) is None
