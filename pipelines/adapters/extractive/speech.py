"""What is said of a passage, after what the passage itself says or speaks of. May not decide what is said."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from pipelines.adapters.extractive.phrasing import Phrases, joined, table
from pipelines.texts.contacts import contacts_in
from pipelines.texts.language import content, sentence_at, sentences, shared
from pipelines.texts.names import names_in
from pipelines.texts.retelling import Retold, retellings
from pipelines.values import ChallengeAsItStands, DraftingTask, Span

LONGEST_TAKEN_IN = 24
"""Words of a clause before a question up to which a reader still has it in mind when the question comes."""


class OfThisText:
    """Speaks of one work's passages in the words that are its own, not the challenge's."""

    def __init__(self, brief: DraftingTask, language: str, phrases: Phrases) -> None:
        self._text, self._language, self._phrases, self._names = brief.text, language, phrases, brief.names
        self._public = _public(brief.challenge, language)
        self._spoken: set[Span] = set()
        self._said: set[Retold] = set()

    def of_it(self, span: Span, rest: str, key: str, wanted: Iterable[str] = ()) -> str:
        """`rest`, after the learner's own clause: reported where that is plainly right, else quoted; of a long sentence
        the clause with most of the `wanted` stems. As it is, where the passage only says the challenge's words again,
        or may not be said back."""
        sayable = [one for one in self._retold(span) if self._may_be_said(one.said)]
        if not sayable:
            return rest
        sentence = sentence_at(self._text, span[0]) or span
        fresh = [one for one in sayable if one not in self._said and one.form != "quote"]
        again = sentence in self._spoken and not fresh
        chosen = self._chosen(fresh or sayable, frozenset(wanted))
        self._spoken.add(sentence)
        self._said.add(chosen)
        return joined(
            self._phrases.say("mention", "again" if again else chosen.form, key, a=chosen.said), rest, self._language
        )

    def _retold(self, span: Span) -> Iterable[Retold]:
        return () if self._unsaid(span) else retellings(self._text, span, self._language)

    def _chosen(self, among: Sequence[Retold], wanted: frozenset[str]) -> Retold:
        """What is short enough to be taken in, if anything is; of that, what has most of what is wanted."""
        turned = [one for one in among if one.form != "quote"] or among
        short = [one for one in turned if len(one.said.split()) <= LONGEST_TAKEN_IN] or turned
        return max(short, key=lambda one: len(shared(wanted, content(one.said, self._language))))

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
