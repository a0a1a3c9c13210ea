"""What the modules of this package pass to one another: arrays, known vectors, and judged work with one mark each."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from pipelines.arrays import Floats
from pipelines.values import Reviewed, Standing

KnownVectors = Mapping[str, NDArray[Any]]
"""The unit vector (d,) of every text named by `space.texts_to_embed`; one embedder, one d."""

VERDICTS: Final = (Standing.NOT_YET, Standing.PARTLY, Standing.MET)
"""Order of every probability triple here: worst first."""

MARKS: Final = {Standing.NOT_YET: 0.0, Standing.PARTLY: 0.5, Standing.MET: 1.0}
"""What a standing is worth where no score was given."""


@dataclass(frozen=True, slots=True)
class Judged:
    """Work that a person has judged, with the verdict (index into VERDICTS) and mark (0 to 1) that were said or follow.

    `criteria` holds only those that the person judged, each 0 to 1; `places` where the person read that.
    """

    id: str
    text: str
    verdict: int
    mark: float
    author: str = ""
    feedback: str = ""
    criteria: Mapping[str, float] = field(default_factory=dict)
    places: Mapping[str, tuple[int, int]] = field(default_factory=dict)


def judged(row: Reviewed) -> Judged | None:
    """The row as assessment learns from it; None if nothing was judged that says how it stands."""
    criteria = {key: MARKS[standing] for key, standing in row.criteria.items() if standing in MARKS}
    mark = _mark(row, criteria)
    if mark is None:
        return None
    verdict = VERDICTS.index(row.standing) if row.standing in MARKS else _verdict(mark)
    return Judged(row.id, row.text, verdict, min(1.0, max(0.0, mark)), row.author, row.feedback, criteria, row.places)


def _mark(row: Reviewed, criteria: Mapping[str, float]) -> float | None:
    if row.score is not None:
        return row.score
    if row.standing in MARKS:
        return MARKS[row.standing]
    return sum(criteria.values()) / len(criteria) if criteria else None


def _verdict(mark: float) -> int:
    """Full marks are met, none are not yet, all between is partly: as the public sets label their scores."""
    return 2 if mark >= 0.995 else 0 if mark <= 0.005 else 1


def standard(x: Floats) -> Floats:
    """Standard deviations from the mean, of each; all zero where they are alike."""
    return np.asarray((x - x.mean()) / (x.std() + 1e-9)) if len(x) else x
