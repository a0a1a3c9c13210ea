"""A `peerloom` command in a process of its own that is there at once: it was forked, with everything imported."""

from __future__ import annotations

import importlib
import os
import sys
from pathlib import Path
from subprocess import CompletedProcess

from service import main
from service.cli import app, console
from service.jobs import keeper
from tests import zygote
from tests.forked import FORKED
from tests.journeys.crashing import POINTS, plant


def run(
    command: list[str],
    environment: dict[str, str],
    out: Path,
    err: Path,
    dying_at: str | None = None,
    prompts_of: Path | None = None,
) -> None:
    """As the shell would: this environment and no other, and what is said goes to the files. A death is of the process
    that comes by the point, be it the worker that this one keeps."""
    if prompts_of is not None:
        _change_prompts(prompts_of)
    os.environ.clear()
    os.environ.update(environment)
    for stream, file in ((sys.stdout, out), (sys.stderr, err)):
        with file.open("ab") as said:
            os.dup2(said.fileno(), stream.fileno())
    console.out.width = console.WIDE  # which it asked its output for when it was imported
    beside = dying_at is not None and command == ["serve"] and not POINTS[dying_at].web
    if command[0] in ("serve", "demo"):
        from tests import warm  # where it is preloaded: it takes as long as it saves

        main.create_app = warm.create_app
        keeper.start_process = zygote.started(dying_at if beside else None)
    if dying_at and not beside:
        plant(POINTS[dying_at])
    sys.argv = ["peerloom", *command]
    app()


def _change_prompts(root: Path) -> None:
    """From now on they are those in this folder, as they would be for a Python that began there."""
    sys.path.insert(0, str(root))
    for name in [name for name in sys.modules if name.partition(".")[0] == "prompts"]:
        del sys.modules[name]
    importlib.invalidate_caches()
    found = importlib.import_module("prompts").__file__
    assert found is not None
    assert Path(found).is_relative_to(root), found  # what is run may write there


def said(
    folder: Path, command: list[str], environment: dict[str, str], prompts_of: Path | None = None
) -> CompletedProcess[str]:
    """Run to its end, with what it said. `folder` is for its outputs; the prompts are those of another, if one is
    given."""
    out, err = folder / "said.out", folder / "said.err"
    for file in (out, err):
        file.write_bytes(b"")
    process = FORKED.Process(target=run, args=(command, environment, out, err, None, prompts_of))
    process.start()
    process.join()
    code = process.exitcode
    return CompletedProcess(command, -1 if code is None else code, out.read_text("utf-8"), err.read_text("utf-8"))
