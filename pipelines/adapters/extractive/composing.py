"""Which points are made, in which order, at which place. May not phrase, nor look for agreement."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import islice

from pipelines.adapters.extractive.memory import Agreement, Line, agreement, line, precedents
from pipelines.adapters.extractive.phrasing import Matter, Phrases, speaks, table
from pipelines.adapters.extractive.places import Places, Vocabulary
from pipelines.ports import Material
from pipelines.values import Criterion, Judgement, PointKind, Standing
from pipelines.wording import Span, content, language_code, language_of, sentences, stop_words

MOST_POINTS = 3
SEEN = 0.67
"""Share of a criterion's own words found here from which it counts as probably met where nothing else is known."""
SHORT_MATTER = 60
"""Characters of what a criterion asks for up to which it is named in passing."""
UNCOVERED = 0.34
"""Share of a reference sentence's words found here below which the task is asked about again."""

Reply = dict[str, object]
_RANK = {Standing.NOT_YET: 0, Standing.PARTLY: 1, Standing.CANNOT_TELL: 2, Standing.MET: 3}


@dataclass(frozen=True, slots=True)
class _Reading:
    """One criterion as this submission stands on it."""

    criterion: Criterion
    matter: Matter
    standing: Standing
    confidence: float
    agreed: Agreement | None  # that something is open
    praised: Agreement | None  # that it is met
    order: int

    @property
    def open(self) -> bool:
        return self.standing is not Standing.MET

    @property
    def known(self) -> bool:
        return self.standing is not Standing.CANNOT_TELL or self.agreed is not None

    @property
    def urgency(self) -> tuple[float, float, int]:
        rank = 0.5 if self.standing is Standing.CANNOT_TELL and self.agreed else _RANK[self.standing]
        return rank, -(self.criterion.points or 0.0), self.order


def compose(material: Material) -> Reply:
    """A reply by the feedback schema."""
    brief = material.brief
    language = language_of(brief.text) or language_code(brief.language)
    if not speaks(language):
        return _in_peoples_words(material, language)
    composer = _Composer(material, language)
    if not composer.places.phrases:
        return _abstain(composer.phrases.note("orders" if composer.places.ordered else "none"))
    return composer.by_criteria() if brief.challenge.criteria else composer.by_memory()


def _abstain(reason: str) -> Reply:
    return {"summary": "", "points": [], "abstain": True, "reason": reason}


def _reply(summary: str, points: Sequence[Reply]) -> Reply:
    return {"summary": summary, "points": list(points), "abstain": False, "reason": ""}


class _Composer:
    """One draft in the making."""

    def __init__(self, material: Material, language: str) -> None:
        self.brief, self.evidence, self.assessment = material.brief, material.evidence, material.assessment
        self.language = language
        self.words = Vocabulary(language, table(language))
        self.places = self._places_in(self.brief.text)
        self.quoted: list[str] = []
        self.shown: list[Span] = []
        self.phrases = Phrases(language, self.brief.text)
        spoken = language_of(" ".join(criterion.text for criterion in self.brief.challenge.criteria))
        self.foreign = (spoken or language_code(self.brief.challenge.language)) != language

    def _places_in(self, text: str) -> Places:
        return Places(text, self.words, table(self.language).get("cuts", ""))

    # With criteria

    def by_criteria(self) -> Reply:
        readings = [self._read(criterion, i) for i, criterion in enumerate(self.brief.challenge.criteria)]
        open_ones = sorted((one for one in readings if one.open), key=lambda one: one.urgency)
        met = sorted((one for one in readings if not one.open), key=lambda one: -one.confidence)
        chosen = self._chosen(open_ones, bool(met))
        shown = self._shown(met, 1 if chosen else 2)  # first: where a criterion can be seen, nothing else is asked for
        points = [p for i, one in enumerate(chosen) if (p := self._gap(one, i))]
        general = self._general() if not any(one.agreed for one in chosen) else None
        if general:
            points = [general, *points][:2]
        points += [self._strength(one, span, chosen if points else ()) for one, span in shown][
            : MOST_POINTS - len(points)
        ]
        if not points:
            return _abstain(self.phrases.note("met" if met else "foreign" if self.foreign else "unsure"))
        return _reply(self._summary(met, chosen), points)

    def _chosen(self, open_ones: Sequence[_Reading], has_strength: bool) -> list[_Reading]:
        """What is known to be open first; of what cannot be told nor seen, up to two in all."""
        known = [one for one in open_ones if one.known]
        unsure = [one for one in open_ones if not one.known and not self._may_be_there(one)]
        most = MOST_POINTS - has_strength
        return (known + unsure[: max(0, 2 - len(known))])[:most]

    def _may_be_there(self, one: _Reading) -> bool:
        """Whether a phrase here has the criterion's or its question's words: asking where it is would only annoy.

        Of a criterion in another language than the submission's, words cannot tell; then nothing is asked.
        """
        wanted = self.words.wanted((one.matter.words, 1.0), (one.criterion.question, 0.8))
        return self.foreign or self.places.shows(wanted)

    def _read(self, criterion: Criterion, order: int) -> _Reading:
        judged = next((one for one in self.assessment.criteria if one.criterion == criterion.id), None)
        standing, confidence = self._standing(criterion, judged)
        pool = precedents(self.evidence, criterion.id)
        if standing is Standing.CANNOT_TELL:  # only what was said of passages like one here counts
            pool = [one for one in pool if self.places.has_like(one[1].quote)]
        gaps = [one for one in pool if one[1].kind is not PointKind.STRENGTH]
        strengths = [one for one in pool if one[1].kind is PointKind.STRENGTH]
        agreed = agreement(gaps, self.brief, on_criterion=True) if len(gaps) > len(strengths) else None
        praised = agreement(strengths, self.brief, on_criterion=True) if len(strengths) > len(gaps) else None
        return _Reading(criterion, self._matter(criterion), standing, confidence, agreed, praised, order)

    def _matter(self, criterion: Criterion) -> Matter:
        """What the criterion asks for; one in another language than the submission's is only quoted."""
        return self.phrases.as_it_stands(criterion.text) if self.foreign else self.phrases.matter(criterion)

    def _standing(self, criterion: Criterion, judged: Judgement | None) -> tuple[Standing, float]:
        """The comparison's word; where it has none, a criterion whose own words are nearly all here is probably met."""
        if judged and judged.standing is not Standing.CANNOT_TELL:
            return judged.standing, judged.confidence
        wanted = self.words.stems(criterion.text)
        if len(wanted) >= 3 and self.places.covered(wanted) >= SEEN:
            return Standing.MET, 0.4
        return Standing.CANNOT_TELL, 0.0

    def _gap(self, one: _Reading, number: int) -> Reply | None:
        span = self._place(one.criterion, strength=False, agreed=one.agreed)
        if span is None:  # beside a strength rather than anywhere
            self.places.used = [other for other in self.places.used if other not in self.shown]
            span = self._place(one.criterion, strength=False, agreed=one.agreed) or self.places.last()
            self.places.used += self.shown
        if span is None:
            return None
        key, labels = f"{one.criterion.id}{number}", one.agreed.labels if one.agreed else []
        if one.agreed and one.agreed.text:
            return self._point(one.agreed.kind, one.criterion.id, span, one.agreed.text, labels)
        found = self._line(one.criterion) if number < 2 else None
        text = self._gap_text(one, found, key)
        first = one.standing is Standing.NOT_YET and number == 0
        kind = PointKind.NEXT_STEP if first or "?" not in text else PointKind.QUESTION
        return self._point(kind, one.criterion.id, span, text, [found.label, *labels] if found else labels)

    def _place(self, criterion: Criterion, *, strength: bool, agreed: Agreement | None) -> Span | None:
        """The phrase like one that facilitators pointed at for this criterion, else the one nearest to its words."""
        pointed_at = [
            past.quote
            for _, past in precedents(self.evidence, criterion.id)
            if (past.kind is PointKind.STRENGTH) == strength
        ]
        asked = self._matter(criterion)
        said = criterion.text if asked.form == "other" else asked.words
        weights = [(said, 1.0), (criterion.question, 0.8), *((quote, 0.3) for quote in pointed_at)]
        span = self.places.like(agreed.passages if agreed else pointed_at)
        return span or self.places.nearest(self.words.wanted(*weights), sure=strength)

    def _line(self, criterion: Criterion) -> Line | None:
        """A line of the organization's documents on this criterion that was not quoted yet."""
        wanted, also = self.words.stems(criterion.text), self.words.stems(criterion.question)
        found = line(self.evidence, wanted, also, self.language, told=self.quoted)
        self.quoted += [found.quote] if found else []
        return found

    def _gap_text(self, one: _Reading, found: Line | None, key: str) -> str:
        """What a reader cannot tell; a line of our documents if one fits; the facilitator's question or a step."""
        part = {Standing.NOT_YET: "gap", Standing.PARTLY: "partly"}.get(one.standing, "gap" if one.agreed else "unsure")
        question = one.criterion.question.strip()
        question = self.phrases.quoted(question) if question and self.foreign else question
        pieces = [] if part == "unsure" and question else [self.phrases.about(part, one.matter, key)]
        if found:
            pieces.append(self.phrases.cite(found.title, found.quote, key))
        if question:
            pieces.append(self.phrases.say("ask", "lead", key, question=question) if pieces else question)
        elif part != "unsure":
            pieces.append(self.phrases.about("step", one.matter, key))
        return " ".join(pieces)

    def _shown(self, met: Sequence[_Reading], most: int) -> list[tuple[_Reading, Span]]:
        """Of the criteria that are met, those that can be pointed at, with their places."""
        found = ((one, self._place(one.criterion, strength=True, agreed=one.praised)) for one in met)
        shown = list(islice(((one, span) for one, span in found if span is not None), most))
        self.shown = [span for _, span in shown]
        return shown

    def _strength(self, one: _Reading, span: Span, still: Sequence[_Reading]) -> Reply:
        labels = one.praised.labels if one.praised else []
        if one.praised and one.praised.text:
            return self._point(PointKind.STRENGTH, one.criterion.id, span, one.praised.text, labels)
        key, next_one = one.criterion.id, still[0].matter.open if still else ""
        text = self.phrases.about("strength", one.matter, key)
        if 0 < len(next_one) <= SHORT_MATTER and still[0].matter.form == "clause":
            text = f"{text} {self.phrases.say('strength', 'link', key, b=next_one)}"
        else:
            text = f"{text} {self.phrases.say('strength', 'keep' if still else 'alone', key)}"
        return self._point(PointKind.STRENGTH, one.criterion.id, span, text, labels)

    def _summary(self, met: Sequence[_Reading], chosen: Sequence[_Reading]) -> str:
        """What is clear (two criteria if both are short) and what is open first."""
        settled = [one.matter for one in met]
        simple = [m for m in settled if m.told and self.phrases.joint not in m.told and len(m.told) <= SHORT_MATTER]
        still = [one.matter for one in chosen[:1]]
        return self.phrases.summary(simple[:2] or settled[:1], still, sure=not chosen or chosen[0].known)

    # Without criteria, or with precedents that name none

    def _general(self) -> Reply | None:
        """A remark on which facilitators agreed, without naming a criterion, and which nothing here contradicts."""
        pool = precedents(self.evidence, "")
        gaps = [one for one in pool if one[1].kind is not PointKind.STRENGTH]
        found = agreement(gaps, self.brief, on_criterion=False) if 2 * len(gaps) > len(pool) else None
        return self._agreed(found) if found and found.text and self._overall() is not Standing.MET else None

    def _overall(self) -> Standing:
        return Standing.CANNOT_TELL if self.assessment.abstained else self.assessment.overall.standing

    def by_memory(self) -> Reply:
        pool = precedents(self.evidence, first=self.assessment.precedents)
        overall = self._overall()
        gaps = [one for one in pool if one[1].kind is not PointKind.STRENGTH]
        strengths = [one for one in pool if one[1].kind is PointKind.STRENGTH]
        unsure = overall is Standing.CANNOT_TELL
        open_first = overall in (Standing.NOT_YET, Standing.PARTLY) or (unsure and len(gaps) > len(strengths))
        chosen, against = (gaps, strengths) if open_first else (strengths, gaps)
        found = None if unsure and against else agreement(chosen, self.brief, on_criterion=False)
        if found and found.text and (point := self._agreed(found)):
            return _reply(self.phrases.say("summary", "agreed_gap" if open_first else "agreed_strength"), [point])
        if open_first or not pool:
            asked = self._about_the_task()
            if asked:
                return _reply(self.phrases.say("summary", "task"), [asked])
        return _abstain(self.phrases.note("met" if overall is Standing.MET else "split" if pool else "none"))

    def _agreed(self, found: Agreement) -> Reply | None:
        wanted = self.words.wanted((found.text, 1.0))
        span = self.places.like(found.passages) or self.places.nearest(wanted) or self.places.last()
        return self._point(found.kind, "", span, found.text, found.labels) if span else None

    def _about_the_task(self) -> Reply | None:
        """A question about the part of the task that is least answered here, without giving the answer away."""
        challenge = self.brief.challenge
        expected = [
            content(challenge.reference[slice(*span)], self.language) for span in sentences(challenge.reference)
        ]
        expected = [stems for stems in expected if len(stems) >= 3]
        least = min(expected, key=self.places.covered, default=None)
        if least is None or self.places.covered(least) >= UNCOVERED:
            return None
        part = self._part_of_task(least)
        span = self.places.nearest(self.words.wanted((part, 1.0))) or self.places.last()
        if not part or span is None:
            return None
        text = self.phrases.say("task", "part", q=part)
        return self._point(PointKind.QUESTION, "", span, text, [])

    def _part_of_task(self, wanted: frozenset[str]) -> str:
        """The part of the task's own wording that is nearest to what is wanted, short enough to quote."""
        prompt = self.brief.challenge.prompt
        task = self._places_in(prompt)
        span = task.nearest(dict.fromkeys(wanted, 1.0)) or task.last()
        return prompt[slice(*span)] if span else ""

    def _point(self, kind: PointKind, criterion: str, span: Span, text: str, labels: Sequence[str]) -> Reply:
        sources = list(dict.fromkeys([*([criterion] if criterion else []), *labels]))
        quote = self.brief.text[slice(*span)]
        return {"kind": kind.value, "criterion": criterion, "quote": quote, "text": text, "sources": sources}


def _in_peoples_words(material: Material, language: str) -> Reply:
    """For a language without a table of words: only what facilitators wrote in it, questions and agreed points."""
    brief = material.brief
    words = Vocabulary(language, {})
    places = Places(brief.text, words)
    judged = {one.criterion: one.standing for one in material.assessment.criteria}
    points: list[Reply] = []
    same = language_code(brief.challenge.language) == language
    for criterion in brief.challenge.criteria if same else ():
        agreed = agreement(precedents(material.evidence, criterion.id), brief, on_criterion=True)
        text = agreed.text if agreed and agreed.text and agreed.kind is not PointKind.STRENGTH else criterion.question
        if not text or judged.get(criterion.id) is Standing.MET or len(points) == 2:
            continue
        span = places.nearest(words.wanted((f"{criterion.text} {criterion.question}", 1.0))) or places.last()
        if span is not None:
            sources = [criterion.id, *(agreed.labels if agreed and text == agreed.text else [])]
            quote = brief.text[slice(*span)]
            points.append(
                {"kind": "question", "criterion": criterion.id, "quote": quote, "text": text, "sources": sources}
            )
    if points:
        return _reply("", points)
    spoken = language if stop_words(language) else brief.language
    return _abstain(Phrases("en", brief.text).note("language", language=spoken))
