"""Generators of clients, installed once into a folder beside the service's packages, in the versions that are named."""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest
from filelock import FileLock

from tests.conftest import no_server

HERE = Path(__file__).parent
BOUND = 240
"""Seconds; installing takes a few, and more where a machine is busy."""


def python_generator() -> Path:
    """The folder in which openapi-python-client stands."""
    what = HERE / "python-tools.txt"
    to = [sys.executable, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--no-deps"]
    return _installed([what], lambda folder: [*to, "--target", str(folder), "--requirement", str(what)])


def typescript_tools() -> Path:
    """The folder with openapi-typescript, openapi-fetch and the compiler."""
    for program in ("node", "npm"):
        if shutil.which(program) is None:
            no_server(f"{program} is not installed; a client in TypeScript is not tried.")
    what = [HERE / "package.json", HERE / "package-lock.json"]
    return _installed(what, lambda folder: ["npm", "ci", "--no-audit", "--no-fund", "--ignore-scripts"])


def _installed(what: Sequence[Path], command: Callable[[Path], Sequence[str]]) -> Path:
    """A folder for exactly these versions, filled by the command if it is not there yet. One process does it."""
    mark = hashlib.sha256(b"".join(file.read_bytes() for file in what)).hexdigest()[:16]
    folder = Path(sys.prefix) / "peerloom-clients" / f"{what[0].stem}-{mark}"
    folder.parent.mkdir(exist_ok=True)
    with FileLock(f"{folder}.lock"):
        if not (folder / ".complete").exists():
            shutil.rmtree(folder, ignore_errors=True)
            folder.mkdir()
            for file in what:
                shutil.copy(file, folder)
            done = subprocess.run(
                command(folder), cwd=folder, capture_output=True, text=True, timeout=BOUND, check=False
            )
            if done.returncode:
                no_server(f"{what[0].name} could not be installed: {done.stderr.strip()[-500:]}")
            (folder / ".complete").touch()
    return folder


def run(command: Sequence[str], cwd: Path, **environment: str) -> str:
    """What a program says, all of it; a program that fails fails the test."""
    there = {**os.environ, **environment}
    done = subprocess.run(command, cwd=cwd, env=there, capture_output=True, text=True, timeout=BOUND, check=False)
    if done.returncode:
        pytest.fail(f"{command[0]} ended with {done.returncode}.\n{done.stdout[-5000:]}\n{done.stderr[-5000:]}")
    return done.stdout + done.stderr
