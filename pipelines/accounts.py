"""What a draft cost, and which words were sent for it: kept whatever becomes of it. Holds; does nothing else."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Usage:
    """Tokens as the provider counted them, summed over all calls made for one draft, failed ones included. `estimated`:
    at least one provider sent no count, so a part of the tokens is a guess from the number of characters."""

    prompt_tokens: int = 0
    completion_tokens: int = 0
    calls: int = 0
    estimated: bool = False
    seconds: float = field(default=0.0, compare=False)  # how long was waited for answers

    def __add__(self, other: Usage) -> Usage:
        return Usage(
            self.prompt_tokens + other.prompt_tokens,
            self.completion_tokens + other.completion_tokens,
            self.calls + other.calls,
            self.estimated or other.estimated,
            self.seconds + other.seconds,
        )


@dataclass(frozen=True, slots=True)
class PromptUsed:
    """Which words were sent. `sha` is the sha256 of the prompt file; `rendered` is what the model read, in full."""

    name: str
    version: int
    sha: str
    rendered: str = ""


@dataclass(frozen=True, slots=True)
class DraftPass:
    """One pass over a model, by its prompt, with what it cost and, if it failed, what was wrong."""

    name: str
    version: int
    usage: Usage
    trouble: str = ""
