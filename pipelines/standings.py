"""How a submission stands, as values: as people, a comparison, or a language model read it. Holds; reads nothing.

`pipelines.values` gives all of them on. Offsets and times are as there.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Final

FEWEST_JUDGED: Final = 20
"""Judged works on a criterion below which a comparison with them says nothing of it."""


class Standing(StrEnum):
    """How a submission stands on a criterion. `CANNOT_TELL` is an answer, and a good one when evidence is thin."""

    MET = "met"
    PARTLY = "partly"
    NOT_YET = "not_yet"
    CANNOT_TELL = "cannot_tell"


@dataclass(frozen=True, slots=True)
class PersonsReading:
    """How a person says that a work stands on a criterion, and where: `start`..`end` of its text, or `nowhere`. With
    neither, the person left the place to the machine."""

    criterion: str
    standing: Standing
    start: int | None = None
    end: int | None = None
    nowhere: bool = False

    @property
    def place(self) -> tuple[int, int] | None:
        """Offsets into the submission."""
        return None if self.start is None or self.end is None else (self.start, self.end)


@dataclass(frozen=True, slots=True)
class TrackRecord:
    """How the comparison did when it said one standing of one criterion: of `compared` judged works, each read as if
    it and its author's others had not been judged, it said so of `said`, and `right` of these were. It may say so from
    the certainty `least`; None: it may not."""

    compared: int
    said: int
    right: int
    least: float | None


@dataclass(frozen=True, slots=True)
class Judgement:
    """How a submission stands on one criterion, and how sure that is (0 to 1). `agreeing` counts independent peers.

    `chance` is the probability that a person would say "met"; the standing is read from it. `start`..`end` is where the
    submission speaks of the criterion most nearly (both None: not looked for), `evidence` how near that is: a cosine.
    What entitles the comparison to its standing is the `record`; without one, no comparison says how it stands.
    """

    criterion: str
    standing: Standing
    confidence: float
    agreeing: int = 0
    chance: float = 0.5
    start: int | None = None
    end: int | None = None
    evidence: float = 0.0
    by_person: bool = False  # a person said so of this very text; its place is then the person's
    record: TrackRecord | None = None

    @property
    def place(self) -> tuple[int, int] | None:
        """Offsets into the submission."""
        return None if self.start is None or self.end is None else (self.start, self.end)

    def as_read(self, reading: PersonsReading) -> Judgement:
        """The same criterion as a person reads it; where the person gave no place, this one's stays."""
        chance = {Standing.MET: 1.0, Standing.NOT_YET: 0.0}.get(reading.standing, 0.5)
        said = replace(
            self,
            standing=reading.standing,
            confidence=1.0,
            agreeing=0,
            chance=chance,
            by_person=True,
            record=None,
        )
        if reading.nowhere:
            return replace(said, start=None, end=None, evidence=0.0)
        return replace(said, start=reading.start, end=reading.end, evidence=1.0) if reading.place else said


@dataclass(frozen=True, slots=True)
class Assessment:
    """The reading of a submission. `overall` is the best guess; `abstained` says not to rely on it. `surely_met` and
    `surely_open`: that it is met, or is not, can be relied on, also where nobody can tell partly from not yet.

    `score` is the expected share of full marks in [0, 1]; `peers` counts the reviewed work it rests on (0: cold).
    `nearest` are ids of reviewed work, near in content and in standing; `precedents` those whose feedback should fit.
    """

    overall: Judgement
    criteria: tuple[Judgement, ...] = ()
    score: float | None = None
    abstained: bool = False
    surely_met: bool = False
    surely_open: bool = False
    peers: int = 0
    nearest: tuple[str, ...] = ()
    precedents: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ModelReading:
    """How a language model read a criterion before it wrote a point, and at which places of the submission."""

    criterion: str
    standing: Standing
    places: tuple[tuple[int, int], ...] = ()
    unclear: str = ""
