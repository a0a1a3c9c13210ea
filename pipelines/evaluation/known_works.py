"""Whole drafts of works with gold standings, work by work, so that prompts and models can be compared on them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Final

from pipelines.evaluation import drafts
from pipelines.evaluation.configuration import Model
from pipelines.evaluation.drafts import KnownWork, KnownWorks
from pipelines.evaluation.measures import Outcomes
from pipelines.values import Draft, Standing, Usage

_CLAIMS: Final = ("strength", "next_step")


def outcomes(known: KnownWorks, works: Sequence[KnownWork], made: Sequence[Draft], model: Model) -> Outcomes:
    """A row a work, in the words of `measures.KNOWN_WORKS`. `model` has the prices, and a name if one was asked."""
    rows = [_row(known, work, draft, model) for work, draft in zip(works, made, strict=True)]
    return Outcomes.of([work.id for work in works], rows)


def _row(known: KnownWorks, work: KnownWork, draft: Draft, model: Model) -> dict[str, float | None]:
    tally: Mapping[str, int] = drafts.counted(known, [drafts.said(work, draft)])
    found: dict[str, float | None] = {name: float(tally.get(name, 0)) for name in _COUNTED}
    found |= {f"claims_{what}": float(sum(tally.get(f"{kind} {what}", 0) for kind in _CLAIMS)) for what in _KNOWN}
    found["claimed"] = float(tally.get("claims", 0) > 0)
    read = {one.criterion: one.standing for one in draft.readings if one.standing is not Standing.CANNOT_TELL}
    both = [key for key in read if key in work.gold]
    found |= {"read": float(len(both)), "read right": float(sum(read[key] is work.gold[key] for key in both))}
    found["left_out"] = float(sum(one.code == "left-out" for one in draft.findings))
    return found | (_spent(draft, model) if model.name else {})


_KNOWN: Final = ("known", "right")
_COUNTED: Final = (
    "drafted", "points", "specific", "named", "named asked", "top", "top asked", "placed", "placeable", "said",
    "said right", "high known", "high right", *(f"{kind} {what}" for kind in _CLAIMS for what in _KNOWN),
)  # fmt: skip


def _spent(draft: Draft, model: Model) -> dict[str, float | None]:
    usage = draft.usage
    second = sum((one.usage for one in draft.passes if one.name == "critique"), Usage())
    return {
        "fell_back": float(not draft.passes or draft.model.startswith("extractive")),
        "calls": float(usage.calls),
        "tokens": float(usage.prompt_tokens + usage.completion_tokens),
        "critique_tokens": float(second.prompt_tokens + second.completion_tokens),
        "seconds": usage.seconds,
        "cost": model.cost(usage),
    }


def spent(made: Iterable[Draft], model: Model) -> dict[str, float | int]:
    """What all drafts together took of the model, pass by pass, and in the currency of its prices."""
    made = list(made)
    whole = sum((draft.usage for draft in made), Usage())
    by: Counter[str] = Counter()
    for draft in made:
        for one in draft.passes:
            by[one.name] += one.usage.prompt_tokens + one.usage.completion_tokens
    return {
        "calls": whole.calls,
        "prompt_tokens": whole.prompt_tokens,
        "completion_tokens": whole.completion_tokens,
        **{f"{name}_tokens": count for name, count in by.items()},
        "seconds": round(whole.seconds, 1),
        "seconds_a_draft": round(whole.seconds / len(made), 2) if made else 0.0,
        "cost": round(model.cost(whole), 6),
        "without_model": sum(draft.model.startswith("extractive") for draft in made),
    }
