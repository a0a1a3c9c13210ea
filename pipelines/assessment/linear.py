"""Small linear models as plain numbers: fitted with scikit-learn, kept and applied without it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from pipelines.arrays import Floats


@dataclass(frozen=True)
class Linear:
    """x -> weights @ clip((x - mean) / spread, -4, 4) + bias; one row of weights an output."""

    mean: list[float]
    spread: list[float]
    weights: list[list[float]]
    bias: list[float]

    def __call__(self, x: Floats) -> Floats:
        """(n, features) -> (n, outputs), before any link function."""
        z = np.clip((x - np.array(self.mean)) / np.array(self.spread), -4, 4)
        return np.asarray(z @ np.array(self.weights).T + np.array(self.bias))


def _linear(x: Floats, weights: Floats, bias: Floats) -> Linear:
    spread = np.where(x.std(0) > 1e-6, x.std(0), 1e9)
    return Linear(x.mean(0).tolist(), spread.tolist(), weights.tolist(), bias.tolist())


def _scaled(x: Floats) -> Floats:
    empty = _linear(x, np.eye(x.shape[1]), np.zeros(x.shape[1]))
    return empty(x)


def fit_classes(x: Floats, y: Floats, n_classes: int, strength: float) -> Linear:
    """Multinomial logistic regression, L2 penalty 1 / ``strength``.

    One pseudo-answer a class, at the mean and of weight 0.5, keeps every class in the model when the
    history holds one or two only (Laplace's rule).
    """
    from sklearn.linear_model import LogisticRegression

    z = np.vstack([_scaled(x), np.zeros((n_classes, x.shape[1]))])
    labels = np.concatenate([y, np.arange(n_classes)])
    weight = np.concatenate([np.ones(len(y)), np.full(n_classes, 0.5)])
    model = LogisticRegression(C=strength, max_iter=1000).fit(z, labels, sample_weight=weight)
    return _linear(x, model.coef_, model.intercept_)


def fit_score(x: Floats, marks: Floats) -> Linear:
    """Ridge regression of marks (0 to 1); the penalty was chosen by cross-validation."""
    from sklearn.linear_model import Ridge

    model = Ridge(60.0).fit(_scaled(x), marks)
    return _linear(x, np.atleast_2d(model.coef_), np.atleast_1d(model.intercept_))


def softmax(x: Floats) -> Floats:
    """Rows to probabilities."""
    e = np.exp(x - x.max(1, keepdims=True))
    return np.asarray(e / e.sum(1, keepdims=True))


def sigmoid(x: Floats) -> Floats:
    """Log odds to probabilities."""
    return np.asarray(1 / (1 + np.exp(-np.clip(x, -30, 30))))


def out_of_fold(x: Floats, fit: Callable[[Floats], Callable[[Floats], Floats]]) -> Floats:
    """Predict each fifth from the other four; ``fit`` takes the training rows' mask."""
    fold = np.random.default_rng(0).permutation(len(x)) % 5
    first = fit(np.ones(len(x), dtype=bool))(x)
    out = np.zeros_like(first)
    for k in range(5):
        if (fold == k).any() and (fold != k).any():
            out[fold == k] = fit(fold != k)(x[fold == k])
        else:
            out[fold == k] = first[fold == k]
    return out
