"""What a stored assessment says. Pure; reads what `pipelines.values.Assessment` was kept as.

A machine's word counts only with the record that entitled it, so what was stored before there were records says
nothing; a person's word, given to the machine as known, counts as it is.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pipelines.values import Standing, TrackRecord


def standing_of(kept: Mapping[str, Any]) -> Standing:
    """How one criterion was said to stand."""
    entitled = kept.get("record") is not None or kept.get("by_person")
    return Standing(kept["standing"]) if entitled else Standing.CANNOT_TELL


def record_of(kept: Mapping[str, Any]) -> TrackRecord | None:
    """What entitled the comparison to say so; None where it said nothing, or a person did."""
    found = kept.get("record")
    return TrackRecord(**found) if found else None


def criteria_of(assessment: Mapping[str, Any] | None) -> dict[str, Standing]:
    """How every criterion was said to stand, also that nobody can tell."""
    return {one["criterion"]: standing_of(one) for one in (assessment or {}).get("criteria", ())}


def overall_of(assessment: Mapping[str, Any] | None) -> Standing:
    """How the whole was said to stand."""
    found = (assessment or {}).get("overall")
    return Standing(found["standing"]) if found and not (assessment or {}).get("abstained") else Standing.CANNOT_TELL
