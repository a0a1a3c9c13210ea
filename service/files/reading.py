"""A file read in a process of its own: whatever it holds, it can take neither this process nor the machine down.

Parsers of foreign files have had endless loops, and files of a few kilobytes that unpack to gigabytes. So each file is
given to a process that has limits on memory, time and output, and is killed when its time is over.
"""

from __future__ import annotations

import contextlib
import json
import os
import signal
import subprocess
import sys
import tempfile
import threading
from typing import IO, Any, Final

from service.domain.errors import Unavailable
from service.domain.files import FileKind, FileRead, UnreadableFile

SECONDS: Final = 20.0
"""By the clock, for one file."""
AT_ONCE: Final = 2
"""Files that are read at the same time, by one process of the service."""
MOST_TEXT: Final = 2_000_000
"""Characters; ten times what one piece of work may hold, so that its own limit speaks first."""

_turns = threading.BoundedSemaphore(AT_ONCE)


def read(data: bytes, name: str, *, seconds: float = SECONDS) -> FileRead:
    """Read a file. Raises UnreadableFile, and Unavailable where too many are read already."""
    if not data:
        raise UnreadableFile("This file is empty.")
    if not _turns.acquire(timeout=seconds):
        raise Unavailable("Too many files are being read at the moment. Send it again in a minute.")
    try:
        with tempfile.TemporaryFile() as sent, tempfile.TemporaryFile() as answer:
            sent.write(json.dumps({"name": name}).encode() + b"\n")
            sent.write(data)
            sent.seek(0)
            _run(sent, answer, seconds)
            answer.seek(0)
            return _understood(answer, data)
    finally:
        _turns.release()


def _run(sent: IO[bytes], answer: IO[bytes], seconds: float) -> None:
    child = subprocess.Popen(
        [sys.executable, "-P", "-m", "service.files.child"],
        stdin=sent,
        stdout=answer,
        stderr=subprocess.DEVNULL,
        env={
            "PYTHONPATH": os.pathsep.join(part for part in sys.path if part),
            "LANG": "C.UTF-8",
            "HOME": "/nonexistent",
        },
        start_new_session=True,
    )
    try:
        status = child.wait(seconds)
    except subprocess.TimeoutExpired as error:
        raise _took_too_long() from error
    finally:
        _end(child)
    if status in (-signal.SIGXCPU, -signal.SIGKILL):
        raise _took_too_long()
    if status:
        raise UnreadableFile(
            "This file cannot be read: it is damaged, or needs more memory than a text does. "
            "Save it anew, or send its text."
        )


def _end(child: subprocess.Popen[bytes]) -> None:
    """Whatever it started goes with it."""
    with contextlib.suppress(ProcessLookupError):
        os.killpg(child.pid, signal.SIGKILL)
    child.wait()


def _took_too_long() -> UnreadableFile:
    return UnreadableFile("Reading this file took too long, so it was given up. Save it anew, or send its text.")


def _understood(answer: IO[bytes], data: bytes) -> FileRead:
    told: dict[str, Any] = json.loads(answer.readline())
    if "refused" in told:
        raise UnreadableFile(told["refused"])
    if len(told["text"]) > MOST_TEXT:
        raise UnreadableFile(
            "There is more text in this file than one piece of work may hold. Send the part that counts."
        )
    kept = data if told.pop("same") else answer.read()
    return FileRead(
        FileKind(told["kind"]), told["media_type"], told["text"], kept, told["pages"], tuple(told["remarks"])
    )
