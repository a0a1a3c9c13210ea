"""What is logged, by us and by libraries: on standard error alone, one line an event, in UTC, as set."""

from __future__ import annotations

import json
import logging
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import structlog

from service import wiring
from service.settings import load


@pytest.fixture(autouse=True)
def as_before() -> Iterator[None]:
    root = logging.getLogger()
    handlers, level = list(root.handlers), root.level
    yield
    root.handlers[:] = handlers
    root.setLevel(level)
    structlog.reset_defaults()


def _set_up(tmp_path: Path, *, quiet: bool = False, **settings: object) -> None:
    wiring.set_up_logs(load(data=tmp_path, **settings), quiet=quiet)


def test_as_json_each_event_is_one_object_with_its_time_in_utc_and_its_level(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    _set_up(tmp_path, log_format="json")
    with structlog.contextvars.bound_contextvars(request_id="from-a-test"):
        structlog.get_logger("ours").info("request", route="/v1/me", words="two\nlines")
        logging.getLogger("a.library").warning("careful: %s", "now")
    told = capsys.readouterr()
    assert told.out == ""
    ours, theirs = (json.loads(line) for line in told.err.splitlines())
    assert (ours["event"], ours["route"], ours["words"]) == ("request", "/v1/me", "two\nlines")
    assert (theirs["event"], theirs["level"], theirs["request_id"]) == ("careful: now", "warning", "from-a-test")
    for line in (ours, theirs):
        assert line["timestamp"].endswith("Z")
        assert abs(datetime.fromisoformat(line["timestamp"]) - datetime.now(UTC)) < timedelta(minutes=1)


def test_a_traceback_holds_no_values(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The pretty ones print local variables, and those hold people's words."""
    for format_ in ("json", "console"):
        _set_up(tmp_path, log_format=format_)
        words = "what amara wrote"
        try:
            int("x" * len(words))
        except ValueError:
            structlog.get_logger("ours").exception("failed")
        told = capsys.readouterr().err
        assert "ValueError" in told
        assert words not in told.replace('"what amara wrote"', ""), format_


def test_only_what_is_as_grave_as_asked_for_is_logged(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for quiet, level, expected in ((False, "info", 2), (False, "error", 0), (True, "info", 1)):
        _set_up(tmp_path, quiet=quiet, log_level=level, log_format="json")
        structlog.get_logger("ours").info("a small thing")
        structlog.get_logger("ours").warning("a larger one")
        assert len(capsys.readouterr().err.splitlines()) == expected, (quiet, level)


def test_libraries_that_log_each_request_are_held_back(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Their lines hold addresses, and some of them prompts."""
    _set_up(tmp_path, log_level="debug", log_format="json")
    for name in ("httpx", "httpx2", "httpcore", "openai", "chromadb"):
        logging.getLogger(name).debug("sent: a prompt")
        logging.getLogger(name).info("sent: a prompt")
    assert capsys.readouterr().err == ""
