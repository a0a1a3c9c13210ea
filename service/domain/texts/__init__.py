"""The text of feedback as one thing that can be hashed, approved and compared."""

from __future__ import annotations

import hashlib
import json
import unicodedata
from collections.abc import Mapping, Sequence
from typing import Final

LONGEST_WORK: Final = 200_000
"""Characters that one piece of work may hold."""


def digest(text: str) -> str:
    """sha256 of the text in UTF-8, 64 hexadecimal digits."""
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def digest_of_bytes(data: bytes) -> str:
    """sha256 of bytes, 64 hexadecimal digits."""
    return hashlib.sha256(data).hexdigest()


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


_TURNS = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
"""Signs that turn the direction of what follows, also beyond the name in which they stand (UAX #9)."""
_UNSEEN = frozenset({"Cc", "Cf", "Cn", "Co", "Zl", "Zp", "Zs"})


def name(text: str) -> str:
    """What something is called, in one spelling (NFC). Raises ValueError for what people could not read."""
    text = unicodedata.normalize("NFC", storable(text))
    if any(char < " " or char == "\x7f" for char in text):
        raise ValueError("contains a control character, which an id or name cannot hold")
    if not _TURNS.isdisjoint(text):
        raise ValueError("contains a sign that turns the direction of writing; leave it out, as no name needs it")
    if text and not any(unicodedata.category(char) not in _UNSEEN and char not in _BLANK for char in text):
        raise ValueError("has nothing in it that can be seen")
    return text


_BLANK = frozenset("\u115f\u1160\u3164\uffa0\u2800")
"""Letters and signs that fonts show as nothing."""


def identifier(text: str) -> str:
    """An external id, in one spelling (NFC). Raises ValueError for what cannot be told apart or sent in an address."""
    text = name(text)
    if text in (".", ".."):
        raise ValueError("is a step in an address, which is resolved before anybody is asked; choose another id")
    if any(unicodedata.category(char) == "Cf" for char in text):
        raise ValueError("contains a sign that cannot be seen, and so cannot be told apart from another id")
    return text
