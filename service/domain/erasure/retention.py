"""How long an organization keeps what: by kind, in days. Pure. Nothing goes by itself but what its author took back."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from typing import Any, Final

KEY: Final = "retention"
"""Where it stands among an organization's settings."""
LONGEST: Final = 36_500
WITHDRAWN_DAYS: Final = 30
"""Days in which a coordinator can still look into what went wrong with work that somebody took back."""
LONGEST_WITHDRAWN: Final = 365


@dataclass(frozen=True, slots=True)
class Retention:
    """Days after which it goes; None: it stays until somebody erases it.

    `withdrawn_days`: work that its author took back, counted from then; never for good. `work_days`: work, counted from
    its latest revision. `prompt_days`: what was sent to a model for a draft. `request_days`: requests that were
    answered or closed. `event_days`: events, whether or not a platform has read them; one that is still being sent to
    a platform stays until that has ended, which is within four days.
    """

    withdrawn_days: int = WITHDRAWN_DAYS
    work_days: int | None = None
    prompt_days: int | None = None
    request_days: int | None = None
    event_days: int | None = None


KINDS: Final = tuple(one.name for one in fields(Retention))


def faults(wish: Retention) -> dict[str, str]:
    """What is wrong, by field."""
    found = {}
    for name, days in asdict(wish).items():
        most = LONGEST_WITHDRAWN if name == "withdrawn_days" else LONGEST
        if days is not None and not 1 <= days <= most:
            found[name] = f"Give whole days, from 1 to {most:,}."
    return found


def of(settings: Mapping[str, Any]) -> Retention:
    """What is set now. A value that is none of ours reads as not set."""
    kept = settings.get(KEY)
    if not isinstance(kept, dict):
        return Retention()
    given = {name: days for name, days in kept.items() if name in KINDS and _whole(days)}
    made = Retention(**given)
    return Retention() if faults(made) else made


def _whole(days: object) -> bool:
    return isinstance(days, int) and not isinstance(days, bool)


def stored(settings: Mapping[str, Any], wish: Retention) -> dict[str, Any]:
    """The settings with this wish in them."""
    return {**settings, KEY: {name: days for name, days in asdict(wish).items() if days is not None}}
