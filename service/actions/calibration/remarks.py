"""What is said of criteria that may be worth a second thought: kind, short, and in nobody's way. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from pipelines.looked_at import CriteriaRemark, CriteriaRemarkCode


@dataclass(frozen=True, slots=True)
class CriteriaRemarkSaid:
    """What was seen in one criterion or two, why that matters, and what could be done. `texts` are the criteria's."""

    code: CriteriaRemarkCode
    criteria: tuple[str, ...]
    texts: tuple[str, ...]
    what: str
    why: str
    do: str


_SAID: Mapping[CriteriaRemarkCode, tuple[str, str, str]] = {
    CriteriaRemarkCode.EMPTY: (
        "This says nothing yet.",
        "Nobody can tell whether work does it.",
        "Say in a few words what a good solution does, or take it out.",
    ),
    CriteriaRemarkCode.SAME: (
        "These two are the same, word for word.",
        "Each piece of work would be judged twice on one thing.",
        "Take one of them out.",
    ),
    CriteriaRemarkCode.ALIKE: (
        "These two are hard to tell apart.",
        "Whoever judges would say the same of both, and learners would read it twice.",
        "Say in each what the other does not ask, or make them one.",
    ),
    CriteriaRemarkCode.TWO_THINGS: (
        "This asks for two things.",
        "Work that does one of them is neither met nor not yet.",
        "Make two criteria of it.",
    ),
    CriteriaRemarkCode.UNSPOKEN: (
        "Nothing in the first works seems to speak to this.",
        "It may ask for more than the task says, or in words that learners do not use.",
        "Look whether the task asks for it; if it does, all is well.",
    ),
    CriteriaRemarkCode.GIVES_AWAY: (
        "This holds much of the reference solution.",
        "Learners see the criteria, and would read the answer there.",
        "Say what a solution has to tell, and leave out how it tells it.",
    ),
    CriteriaRemarkCode.LONG: (
        "This is long.",
        "Feedback names the criterion, and a long one is not read.",
        "Say it in a line; what explains it fits into the question or the notes.",
    ),
    CriteriaRemarkCode.QUESTION: (
        "This asks, where a criterion says what a good solution does.",
        "Feedback cannot name it in a sentence.",
        "Say “names …” or “shows …” here, and put the question into the field below it.",
    ),
    CriteriaRemarkCode.ORDER: (
        "This tells somebody how to judge.",
        "A criterion is compared with the work; orders in it are not followed.",
        "Say what a good solution does. What facilitators keep in mind goes into the notes.",
    ),
}


def of(remarks: Sequence[CriteriaRemark], texts: Mapping[str, str]) -> tuple[CriteriaRemarkSaid, ...]:
    """The advice for each remark; `texts` are the criteria's, by key."""
    return tuple(
        CriteriaRemarkSaid(one.code, one.criteria, tuple(texts[key] for key in one.criteria), *_SAID[one.code])
        for one in remarks
    )
