"""What comes of a second look: a point that passes stands, one that fails is put right once or left out, and is told.

May not judge by itself: a model looks (`critique`), and `check` holds what was put right to everything else.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Final

from pipelines.drafting.critique import LookScene, PointVerdict, SecondLook, look
from pipelines.drafting.mending import text_of
from pipelines.drafting.points import looked_at_again, renumbered
from pipelines.ports import LanguageModel
from pipelines.values import DraftPass, Finding, Point, Usage

DOUBTS: Final = frozenset(
    {
        "two-steps",
        "nothing-specific",
        "gives-away",
        "not-in-text",
        "said-after-all",
        "quote-invented",
        "against-reading",
    }
)
"""Findings that words alone cannot settle, handed to whoever looks at the text."""


@dataclass(frozen=True, slots=True)
class LookedAt:
    """The points that are left, with their findings by their new places, and what the looks cost, one pass each.
    `dropped` says of each point that was left out why."""

    points: tuple[Point, ...]
    findings: tuple[Finding, ...]
    passes: tuple[DraftPass, ...]
    dropped: tuple[str, ...] = ()

    @property
    def usage(self) -> Usage:
        return sum((one.usage for one in self.passes), Usage())


@dataclass(slots=True)
class _Sorted:
    kept: dict[int, Point] = field(default_factory=dict)
    right: dict[int, Point] = field(default_factory=dict)
    dropped: dict[int, str] = field(default_factory=dict)
    told: list[Finding] = field(default_factory=list)


def looked_at(
    points: Sequence[Point],
    findings: Sequence[Finding],
    scene: LookScene,
    model: LanguageModel,
    check: Callable[[Point], Finding | None],
) -> LookedAt:
    """All points after the second look, and after a third at those that were put right."""
    doubts = {
        at: [one.message for one in findings if one.point == at and one.code in DOUBTS] for at in range(len(points))
    }
    first = look(dict(enumerate(points)), doubts, scene, model)
    found = _sort(points, first, check)
    passes = [_pass(first)]
    if found.right:
        again = look(found.right, {}, scene, model)
        passes.append(_pass(again))
        _settle(found, first.verdicts, again)
    kept = sorted(found.kept)
    left = renumbered([*findings, *found.told], {old: new for new, old in enumerate(kept)})
    left += [Finding("left-out", f"One point was left out at a second look: {why}") for why in found.dropped.values()]
    if first.trouble:
        told = f"Nobody held these points against the text a second time. {first.trouble} Look at each with care."
        left.append(Finding("no-second-look", told))
    return LookedAt(tuple(found.kept[at] for at in kept), tuple(left), tuple(passes), tuple(found.dropped.values()))


def _pass(one: SecondLook) -> DraftPass:
    return DraftPass("critique", one.version, one.usage, one.trouble)


def _sort(points: Sequence[Point], first: SecondLook, check: Callable[[Point], Finding | None]) -> _Sorted:
    found = _Sorted()
    for at, point in enumerate(points):
        verdict = first.verdicts.get(at, PointVerdict(None))
        if verdict.passed is False:
            better = replace(point, text=text_of(verdict.better))
            if verdict.better and check(better) is None:
                found.right[at] = better
            else:
                found.dropped[at] = verdict.wrong
            continue
        found.kept[at] = looked_at_again(point, passed=verdict.passed)
        if verdict.passed is None and not first.trouble:
            told = "The second look did not settle whether this is so. Hold it against the text."
            found.told.append(Finding("not-settled", told, at))
    return found


def _settle(found: _Sorted, before: Mapping[int, PointVerdict], again: SecondLook) -> None:
    """What was put right stands if it passes now; where nobody could look again, it stands and is told."""
    for at, point in found.right.items():
        verdict = again.verdicts.get(at, PointVerdict(None))
        if verdict.passed is False or (verdict.passed is None and not again.trouble):
            found.dropped[at] = verdict.wrong or before[at].wrong
            continue
        found.kept[at] = looked_at_again(point, passed=verdict.passed, repaired=True)
        found.told.append(Finding("put-right", f"A second look changed this point: {before[at].wrong}", at))
