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
}


def notice(name: str) -> str:
    """The notice; empty for a name that is none."""
    return NOTICES.get(name, "")
