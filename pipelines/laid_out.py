"""What an evidence sheet holds, as values. Holds; does nothing else."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class SheetPlace:
    """A passage of the work that speaks of a criterion: offsets into it, and how near it is (a cosine)."""

    start: int
    end: int
    near: float


@dataclass(frozen=True, slots=True)
class SheetLine:
    """What an evidence sheet holds on one criterion. No places: the work speaks of it nowhere. `document` is the label
    of the evidence that holds the organization's line on it, with offsets into that document; `precedents` are labels
    of points that people decided on passages like this one."""

    criterion: str
    places: tuple[SheetPlace, ...] = ()
    document: str = ""
    start: int = 0
    end: int = 0
    precedents: tuple[str, ...] = ()
