"""What is said of a passage, after what the passage itself says or speaks of. May not decide what is said."""

from __future__ import annotations

import re
from functools import cache
from typing import Final

from pipelines.adapters.extractive.phrasing import Phrases, table
from pipelines.prompts import tables
from pipelines.texts.contacts import contacts_in
from pipelines.texts.language import Span, content, sentences
from pipelines.texts.mentions import mentions
from pipelines.texts.names import names_in
from pipelines.texts.reporting import reported
from pipelines.values import ChallengeAsItStands, DraftingTask

FORMS: Final = ("clause", "one", "two")


class OfThisText:
    """Speaks of one work's passages in the words that are its own, not the challenge's."""

    def __init__(self, brief: DraftingTask, language: str, phrases: Phrases) -> None:
        self._text, self._language, self._phrases, self._names = brief.text, language, phrases, brief.names
        self._public = _public(brief.challenge, language)

    def of_it(self, span: Span, rest: str, key: str) -> str:
        """`rest`, after what the passage says or names; as it is, where it names nothing of its own."""
        if self._unsaid(span):
            return rest
        clause = reported(self._text, span, self._language)
        if clause and self._may_be_said(clause):
            return self._phrases.say("mention", "clause", key, rest=rest, a=clause)
        named = mentions(self._text, span, self._language, self._public)
        if not named or not all(map(self._may_be_said, named)):
            return rest
        return self._phrases.say("mention", "two" if named[1:] else "one", key, rest=rest, a=named[0], b=named[-1])

    def may_stand_beside(self, span: Span) -> bool:
        """Whether a remark that is about no passage may be put at this one: it names nobody and is no grave matter."""
        return not self._unsaid(span) and self._may_be_said(self._text[slice(*span)])

    def _unsaid(self, span: Span) -> bool:
        """Whether the sentence speaks of what no routine question begins with."""
        there = sentences(self._text)
        start = max((a for a, _ in there if a <= span[0]), default=span[0])
        end = next((b for _, b in there if b >= span[1]), span[1])
        stems = content(self._text[start:end], self._language)
        return bool(stems & content(str(table(self._language)["mention"]["unsaid"]), self._language))

    def _may_be_said(self, words: str) -> bool:
        """Whether nobody is named in these words, and nothing reaches anybody."""
        named = any(names_in(one, self._names, "", self._language) for one in (words, words.title()))
        return not named and next(iter(contacts_in(words)), None) is None


def without_mention(text: str) -> str:
    """A point that was said of another text, without what it says of that one."""
    for pattern in _mentioning():
        text = pattern.sub("", text)
    return text


@cache
def _mentioning() -> tuple[re.Pattern[str], ...]:
    """What begins a sentence of ours that speaks of a text, in any language we have words of."""
    templates = (one for code in tables("extractive") for forms in FORMS for one in table(code)["mention"][forms])
    return tuple(re.compile(rf"(?<!\S){_anything(one.removesuffix('{rest}'))}") for one in templates)


def _anything(template: str) -> str:
    """A pattern in which whatever is named may stand; none of it has a colon."""
    return re.escape(template).replace(re.escape("{a}"), "[^:]+").replace(re.escape("{b}"), "[^:]+")


def _public(challenge: ChallengeAsItStands, language: str) -> frozenset[str]:
    """Stems of the challenge's own words: what everybody's work speaks of is nothing of this one."""
    criteria = (f"{one.text} {one.question} {one.evidence}" for one in challenge.criteria)
    said = (challenge.title, challenge.prompt, challenge.outcome, challenge.reference, *criteria)
    return content(" ".join(said), language)
