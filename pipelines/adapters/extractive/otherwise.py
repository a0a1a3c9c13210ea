"""Questions about what a work says otherwise than the organization's documents. May not say which of them is right."""

from __future__ import annotations

from collections.abc import Sequence

from pipelines.adapters.extractive.phrasing import Phrases
from pipelines.adapters.extractive.replies import DrafterReply, point
from pipelines.adapters.extractive.speech import OfThisText
from pipelines.contradictions import contradictions
from pipelines.values import DraftingTask, Evidence, PointKind


def questions(
    brief: DraftingTask, evidence: Sequence[Evidence], phrases: Phrases, speech: OfThisText
) -> list[DrafterReply]:
    """The document's line, what the work says, and which of the two holds."""
    asked = []
    for number, one in enumerate(contradictions(brief, evidence)):
        key = f"otherwise{number}"
        line = phrases.cite(one.title, one.quote.rstrip("."), key)
        question = speech.of_it(one.place, phrases.say("otherwise", "asked", key), key)
        asked.append(point(PointKind.QUESTION, "", brief.text, one.place, f"{line} {question}", [one.label]))
    return asked
