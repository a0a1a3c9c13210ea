"""What is wrong with the server behind a model, found by asking it. Knows the port, and no library.

Some servers cut a long prompt without a word, some take a schema and do not enforce it, and neither is an error.
"""

from __future__ import annotations

import json
from typing import Protocol

from pipelines.ports import ModelReply, ModelRequest, ModelTrouble


class ProbedModel(Protocol):
    """A model that says which response format its server takes: json_schema, json_object or none."""

    @property
    def enforces(self) -> str: ...

    def reply(self, request: ModelRequest) -> ModelReply:
        """As of `LanguageModel`."""


def probe(model: ProbedModel) -> list[str]:
    """What is wrong with the server behind `model`, in words; empty if nothing is. Two calls, some 9,000 tokens.

    It is tried: a word at the very start of a long text must come back, and prose is asked for under a schema.
    """
    found = [_probe_length(model), _probe_schema(model)]
    return [finding for finding in found if finding]


_PROBE_WORD = "marigold"
_PROBE_LINES = 700  # about 12 tokens each: twice the 4,096 at which some servers cut


def _probe_length(model: ProbedModel) -> str:
    lines = "\n".join(f"Line {number}: nothing on this line matters at all." for number in range(_PROBE_LINES))
    user = f"The password is {_PROBE_WORD}.\n{lines}\nAnswer with the password that stands before line 0."
    schema: dict[str, object] = {"type": "object", "properties": {"password": {"type": "string"}}}
    request = ModelRequest('Answer as JSON: {"password": "…"}.', user, schema, "password", max_tokens=400)
    try:
        answer = model.reply(request)
    except ModelTrouble as trouble:
        return f"A text of about 8,000 tokens brought no answer: {trouble.reason}"
    if _PROBE_WORD in answer.text.lower():
        return ""
    read = f" (it counted {answer.usage.prompt_tokens} tokens)" if not answer.usage.estimated else ""
    return (
        f"A text of about 8,000 tokens was not read from its start{read}: the server seems to cut long prompts without "
        "saying so. Raise its context length (Ollama: num_ctx; llama.cpp: --ctx-size), or drafts miss their evidence."
    )


def _probe_schema(model: ProbedModel) -> str:
    schema: dict[str, object] = {"type": "object", "properties": {"rain": {"type": "string", "enum": ["yes", "no"]}}}
    user = "In one sentence of plain prose, without any JSON: does it rain in deserts?"
    try:
        answer = model.reply(ModelRequest("Answer in prose.", user, schema, "rain", max_tokens=400))
    except ModelTrouble as trouble:
        return f"A small question under a schema brought no answer: {trouble.reason}"
    try:
        if json.loads(answer.text) in ({"rain": "yes"}, {"rain": "no"}):
            return ""
    except ValueError:
        pass
    refused = "" if model.enforces == "json_schema" else " (it refused the response format)"
    return f"The server does not enforce a schema{refused}: more answers will need a repair, and some will be given up."
