"""What assessment learns, from one challenge's history and from all of an organization's, and how it reads by it.

Three steps. (1) Inside each challenge, kernel ridges on its own history guess score and verdict; for the history itself
they do so with the row left out. (2) One small logistic model, shared by all challenges of an organization, weighs the
guesses, the agreement of the nearest peers and the evidence of the reference. (3) A second, on folds, says how often
such a verdict is right. Without peers a cold model reads the reference alone.

Figures: docs/decisions/0005-assessment.md.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, fields
from typing import Any

import numpy as np

from pipelines.arrays import Floats
from pipelines.assessment.criteria import CriterionFit, coverage, fit_criteria, judge, points_of
from pipelines.assessment.linear import Linear, fit_classes, fit_score, out_of_fold, sigmoid, softmax
from pipelines.assessment.peers import PrecedentFit, fit_precedents, nearness, rank_peers, rank_precedents
from pipelines.assessment.ridge import KernelRidge, kernel_ridge
from pipelines.assessment.space import BROAD, WORDING, AssessmentSpace, Weights, WorksView, weigh
from pipelines.assessment.terms import Judged, KnownVectors
from pipelines.values import ChallengeAsItStands

KERNELS: tuple[tuple[Weights, float], ...] = (
    (BROAD, 0.06), (BROAD, 0.4), (WORDING, 0.2), ({"soft": 1.0, "dense": 0.2}, 0.4),
)  # fmt: skip
"""(kernel weights, ridge). One kernel fitted stiff and soft, and two of its parts: they err
differently, and the shared model learns whom to believe. The last took German log loss from .423 to
.418 in cross-validation; three more changed nothing."""
STRENGTH = 0.03
"""Inverse L2 penalty of the shared logistic model; .02 to .06 are equal within noise."""
CRITERION_RIDGE = 0.4
MOST_JUDGED = 400
"""Of longer histories the latest rows are used: solving grows with the cube (400 rows: 15 ms)."""
TRUST_ROWS = 10
"""Pseudo-rows of the cold model: with n peers the warm one counts n / (n + 10)."""
PRIOR_ROWS = 6
RARE = 0.3
"""Probabilities are divided by (share of the verdict) ** RARE before the best is taken: the verdicts
seldom given are not forgotten. Macro-F1 in cross-validation peaks at .3 to .5 on both public sets."""
PRECISION = 0.95
MIN_PEERS = 20
"""With fewer peers the calibration does not hold: a new German challenge was answered at precision
.85 to .88 with 1 to 10 peers, .905 with 20, .934 with 40 (docs/decisions/0005-assessment.md). Below it,
always abstain."""
NEAR = (3, 10)


@dataclass(frozen=True)
class AssessmentModel:
    """All that an organization's history taught: plain numbers, JSON both ways."""

    share: list[float]  # of each verdict, smoothed
    warm: Linear
    warm_score: Linear
    cold: Linear
    cold_score: Linear
    criterion: Linear | None  # None: no challenge taught how coverage reads
    surety: Linear
    threshold: float  # least confidence at which out-of-fold precision is PRECISION; above 1: never
    met_from: float = 1.01  # least chance of "met" at which PRECISION of those out of fold were met; above 1: never
    open_from: float = 1.01  # least chance of "not met" at which PRECISION of those out of fold were open

    def numbers(self) -> dict[str, Any]:
        """As plain numbers, to be kept as JSON."""
        return asdict(self)

    @staticmethod
    def of(numbers: Mapping[str, Any]) -> AssessmentModel:
        """The model that `numbers` came from, also of an earlier release; what else is among them is left alone."""
        own: dict[str, Any] = {one.name: numbers[one.name] for one in fields(AssessmentModel) if one.name in numbers}
        own |= {key: Linear(**one) for key, one in own.items() if isinstance(one, Mapping)}
        return AssessmentModel(**own)


@dataclass(frozen=True)
class Desk:
    """One challenge made ready: may be kept while neither its history nor the embedder changes."""

    challenge: ChallengeAsItStands
    rows: tuple[Judged, ...]
    space: AssessmentSpace
    bare: AssessmentSpace  # fitted on no history: what a cold assessment sees
    ridges: tuple[KernelRidge, ...]
    targets: Floats  # (n, 3): score, is met, is not yet
    verdicts: Floats  # (n,) index into VERDICTS
    own: dict[str, Floats]  # kernels of the history with itself
    criterion_ridge: KernelRidge | None
    criterion_fit: CriterionFit | None
    precedents: PrecedentFit


def desk(challenge: ChallengeAsItStands, rows: Sequence[Judged], vectors: KnownVectors) -> Desk:
    """Fit what belongs to one challenge; about 30 ms for 60 long or 190 short answers."""
    used = tuple(rows[-MOST_JUDGED:])
    space = AssessmentSpace(challenge, [r.text for r in used], vectors)
    verdicts = np.array([row.verdict for row in used], dtype=int)
    marks = np.array([row.mark for row in used])
    targets = np.stack([marks, verdicts == 2, verdicts == 0], axis=1).astype(np.float64)
    own = space.likeness(space.view, space.view)
    ridges = tuple(kernel_ridge(weigh(own, w), r) for w, r in KERNELS) if used else ()
    criterion = kernel_ridge(weigh(own, BROAD), CRITERION_RIDGE) if used else None
    met = fit_criteria(space, used, criterion, vectors) if criterion else None
    precedents = fit_precedents(space, used, own)
    bare = AssessmentSpace(challenge, [], vectors)
    return Desk(challenge, used, space, bare, ridges, targets, verdicts, own, criterion, met, precedents)


def _votes(near: Floats, verdicts: Floats, prior: Floats) -> list[Floats]:
    """Label votes of the nearest as log ratios with the challenge's own prior (two per k)."""
    order = np.argsort(-near, axis=1)
    out = []
    for k in NEAR:
        votes = np.eye(3)[verdicts[order[:, :k]]].sum(1)
        ratio = np.log((votes + 2 * prior) / (votes.sum(1, keepdims=True) + 2) / prior)
        out += [ratio[:, 2] - ratio[:, 1], ratio[:, 0] - ratio[:, 1]]
    return out


def _warm_features(d: Desk, view: WorksView, like: dict[str, Floats], share: Floats, *, left_out: bool) -> Floats:
    """(q, features) of answers with peers. ``left_out``: the answers are the history itself."""
    hidden = np.eye(len(view), dtype=bool) if left_out else np.zeros((len(view), len(d.rows)), dtype=bool)
    counts = np.bincount(d.verdicts, minlength=3)
    prior = (counts + PRIOR_ROWS * share) / (counts.sum() + PRIOR_ROWS)
    columns = [np.full(len(view), np.log(prior[i] / prior[1])) for i in (2, 0)]
    near = np.where(hidden, -np.inf, nearness(like))
    columns += _votes(near, d.verdicts, prior)
    columns += [np.where(hidden, 0.0, like[k]).max(1) for k in ("dense", "char")]
    for ridge, (weights, _) in zip(d.ridges, KERNELS, strict=True):
        guess = ridge.left_out(d.targets) if left_out else ridge.predict(weigh(like, weights), d.targets)
        columns += list(guess.T)
    columns += _criterion_features(d, weigh(like, BROAD), left_out=left_out)
    history = d.space.view.evidence
    spread = np.maximum(history.std(0), 0.02)
    relative = np.clip((view.evidence - history.mean(0)) / spread, -4, 4)
    return np.column_stack([*columns, view.evidence, relative])


def _criterion_features(d: Desk, near: Floats, *, left_out: bool) -> list[Floats]:
    """Expected points, and how probable that all, none, the worst and the best are met."""
    if d.criterion_fit is None or d.criterion_ridge is None:
        return [np.zeros(len(near))] * 5
    met = d.criterion_fit.met
    guess = d.criterion_ridge.left_out(met) if left_out else d.criterion_ridge.predict(near, met)
    q = np.clip(guess, 0.02, 0.98)
    return [q @ points_of(d.challenge), np.log(q).sum(1), np.log(1 - q).sum(1), q.min(1), q.max(1)]


def choose(probabilities: Floats, share: Sequence[float]) -> Floats:
    """(n,) index of the verdict given: the likeliest once common verdicts are held back by RARE."""
    return np.asarray((probabilities / np.array(share) ** RARE).argmax(1))


def _surety_features(p: Floats, chosen: Floats) -> Floats:
    """What confidence is read from: how probable the chosen verdict, how far ahead, which it is."""
    best = np.clip(p[np.arange(len(p)), chosen], 0.01, 0.99)
    ordered = np.sort(p, axis=1)
    return np.column_stack([np.log(best / (1 - best)), ordered[:, -1] - ordered[:, -2]])


def _threshold(confidence: Floats, right: Floats) -> float:
    """The least confidence above which PRECISION of at least 20 answers are right; else 1.01."""
    order = np.argsort(-confidence)
    precision = np.cumsum(right[order]) / np.arange(1, len(order) + 1)
    fine = np.flatnonzero(precision[19:] >= PRECISION)
    return float(confidence[order[fine[-1] + 19]]) if len(fine) else 1.01


def _surety(x: Floats, y: Floats, share: Floats) -> tuple[Linear, float, float, float]:
    """Calibrate on folds: a logistic from the probabilities to whether the verdict was right, the threshold from which
    it is, and those from which work is met, and open at all: partly and not yet are often told apart wrongly."""
    p = softmax(out_of_fold(x, lambda m: fit_classes(x[m], y[m], 3, STRENGTH)))
    chosen = choose(p, share.tolist())
    right = (chosen == y).astype(int)
    linear = fit_classes(_surety_features(p, chosen), right, 2, 1.0)
    sure = sigmoid(linear(_surety_features(p, chosen)))[:, 0]
    met, open_ = _threshold(p[:, 2], y == 2), _threshold(1 - p[:, 2], y != 2)
    return linear, _threshold(sure, right), met, open_


def _fit_criterion(desks: Sequence[Desk], vectors: KnownVectors) -> Linear | None:
    """Shared reading of coverage as "met", from what the challenges' own fits filled in; None where there are none."""
    seen = [(coverage(d.bare, d.bare.look([r.text for r in d.rows], vectors), vectors), d.criterion_fit.met)
            for d in desks if d.criterion_fit is not None]  # fmt: skip
    if not seen:
        return None
    x = np.vstack([s.reshape(-1, 4) for s, _ in seen])
    return fit_classes(x, np.concatenate([m.reshape(-1) for _, m in seen]).astype(int), 2, 0.1)


def fit(desks: Sequence[Desk], vectors: KnownVectors) -> AssessmentModel:
    """Learn an organization's shared model from leave-one-out features of its histories. Takes one desk at least."""
    y = np.concatenate([d.verdicts for d in desks])
    marks = np.concatenate([d.targets[:, 0] for d in desks])
    share = np.asarray((np.bincount(y, minlength=3) + 1.0) / (len(y) + 3.0), dtype=np.float64)
    x = np.vstack([_warm_features(d, d.space.view, d.own, share, left_out=True) for d in desks])
    bare = np.vstack([d.bare.look([r.text for r in d.rows], vectors).evidence for d in desks])
    surety, threshold, met_from, open_from = _surety(x, y, share)
    return AssessmentModel(
        share.tolist(), fit_classes(x, y, 3, STRENGTH), fit_score(x, marks), fit_classes(bare, y, 3, 0.02),
        fit_score(bare, marks), _fit_criterion(desks, vectors), surety, threshold, met_from, open_from,
    )  # fmt: skip


@dataclass(frozen=True)
class AssessedWorks:
    """q answers read at once; row i of every array is answer i. ``peers`` are positions in rows."""

    probabilities: Floats  # (q, 3)
    chosen: Floats  # (q,)
    score: Floats  # (q,)
    confidence: Floats  # (q,)
    criteria: Floats  # (q, criteria)
    peers: Floats  # (q, n) best first
    precedents: Floats  # (q, m) best first


def read(model: AssessmentModel, d: Desk, texts: Sequence[str], vectors: KnownVectors) -> AssessedWorks:
    """Assess q answers to one challenge; the warm model is trusted n / (n + TRUST_ROWS)."""
    bare = d.bare.look(texts, vectors)
    p, score = softmax(model.cold(bare.evidence)), model.cold_score(bare.evidence)[:, 0]
    met = coverage(d.bare, bare, vectors)
    cold = np.full(met.shape[:2], 0.5)
    if model.criterion is not None:
        cold = sigmoid(model.criterion(met.reshape(-1, met.shape[2])))[:, 0].reshape(met.shape[:2])
    peers = precedents = np.zeros((len(texts), 0), dtype=int)
    criteria = cold
    if d.rows:
        trust = len(d.rows) / (len(d.rows) + TRUST_ROWS)
        view = d.space.look(texts, vectors)
        like = d.space.likeness(view, d.space.view)
        x = _warm_features(d, view, like, np.array(model.share), left_out=False)
        p = trust * softmax(model.warm(x)) + (1 - trust) * p
        score = trust * model.warm_score(x)[:, 0] + (1 - trust) * score
        criteria = judge(d.criterion_fit, d.criterion_ridge, weigh(like, BROAD), cold, trust)
        peers = rank_peers(like, p, d.verdicts.tolist())
        precedents = rank_precedents(d.precedents, like)
    chosen = choose(p, model.share)
    confidence = sigmoid(model.surety(_surety_features(p, chosen)))[:, 0]
    return AssessedWorks(p, chosen, np.clip(score, 0, 1), confidence, criteria, peers, precedents)
