"""The process in which a file is read: limited first, then given the bytes, then gone.

In: a line of JSON with the file's name, then its bytes. Out: a line of JSON, then the bytes that are to be kept, where
they are others than those that came.
"""

from __future__ import annotations

import json
import resource
import sys
from dataclasses import asdict
from typing import Final

MEMORY: Final = 1_500_000_000
"""Bytes of address space: Python with its parsers takes a third of it, a picture of the largest size the rest."""
SECONDS: Final = 15
"""Of the processor."""
WRITTEN: Final = 60_000_000
"""Bytes that may be written: the largest picture, drawn anew."""


def limit() -> None:
    """Give up what is not needed. Cannot be taken back by anything that runs later in this process."""
    for what, most in (
        (resource.RLIMIT_AS, MEMORY),
        (resource.RLIMIT_CPU, SECONDS),
        (resource.RLIMIT_FSIZE, WRITTEN),
        (resource.RLIMIT_NOFILE, 64),
        (resource.RLIMIT_CORE, 0),
    ):
        resource.setrlimit(what, (most, most))


def main() -> None:
    limit()
    from service.domain.files import FileKind, FileRead, UnreadableFile
    from service.files.kinds import kind_of

    head = json.loads(sys.stdin.buffer.readline())
    data = sys.stdin.buffer.read()

    def read(kind: FileKind) -> FileRead:
        match kind:
            case FileKind.PDF:
                from service.files import pdf

                return pdf.read(data)
            case FileKind.WORD:
                from service.files import word

                return word.read(data)
            case FileKind.PICTURE:
                from service.files import pictures

                return pictures.read(data)
            case _:
                from service.files import writing

                return writing.read(data, kind)

    try:
        made = read(kind_of(data, head["name"]))
    except UnreadableFile as error:
        sys.stdout.buffer.write(json.dumps({"refused": error.detail}).encode() + b"\n")
        return
    told = asdict(made)
    kept = told.pop("data")
    same = kept == data
    sys.stdout.buffer.write(json.dumps(told | {"same": same}).encode() + b"\n" + (b"" if same else kept))


if __name__ == "__main__":
    main()
