"""One challenge's answers as numbers: kernels between answers, and evidence for each answer.

Everything here is free of labels. A ``Space`` is fitted on the texts of one challenge (reference,
prompt, criteria, history) and then describes any answer; it is cheap enough to be rebuilt on the fly.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np

from pipelines.arrays import Floats
from pipelines.assessment.claims import claims, stems
from pipelines.assessment.terms import KnownVectors
from pipelines.values import ChallengeAsItStands

if TYPE_CHECKING:  # what reads no answers starts a second sooner without them
    from scipy.sparse import csr_matrix
    from sklearn.feature_extraction.text import TfidfVectorizer

MAX_SOFT = 1200
"""At most so many of the history's clauses span the soft vocabulary (evenly picked): keeps a
challenge with thousands of answers at tens of milliseconds."""

EVIDENCE = (
    "ref_dense", "ref_coverage", "ref_worst", "ref_hit", "ref_best", "ref_words", "ref_new_words",
    "in_ref", "ref_char", "ref_word", "clause_words", "clause_half", "prompt_dense", "in_prompt",
    "log_words", "log_clauses",
)  # fmt: skip
"""What an answer shows of the reference, each 0 to 1 but for the two logarithms of counts."""

_META = tuple(
    EVIDENCE.index(n)
    for n in ("ref_dense", "ref_coverage", "ref_words", "ref_new_words", "ref_char", "ref_word",
              "log_words", "in_ref", "prompt_dense", "ref_hit")
)  # fmt: skip

Weights = dict[str, float]
BROAD: Weights = {"dense": 0.2, "char": 0.7, "meta": 0.2, "unit": 0.1, "unit_rbf": 0.2, "soft": 0.3}
"""Kernel weights, by coordinate ascent on the leave-one-out R² of scores within the histories of
both public sets: .665/.418 against .604/.268 for dense + character + word alone."""
WORDING: Weights = {"dense_exp": 0.6, "char": 0.5, "word": 0.3, "soft": 0.2}
"""The answer's wording only, no reference: errs elsewhere than BROAD, so the two are stacked."""


@dataclass(frozen=True)
class WorksView:
    """n answers described in a Space; row i of every array is answer i."""

    dense: Floats  # (n, d) unit
    char: csr_matrix  # (n, c) unit
    word: csr_matrix  # (n, w) unit
    unit: Floats  # (n, u) coverage of each reference clause, dense then words
    evidence: Floats  # (n, len(EVIDENCE))
    soft: Floats  # (n, v) best match of each clause of the history
    parts: tuple[Floats, ...]  # n of (clauses, d)
    stems: tuple[frozenset[str], ...]

    def __len__(self) -> int:
        return len(self.dense)


@dataclass(frozen=True)
class _Scale:
    """Mean and spread of columns over the history; the floor keeps one answer from blowing up."""

    mean: Floats
    spread: Floats

    def of(self, x: Floats) -> Floats:
        return np.asarray(np.clip((x - self.mean) / self.spread, -3, 3))


def _scale(x: Floats) -> _Scale:
    if not len(x):
        return _Scale(np.zeros(x.shape[1]), np.ones(x.shape[1]))
    return _Scale(x.mean(0), np.maximum(x.std(0), 0.02))


def _bigrams(tokens: Sequence[str]) -> list[str]:
    return [*tokens, *(f"{a} {b}" for a, b in pairwise(tokens))]


def _char_grams() -> TfidfVectorizer:
    from sklearn.feature_extraction.text import TfidfVectorizer

    return TfidfVectorizer(analyzer="char_wb", ngram_range=(2, 5), sublinear_tf=True, lowercase=True)


def _words() -> TfidfVectorizer:
    from sklearn.feature_extraction.text import TfidfVectorizer

    return TfidfVectorizer(analyzer=_bigrams, sublinear_tf=True)


def _described(by: TfidfVectorizer, answers: Sequence[object]) -> csr_matrix:
    from scipy.sparse import csr_matrix

    return by.transform(answers) if answers else csr_matrix((0, len(by.vocabulary_)))


def reference_of(challenge: ChallengeAsItStands) -> str:
    """The reference, or where there is none the criteria; may be empty."""
    return challenge.reference.strip() or ". ".join(c.text for c in challenge.criteria)


def texts_to_embed(challenge: ChallengeAsItStands, texts: Iterable[str]) -> set[str]:
    """Every text whose vector a Space over these answers needs."""
    whole = [t for t in (challenge.prompt, reference_of(challenge)) if t]
    whole += texts  # an answer may be empty, and is read like any other
    whole += [c.text for c in challenge.criteria if c.text]
    return {part for t in whole for part in (t, *claims(t))}


def _stack(texts: Sequence[str], vectors: KnownVectors) -> Floats:
    return np.stack([np.asarray(vectors[t], dtype=np.float64) for t in texts])


class AssessmentSpace:
    """Label-free geometry of one challenge. ``view`` is its history, in the order given."""

    def __init__(self, challenge: ChallengeAsItStands, texts: Sequence[str], vectors: KnownVectors) -> None:
        self.challenge = challenge
        self.reference = reference_of(challenge)
        given = [t for t in (self.reference, challenge.prompt) if t]
        corpus = [*texts] or [*given, "-"]
        self._char = _char_grams().fit([*corpus, "answer"])
        self._word = _words()
        self._word.fit([[*self._stems(t), "answer"] for t in corpus])
        self._ref_parts = claims(self.reference) if self.reference else []
        self._prompt_words = frozenset(self._stems(challenge.prompt))
        self._ref_words = frozenset(self._stems(self.reference))
        self._vocabulary = self._soft_vocabulary(texts, vectors)
        self.view = self.look(texts, vectors)
        self._units = _scale(self.view.unit)
        self._meta = _scale(self.view.evidence[:, list(_META)])
        n = max(1, len(texts))
        self._soft_mean = self.view.soft.sum(0) / n
        self._soft_size = float(((self.view.soft - self._soft_mean) ** 2).sum() / n) or 1.0

    def _stems(self, text: str) -> list[str]:
        return stems(text, self.challenge.language)

    def _soft_vocabulary(self, texts: Sequence[str], vectors: KnownVectors) -> Floats | None:
        parts = list(dict.fromkeys(p for t in texts for p in claims(t)))
        if not parts:
            return None
        keep = np.unique(np.linspace(0, len(parts) - 1, min(MAX_SOFT, len(parts))).astype(int))
        return _stack([parts[i] for i in keep], vectors)

    def look(self, texts: Sequence[str], vectors: KnownVectors) -> WorksView:
        """Describe answers; all of ``texts_to_embed`` must be in ``vectors``."""
        n = len(texts)
        parts = tuple(_stack(claims(t), vectors) for t in texts)
        tokens = [self._stems(t) for t in texts]
        dense = _stack(texts, vectors) if n else np.zeros((0, 1))
        char = _described(self._char, texts)
        word = _described(self._word, tokens)
        found = tuple(frozenset(t) for t in tokens)
        unit = self._unit(parts, found, vectors)
        soft = np.zeros((n, 1))
        if self._vocabulary is not None and n:
            soft = np.stack([(p @ self._vocabulary.T).max(0) for p in parts])
        evidence = self._evidence(dense, parts, tokens, found, char, word, unit, vectors)
        return WorksView(dense, char, word, unit, evidence, soft, parts, found)

    def _unit(self, parts: Sequence[Floats], found: Sequence[frozenset[str]], vectors: KnownVectors) -> Floats:
        """(n, 2 x reference clauses): best dense match, then share of stems, of each clause."""
        if not self._ref_parts or not parts:
            return np.zeros((len(parts), 2 * len(self._ref_parts)))
        ref = _stack(self._ref_parts, vectors)
        words = [frozenset(self._stems(c)) for c in self._ref_parts]
        dense = np.stack([(ref @ p.T).max(1) for p in parts])
        shared = np.array([[len(w & f) / max(1, len(w)) for w in words] for f in found])
        return np.hstack([dense, shared])

    def _evidence(
        self, dense: Floats, parts: Sequence[Floats], tokens: Sequence[list[str]],
        found: Sequence[frozenset[str]], char: csr_matrix, word: csr_matrix, unit: Floats, vectors: KnownVectors,
    ) -> Floats:  # fmt: skip
        """(n, len(EVIDENCE)); zeros for what a missing reference or prompt cannot show."""
        n, out = len(parts), np.zeros((len(parts), len(EVIDENCE)))
        if not n:
            return out
        column = {name: out[:, i] for i, name in enumerate(EVIDENCE)}
        column["log_words"][:] = np.log([max(1, len(t)) for t in tokens])
        column["log_clauses"][:] = np.log([len(p) for p in parts])
        if self.challenge.prompt:
            column["prompt_dense"][:] = dense @ np.asarray(vectors[self.challenge.prompt])
            column["in_prompt"][:] = [_share(f & self._prompt_words, f) for f in found]
        if self._ref_parts:
            half = unit.shape[1] // 2
            ref, new = _stack(self._ref_parts, vectors), self._ref_words - self._prompt_words
            column["ref_dense"][:] = dense @ np.asarray(vectors[self.reference])
            column["ref_coverage"][:] = unit[:, :half].mean(1)
            column["ref_worst"][:] = unit[:, :half].min(1)
            column["ref_best"][:] = unit[:, :half].max(1)
            column["ref_hit"][:] = [(ref @ p.T).max(0).mean() for p in parts]
            column["clause_words"][:] = unit[:, half:].mean(1)
            column["clause_half"][:] = (unit[:, half:] >= 0.5).mean(1)
            column["ref_words"][:] = [_share(f & self._ref_words, self._ref_words) for f in found]
            column["ref_new_words"][:] = [_share(f & new, new) for f in found]
            column["in_ref"][:] = [_share(f & self._ref_words, f) for f in found]
            column["ref_char"][:] = (char @ self._char.transform([self.reference]).T).toarray()[:, 0]
            column["ref_word"][:] = (word @ self._word.transform([self._stems(self.reference)]).T).toarray()[:, 0]
        return out

    def likeness(self, a: WorksView, b: WorksView) -> dict[str, Floats]:
        """Each base kernel, (len(a), len(b)); all are positive semi-definite on one view."""
        dense = a.dense @ b.dense.T
        out = {"dense": dense, "dense_exp": np.exp(2 * (dense - 1))}
        out["char"] = (a.char @ b.char.T).toarray()
        out["word"] = (a.word @ b.word.T).toarray()
        ua, ub = self._units.of(a.unit), self._units.of(b.unit)
        width = max(1, ua.shape[1])
        gap = (ua**2).sum(1)[:, None] + (ub**2).sum(1)[None] - 2 * ua @ ub.T
        out["unit"] = ua @ ub.T / width
        out["unit_rbf"] = np.exp(-np.maximum(gap, 0) / width)
        columns = list(_META)
        ma, mb = self._meta.of(a.evidence[:, columns]), self._meta.of(b.evidence[:, columns])
        out["meta"] = ma @ mb.T / len(columns)
        out["soft"] = (a.soft - self._soft_mean) @ (b.soft - self._soft_mean).T / self._soft_size
        return out

    def char_likeness(self, view: WorksView, texts: Sequence[str]) -> Floats:
        """Cosine of character TF-IDF, (len(view), len(texts))."""
        return np.asarray((view.char @ self._char.transform(texts).T).toarray())

    def char_vectors(self, texts: Sequence[str]) -> csr_matrix:
        """(len(texts), c) unit rows in the history's character TF-IDF."""
        return self._char.transform(texts)


def _share(part: frozenset[str], of: frozenset[str]) -> float:
    return len(part) / max(1, len(of))


def weigh(likeness: dict[str, Floats], weights: Weights) -> Floats:
    """Weighted sum of base kernels."""
    return np.asarray(sum(w * likeness[name] for name, w in weights.items()))
