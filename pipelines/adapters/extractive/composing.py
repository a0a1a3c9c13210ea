"""Which points are made, in which order, at which place. May not phrase, nor look for agreement."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import islice
from typing import cast

from pipelines.adapters.extractive.memory import PrecedentAgreement, agreement, precedents
from pipelines.adapters.extractive.otherwise import questions
from pipelines.adapters.extractive.peoples_words import in_peoples_words
from pipelines.adapters.extractive.phrasing import speaks, table
from pipelines.adapters.extractive.places import PhrasePlaces, Vocabulary
from pipelines.adapters.extractive.readings import (
    ASKED,
    CLEAR,
    DOUBTED,
    NEAR_PASSAGE,
    SEEN_HERE,
    SEEN_IF_SURE,
    SURE,
    CriterionStanding,
    by_urgency,
)
from pipelines.adapters.extractive.replies import MOST_POINTS, DrafterReply, abstain, point, reply
from pipelines.adapters.extractive.wording import PointWording
from pipelines.ports import DraftingMaterial
from pipelines.texts.in_sentences import matter
from pipelines.texts.language import (
    content,
    language_code,
    language_of,
    sentence_at,
    sentences,
    stop_words,
    tokens,
    written_in,
)
from pipelines.values import Criterion, Evidence, PastPoint, PointKind, Span, Standing

MOST_ON_ONE = 2
"""Points that one sentence of a work carries."""
MOST_ON_WHOLE = 2
NO_PLACE = (0, 0)
"""Points on the work as a whole, and what stands for its place: no words."""
UNCOVERED = 0.34
"""Share of a reference sentence's words found here below which the task is asked about again."""


def compose(material: DraftingMaterial) -> DrafterReply:
    """A reply by the feedback schema."""
    brief = material.brief
    language = written_in(brief.text, brief.language)
    if not speaks(language):
        return in_peoples_words(material, language)
    composer = _Composer(material, language)
    if not composer.places.phrases:
        return abstain(composer.phrases.note("orders" if composer.places.ordered else "none"))
    if composer.foreign and not composer.judged_by_person:
        return composer.by_agreement()
    return composer.with_documents(composer.by_criteria() if brief.challenge.criteria else composer.by_memory())


class _Composer:
    """One draft in the making."""

    def __init__(self, material: DraftingMaterial, language: str) -> None:
        self.brief, self.evidence, self.assessment = material.brief, material.evidence, material.assessment
        self.language = language
        self.words = Vocabulary(language, table(language))
        self.places = self._places_in(self.brief.text)
        self.shown: list[Span] = []
        self.asked: list[Span] = []  # places of what is asked
        self.wording = PointWording(self.brief, self.evidence, language, self.words)
        self.phrases, self.speech, self.since = self.wording.phrases, self.wording.speech, self.wording.since
        criteria = self.brief.challenge.criteria
        spoken = language_of(" ".join(f"{criterion.text} {criterion.question}" for criterion in criteria))
        self.foreign = bool(criteria) and (spoken or language_code(self.brief.challenge.language)) != language

    @property
    def judged_by_person(self) -> bool:
        """Whether a person said of this text how it stands: then that is what is said, however it reads otherwise."""
        return any(one.by_person for one in self.assessment.criteria)

    def _places_in(self, text: str) -> PhrasePlaces:
        return PhrasePlaces(text, self.words, table(self.language).get("cuts", ""))

    # With criteria

    def by_criteria(self) -> DrafterReply:
        readings = [self._read(criterion, i) for i, criterion in enumerate(self.brief.challenge.criteria)]
        met = sorted((one for one in readings if not one.open and self._may_praise(one)), key=lambda one: -one.chance)
        chosen = self._chosen(by_urgency(one for one in readings if one.open), bool(met))
        chosen.sort(key=lambda one: self.since.asked(one.criterion.id) is None)  # what still stands comes first
        met.sort(key=lambda one: self.since.asked(one.criterion.id) is None)  # and of what is there, what was asked
        if self._too_short() and not self.judged_by_person and not any(one.agreed for one in chosen):
            return abstain(self.phrases.note("short"))
        told = self.judged_by_person or any(one.agreed for one in chosen)
        general = None if told else self._general()
        fresh = [one for one in met if not self.since.praised(one.criterion.id)]
        # first: where it can be seen, nothing else is asked for
        shown = self._shown(fresh if chosen else fresh or met, 1 if general or chosen else 2)
        gaps = self._gaps(chosen)
        shown = [(one, span) for one, span in shown if self._has_room(span)]
        points = [general, *gaps][:2] if general else gaps
        still = chosen if points else ()
        points += [self._strength(one, span, still) for one, span in shown][: MOST_POINTS - len(points)]
        points = points or self._whole(met)
        if not points:
            return abstain(self.phrases.note("met" if not any(one.open for one in readings) else "unsure"))
        if general and not shown:
            return reply(self.phrases.say("summary", "agreed_gap"), points)
        seen = [one for one, _ in shown]
        clear = [*seen, *(one for one in met if one not in seen and one.confidence >= CLEAR)]
        return reply(self.wording.summary(clear, chosen if gaps else []), points)

    def _chosen(self, open_ones: Sequence[CriterionStanding], has_strength: bool) -> list[CriterionStanding]:
        """What is known to be open first; of what cannot be told, as much as makes two in all, where it is doubtful."""
        if self._overall() is Standing.MET and not self.judged_by_person:  # sure, by comparison with enough judged work
            return []
        open_ones = [
            one for one in open_ones if one.by_person or one.agreed or not self.wording.gives_away(one.criterion)
        ]
        known = [one for one in open_ones if one.known]
        doubtful = [one for one in open_ones if not one.known and self._may_be_asked(one, bool(known))]
        told = known + doubtful[: max(0, 2 - len(known))]
        return told if self.judged_by_person else told[: MOST_POINTS - has_strength]  # what a person found comes first

    def _may_praise(self, one: CriterionStanding) -> bool:
        """A piece of the expected answer is praised only where the whole is surely right: alone it says little."""
        return one.by_person or not self.wording.gives_away(one.criterion) or self._overall() is Standing.MET

    def _too_short(self) -> bool:
        """Fewer than two words of meaning for each criterion with a question: nothing that could be pointed at. Words
        that are said again count again: a sentence sixty times over is much, not short."""
        asked = sum(bool(criterion.question.strip()) for criterion in self.brief.challenge.criteria)
        stop = stop_words(self.language)
        return sum(len(word) > 1 and word not in stop for word in tokens(self.brief.text)) < 2 * asked

    @property
    def _cold(self) -> bool:
        """Nobody judged anything: what the comparison says of a criterion is a guess from its words."""
        return not self.assessment.peers

    def _may_be_asked(self, one: CriterionStanding, something_known: bool) -> bool:
        """A question about what is plainly there would only annoy.

        Where judged passages help, they say how likely that is; where there are none, a phrase with the criterion's or
        its question's words is taken for an answer.
        """
        if not one.criterion.question.strip() or self.since.seems_answered(one.criterion.id):
            return False
        if not self._cold:
            near = one.evidence >= SEEN_HERE
            return one.chance <= DOUBTED or (one.chance <= ASKED and near and not something_known)
        asked = self.words.wanted((one.matter.words, 1.0), (one.criterion.question, 0.8))
        accepted = self.words.wanted((one.criterion.evidence, 0.8))  # what facilitators said would show it
        return not self.places.shows(asked) and not self.places.shows(accepted)

    def _read(self, criterion: Criterion, order: int) -> CriterionStanding:
        judged = next((one for one in self.assessment.criteria if one.criterion == criterion.id), None)
        standing, chance = (judged.standing, judged.chance) if judged else (Standing.CANNOT_TELL, 0.5)
        pool = precedents(self.evidence, criterion.id)
        if standing is Standing.CANNOT_TELL:  # only what was said of passages like one here counts
            pool = [one for one in pool if self.places.has_like(one[1].quote)]
        gaps = [one for one in pool if one[1].kind is not PointKind.STRENGTH]
        strengths = [one for one in pool if one[1].kind is PointKind.STRENGTH]
        agreed = agreement(gaps, self.brief, on_criterion=True) if len(gaps) > len(strengths) else None
        praised = agreement(strengths, self.brief, on_criterion=True) if len(strengths) > len(gaps) else None
        place, evidence = (judged.place, judged.evidence) if judged else (None, 0.0)
        sure, person = (judged.confidence, judged.by_person) if judged else (0.0, False)
        spoken = matter(criterion, self.language)
        compared = standing is not Standing.CANNOT_TELL and not person  # then what was judged has told more than words
        covered = 0.0 if compared else self.places.covered(self.words.stems(f"{criterion.text} {criterion.question}"))
        return CriterionStanding(
            criterion, spoken, standing, chance, sure, place, evidence, agreed, praised, order, person, covered
        )

    def _gaps(self, chosen: Iterable[CriterionStanding]) -> list[DrafterReply]:
        """Points on what is open, those on one sentence together."""
        made: dict[Span, list[DrafterReply]] = {}
        for one in chosen:
            place = self._gap_place(one) if len(self.asked) < MOST_POINTS else None
            there = made.setdefault(self._sentence(place), []) if place else []
            if place and len(there) < MOST_ON_ONE:
                there.append(self._gap(one, len(self.asked), place))
                self.asked.append(place)
        return [point for there in made.values() for point in there]

    def _sentence(self, place: Span) -> Span:
        return sentence_at(self.brief.text, place[0]) or place

    def _has_room(self, span: Span) -> bool:
        """Whether praise is heard there: the sentence carries less than two points, and where a person judged, who may
        have read several criteria at it, none that asks."""
        beside = sum(self._sentence(one) == self._sentence(span) for one in self.asked)
        return beside < (1 if self.judged_by_person else MOST_ON_ONE)

    def _gap_place(self, one: CriterionStanding) -> Span | None:
        end = self.places.last(self.speech.may_stand_beside) if one.nowhere else None
        return end or self._place(one, strength=False, agreed=one.agreed) or self._beside(one)

    def _gap(self, one: CriterionStanding, number: int, span: Span) -> DrafterReply:
        key, labels = f"{one.criterion.id}{number}", one.agreed.labels if one.agreed else self._alike(one)
        if one.agreed and one.agreed.text:
            return self._point(one.agreed.kind, one.criterion.id, span, one.agreed.text, labels)
        found = self.wording.line(one.criterion) if number < 2 and (one.known or not self._cold) else None
        text = self.wording.gap(one, found, key, span)
        first = one.claimed and one.standing is Standing.NOT_YET and number == 0
        kind = PointKind.NEXT_STEP if first or "?" not in text else PointKind.QUESTION
        return self._point(kind, one.criterion.id, span, text, [found.label, *labels] if found else labels)

    def _beside(self, one: CriterionStanding) -> Span | None:
        """A place that a strength has taken already, rather than anywhere; else the last that is free."""
        taken, self.places.used = self.places.used, [one for one in self.places.used if one not in self.shown]
        span = self._place(one, strength=False, agreed=one.agreed) or self.places.last()
        self.places.used = [*taken, *([span] if span else [])]
        return span

    def _alike(self, one: CriterionStanding) -> list[str]:
        """Points on the criterion that facilitators made at passages near to this one's place."""
        near = [piece for piece, past in precedents(self.evidence, one.criterion.id) if _same_sort(piece, past)]
        return [piece.label for piece in near[:MOST_POINTS]] if one.place and one.known else []

    def _place(self, one: CriterionStanding, *, strength: bool, agreed: PrecedentAgreement | None) -> Span | None:
        """The place found by meaning; without one, the phrase like what facilitators pointed at, or of like words."""
        criterion = one.criterion
        pointed_at = [
            past.quote
            for _, past in precedents(self.evidence, criterion.id)
            if (past.kind is PointKind.STRENGTH) == strength
        ]
        said, accepted = (one.matter.words, 1.0), (criterion.evidence, 0.6)
        weights = [said, (criterion.question, 0.8), accepted, *((quote, 0.3) for quote in pointed_at)]
        wanted = self.words.wanted(*weights)
        if one.by_person:
            return one.place or self.places.nearest(wanted, sure=strength) or (None if strength else self.places.last())
        if strength and one.place and not self._shows(one, one.place):
            return None
        if one.place and (span := self.places.within(one.place, wanted)):
            return span
        return self.places.like(agreed.passages if agreed else pointed_at) or self.places.nearest(wanted, sure=strength)

    def _shows(self, one: CriterionStanding, place: Span) -> bool:
        """Whether the place is near enough in meaning and in words that it can be praised there."""
        near = one.evidence >= (SEEN_IF_SURE if one.chance >= SURE else SEEN_HERE)
        return near and self.places.stands_out(
            place, self.words.wanted((one.matter.words, 1.0), (one.criterion.question, 0.8))
        )

    def _shown(self, met: Sequence[CriterionStanding], most: int) -> list[tuple[CriterionStanding, Span]]:
        """Of the criteria that are met, those that can be pointed at, with their places."""
        found = ((one, self._place(one, strength=True, agreed=one.praised)) for one in met)
        shown = list(islice(((one, span) for one, span in found if span is not None), most))
        self.shown = [span for _, span in shown]
        return shown

    def _strength(self, one: CriterionStanding, span: Span, still: Sequence[CriterionStanding]) -> DrafterReply:
        labels = one.praised.labels if one.praised else []
        if one.praised and one.praised.text:
            return self._point(PointKind.STRENGTH, one.criterion.id, span, one.praised.text, labels)
        text = self.wording.strength(one, span, still)
        return self._point(PointKind.STRENGTH, one.criterion.id, span, text, labels)

    def _whole(self, met: Iterable[CriterionStanding]) -> list[DrafterReply]:
        """What a person finds met, and marked nowhere: said of the work as a whole, and no word of it is quoted."""
        there = [one for one in met if one.by_person and one.place is None]
        return [
            self._point(PointKind.STRENGTH, one.criterion.id, NO_PLACE, self.wording.whole(one), [])
            for one in there[:MOST_ON_WHOLE]
        ]

    # What documents say otherwise

    def with_documents(self, made: DrafterReply) -> DrafterReply:
        """With questions about what the work says otherwise than a document, before what nobody knows for sure; after
        what a person said."""
        asked = questions(self.brief, self.evidence, self.phrases, self.speech)
        if not asked:
            return made
        points = cast(list[DrafterReply], made["points"])
        if not self.judged_by_person:
            points = [one for one in points if not any(str(one["quote"]) in str(other["quote"]) for other in asked)]
        both = [*points, *asked] if self.judged_by_person else [*asked, *points]
        return reply(str(made["summary"] or self.phrases.say("summary", "otherwise")), both[:MOST_POINTS])

    # Without criteria, or with precedents that name none

    def _general(self) -> DrafterReply | None:
        """A remark on which facilitators agreed, without naming a criterion, and which nothing here contradicts."""
        pool = precedents(self.evidence, "")
        gaps = [one for one in pool if one[1].kind is not PointKind.STRENGTH]
        found = agreement(gaps, self.brief, on_criterion=False) if 2 * len(gaps) > len(pool) else None
        leans_met = self.assessment.overall.standing is Standing.MET  # not surely, but then nothing is asked for
        return self._agreed(found) if found and found.text and not leans_met else None

    def _overall(self) -> Standing:
        """How the whole stands, as far as that can be relied on; "partly" where only that it is open can."""
        read = self.assessment
        if read.surely_met or read.abstained:
            return Standing.MET if read.surely_met else Standing.PARTLY if read.surely_open else Standing.CANNOT_TELL
        return read.overall.standing

    def by_agreement(self) -> DrafterReply:
        """For a text in another language than the criteria: what facilitators agreed on in the text's own language."""
        general = self._general()
        return (
            reply(self.phrases.say("summary", "agreed_gap"), [general])
            if general
            else abstain(self.phrases.note("foreign"))
        )

    def by_memory(self) -> DrafterReply:
        pool = precedents(self.evidence, first=self.assessment.precedents)
        overall = self._overall()
        gaps = [one for one in pool if one[1].kind is not PointKind.STRENGTH]
        strengths = [one for one in pool if one[1].kind is PointKind.STRENGTH]
        unsure = overall is Standing.CANNOT_TELL
        open_first = overall in (Standing.NOT_YET, Standing.PARTLY) or (unsure and len(gaps) > len(strengths))
        chosen, against = (gaps, strengths) if open_first else (strengths, gaps)
        found = None if unsure and against else agreement(chosen, self.brief, on_criterion=False)
        if found and found.text and (one := self._agreed(found)):
            return reply(self.phrases.say("summary", "agreed_gap" if open_first else "agreed_strength"), [one])
        if not pool or (open_first and not unsure):
            asked = self._about_the_task()
            if asked:
                return reply(self.phrases.say("summary", "task"), [asked])
        return abstain(self.phrases.note("met" if overall is Standing.MET else "split" if pool else "none"))

    def _agreed(self, found: PrecedentAgreement) -> DrafterReply | None:
        wanted = self.words.wanted((found.text, 1.0))
        span = self.places.like(found.passages) or self.places.nearest(wanted) or self.places.last()
        return self._point(found.kind, "", span, found.text, found.labels) if span else None

    def _about_the_task(self) -> DrafterReply | None:
        """A question about the part of the task that is least answered here, without giving the answer away."""
        challenge = self.brief.challenge
        expected = [
            content(challenge.reference[slice(*span)], self.language) for span in sentences(challenge.reference)
        ]
        expected = [stems for stems in expected if len(stems) >= 3]
        least = min(expected, key=self.places.covered, default=None)
        if least is None or self.places.covered(least) >= UNCOVERED:
            return None
        part = self.wording.part_of_task(least)
        span = self.places.nearest(self.words.wanted((part, 1.0))) or self.places.last()
        if not part or span is None:
            return None
        text = self.phrases.say("task", "part", q=part)
        return self._point(PointKind.QUESTION, "", span, text, [])

    def _point(self, kind: PointKind, criterion: str, span: Span, text: str, labels: Sequence[str]) -> DrafterReply:
        return point(kind, criterion, self.brief.text, span, text, labels)


def _same_sort(piece: Evidence, past: PastPoint) -> bool:
    return past.kind is not PointKind.STRENGTH and piece.dense >= NEAR_PASSAGE
