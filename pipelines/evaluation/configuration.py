"""What is compared: everything that may differ between two runs of the pipelines, and how a file says so.

Only what the pipelines take as a parameter can be set; a name that nothing reads is refused, with what there is.
"""

from __future__ import annotations

import difflib
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace
from pathlib import Path
from typing import Any

from pipelines.drafting import Budget
from pipelines.texts.passages import PASSAGE_TOKENS
from pipelines.values import Usage

JUDGED = 400


class ConfigurationUnusable(Exception):
    """The configuration's file cannot be used as it is; the message says what to change."""


@dataclass(frozen=True, slots=True)
class Model:
    """The language model that drafts; no `name`: rules draft, from evidence. `thinking`: tokens for that, besides those
    of the answer. Prices are of a million tokens sent and answered, in any one currency."""

    name: str = ""
    base_url: str = ""
    local: bool = False
    thinking: int = 0
    price_prompt: float = 0.0
    price_completion: float = 0.0

    def cost(self, usage: Usage) -> float:
        """What so much of it costs, in the currency of the prices."""
        sent, answered = usage.prompt_tokens * self.price_prompt, usage.completion_tokens * self.price_completion
        return (sent + answered) / 1e6


@dataclass(frozen=True, slots=True)
class PromptChoice:
    """How a model is asked. `version` 0 is the one in use; `critique`: it looks at its draft a second time."""

    version: int = 0
    repairs: int = 1
    critique: bool = True

    def budget(self, thinking: int = 0) -> Budget:
        """As drafting takes it."""
        version = self.version or None
        return Budget(repairs=self.repairs, version=version, critique=self.critique, thinking_tokens=thinking)


@dataclass(frozen=True, slots=True)
class Assessing:
    """`judged`: of each challenge, so many of the latest reviews; `shared`: whether the model learned over all
    challenges is used (without it every reading is by the reference alone, and abstains)."""

    judged: int = JUDGED
    shared: bool = True


@dataclass(frozen=True, slots=True)
class Retrieving:
    """`passage_tokens`: how long a passage of a document may be; `per_document`: passages of one document at most."""

    passage_tokens: int = PASSAGE_TOKENS
    per_document: int = 1


@dataclass(frozen=True, slots=True)
class Configuration:
    """One way to run the pipelines. `embedder`: sentence-transformer or hashing."""

    name: str
    embedder: str = "sentence-transformer"
    embedder_model: str = ""
    model: Model = field(default_factory=Model)
    prompt: PromptChoice = field(default_factory=PromptChoice)
    assessment: Assessing = field(default_factory=Assessing)
    retrieval: Retrieving = field(default_factory=Retrieving)


def read(path: Path, current: Configuration) -> Configuration:
    """The configuration of a TOML file, called after the file; what it does not say is as in `current`."""
    try:
        table = tomllib.loads(path.read_text("utf-8"))
    except (OSError, ValueError) as wrong:
        raise ConfigurationUnusable(f"{path} cannot be read as TOML: {wrong}.") from wrong
    found: Configuration = _filled(path, "", replace(current, name=path.stem), table)
    _check(path, found)
    return found


def _filled(path: Path, where: str, into: Any, table: Mapping[str, Any]) -> Any:
    known = {one.name: getattr(into, one.name) for one in fields(into)}
    changes = {}
    for name, value in table.items():
        if name not in known:
            near = difflib.get_close_matches(name, known, n=1)
            hint = f" Did you mean {where}{near[0]}?" if near else f" There are: {', '.join(known)}."
            raise ConfigurationUnusable(f"{path}: {where}{name} is nothing that can be set.{hint}")
        if isinstance(value, Mapping) and hasattr(known[name], "__dataclass_fields__"):
            changes[name] = _filled(path, f"{name}.", known[name], value)
        elif type(value) is type(known[name]):
            changes[name] = value
        else:
            wanted = "a table" if hasattr(known[name], "__dataclass_fields__") else f"like {known[name]!r}"
            raise ConfigurationUnusable(f"{path}: {where}{name} should be {wanted}, not {value!r}.")
    return replace(into, **changes)


def _check(path: Path, found: Configuration) -> None:
    limits = {
        "prompt.version": (found.prompt.version, 0, 10_000),
        "prompt.repairs": (found.prompt.repairs, 0, 3),
        "model.thinking": (found.model.thinking, 0, 200_000),
        "assessment.judged": (found.assessment.judged, 0, JUDGED),
        "retrieval.passage_tokens": (found.retrieval.passage_tokens, 8, 400),
        "retrieval.per_document": (found.retrieval.per_document, 0, 100),
    }
    for name, (value, low, high) in limits.items():
        if not low <= value <= high:
            raise ConfigurationUnusable(f"{path}: {name} is {value}; it can be {low} to {high}.")
