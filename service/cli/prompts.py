"""`peerloom prompts`: the words that a language model is given. Compares and releases versions; never changes one."""

from __future__ import annotations

import difflib
from pathlib import Path
from typing import Annotated

import typer
from rich.table import Table

from pipelines import prompts as prompt_files
from pipelines.drafting import cases
from pipelines.ports import LanguageModel
from pipelines.values import Draft, DraftOutcome
from pipelines.verification import verify
from service import wiring
from service.cli.console import TellingGroup, out, settings

app = typer.Typer(cls=TellingGroup, no_args_is_help=True, help="The words that a language model is given.")

PromptName = Annotated[str, typer.Argument(help="Name of the prompt, e.g. feedback.")]


@app.command("list")
def list_() -> None:
    """Every version of every prompt: which is in use, and whether its file is the one that was released."""
    for name in prompt_files.names():
        in_use = prompt_files.current(name)
        for version, sound in prompt_files.versions(name).items():
            use = "in use" if version == in_use else "      "
            out.print(f"{name}/{version}  {use}  {_state(name, version, sound)}", markup=False, soft_wrap=True)


def _state(name: str, version: int, sound: bool) -> str:
    if sound:
        prompt = prompt_files.load(name, version)
        return f"{prompt.sha[:12]}  {prompt.purpose}"
    try:
        prompt_files.load(name, version)
    except prompt_files.PromptError as trouble:
        return str(trouble)
    return ""


@app.command()
def diff(name: PromptName, a: Annotated[int, typer.Argument()], b: Annotated[int, typer.Argument()]) -> None:
    """What version B says differently from version A."""
    one, other = (prompt_files.load(name, version, unreleased=True) for version in (a, b))
    _coloured(prompt_files.diff(one, other) or "They say the same.")


@app.command("test")
def try_(
    name: PromptName,
    version: Annotated[int | None, typer.Option(help="Version to try; the newest file if left out.")] = None,
    against: Annotated[int | None, typer.Option(help="Version to compare with; the one in use if left out.")] = None,
    ask: Annotated[bool, typer.Option(help="Also ask the model that is set up, which costs tokens.")] = True,
) -> None:
    """What a change of words does: to what a model reads in each stored case and, with a model, to what it drafts."""
    version = max(prompt_files.versions(name)) if version is None else version
    against = prompt_files.current(name) if against is None else against
    stored = cases.cases(name)
    if not stored:
        raise prompt_files.PromptError(f"There are no cases for '{name}'. Put some into prompts/{name}/cases.")
    out.print(f"{name}/{version} against {name}/{against}, {len(stored)} cases", markup=False)
    for case in stored:
        _renders(case, name, version, against)
    chosen = settings()
    model = wiring.language_model(chosen) if ask else None
    if model is None:
        out.print("No model was asked, so what it would draft is not compared.")
        return
    out.print(_drafts(stored, [against] if version == against else [against, version], model))


def _renders(case: cases.Case, name: str, version: int, against: int) -> None:
    before, after = cases.render(case, against), cases.render(case, version)
    out.print(f"\n{case.name}: {case.about}", markup=False, soft_wrap=True)
    out.print(f"  {len(before)} characters, then {len(after)} ({len(after) - len(before):+d})", markup=False)
    marks = (f"{name}/{against}", f"{name}/{version}")
    lines = difflib.unified_diff(before.splitlines(), after.splitlines(), *marks, lineterm="", n=1)
    _coloured("\n".join(lines) or "  What the model reads is the same.")


def _drafts(stored: list[cases.Case], versions: list[int], model: LanguageModel) -> Table:
    table = Table("case", "version", "points", "findings", "tokens", "calls", "said", title=f"Drafted by {model.name}")
    for case in stored:
        for version in versions:
            made = cases.try_out(case, version, model, wiring.fallback(), verify)
            table.add_row(case.name, str(version), *_row(made, model))
    return table


def _row(made: Draft, model: LanguageModel) -> tuple[str, ...]:
    """Points only if they are the model's own: what was drafted without it says nothing about its words."""
    own = made.outcome is DraftOutcome.DRAFTED and made.model != wiring.fallback().name
    found = ", ".join(sorted({finding.code for finding in made.findings})) or "–"
    tokens = f"{made.usage.prompt_tokens} + {made.usage.completion_tokens}"
    return (str(len(made.points)) if own else "0", found, tokens, str(made.usage.calls), made.reason or made.summary)


@app.command()
def lock(
    root: Annotated[Path | None, typer.Option(help="Folder of the prompts.", file_okay=False)] = None,
) -> None:
    """Release new versions: write their sums to LOCK.toml and use them. A released version never changes."""
    new = prompt_files.lock(root=root)
    for line in new:
        out.print(f"{line} is released and in use.", markup=False)
    if not new:
        out.print("There is no new version. Every released one is as it was.")


def _coloured(diff: str) -> None:
    styles = {"+": "green", "-": "red", "@": "cyan"}
    for line in diff.splitlines():
        out.print(line, style=styles.get(line[:1], ""), markup=False, soft_wrap=True)
