"""One process owns the data folder."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from service.jobs.data_folder import DataFolder, FolderTaken

HOLD = """
import sys, time
from pathlib import Path
from service.jobs.data_folder import DataFolder
folder = DataFolder(Path(sys.argv[1]))
folder.take()
print("taken", flush=True)
time.sleep(60)
"""


def holder(folder: Path) -> subprocess.Popen[str]:
    process = subprocess.Popen([sys.executable, "-c", HOLD, str(folder)], stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    assert process.stdout.readline() == "taken\n"
    return process


def test_a_second_process_is_told_who_has_the_folder(tmp_path: Path) -> None:
    with holder(tmp_path) as other:
        with pytest.raises(FolderTaken, match=rf"process {other.pid}\. Stop that one first, or set PEERLOOM_DATA"):
            DataFolder(tmp_path).take()
        other.kill()


def test_a_killed_owner_leaves_the_folder_free(tmp_path: Path) -> None:
    with holder(tmp_path) as other:
        os.kill(other.pid, signal.SIGKILL)
        other.wait()
    folder = DataFolder(tmp_path)
    folder.take()
    folder.free()


def test_a_folder_that_is_not_there_is_made(tmp_path: Path) -> None:
    folder = DataFolder(tmp_path / "new" / "one")
    folder.take()
    assert folder.path.is_dir()
    folder.free()
