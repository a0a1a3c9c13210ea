"""The one question that facilitators are asked about a challenge: when their decisions show that a criterion is not
understood, and in which words. Pure, and the same decisions always make the same question.

Asked is by what happened since a criterion was last clarified, and of several the one that was due first, so that a
question stays the same until it is answered.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

DISMISSED = 3
"""Dismissals, each decided by itself, of points on one criterion, from which it is asked about."""
UNREAD = 5
"""Drafts in a row whose reading could not tell how a criterion stands, though a facilitator could."""
LONGEST_REASON = 160
MOST_REASONS = 3
_ASKED = "What would you accept as evidence of it?"
_NUMBERS = {3: "three", 4: "four", 5: "five", 6: "six", 7: "seven", 8: "eight", 9: "nine", 10: "ten"}
_REASONS = {
    "wrong": "wrong",
    "not_in_text": "not in the text",
    "not_useful": "not useful",
    "other": "",
}


class QuestionCause(StrEnum):
    """Why a question is asked."""

    DISMISSALS = "dismissals"
    CONTRADICTION = "contradiction"
    CANNOT_TELL = "cannot_tell"


@dataclass(frozen=True, slots=True)
class DismissedOnCriterion:
    """A point that was dismissed, by itself and not among several at once."""

    criterion: str
    at: datetime
    reason: str  # a person's words, or a code where there are none


@dataclass(frozen=True, slots=True)
class Contradiction:
    """Two opposite decisions on passages alike that nobody has settled."""

    criterion: str
    at: datetime
    texts: tuple[str, str]


@dataclass(frozen=True, slots=True)
class CriterionReading:
    """How a draft was read on a criterion that a facilitator could judge."""

    criterion: str
    at: datetime
    told: bool


@dataclass(frozen=True, slots=True)
class CriterionQuestion:
    """What is asked, of which criterion, and since when."""

    criterion: str
    cause: QuestionCause
    text: str
    at: datetime


def question(
    criteria: Mapping[str, str],
    clarified: Mapping[str, datetime],
    dismissals: Iterable[DismissedOnCriterion],
    contradictions: Iterable[Contradiction],
    readings: Iterable[CriterionReading],
) -> CriterionQuestion | None:
    """The question that is open now. `criteria` are texts by key, `clarified` when a key was last asked about."""

    def counts(one: DismissedOnCriterion | Contradiction | CriterionReading) -> bool:
        since = clarified.get(one.criterion)
        return one.criterion in criteria and (since is None or one.at > since)

    found = [
        *_of_dismissals(criteria, sorted(filter(counts, dismissals), key=lambda one: one.at)),
        *(_of_contradiction(criteria, one) for one in contradictions if counts(one)),
        *_of_readings(criteria, sorted(filter(counts, readings), key=lambda one: one.at)),
    ]
    return min(found, key=lambda one: (one.at, list(criteria).index(one.criterion)), default=None)


def _of_dismissals(
    criteria: Mapping[str, str], dismissals: Sequence[DismissedOnCriterion]
) -> Iterable[CriterionQuestion]:
    for key, text in criteria.items():
        mine = [one for one in dismissals if one.criterion == key]
        if len(mine) >= DISMISSED:
            reasons = _reasons(one.reason for one in mine)
            said = f" (reasons: {reasons})" if reasons else ""
            told = f"Points on “{text}” were dismissed {_times(len(mine))}{said}. {_ASKED}"
            yield CriterionQuestion(key, QuestionCause.DISMISSALS, told, mine[DISMISSED - 1].at)


def _of_contradiction(criteria: Mapping[str, str], one: Contradiction) -> CriterionQuestion:
    first, second = (_short(text) for text in one.texts)
    text = (
        f"On passages alike, opposite points on “{criteria[one.criterion]}” were decided on: “{first}” and “{second}”. "
        f"{_ASKED}"
    )
    return CriterionQuestion(one.criterion, QuestionCause.CONTRADICTION, text, one.at)


def _of_readings(criteria: Mapping[str, str], readings: Sequence[CriterionReading]) -> Iterable[CriterionQuestion]:
    for key, text in criteria.items():
        mine = [one for one in readings if one.criterion == key]
        run = mine[-UNREAD:]
        if len(run) == UNREAD and not any(one.told for one in run):
            told = f"Whether work shows “{text}” could not be read {_times(UNREAD)} in a row, but you could tell."
            yield CriterionQuestion(key, QuestionCause.CANNOT_TELL, f"{told} {_ASKED}", run[-1].at)


def _times(count: int) -> str:
    return f"{_NUMBERS.get(count, str(count))} times"


def _reasons(reasons: Iterable[str]) -> str:
    """Different ones, as they came first."""
    said = (_short(_REASONS.get(reason, reason)) for reason in reasons)
    return "; ".join(list(dict.fromkeys(reason for reason in said if reason))[:MOST_REASONS])


def _short(text: str) -> str:
    text = " ".join(text.split()).rstrip(" .;")
    return text if len(text) <= LONGEST_REASON else f"{text[: LONGEST_REASON - 1]}…"
