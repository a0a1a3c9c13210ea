"""States of a draft, in plain words."""

from __future__ import annotations

from collections.abc import Mapping

STATES: Mapping[str, str] = {
    "waiting": "waits for the machine",
    "awaits_calibration": "waits for calibration",
    "drafting": "is being drafted",
    "ready": "waits for you",
    "to_judge": "waits to be judged",
    "stuck": "needs a person",
    "approved": "approved",
    "released": "released",
    "declined": "no feedback given",
    "retracted": "taken back",
    "superseded": "a later revision came",
    "withdrawn": "withdrawn by the learner",
}
