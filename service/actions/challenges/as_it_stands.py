"""A challenge as drafts and matches are made from it. Reads nothing: rows in, a value out."""

from __future__ import annotations

from pipelines import values
from service.actions.challenges import clarifications, forms
from service.store.tables import (
    Challenge,
)


def criteria_of(challenge: Challenge) -> tuple[values.Criterion, ...]:
    """As works are compared by: what each asks, in words."""
    return tuple(values.Criterion(one.key, one.text, one.question) for one in challenge.criteria)


def as_it_stands(
    challenge: Challenge, language: str, said: clarifications.ChallengeAnswers = clarifications.NOTHING
) -> values.ChallengeAsItStands:
    """A challenge as drafts are made from it, with what facilitators answered about it."""
    return values.ChallengeAsItStands(
        id=challenge.id,
        title=challenge.title,
        prompt=challenge.prompt,
        outcome=challenge.outcome,
        reference=challenge.reference,
        language=language,
        criteria=tuple(
            values.Criterion(c.key, c.text, c.question, c.points, said.evidence.get(c.key, ""), forms.confirmed(c))
            for c in challenge.criteria
        ),
        notes="\n".join(part for part in (challenge.notes, *said.lines) if part),
        version=challenge.version,
    )
