"""Which peers to show first, and whose feedback speaks to this answer."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from pipelines.arrays import Floats
from pipelines.assessment.ridge import kernel_ridge
from pipelines.assessment.space import BROAD, AssessmentSpace, weigh
from pipelines.assessment.terms import VERDICTS, Judged

VERDICT_WEIGHT = 0.5
"""Standard deviations of likeness that one unit of log probability of the peer's verdict is worth."""
FEEDBACK_RIDGE = 1.0
OFFSET = 0.3
"""Added to the kernel: a free constant, so that common feedback is expected a little more."""


def _standard(x: Floats) -> Floats:
    return np.asarray((x - x.mean(-1, keepdims=True)) / (x.std(-1, keepdims=True) + 1e-9))


def nearness(likeness: dict[str, Floats]) -> Floats:
    """(q, n) sum of z-scores of dense, character and clause likeness over the challenge's rows.

    The sum of z-scores beat reciprocal ranks and either part alone (pitfalls.md, Retrieval).
    """
    return np.asarray(sum(_standard(likeness[k]) for k in ("dense", "char", "soft")) / 3.0)


def rank_peers(likeness: dict[str, Floats], probabilities: Floats, verdicts: Sequence[int]) -> Floats:
    """(q, n) peers' positions, best first: near in content, and judged as this answer seems to be.

    A peer's verdict is known; this answer's is the assessment's guess, (q, 3). So a peer moves up
    by how probable its own verdict is here; VERDICT_WEIGHT 0 is likeness alone.
    """
    fit = np.log(np.clip(probabilities, 0.02, 1.0))[:, np.asarray(verdicts, dtype=int)]
    return np.asarray(np.argsort(-(nearness(likeness) + VERDICT_WEIGHT * fit), axis=1, kind="stable"))


@dataclass(frozen=True)
class PrecedentFit:
    """``keep`` (m,) positions of rows with feedback and not fully met; ``weights`` (m, m)."""

    keep: Floats
    weights: Floats


def fit_precedents(space: AssessmentSpace, rows: Sequence[Judged], own: dict[str, Floats]) -> PrecedentFit:
    """Learn, per precedent, which answers get feedback like its own. ``own``: kernels of the rows."""
    keep = np.array([i for i, r in enumerate(rows) if r.verdict != len(VERDICTS) - 1 and r.feedback], dtype=int)
    if not len(keep):
        return PrecedentFit(keep, np.zeros((0, 0)))
    texts = [rows[i].feedback for i in keep]
    vectors = space.char_vectors(texts)
    same = np.array([[a == b for b in texts] for a in texts], dtype=np.float64)
    alike = 0.5 * same + 0.5 * (vectors @ vectors.T).toarray()
    kernel = weigh(own, BROAD)[np.ix_(keep, keep)] + OFFSET
    return PrecedentFit(keep, kernel_ridge(kernel, FEEDBACK_RIDGE).inverse @ alike)


def rank_precedents(fit: PrecedentFit, likeness: dict[str, Floats]) -> Floats:
    """(q, m) positions in the history of precedents not fully met, best first, for q answers.

    Not the nearest answer but the feedback that near answers agree on: a kernel ridge from answers to
    the likeness of their feedback to each precedent's (half exact, half by characters), plus a little
    of the likeness itself. Measured on German history, each row left out: share whose first precedent
    carries the same feedback .37, against .21 for the nearest of the same rows.
    """
    if not len(fit.keep):
        return np.zeros((next(iter(likeness.values())).shape[0], 0), dtype=int)
    near = weigh(likeness, BROAD)[:, fit.keep]
    expected = (near + OFFSET) @ fit.weights
    return np.asarray(fit.keep[np.argsort(-(_standard(expected) + 0.15 * _standard(near)), axis=1)])
