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
