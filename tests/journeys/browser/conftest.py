"""A real Chromium, and a service with the demonstration in it. Without a Chromium on this machine these tests skip.

PEERLOOM_TEST_CHROMIUM    the browser to use (default: the first of `BROWSERS` on the PATH)
PEERLOOM_REQUIRE_SERVERS  1: a browser that is not there is a failure, not a reason to skip
"""

from __future__ import annotations

import os
import shutil
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import NoReturn

import pytest
from filelock import FileLock
from playwright.sync_api import Browser, expect, sync_playwright
from sqlalchemy import func, select

from service.store.tables import Job, JobState
from tests import commands
from tests.journeys.browser.people import Demo
from tests.journeys.house import House

BROWSERS = ("chromium-headless-shell", "chromium")
"""The first is the second without its windows: the same pages, scripts and keys for a third of the processor's time."""
ARGUMENTS = (
    *("--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update"),
    *("--disable-sync", "--no-first-run", "--disable-quic", "--in-process-gpu", "--renderer-process-limit=1"),
)
expect.set_options(timeout=20_000)  # the service, its jobs and the browser share a machine that may be busy
SETTINGS = {"PEERLOOM_EMBEDDER": "hashing", "PEERLOOM_INDEX": "exact", "PEERLOOM_LOG_FORMAT": "json"}
"""The embedder that needs no model: what the drafts say does not matter here, that they are there does."""


@pytest.fixture(scope="session")
def browser(without_server: Callable[[str], NoReturn]) -> Iterator[Browser]:
    path = os.environ.get("PEERLOOM_TEST_CHROMIUM") or next(filter(None, map(shutil.which, BROWSERS)), None)
    if not path:
        without_server("There is no Chromium here (Debian: apt-get install chromium-headless-shell).")
    with sync_playwright() as playwright:
        found = playwright.chromium.launch(executable_path=path, args=list(ARGUMENTS))
        yield found
        found.close()


@pytest.fixture(scope="session")
def _drafted_demo(tmp_path_factory: pytest.TempPathFactory, browser: Browser) -> Path:
    """The demonstration's data folder, as `peerloom demo --once` leaves it. Drafted once for all processes of a run."""
    base = tmp_path_factory.getbasetemp()
    shared = base.parent if "PYTEST_XDIST_WORKER" in os.environ else base
    folder, drafted = shared / "demo", shared / "demo-is-drafted"
    with FileLock(shared / "demo.lock"):
        if not drafted.exists():
            environment = {**os.environ, **SETTINGS, "PEERLOOM_DATA": str(folder)}
            done = commands.said(tmp_path_factory.mktemp("demo-said"), ["demo", "--once"], environment)
            assert done.returncode == 0, done.stderr
            drafted.touch()
    return folder


def serving(source: Path, folder: Path, **more: str) -> Iterator[House]:
    """The demonstration, copied and served with these settings."""
    data = folder / "data"
    shutil.copytree(source, data)
    database = f"sqlite:///{data / 'peerloom.db'}"
    house = House(folder, {**SETTINGS, "PEERLOOM_DATA": str(data), "PEERLOOM_DATABASE_URL": database, **more})
    house.start("serve")
    yield house
    house.close()


@pytest.fixture
def demo(_drafted_demo: Path, browser: Browser, tmp_path: Path) -> Iterator[Demo]:
    """The demonstration, served for one test, which may change it."""
    for house in serving(_drafted_demo, tmp_path):
        with Demo(house, browser) as one:
            yield one


@pytest.fixture(scope="module")
def _kept_house(_drafted_demo: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    yield from serving(_drafted_demo, tmp_path_factory.mktemp("kept"))


@pytest.fixture(scope="module")
def _as_begun(_kept_house: House) -> Path:
    """What its database held when nobody had come yet."""
    copy = _kept_house.folder / "as-begun.db"
    _copied(_database(_kept_house), copy)
    return copy


@pytest.fixture
def demo_again(_kept_house: House, _as_begun: Path, browser: Browser) -> Iterator[Demo]:
    """The demonstration as it begins, for each test, which may change it; but served once for all tests of a file: the
    first page that a service shows, and the first job that it does, take two seconds of the processor.

    Every row is put back. What a process holds beside its rows (an index, how often somebody asked) is not: a test
    that looks at that, or that changes documents and work, takes `demo`."""
    _kept_house.wait_for(lambda: _nothing_runs(_kept_house))
    _copied(_as_begun, _database(_kept_house))
    with Demo(_kept_house, browser) as one:
        yield one


def _database(house: House) -> Path:
    return Path(house.environment["PEERLOOM_DATA"]) / "peerloom.db"


def _nothing_runs(house: House) -> bool:
    with house.sessions.reading() as session:
        return session.scalar(select(func.count()).where(Job.state == JobState.LEASED)) == 0


def _copied(source: Path, to: Path) -> None:
    """In one transaction, as whoever reads `to` meanwhile sees it."""
    with closing(sqlite3.connect(source)) as one, closing(sqlite3.connect(to, timeout=20)) as other:
        one.backup(other)
