"""Which criteria an answer meets, learned from whole scores: nobody marked the single criteria.

A score tells how many points were met, not which. The missing part is filled in by hard EM: among
the sets of criteria whose points give the score, take the likeliest under the evidence (clause by
clause likeness to the criterion, minus what the feedback asks for), fit a kernel ridge to that, and
take the likeliest again.
"""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from pipelines.arrays import Floats
from pipelines.assessment.claims import claims, stems
from pipelines.assessment.ridge import KernelRidge
from pipelines.assessment.space import AssessmentSpace, WorksView
from pipelines.assessment.terms import Judged, KnownVectors
from pipelines.values import ChallengeAsItStands

ROUNDS = 2
"""Measured within German history (Spearman, five folds): 0 rounds .757, 1 .763, 4 .758, 8 .759."""
MAX_CRITERIA = 10
"""2^10 subsets a row; beyond that, criteria are judged by coverage alone."""
MIN_ROWS = 8


@dataclass(frozen=True)
class CriterionFit:
    """``met`` (n, criteria): what the history's rows most likely met."""

    met: Floats


def points_of(challenge: ChallengeAsItStands) -> Floats:
    """(criteria,) points, summing to 1; equal parts where any is missing."""
    given = [c.points for c in challenge.criteria]
    if not given or any(p is None or p <= 0 for p in given):
        return np.full(len(given), 1 / max(1, len(given)))
    raw = np.array(given, dtype=np.float64)
    return np.asarray(raw / raw.sum())


def coverage(space: AssessmentSpace, view: WorksView, vectors: KnownVectors) -> Floats:
    """(n, criteria, 4): dense likeness by clause, dense of the whole, share of stems, characters."""
    challenge = space.challenge
    out = np.zeros((len(view), len(challenge.criteria), 4))
    for k, criterion in enumerate(challenge.criteria):
        if not criterion.text or not len(view):
            continue
        parts = np.stack([np.asarray(vectors[c], dtype=np.float64) for c in claims(criterion.text)])
        words = frozenset(stems(criterion.text, challenge.language))
        out[:, k, 0] = [(parts @ p.T).max(1).mean() for p in view.parts]
        out[:, k, 1] = view.dense @ np.asarray(vectors[criterion.text])
        out[:, k, 2] = [len(words & s) / max(1, len(words)) for s in view.stems]
        out[:, k, 3] = space.char_likeness(view, [criterion.text])[:, 0]
    return out


def _standard(x: Floats) -> Floats:
    return np.asarray((x - x.mean(0)) / np.maximum(x.std(0), 0.02))


def _asked_for(space: AssessmentSpace, rows: Sequence[Judged]) -> Floats:
    """(n, criteria): how much more the row's feedback speaks of this criterion than of the others."""
    texts = [c.text for c in space.challenge.criteria]
    said = space.char_vectors([r.feedback for r in rows]) @ space.char_vectors(texts).T
    standard = _standard(said.toarray())
    return np.asarray(standard - standard.mean(1, keepdims=True))


def _assign(evidence: Floats, subsets: Floats, allowed: Floats) -> Floats:
    score = np.where(allowed, evidence @ subsets.T, -np.inf)
    return np.asarray(subsets[score.argmax(1)])


def fit_criteria(
    space: AssessmentSpace, rows: Sequence[Judged], ridge: KernelRidge, vectors: KnownVectors
) -> CriterionFit | None:
    """Which criteria each row met: what a person said, else filled in; None where there is too little to learn from."""
    points = points_of(space.challenge)
    said = _said(space.challenge, rows)
    if len(rows) < MIN_ROWS or not len(points):
        return None
    if not np.isnan(said).any():
        return CriterionFit(said)
    if not 2 <= len(points) <= MAX_CRITERIA:
        return None
    return CriterionFit(np.where(np.isnan(said), _filled_in(space, rows, ridge, vectors, points), said))


def _said(challenge: ChallengeAsItStands, rows: Sequence[Judged]) -> Floats:
    """(n, criteria): 0 to 1 as a person judged it, NaN where nobody did."""
    return np.array([[row.criteria.get(c.id, np.nan) for c in challenge.criteria] for row in rows], dtype=np.float64)


def _filled_in(
    space: AssessmentSpace, rows: Sequence[Judged], ridge: KernelRidge, vectors: KnownVectors, points: Floats
) -> Floats:
    """(n, criteria), 0 or 1: the sets of criteria that explain the marks, by hard EM."""
    subsets = np.array(list(itertools.product((0.0, 1.0), repeat=len(points))))
    gap = np.abs((subsets @ points)[None] - np.array([row.mark for row in rows])[:, None])
    allowed = gap <= gap.min(1, keepdims=True) + 1e-6
    seen = coverage(space, space.view, vectors)
    prior = _standard(seen @ np.array([1.0, 0.5, 1.0, 1.0])) - _asked_for(space, rows)
    met = _assign(prior, subsets, allowed)
    for _ in range(ROUNDS):
        chance = np.clip(ridge.left_out(met), 0.03, 0.97)
        met = _assign(np.log(chance / (1 - chance)) + 0.5 * prior, subsets, allowed)
    return met


def judge(fit: CriterionFit | None, ridge: KernelRidge | None, likeness: Floats, cold: Floats, trust: float) -> Floats:
    """(q, criteria) probability of met: the challenge's own fit for ``trust``, coverage for the rest.

    ``likeness`` (q, n) of the same kernel as ``ridge``; ``cold`` (q, criteria) by coverage.
    """
    if fit is None or ridge is None:
        return cold
    own = np.clip(ridge.predict(likeness, fit.met), 0.02, 0.98)
    return np.asarray(trust * own + (1 - trust) * cold)
