"""How often the look at criteria is right: rubrics written by hand, in English and German, with what is wrong in them.

    python -m benchmarks.criteria tests/regression/criteria [--embedder minilm|languages|hashing]

DIR holds a file for each language, a rubric a line: `criteria` (id, text, and in `gold` what is wrong with it), `alike`
(pairs of ids that nobody could tell apart), `reference`, and for some `works` with the criteria that none of them
speaks to (`unspoken`). For each kind of remark: `said`, `right`, `gold`, with `precision` and `recall`; `held`
are those of rubrics that were written when everything was chosen; nothing was changed after looking at them.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from benchmarks.setting import command
from pipelines.criteria_check import look
from pipelines.evaluation.folders import rows
from pipelines.looked_at import CriteriaRemark, CriteriaRemarkCode
from pipelines.ports import Embedder
from pipelines.values import ChallengeAsItStands, Criterion

Remarks = set[tuple[str, CriteriaRemark]]


def measure(folder: Path, embedder: Embedder) -> dict[str, Any]:
    """All figures of a folder."""
    rubrics = [rubric for file in sorted(folder.glob("*.jsonl")) for rubric in rows(file)]
    parts: dict[str, list[Mapping[str, Any]]] = {}
    for rubric in rubrics:
        parts.setdefault("held" if rubric.get("held") else rubric["language"], []).append(rubric)
    figures = {name: _figures(part, embedder) for name, part in parts.items()}
    criteria = sum(len(one["criteria"]) for one in rubrics)
    return {"criteria": criteria, **figures, "embedder": embedder.name}


def _figures(rubrics: Iterable[Mapping[str, Any]], embedder: Embedder) -> dict[str, Any]:
    said, gold = set[tuple[str, CriteriaRemark]](), set[tuple[str, CriteriaRemark]]()
    for rubric in rubrics:
        said |= {(rubric["id"], one) for one in look(challenge_of(rubric), rubric["works"], embedder)}
        gold |= {(rubric["id"], one) for one in gold_of(rubric)}
    return {code.value: _figure(code, said, gold) for code in CriteriaRemarkCode if _of(code, said | gold)}


def _figure(code: CriteriaRemarkCode, said: Remarks, gold: Remarks) -> dict[str, Any]:
    told, true = _of(code, said), _of(code, gold)
    right = len(told & true)
    precision = round(right / len(told), 3) if told else None
    recall = round(right / len(true), 3) if true else None
    return {"said": len(told), "right": right, "gold": len(true), "precision": precision, "recall": recall}


def _of(code: CriteriaRemarkCode, remarks: Remarks) -> Remarks:
    return {one for one in remarks if one[1].code is code}


def challenge_of(rubric: Mapping[str, Any]) -> ChallengeAsItStands:
    """A rubric as the look takes it."""
    criteria = tuple(Criterion(one["id"], one["text"]) for one in rubric["criteria"])
    return ChallengeAsItStands(rubric["id"], "", reference=rubric["reference"], language=rubric["language"],
                               criteria=criteria)  # fmt: skip


def gold_of(rubric: Mapping[str, Any]) -> set[CriteriaRemark]:
    """What a person found wrong with it."""
    alone = {
        CriteriaRemark(CriteriaRemarkCode(code), (one["id"],)) for one in rubric["criteria"] for code in one["gold"]
    }
    pairs = {CriteriaRemark(CriteriaRemarkCode.ALIKE, tuple(pair)) for pair in rubric["alike"]}
    return alone | pairs | {CriteriaRemark(CriteriaRemarkCode.UNSPOKEN, (id_,)) for id_ in rubric["unspoken"]}


if __name__ == "__main__":
    command(__doc__, measure)
