"""The words of one point: what is open or there, after what the work says at its place. May not choose points."""

from __future__ import annotations

from collections.abc import Sequence

from pipelines.adapters.extractive.memory import DocumentQuote, cited, line
from pipelines.adapters.extractive.phrasing import Phrases, joined, table
from pipelines.adapters.extractive.places import PhrasePlaces, Vocabulary
from pipelines.adapters.extractive.readings import CriterionStanding
from pipelines.adapters.extractive.since import SinceEarlier
from pipelines.adapters.extractive.speech import OfThisText
from pipelines.texts.in_sentences import Matter
from pipelines.texts.language import content, language_code
from pipelines.texts.sought import asked_plainly
from pipelines.values import Criterion, DraftingTask, Evidence, Span, Standing

SHORT_MATTER = 60
"""Characters of what a criterion asks for up to which it is named in passing."""


class PointWording:
    """Words points about one work. Keeps which lines of documents were quoted: none is quoted twice."""

    def __init__(self, brief: DraftingTask, evidence: Sequence[Evidence], language: str, words: Vocabulary) -> None:
        self.phrases = Phrases(language, brief.text, language_code(brief.challenge.language))
        self.speech = OfThisText(brief, language, self.phrases)
        self.since = SinceEarlier(brief.earlier, self.phrases, language)
        self._challenge, self._evidence, self._language, self._words = brief.challenge, evidence, language, words
        self._quoted: list[str] = []

    def line(self, criterion: Criterion) -> DocumentQuote | None:
        """A line of the organization's documents on this criterion that was not quoted yet."""
        wanted, also = (
            self._words.stems(criterion.text),
            self._words.stems(f"{criterion.question} {criterion.evidence}"),
        )
        found = cited(self._evidence, criterion.id, told=self._quoted)
        found = found or line(self._evidence, wanted, also, self._language, told=self._quoted)
        self._quoted += [found.quote] if found else []
        return found

    def gives_away(self, criterion: Criterion) -> bool:
        """Whether the criterion is a piece of the expected answer: to quote it as missing would solve the task."""
        expected = " ".join(self._challenge.reference.split())
        return not criterion.question.strip() and " ".join(criterion.text.split()) in expected

    def gap(self, one: CriterionStanding, found: DocumentQuote | None, key: str, span: Span) -> str:
        """What a reader cannot tell of what this text speaks of, or finds nowhere in it; a line of our documents if one
        fits; the question of a facilitator, or a step."""
        part = "unsure" if not one.claimed else "partly" if one.standing is Standing.PARTLY else "gap"
        question = one.criterion.question.strip()
        if self.gives_away(one.criterion):
            return self._without_giving_away(one, key)
        cited = self.phrases.cite(found.title, found.quote, key) if found else ""
        if one.nowhere:
            said = self.since.still(one.criterion.id, span, "", key) or self.phrases.about("nowhere", one.matter, key)
            return " ".join(filter(None, (said, cited, question or self._step(one, "gap", key))))
        if not question:
            open_ = self._of_it(one, span, self.phrases.about(part, one.matter, key), key)
            step = "" if part == "unsure" else self._step(one, part, key)
            return " ".join(filter(None, (open_, cited, step)))
        asked = self._of_it(one, span, question, key)
        if asked != question or part == "unsure":
            return " ".join(filter(None, (cited, asked)))
        open_ = self.phrases.about(part, one.matter, key)
        return f"{open_} {cited} {question}" if cited else joined(open_.rstrip("."), question, self._language)

    def _of_it(self, one: CriterionStanding, span: Span, rest: str, key: str) -> str:
        """After what became of it since it was asked before; else after what the text says there."""
        still = self.since.still(one.criterion.id, span, rest, key)
        return still or self.speech.of_it(span, rest, key, self._wanted(one.criterion))

    def _wanted(self, criterion: Criterion) -> frozenset[str]:
        """Stems of what the criterion asks for."""
        return self._words.stems(f"{criterion.text} {criterion.question} {criterion.evidence}")

    def _step(self, one: CriterionStanding, part: str, key: str) -> str:
        """What to do about it: a question for what the criterion plainly asks for, where nothing of it is there yet."""
        spoken = language_code(self._challenge.language)
        options = asked_plainly(one.criterion.text, spoken, self._language) if part == "gap" else ()
        form = "partly" if part == "partly" else "plain"
        return self.phrases.ask(options, key) or self.phrases.say("step", form, key)

    def _without_giving_away(self, one: CriterionStanding, key: str) -> str:
        """That something is open, and which part of the task to read again; not what would solve it."""
        part = self.part_of_task(content(one.criterion.text, self._language))
        open_ = self.phrases.say("gap", "plain", key)
        return f"{open_} {self.phrases.say('task', 'part', q=part)}" if part else open_

    def part_of_task(self, wanted: frozenset[str]) -> str:
        """The part of the task's own wording that is nearest to what is wanted, short enough to quote."""
        prompt = self._challenge.prompt
        task = PhrasePlaces(prompt, self._words, table(self._language).get("cuts", ""))
        span = task.nearest(dict.fromkeys(wanted, 1.0)) or task.last()
        return prompt[slice(*span)] if span else ""

    def strength(self, one: CriterionStanding, span: Span, still: Sequence[CriterionStanding]) -> str:
        """That it is there: since it was asked for, if it was; and what to do with it, where nothing else is said."""
        key = one.criterion.id
        plain = self.since.here(key) or self.phrases.about("strength", one.matter, key)
        text = self.speech.of_it(span, plain, key, self._wanted(one.criterion))
        return self._kept(text, still, key) if text == plain else text

    def whole(self, one: CriterionStanding) -> str:
        """That a person finds it in the work, and at no one place."""
        return self.since.here(one.criterion.id) or self.phrases.about("whole", one.matter, one.criterion.id)

    def _kept(self, text: str, still: Sequence[CriterionStanding], key: str) -> str:
        """Praise that can name nothing of this text says at least what to do with it."""
        next_one = still[0].matter.name if still and still[0].claimed else ""
        if 0 < len(next_one) <= SHORT_MATTER:
            return f"{text} {self.phrases.say('strength', 'link', key, b=next_one)}"
        return f"{text} {self.phrases.say('strength', 'keep' if still else 'alone', key)}"

    def summary(self, met: Sequence[CriterionStanding], chosen: Sequence[CriterionStanding]) -> str:
        """What is clear (two criteria if both are short) and what is open first; of a later version, what was asked."""
        still = [one.matter for one in chosen[:1]]
        asked = [one.matter for one in met if self.since.asked(one.criterion.id)]
        again = bool(chosen) and self.since.asked(chosen[0].criterion.id) is not None
        told = self._since(asked, still, again=again)
        return told or self.phrases.summary([one.matter for one in met], still, sure=not chosen or chosen[0].claimed)

    def _since(self, asked: Sequence[Matter], still: Sequence[Matter], *, again: bool) -> str:
        if not asked and not again:
            return ""
        form = "both" if asked and still else "here" if asked else "still"
        return self.phrases.first_short("since_summary", form, asked[:1], still)
