"""What is said of a passage, after what the passage itself says or speaks of. May not decide what is said."""

from __future__ import annotations

from pipelines.adapters.extractive.phrasing import Phrases, joined, table
from pipelines.texts.contacts import contacts_in
from pipelines.texts.language import content, sentence_at, sentences
from pipelines.texts.names import names_in
from pipelines.texts.reporting import reported, verbatim
from pipelines.values import ChallengeAsItStands, DraftingTask, Span


class OfThisText:
    """Speaks of one work's passages in the words that are its own, not the challenge's."""

    def __init__(self, brief: DraftingTask, language: str, phrases: Phrases) -> None:
        self._text, self._language, self._phrases, self._names = brief.text, language, phrases, brief.names
        self._public = _public(brief.challenge, language)
        self._said: set[Span] = set()

    def of_it(self, span: Span, rest: str, key: str) -> str:
        """`rest`, after the learner's own clause: reported where that is plainly right, else quoted. As it is, where
        the passage only says the challenge's words again, or may not be said back."""
        form, said = self._clause(span)
        if not said:
            return rest
        sentence = sentence_at(self._text, span[0]) or span
        again, self._said = sentence in self._said, self._said | {sentence}
        form = "again" if again else form
        return joined(self._phrases.say("mention", form, key, a=said), rest, self._language)

    def _clause(self, span: Span) -> tuple[str, str]:
        if self._unsaid(span):
            return "", ""
        found = {"clause": reported(self._text, span, self._language), "quote": verbatim(self._text, span)}
        return next(((form, said) for form, said in found.items() if said and self._may_be_said(said)), ("", ""))

    def may_stand_beside(self, span: Span) -> bool:
        """Whether a remark that is about no passage may be put at this one: it names nobody and is no grave matter."""
        return not self._unsaid(span) and self._is_nobodys(self._text[slice(*span)])

    def _unsaid(self, span: Span) -> bool:
        """Whether the sentence speaks of what no routine question begins with."""
        there = sentences(self._text)
        start = max((a for a, _ in there if a <= span[0]), default=span[0])
        end = next((b for _, b in there if b >= span[1]), span[1])
        stems = content(self._text[start:end], self._language)
        return bool(stems & content(str(table(self._language)["mention"]["unsaid"]), self._language))

    def _may_be_said(self, words: str) -> bool:
        """Whether the words say something that the challenge does not, and may be said of anybody."""
        return bool(content(words, self._language) - self._public) and self._is_nobodys(words)

    def _is_nobodys(self, words: str) -> bool:
        """Whether nobody is named in these words, and nothing reaches anybody."""
        named = any(names_in(one, self._names, "", self._language) for one in (words, words.title()))
        return not named and next(iter(contacts_in(words)), None) is None


def _public(challenge: ChallengeAsItStands, language: str) -> frozenset[str]:
    """Stems of the challenge's own words: what everybody's work speaks of is nothing of this one."""
    criteria = (f"{one.text} {one.question} {one.evidence}" for one in challenge.criteria)
    said = (challenge.title, challenge.prompt, challenge.outcome, challenge.reference, *criteria)
    return content(" ".join(said), language)
