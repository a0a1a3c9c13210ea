"""Why a piece was chosen, in plain words; `{of}` is of how many works."""

from __future__ import annotations

from collections.abc import Mapping

from pipelines.looked_at import CalibrationReason

REASONS: Mapping[CalibrationReason, str] = {
    CalibrationReason.ALL: "there were no more",
    CalibrationReason.TYPICAL: "most like the others, of {of}",
    CalibrationReason.LONGEST: "the longest of {of}",
    CalibrationReason.SHORTEST: "the shortest of {of} that say something",
    CalibrationReason.UNLIKE: "least like the others, of {of}",
    CalibrationReason.APART: "unlike those chosen before it, of {of}",
    CalibrationReason.LEFT: "short, or much like another: of {of} nothing else was left",
}
