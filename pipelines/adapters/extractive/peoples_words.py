"""What can be said in a language that the drafter has no words of."""

from __future__ import annotations

from pipelines.adapters.extractive.memory import agreement, precedents
from pipelines.adapters.extractive.phrasing import Phrases
from pipelines.adapters.extractive.places import PhrasePlaces, Vocabulary
from pipelines.adapters.extractive.replies import MOST_POINTS, DrafterReply, abstain, point, reply
from pipelines.ports import DraftingMaterial
from pipelines.texts.language import language_code, language_name
from pipelines.values import PointKind, Standing

MOST_UNASKED = 2
"""Points, where no person said what is open."""


def in_peoples_words(material: DraftingMaterial, language: str) -> DrafterReply:
    """Only what people wrote, questions and agreed points. Where a person said what is open, that is asked about at the
    person's place; else only in the challenge's own language."""
    brief = material.brief
    words = Vocabulary(language, {})
    places = PhrasePlaces(brief.text, words)
    judged = {one.criterion: one for one in material.assessment.criteria}
    points: list[DrafterReply] = []
    same = language_code(brief.challenge.language) == language
    for criterion in brief.challenge.criteria:
        said = judged.get(criterion.id)
        person = said is not None and said.by_person
        agreed = agreement(precedents(material.evidence, criterion.id), brief, on_criterion=True)
        text = agreed.text if agreed and agreed.text and agreed.kind is not PointKind.STRENGTH else criterion.question
        met = said is not None and said.standing is Standing.MET
        if not text or met or not (same or person) or len(points) == (MOST_POINTS if person else MOST_UNASKED):
            continue
        span = said.place if said and person else None
        span = span or places.nearest(words.wanted((f"{criterion.text} {criterion.question}", 1.0))) or places.last()
        if span is not None:
            labels = agreed.labels if agreed and text == agreed.text else []
            points.append(point(PointKind.QUESTION, criterion.id, brief.text, span, text, labels))
    if points:
        return reply("", points)
    return abstain(
        Phrases("en", brief.text, language_code(brief.challenge.language)).note(
            "language", language=language_name(language)
        )
    )
