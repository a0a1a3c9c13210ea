"""How commands speak: results on standard output, the rest on standard error; errors are sentences, not traces."""

from __future__ import annotations

import sys
from typing import Any

import typer
from rich.console import Console
from sqlalchemy.exc import OperationalError
from typer.core import TyperGroup

from pipelines.ports import IndexUnavailable
from pipelines.prompts import PromptError
from service import wiring
from service.domain.errors import PeerloomError
from service.settings import Settings, SettingsProblem, load, unknown

AWAY = "The database does not answer. Check that it runs, and PEERLOOM_DATABASE_URL, then try again."

WIDE = 110
"""Columns of what is written to a file or a pipe, which have no width of their own."""

out = Console(highlight=False, width=None if sys.stdout.isatty() else WIDE)
err = Console(stderr=True, highlight=False)


class TellingGroup(TyperGroup):
    """A group of commands in which what the reader can do something about is told without a traceback."""

    def invoke(self, ctx: Any) -> Any:
        try:
            return super().invoke(ctx)
        except OperationalError as trouble:
            said = str(trouble.orig).strip().splitlines()[0] if trouble.orig else type(trouble).__name__
            err.print(f"{AWAY} ({said})", style="red", markup=False, soft_wrap=True)
            raise typer.Exit(1) from trouble
        except (PeerloomError, SettingsProblem, IndexUnavailable, PromptError) as trouble:
            err.print(str(trouble), style="red", markup=False, soft_wrap=True)
            raise typer.Exit(1) from trouble


def settings(**given: Any) -> Settings:
    """The settings, with a hint for each variable that looks like one of ours and is not. None values are not given.

    A command is quiet: what goes wrong is logged, and what goes right is shown by the command itself.
    """
    for hint in unknown():
        err.print(hint, style="yellow", markup=False, soft_wrap=True)
    chosen = load(**{name: value for name, value in given.items() if value is not None})
    wiring.set_up_logs(chosen, quiet=True)
    return chosen
