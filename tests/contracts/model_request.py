"""One request with its material, as the drafting step would make it, and the chat adapter pointed at the stub."""

from __future__ import annotations

from datetime import UTC, datetime

from pipelines.adapters.openai_chat import OpenAIChat
from pipelines.ports import DraftingMaterial, ModelRequest
from pipelines.values import (
    Assessment,
    ChallengeAsItStands,
    Criterion,
    DraftingTask,
    Evidence,
    Judgement,
    Scope,
    Shelf,
    ShelfItem,
    Standing,
)
from tests.stubs.openai_wire import OpenAIWire

KEY = "sk-very-secret-key"
LEARNERS_TEXT = (
    "We pair teachers across grades and visit each other twice before half-term. Afterwards we talk about it."
)
NOW = datetime(2027, 3, 1, 12, 0, tzinfo=UTC)
SCHEMA: dict[str, object] = {
    "type": "object",
    "properties": {
        "summary": {"type": "string"},
        "points": {
            "type": "array",
            "items": {"type": "object", "properties": {"kind": {"type": "string", "enum": ["question"]}}},
        },
    },
}
ANSWER = {"summary": "Who and when are clear.", "points": []}


def material() -> DraftingMaterial:
    scope = Scope("org", "c1", reader="amara", author="amara", at=NOW)
    criteria = (Criterion("k1", "Names who observes whom and when."), Criterion("k2", "Says what will be looked for."))
    challenge = ChallengeAsItStands("c1", "Plan how your team starts peer observation.", criteria=criteria)
    item = ShelfItem(
        "doc@0-44", Shelf.CONTEXT, "Agree on one question before each visit.", "doc", 0, 41, title="Handbook"
    )
    judged = tuple(Judgement(criterion.id, Standing.CANNOT_TELL, 0.3) for criterion in criteria)
    return DraftingMaterial(
        DraftingTask(scope, challenge, submission="rev1", text=LEARNERS_TEXT),
        (Evidence("E1", item, dense=0.6, lexical=0.4, fused=1.0),),
        Assessment(Judgement("", Standing.CANNOT_TELL, 0.3), judged, abstained=True),
    )


REQUEST = ModelRequest(
    "You draft feedback. Answer as JSON.", LEARNERS_TEXT, SCHEMA, "feedback", max_tokens=900, material=material()
)


def chat_at(wire: OpenAIWire, **more: object) -> OpenAIChat:
    arguments: dict[str, object] = {"api_key": KEY, "base_url": wire.base_url, "local": True, "timeout": 5.0, **more}
    return OpenAIChat("stub-model", **arguments)  # type: ignore[arg-type]
