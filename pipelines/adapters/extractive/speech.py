"""What is said of a passage, after what the passage itself says or speaks of. May not decide what is said."""

from __future__ import annotations

from pipelines.adapters.extractive.phrasing import Phrases
from pipelines.texts.language import Span, content
from pipelines.texts.mentions import mentions, reported
from pipelines.values import ChallengeAsItStands, DraftingTask


class OfThisText:
    """Speaks of one work's passages in the words that are its own, not the challenge's."""

    def __init__(self, brief: DraftingTask, language: str, phrases: Phrases) -> None:
        self._text, self._language, self._phrases = brief.text, language, phrases
        self._public = _public(brief.challenge, language)

    def of_it(self, span: Span, rest: str, key: str) -> str:
        """`rest`, after what the passage says or names; as it is, where it names nothing of its own."""
        if clause := reported(self._text, span, self._language):
            return self._phrases.say("mention", "clause", key, rest=rest, a=clause)
        named = mentions(self._text, span, self._language, self._public)
        if not named:
            return rest
        return self._phrases.say("mention", "two" if named[1:] else "one", key, rest=rest, a=named[0], b=named[-1])


def _public(challenge: ChallengeAsItStands, language: str) -> frozenset[str]:
    """Stems of the challenge's own words: what everybody's work speaks of is nothing of this one."""
    criteria = (f"{one.text} {one.question} {one.evidence}" for one in challenge.criteria)
    said = (challenge.title, challenge.prompt, challenge.outcome, challenge.reference, *criteria)
    return content(" ".join(said), language)
