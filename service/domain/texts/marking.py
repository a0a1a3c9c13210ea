"""A text cut at the places that points are about, so that each stretch knows which points it belongs to. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

from pipelines.values import Span


@dataclass(frozen=True, slots=True)
class Stretch:
    """A stretch of text. `points` are the numbers of the points it is about; `begins` those whose place begins here.
    `criteria` are the numbers of the criteria that it speaks of."""

    text: str
    points: tuple[int, ...] = ()
    begins: tuple[int, ...] = ()
    criteria: tuple[int, ...] = ()


def stretches(
    text: str, places: Mapping[int, Sequence[Span]], criteria: Mapping[int, Sequence[Span]] | None = None
) -> tuple[Stretch, ...]:
    """The text in stretches that, put together, are the text. `places` are [start, end) by a point's number, `criteria`
    the same by a criterion's.

    Places outside the text are cut to it; an empty place is none. A point begins at the first of its places.
    """
    held, spoken = _within(text, places), _within(text, criteria or {})
    found = [span for spans in (*held.values(), *spoken.values()) for span in spans]
    edges = sorted({0, len(text), *(edge for span in found for edge in span)})
    first = {number: min(start for start, _ in spans) for number, spans in held.items() if spans}
    return tuple(
        Stretch(
            text[start:end],
            _numbers(held, start, end),
            tuple(n for n, at in sorted(first.items()) if at == start),
            _numbers(spoken, start, end),
        )
        for start, end in pairwise(edges)
    )


def _within(text: str, places: Mapping[int, Sequence[Span]]) -> dict[int, list[Span]]:
    return {
        number: [(max(0, start), min(len(text), end)) for start, end in spans if max(0, start) < min(len(text), end)]
        for number, spans in places.items()
    }


def _numbers(held: Mapping[int, Sequence[Span]], start: int, end: int) -> tuple[int, ...]:
    return tuple(n for n, spans in sorted(held.items()) if any(a <= start and end <= b for a, b in spans))
