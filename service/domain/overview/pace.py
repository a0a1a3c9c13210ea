"""How long a text takes to read, and when an approval came sooner than that. Pure; knows no clock.

Brysbaert, "How many words do we read per minute?", Journal of Memory and Language 109 (2019), over 190 studies: adults
read English non-fiction silently at 238 words a minute on average, and most of them at 175 to 300. The upper end is
taken, five words a second: whoever took less time than that either read faster than most adults do, or knew the text
from before, or did not read all of it. Which of them it was, no clock can tell; so one quick approval says nothing,
and a facilitator is spoken to only where it is a habit.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

WORDS_PER_SECOND = 5.0
"""300 words a minute."""

FEWEST = 3
"""Approvals that came sooner than reading, before anything is said of them."""

HABIT = 0.25
"""Their share among those whose time is known, before anything is said of them."""

_UNSPACED = r"\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7af\u0e00-\u0e7f"
_WORD = re.compile(rf"[{_UNSPACED}]|[^\W_{_UNSPACED}]+(?:['’\-][^\W_{_UNSPACED}]+)*")


def words(text: str) -> float:
    """How many words a text has. In scripts that are written without spaces a letter counts as half a word, which is
    rather too few: nobody is called quick for that."""
    return sum(0.5 if re.match(f"[{_UNSPACED}]", found) else 1.0 for found in _WORD.findall(text))


def least_seconds(texts: Sequence[str]) -> float:
    """How long most adults need at least to read these texts once."""
    return sum(words(text) for text in texts) / WORDS_PER_SECOND


def is_habit(quick: int, known: int) -> bool:
    """Whether so many quick ones among those whose time is known are worth a word."""
    return quick >= FEWEST and quick >= HABIT * known
