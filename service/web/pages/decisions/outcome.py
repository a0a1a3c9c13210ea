"""What became of several drafts on which one form decides, told the same when that form is sent twice."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from typing import Protocol

from service.domain.errors import PeerloomError
from service.web.pages.visits import Visit


class _One(Protocol):
    """A draft's new version if it was changed, else why not."""

    @property
    def draft(self) -> str: ...
    @property
    def version(self) -> int | None: ...
    @property
    def problem(self) -> PeerloomError | None: ...


@dataclass(frozen=True, slots=True)
class DecisionOutcome:
    """Those that were changed, with their versions then; and why each of the others was left as it was."""

    changed: tuple[tuple[str, int], ...]
    left: tuple[str, ...]


def once(visit: Visit, act: Callable[[], Sequence[_One]]) -> DecisionOutcome:
    """Do it; what a form that was sent before did then is told again, and nothing is done."""
    if not visit.kept:
        done = act()
        changed = tuple((one.draft, one.version) for one in done if one.version is not None)
        left = tuple(one.problem.detail for one in done if one.problem is not None)
        visit.kept = json.dumps(asdict(DecisionOutcome(changed, left)))
    told = json.loads(visit.kept)
    return DecisionOutcome(tuple((draft, version) for draft, version in told["changed"]), tuple(told["left"]))
