"""From a brief and the judged work of its challenge to an assessment, in the words of `pipelines.values`."""

from __future__ import annotations

import hashlib
import threading
from collections import OrderedDict
from collections.abc import Mapping, Sequence
from typing import Any, Final

import numpy as np

from pipelines.assessment.model import (
    MIN_PEERS,
    AssessmentModel,
    Desk,
    Reading,
    desk,
    read,
    untaught,
)
from pipelines.assessment.model import fit as fit_desks
from pipelines.assessment.space import texts_to_embed
from pipelines.assessment.terms import VERDICTS, Array, Judged, Known, judged
from pipelines.ports import Embedder
from pipelines.values import Assessment, ChallengeBrief, Judgement, Reviewed, Standing

MOST_JUDGED: Final = 400
"""Judged work looked at in one challenge, the latest first."""
NEAREST: Final = 5
"""Peers whose agreement is counted."""
MET, NOT_YET = 0.65, 0.35
"""From which chance of "met" a criterion is said to be met, and up to which not yet; between them nobody can tell."""
KEPT: Final = 128
"""Challenges kept ready at once, the least used dropped first."""


class Desks:
    """Challenges made ready for reading, kept while neither their words, their judged work nor the embedder changes."""

    def __init__(self) -> None:
        self._kept: OrderedDict[str, Desk] = OrderedDict()
        self._lock = threading.Lock()

    def ready(self, challenge: ChallengeBrief, rows: Sequence[Judged], embedder: Embedder) -> Desk:
        """The challenge's desk; about 0.1 s for 200 short answers when it has to be made."""
        key = _key(challenge, rows, embedder)
        with self._lock:
            kept = self._kept.get(key)
        made = kept or desk(challenge, rows, _known(challenge, [row.text for row in rows], embedder))
        with self._lock:
            self._kept[key] = made
            self._kept.move_to_end(key)
            while len(self._kept) > KEPT:
                self._kept.popitem(last=False)
        return made


def _key(challenge: ChallengeBrief, rows: Sequence[Judged], embedder: Embedder) -> str:
    seal = hashlib.sha256(repr((embedder.name, challenge)).encode())
    for row in rows:
        seal.update(repr((row.id, row.verdict, row.mark, sorted(row.criteria.items()), row.feedback)).encode())
    return seal.hexdigest()


def _known(challenge: ChallengeBrief, texts: Sequence[str], embedder: Embedder) -> Known:
    """The vectors of all texts that reading these needs."""
    wanted = sorted(texts_to_embed(challenge, texts))
    return dict(zip(wanted, embedder.embed(wanted).astype(np.float64), strict=True))


def fit(histories: Sequence[tuple[ChallengeBrief, Sequence[Reviewed]]], embedder: Embedder) -> dict[str, Any]:
    """Learn from an organization's judged work, as plain numbers for `assess`. Rows come the most recent first."""
    desks: list[Desk] = []
    known: dict[str, Any] = {}
    for challenge, reviewed in histories:
        rows = _learned(reviewed)
        texts = _known(challenge, [row.text for row in rows], embedder)
        known.update(texts)
        desks.append(desk(challenge, rows, texts))
    return fit_desks([one for one in desks if one.rows], known).numbers()


def _learned(reviewed: Sequence[Reviewed]) -> list[Judged]:
    """What says how work stands, oldest first."""
    return [row for one in reversed(reviewed[:MOST_JUDGED]) if (row := judged(one)) is not None]


def assess(
    challenge: ChallengeBrief,
    text: str,
    reviewed: Sequence[Reviewed],
    embedder: Embedder,
    desks: Desks,
    fitted: Mapping[str, Any] | None,
) -> Assessment:
    """How `text` stands. `reviewed`: judged work on the challenge, the most recent first; `fitted`: from `fit`.

    Abstains on the whole where fewer than 20 peers were judged, or where the confidence is below that at which 95 % of
    the organization's own history was read rightly.
    """
    ready = desks.ready(challenge, _learned(reviewed), embedder)
    model = AssessmentModel.of(fitted) if fitted else untaught()
    found = read(model, ready, [text], _known(challenge, [text], embedder))
    sure = float(found.confidence[0])
    best = int(found.chosen[0])
    near = [int(at) for at in found.peers[0]]
    overall = Judgement("", VERDICTS[best], sure, _agreeing(ready, near, [row.verdict == best for row in ready.rows]))
    return Assessment(
        overall,
        _criteria(challenge, ready, found, near),
        float(found.score[0]),
        abstained=sure < model.threshold or len(ready.rows) < MIN_PEERS,
        peers=len(ready.rows),
        nearest=tuple(ready.rows[at].id for at in near),
        precedents=tuple(ready.rows[int(at)].id for at in found.precedents[0]),
    )


def _criteria(challenge: ChallengeBrief, ready: Desk, found: Reading, near: Sequence[int]) -> tuple[Judgement, ...]:
    judgements = []
    for at, criterion in enumerate(challenge.criteria):
        chance = float(found.criteria[0, at])
        met = ready.criterion_fit.met[:, at] if ready.criterion_fit is not None else None
        standing = _standing(chance, met)
        agreeing = _agreeing(ready, near, _same(met, standing)) if met is not None else 0
        judgements.append(Judgement(criterion.id, standing, max(chance, 1 - chance), agreeing, chance))
    return tuple(judgements)


def _standing(chance: float, met: Array | None) -> Standing:
    """Between met and not yet it is partly where people on this challenge do say "partly", else nobody can tell."""
    if chance >= MET:
        return Standing.MET
    if chance <= NOT_YET:
        return Standing.NOT_YET
    says_partly = met is not None and bool(np.any((met > 0.25) & (met < 0.75)))
    return Standing.PARTLY if says_partly else Standing.CANNOT_TELL


def _same(met: Array, standing: Standing) -> list[bool]:
    if standing is Standing.CANNOT_TELL:
        return [False] * len(met)
    low, high = {Standing.MET: (0.75, 1.01), Standing.PARTLY: (0.25, 0.75), Standing.NOT_YET: (-0.01, 0.25)}[standing]
    return [bool(low <= value < high) for value in met]


def _agreeing(ready: Desk, near: Sequence[int], same: Sequence[bool]) -> int:
    """How many different authors among the nearest peers were judged the same."""
    rows = [ready.rows[at] for at in near[:NEAREST] if same[at]]
    return len({row.author or row.id for row in rows})
