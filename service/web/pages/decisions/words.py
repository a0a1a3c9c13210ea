"""A draft's decisions in plain words: reasons to dismiss a point, in the order they are offered, and what was done."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from service.web.schemas.decisions import Dismissal

REASONS: Final[Mapping[str, str]] = {
    Dismissal.WRONG.value: "It is wrong",
    Dismissal.NOT_IN_TEXT.value: "The work does not say that",
    Dismissal.NOT_USEFUL.value: "True, but not useful now",
    Dismissal.TOO_HARSH.value: "Too harsh",
    Dismissal.ALREADY_SAID.value: "Said already",
    Dismissal.ABOUT_PERSON.value: "About the person, not the work",
    Dismissal.OTHER.value: "Something else",
}


ACTS: Mapping[str, str] = {
    "accept": "accepted a point",
    "edit": "edited a point",
    "dismiss": "dismissed a point",
    "add": "added a point",
    "summary": "changed the summary",
    "judge": "judged how it stands",
    "approve": "approved it",
    "undo": "undid the approval",
    "decline": "gave no feedback",
    "reopen": "looked at it again",
    "redraft": "had it drafted anew",
    "write": "took it over to write by hand",
    "retract": "took the feedback back",
    "hand_over": "handed it over",
}
