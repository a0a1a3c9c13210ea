"""Files that are their owner's alone: what this process makes, and what an earlier version made for all to read."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterable
from pathlib import Path

OTHERS = stat.S_IRWXG | stat.S_IRWXO
"""What group and others may."""


def from_now_on() -> None:
    """Whatever this process makes is for its user alone: files 0600, folders 0700."""
    os.umask(OTHERS)


def tighten(paths: Iterable[Path], *, folders: Iterable[Path] = ()) -> list[Path]:
    """Take from group and others what they may do with these and all below, and with `folders` themselves; those that
    were open to them.

    What belongs to somebody else, and a folder where everybody makes files, such as /tmp, is left as it is.
    """
    found = [*folders, *(one for path in paths for one in _and_below(path))]
    return [one for one in found if _tightened(one)]


def _and_below(path: Path) -> Iterable[Path]:
    yield path
    if path.is_dir() and not path.is_symlink():
        for folder, folders, files in os.walk(path):
            yield from (Path(folder) / name for name in (*folders, *files))


def _tightened(path: Path) -> bool:
    try:
        seen = path.lstat()
    except OSError:
        return False
    kept = stat.S_ISLNK(seen.st_mode) or seen.st_mode & stat.S_ISVTX or seen.st_uid != os.geteuid()
    if kept or not seen.st_mode & OTHERS:
        return False
    path.chmod(stat.S_IMODE(seen.st_mode) & ~OTHERS)
    return True
