"""Which submissions hold nothing to give feedback on. Pure; may not guess at quality, only at emptiness."""

from __future__ import annotations

from functools import cache

from pipelines.prompts import words
from pipelines.texts.language import count_words, tokens

FEWEST = 5
"""Words below which nothing can be quoted and judged apart; in scripts that do not part words, characters."""


@cache
def _phrases() -> frozenset[str]:
    return frozenset(" ".join(tokens(phrase)) for phrases in words("words/blank").values() for phrase in phrases)


def is_blank(text: str) -> str:
    """Why there is nothing to give feedback on, for the facilitator to read; "" if there is something."""
    if not text.strip():
        return "The submission is empty."
    if " ".join(tokens(text[:300])) in _phrases() and len(text.strip()) < 300:
        return f"The submission says only “{' '.join(text.split())}”."
    found = count_words(text[:5000])
    if found < FEWEST:
        return "The submission has no words." if not found else f"The submission has only {_number(found)}."
    return ""


def _number(found: int) -> str:
    return "one word" if found == 1 else f"{('two', 'three', 'four')[found - 2]} words"
