"""How many examples properties are tried on: few in every run, many by command (see tests/conftest.py)."""

from __future__ import annotations

import os

MANY = os.environ.get("PEERLOOM_TEST_LONG") == "1"


def examples(few: int, many: int) -> int:
    """Of one property: as many as this run is meant to try. Both are the same ones in every run."""
    return many if MANY else few
