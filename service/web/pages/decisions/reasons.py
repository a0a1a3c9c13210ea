"""Reasons to dismiss a point, in plain words, in the order in which they are offered."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from service.web.api.schemas.decisions import Dismissal

REASONS: Final[Mapping[str, str]] = {
    Dismissal.WRONG.value: "It is wrong",
    Dismissal.NOT_IN_TEXT.value: "The work does not say that",
    Dismissal.NOT_USEFUL.value: "True, but not useful now",
    Dismissal.TOO_HARSH.value: "Too harsh",
    Dismissal.ALREADY_SAID.value: "Said already",
    Dismissal.ABOUT_PERSON.value: "About the person, not the work",
    Dismissal.OTHER.value: "Something else",
}
