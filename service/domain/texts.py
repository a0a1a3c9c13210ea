"""The text of feedback as one thing that can be hashed, approved and compared."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence


def digest(text: str) -> str:
    """sha256 of the text in UTF-8, 64 hexadecimal digits."""
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def feedback_digest(summary: str, points: Sequence[Mapping[str, object]]) -> str:
    """The hash that an approval names: of the summary and, in order, of all that a learner would read of each point."""
    body = {"summary": summary, "points": [dict(point) for point in points]}
    return digest(json.dumps(body, ensure_ascii=False, sort_keys=True, separators=(",", ":")))


def storable(text: str) -> str:
    """The text, if every database can keep it. Raises ValueError for NUL and for half of a surrogate pair."""
    if "\x00" in text:
        raise ValueError("contains a NUL character, which cannot be stored; remove it")
    if any("\ud800" <= char <= "\udfff" for char in text):
        raise ValueError("contains half of a surrogate pair, which is no character; send valid Unicode")
    return text
