"""A reply of the drafter in the shape that the feedback prompt asks of a model."""

from __future__ import annotations

from collections.abc import Sequence

from pipelines.values import PointKind, Span

MOST_POINTS = 3
"""In any draft."""

DrafterReply = dict[str, object]


def abstain(reason: str) -> DrafterReply:
    """Nothing is said, and why."""
    return {"summary": "", "points": [], "abstain": True, "reason": reason}


def reply(summary: str, points: Sequence[DrafterReply]) -> DrafterReply:
    """Something is said."""
    return {"summary": summary, "points": list(points), "abstain": False, "reason": ""}


def point(kind: PointKind, criterion: str, of: str, span: Span, text: str, labels: Sequence[str]) -> DrafterReply:
    """One point at a place `of` a work's text; rests on its criterion, where there is one, and on these labels."""
    sources = list(dict.fromkeys([*([criterion] if criterion else []), *labels]))
    return {"kind": kind.value, "criterion": criterion, "quote": of[slice(*span)], "text": text, "sources": sources}
