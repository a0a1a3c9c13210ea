"""What facilitators answered about a challenge's criteria, to be drafted with. Asks nothing; see `question`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from service.store import names as store_names
from service.store.tables import Challenge, Clarification


def clarifications(session: Session, challenge: Challenge) -> Sequence[Clarification]:
    """All that was answered on a challenge, the latest first."""
    of_it = select(Clarification).where(Clarification.challenge_id == challenge.id)
    return session.scalars(of_it.order_by(Clarification.at.desc(), Clarification.id.desc())).all()


def latest(session: Session, challenge: Challenge) -> dict[str, Clarification]:
    """The answer that counts for each criterion that has one, by key."""
    found: dict[str, Clarification] = {}
    there = {criterion.key for criterion in challenge.criteria}
    for row in clarifications(session, challenge):
        if row.criterion in there and row.answer.strip():
            found.setdefault(row.criterion, row)
    return found


@dataclass(frozen=True, slots=True)
class ChallengeAnswers:
    """What was answered, for drafting: by criterion, and as lines that say of what, by whom and when."""

    evidence: Mapping[str, str]
    lines: tuple[str, ...]


NOTHING = ChallengeAnswers({}, ())


def said(session: Session, challenge: Challenge) -> ChallengeAnswers:
    """What facilitators answered about a challenge, to stand with its own notes."""
    answers = latest(session, challenge)
    names = store_names.names_of(session, (row.person_id for row in answers.values()))
    lines = (
        f"{criterion.key}, “{criterion.text}” ({names.get(row.person_id or '', 'a facilitator')}, {row.at:%Y-%m-%d}): "
        f"{row.answer.strip()}"
        for criterion in challenge.criteria
        if (row := answers.get(criterion.key)) is not None
    )
    return ChallengeAnswers({key: row.answer.strip() for key, row in answers.items()}, tuple(lines))
