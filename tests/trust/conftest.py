"""At the end of a run: what was tried, how many, what got through."""

from __future__ import annotations

import pytest

from tests.service.conftest import served
from tests.trust.told import TOLD

__all__ = ["served"]


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    if TOLD.tried:
        terminalreporter.section("trust")
        for line in TOLD.lines():
            terminalreporter.write_line(line)
