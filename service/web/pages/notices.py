"""What a page says on top after something was done, by name, so that no address can put words into our mouth."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

NOTICES: Final[Mapping[str, str]] = {
    "signed-out": "You are signed out.",
    "saved": "Saved.",
    "settled": "Settled. It stays quiet until one of the two is decided on anew.",
    "answered": "Thank you. Later drafts follow your answer.",
    "handed-over": "Handed over.",
    "removed": "Removed.",
    "handed-in": "Handed in. A person reads it, and the feedback appears here.",
    "same-text": "That is the text that you handed in before, so nothing was changed.",
    "reaction-kept": "Thank you. You can change it whenever you like.",
    "reaction-gone": "Taken back.",
    "asked": "Asked. A facilitator of your group answers here.",
    "replied": "Said. The facilitators of your group read it.",
    "step-kept": "Kept. It shows here, and when the day has come you are asked what happened.",
    "step-told": "Thank you, that is kept.",
    "taken-back": "Taken back.",
    "consents-kept": "Saved. It holds from now on, also for what was shown before.",
}


def notice(name: str) -> str:
    """The notice; empty for a name that is none."""
    return NOTICES.get(name, "")
