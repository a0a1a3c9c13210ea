"""A `peerloom` command in a process of its own that is there at once: it was forked, with everything imported."""

from __future__ import annotations

import os
import sys
from pathlib import Path

from service.cli import app
from tests.journeys.crashing import POINTS, plant


def run(command: list[str], environment: dict[str, str], log: Path, dying_at: str | None) -> None:
    """As the shell would: this environment and no other, and what is said goes to the log."""
    os.environ.clear()
    os.environ.update(environment)
    with log.open("ab") as said:
        os.dup2(said.fileno(), sys.stdout.fileno())
        os.dup2(said.fileno(), sys.stderr.fileno())
    if dying_at:
        plant(POINTS[dying_at])
    app(command)
