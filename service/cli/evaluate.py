"""`peerloom evaluate`: two configurations on the same stored cases, with what their difference is worth.

Measures nothing itself: `pipelines.evaluation` does. Reads no database and changes nothing.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, replace
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from pipelines.ports import Embedder, LanguageModel
from service import wiring
from service.cli.console import err, settings
from service.domain.errors import Invalid, Unavailable
from service.settings import EmbedderKind, Settings

if TYPE_CHECKING:
    from pipelines.evaluation.configuration import Configuration
    from pipelines.evaluation.measures import Measured, ToldHowFar

DRAFTS = 60
"""Probes that are drafted: enough to see a model fail, few enough to pay for."""

LEFT_OUT = (
    "What measures is left out of this installation, as it is of the container image. "
    "In a checkout of Peerloom, run `pip install .` and try again; it needs no database."
)


def _measures() -> bool:
    """Whether `pipelines.evaluation` is here: serving and drafting do without."""
    return find_spec("pipelines.evaluation") is not None


def evaluate(
    answers: Annotated[
        Path | None, typer.Option(help="A folder of judged answers.", exists=True, file_okay=False)
    ] = None,
    context: Annotated[
        Path | None, typer.Option(help="A folder of organizations' documents.", exists=True, file_okay=False)
    ] = None,
    works: Annotated[
        Path | None, typer.Option(help="A folder of works with gold standings.", exists=True, file_okay=False)
    ] = None,
    config: Annotated[
        list[Path] | None,
        typer.Option(
            help="A configuration to measure, as TOML; give two to compare them.", exists=True, dir_okay=False
        ),
    ] = None,
    drafts: Annotated[
        int, typer.Option(help="Probes, and works, to draft feedback for; 0 drafts no probe and every work.", min=0)
    ] = DRAFTS,
    resamples: Annotated[int, typer.Option(help="Resamples that intervals are read from.", min=100)] = 2_000,
    json_file: Annotated[
        Path | None, typer.Option("--json", help="Also write everything to this file, case by case.", dir_okay=False)
    ] = None,
) -> None:
    """Measure how work is read, documents found and drafts made, on cases that people judged. Changes nothing.

    One --config is compared with the settings in force, two with each other; without any, those settings are measured.
    """
    if not _measures():
        raise Unavailable(LEFT_OUT)
    from service.cli import comparison

    if answers is None and context is None and works is None:
        raise typer.BadParameter("Give --answers, --context or --works, or several of them.")
    chosen = settings()
    sides = [Side.of(one, chosen) for one in _configurations(config or [], chosen)]
    report: dict[str, Any] = {"configurations": [asdict(side.configuration) for side in sides]}
    for kind, folder in (("answers", answers), ("context", context), ("works", works)):
        if folder is not None:
            with _bars() as told:
                found = _measured(kind, sides, folder, drafts, told)
            names = [side.configuration.name for side in sides]
            report[kind] = {"folder": str(folder), **comparison.show(kind, names, found, resamples)}
    if json_file is not None:
        json_file.write_text(json.dumps(report, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")


@dataclass(frozen=True, slots=True)
class Side:
    """One configuration with its parts."""

    configuration: Configuration
    embedder: Embedder
    model: LanguageModel | None

    @classmethod
    def of(cls, configuration: Configuration, chosen: Settings) -> Side:
        from pipelines.evaluation.shelves import Remembering

        own = settings_of(configuration, chosen)
        return cls(configuration, Remembering(wiring.embedder(own)), wiring.language_model(own))


def _configurations(files: Sequence[Path], chosen: Settings) -> list[Configuration]:
    from pipelines.evaluation.configuration import ConfigurationUnusable, read

    if len(files) > 2:
        raise typer.BadParameter("Two configurations can be compared at a time.")
    now = in_force(chosen)
    try:
        given = [read(file, now) for file in files]
    except ConfigurationUnusable as wrong:
        raise Invalid(str(wrong)) from wrong
    sides = given if len(given) == 2 else [now, *given]
    same = len(sides) == 2 and sides[0].name == sides[1].name
    return [sides[0], replace(sides[1], name=f"{sides[1].name} 2")] if same else sides


def in_force(chosen: Settings) -> Configuration:
    """The settings as a configuration."""
    from pipelines.evaluation.configuration import Configuration, Model, PromptChoice

    model = Model(
        chosen.model, chosen.openai_base_url, chosen.model_local,
        chosen.model_thinking_tokens, chosen.price_prompt, chosen.price_completion,
    )  # fmt: skip
    prompt = PromptChoice(critique=chosen.model_critique)
    return Configuration("now", chosen.embedder.value, str(chosen.embedder_model or ""), model, prompt)


def settings_of(configuration: Configuration, chosen: Settings) -> Settings:
    """The settings with which the parts of a configuration are made. Raises Invalid."""
    try:
        kind = EmbedderKind(configuration.embedder)
    except ValueError as wrong:
        known = " or ".join(one.value for one in EmbedderKind)
        raise Invalid(f"There is no embedder '{configuration.embedder}'. Choose {known}.") from wrong
    folder = configuration.embedder_model
    return chosen.model_copy(
        update={
            "embedder": kind,
            "embedder_model": Path(folder) if folder else None,
            "model": configuration.model.name,
            "model_local": configuration.model.local,
            "openai_base_url": configuration.model.base_url,
            "model_thinking_tokens": configuration.model.thinking,
        }
    )


def _measured(kind: str, sides: Sequence[Side], folder: Path, drafts: int, told: ToldHowFar) -> list[Measured]:
    if kind == "answers":
        return _answers(sides, folder, drafts, told)
    return _works(sides, folder, drafts, told) if kind == "works" else _context(sides, folder, told)


def _works(sides: Sequence[Side], folder: Path, most: int, told: ToldHowFar) -> list[Measured]:
    """Whole drafts of works whose standings are known, evenly picked where there are more than `most`."""
    from pipelines.evaluation import drafts, known_works, measures

    with _told_plainly():
        known = drafts.read(folder)
    works = known.drafted
    if 0 < most < len(works):
        works = [works[at * len(works) // most] for at in range(most)]
    found = []
    for side in sides:
        say, asked = _prefixed(side.configuration.name, told), side.configuration.model
        budget = side.configuration.prompt.budget(asked.thinking)
        drafter = drafts.KnownWorksDrafter.over(known, side.embedder, model=side.model, budget=budget)
        made = []
        for at, work in enumerate(works):
            say(f"drafting {len(works)} works", at, len(works))
            made.append(drafter.draft(work))
        single = known_works.spent(made, asked) if side.model is not None else {}
        found.append(measures.Measured({"works": known_works.outcomes(known, works, made, asked)}, single))
    return found


def _answers(sides: Sequence[Side], folder: Path, drafts: int, told: ToldHowFar) -> list[Measured]:
    from pipelines.evaluation import answers, folders, measures

    with _told_plainly():
        cases = folders.answers(folder)
    found = []
    for side in sides:
        name = side.configuration.name
        say = _prefixed(name, told)
        say("learning from the history", 0, 1)
        bench = answers.Bench(cases, side.embedder, side.configuration.assessment)
        read = bench.read_all(say)
        outcomes = {"verdicts": answers.outcomes(read)}
        drafter = answers.Drafter.over(bench, side.model, side.configuration.prompt)
        single: dict[str, float | int | None] = {"criterion_spearman": answers.criterion_spearman(read)}
        refused, cold = drafter.refused(say), drafter.cold(say)
        single["blanks_refused"] = sum(refused) / len(refused) if refused else None
        if cold is not None:
            single |= {"cold_spearman": cold[0], "cold_told": sum(cold[1]) / len(cold[1])}
        if drafts:
            outcomes["drafts"] = drafter.drafts(drafts, say)
        found.append(measures.Measured(outcomes, single))
    return found


def _context(sides: Sequence[Side], folder: Path, told: ToldHowFar) -> list[Measured]:
    from pipelines.evaluation import context, folders, measures

    with _told_plainly():
        documents = folders.documents(folder)
    found = []
    for side in sides:
        say = _prefixed(side.configuration.name, told)
        asked = context.measure(documents, side.embedder, side.configuration.retrieval, say)
        found.append(measures.Measured({"questions": asked.outcomes}, {"foreign": asked.foreign}))
    return found


@contextmanager
def _told_plainly() -> Iterator[None]:
    from pipelines.evaluation.folders import CasesUnusable

    try:
        yield
    except CasesUnusable as wrong:
        raise Invalid(str(wrong)) from wrong


def _prefixed(name: str, told: ToldHowFar) -> ToldHowFar:
    return lambda what, done, of: told(f"{name}: {what}", done, of)


@contextmanager
def _bars() -> Iterator[ToldHowFar]:
    """A bar for each thing that is done, on standard error."""
    columns = (TextColumn("{task.description}", markup=False), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=err, transient=True) as progress:
        current: list[Any] = []

        def told(what: str, done: int, of: int) -> None:
            if not current or current[-1][0] != what:
                if current:
                    progress.update(current[-1][1], completed=current[-1][2])
                current.append((what, progress.add_task(what, total=of), of))
            progress.update(current[-1][1], completed=done)

        yield told
