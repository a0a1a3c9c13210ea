"""Whole drafts of works whose standing on each criterion is known: what is claimed, and is it so?

    python -m benchmarks.drafts DIR... [--judged] [--verdicts] [--embedder minilm|hashing] [--most N]
        [--model URL [--name NAME] [--elsewhere] [--prompt VERSION] [--no-critique] [--thinking TOKENS]
         [--prices SENT ANSWERED]]

Drafts every work that is not `judged_first`. With `--judged` those few are judged work. With `--verdicts` a person, the
gold, first says of each work how it stands, as at the desk, and feedback is composed from that. One JSON line a folder,
and a last one over all of them. The baseline, in the same run: a next step for each of the first three criteria, and
the commonest verdict for every criterion.

With `--model` a language model drafts, at any address that speaks OpenAI's chat completions (its key, if it wants one,
is read from OPENAI_API_KEY); then `spent` says what that took: calls, tokens by pass, seconds, and the cost by
`--prices` of a million tokens.
"""

from __future__ import annotations

import argparse
import os
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from benchmarks.setting import embedder, last_line, say, told
from pipelines.adapters.openai_chat import OpenAIChat
from pipelines.evaluation import drafts, known_works
from pipelines.evaluation.configuration import Model, PromptChoice
from pipelines.evaluation.drafts import KnownWorksDrafter
from pipelines.ports import Embedder, LanguageModel
from pipelines.values import Draft

ANSWER_SECONDS = 300.0
"""How long is waited for one answer: a model on a laptop takes its time."""

Tallies = tuple[Counter[str], Counter[str]]
"""What was counted of the drafts, and of the baseline."""


@dataclass(frozen=True)
class ModelAsked:
    """The model that drafts, with its prices, and how it is asked."""

    model: LanguageModel
    about: Model
    prompt: PromptChoice


def counted(
    folder: Path,
    using: Embedder,
    *,
    judged: bool,
    verdicts: bool = False,
    asked: ModelAsked | None = None,
    most: int = 0,
) -> tuple[Tallies, list[Draft]]:
    """Draft one folder's works (the first `most` of them) and count."""
    known = drafts.read(folder)
    if most:
        first = [work for work in known.works if work.judged_first], known.drafted[:most]
        known = replace(known, works=(*first[0], *first[1]))
    model = asked.model if asked else None
    budget = asked.prompt.budget(asked.about.thinking) if asked else None
    drafter = KnownWorksDrafter.over(known, using, judged=judged, verdicts=verdicts, model=model, budget=budget)
    made = drafter.all(told)
    said = [drafts.said(work, draft) for work, draft in zip(known.drafted, made, strict=True)]
    return (drafts.counted(known, said), drafts.counted(known, drafts.always_open(known))), made


def figures(tallies: Tallies) -> dict[str, Any]:
    """Of the drafts, with the baseline's beside them."""
    own, plain = tallies
    return drafts.figures(own) | {"baseline": drafts.figures(plain)}


def run(
    folders: Sequence[Path],
    using: Embedder,
    *,
    judged: bool = False,
    verdicts: bool = False,
    asked: ModelAsked | None = None,
    most: int = 0,
) -> dict[str, Any]:
    """All figures over these folders; prints a line for each."""
    own: Counter[str] = Counter()
    plain: Counter[str] = Counter()
    made: list[Draft] = []
    for folder in folders:
        say(f"{folder}:")
        found, drafted = counted(folder, using, judged=judged, verdicts=verdicts, asked=asked, most=most)
        made += drafted
        last_line({"folder": folder.name, **figures(found)} | _spent(drafted, asked))
        own.update(found[0])
        plain.update(found[1])
    setting = {"embedder": using.name, "judged": judged, "verdicts": verdicts}
    return figures((own, plain)) | setting | _spent(made, asked)


def _spent(made: Sequence[Draft], asked: ModelAsked | None) -> dict[str, Any]:
    return {"model": asked.about.name, "spent": known_works.spent(made, asked.about)} if asked else {}


def model_at(url: str, name: str, prompt: PromptChoice, about: Model) -> ModelAsked:
    """A model at this address."""
    key = os.environ.get("OPENAI_API_KEY", "")
    model = OpenAIChat(
        name, api_key=key, base_url=url, local=about.local, timeout=ANSWER_SECONDS, thinking=about.thinking
    )
    return ModelAsked(model, replace(about, name=name, base_url=url), prompt)


def _asked(given: argparse.Namespace) -> ModelAsked | None:
    if not given.model:
        return None
    prompt = PromptChoice(version=given.prompt, critique=not given.no_critique)
    sent, answered = given.prices
    about = Model(local=not given.elsewhere, thinking=given.thinking, price_prompt=sent, price_completion=answered)
    return model_at(given.model, given.name, prompt, about)


def main(arguments: Sequence[str] | None = None) -> None:
    """Read folders and setting from the command line, and print the figures."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folders", type=Path, nargs="+")
    parser.add_argument("--judged", action="store_true", help="the few works judged first are judged work")
    parser.add_argument("--verdicts", action="store_true", help="a person says first how each work stands")
    parser.add_argument("--embedder", default="minilm", choices=["minilm", "hashing"])
    parser.add_argument("--most", type=int, default=0, help="works of each folder at most; 0: all")
    parser.add_argument("--model", default="", help="base URL of a language model that drafts")
    parser.add_argument("--name", default="model", help="the model's name at that address")
    parser.add_argument("--elsewhere", action="store_true", help="it is not the organization's own: names stay out")
    parser.add_argument("--prompt", type=int, default=0, help="version of the prompt; 0: the one in use")
    parser.add_argument("--no-critique", action="store_true", help="without the second look")
    parser.add_argument("--thinking", type=int, default=0, help="tokens for thinking, apart from the answer's")
    parser.add_argument("--prices", type=float, nargs=2, default=(0.0, 0.0), metavar=("SENT", "ANSWERED"))
    given = parser.parse_args(arguments)
    asked = _asked(given)
    using = embedder(given.embedder)
    last_line(run(given.folders, using, judged=given.judged, verdicts=given.verdicts, asked=asked, most=given.most))


if __name__ == "__main__":
    main()
