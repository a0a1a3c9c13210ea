"""A draft's decisions in plain words: reasons to dismiss a point, in the order they are offered, and what was done."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from service.web.schemas.decisions import DismissalReason

REASONS: Final[Mapping[str, str]] = {
    DismissalReason.WRONG.value: "It is wrong",
    DismissalReason.NOT_IN_TEXT.value: "The work does not say that",
    DismissalReason.NOT_USEFUL.value: "True, but not useful now",
    DismissalReason.TOO_HARSH.value: "Too harsh",
    DismissalReason.ALREADY_SAID.value: "Said already",
    DismissalReason.ABOUT_PERSON.value: "About the person, not the work",
    DismissalReason.OTHER.value: "Something else",
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
