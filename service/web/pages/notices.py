"""What a page says on top after something was done, by name, so that no address can put words into our mouth."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

NOTICES: Final[Mapping[str, str]] = {
    "signed-out": "You are signed out.",
    "saved": "Saved.",
    "removed": "Removed.",
}


def notice(name: str) -> str:
    """The notice; empty for a name that is none."""
    return NOTICES.get(name, "")
