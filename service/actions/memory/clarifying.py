"""The one clarifying question that may be open on a challenge, and what answers make of it.

The question is worked out from decisions whenever somebody looks; answers are kept beside the challenge's own notes,
which belong to the platform and are replaced with every PUT, and drafted with as part of them.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from pipelines.values import Standing
from service.actions.approvals.deciding import Deciding, version_of
from service.actions.challenges import clarifications, setting
from service.actions.memory import alerts
from service.domain import assessed
from service.domain.errors import Invalid, NotAllowed
from service.domain.memory import clarifying
from service.domain.memory.clarifying import Contradiction, CriterionQuestion, CriterionReading, DismissedOnCriterion
from service.domain.memory.consistency import OF_WORDING
from service.domain.roles import Actor, CredentialReach
from service.store import audit, tree
from service.store.library import TOLD
from service.store.tables import Challenge, Clarification, Decision, DraftRow, PointRow, PointState

MOST_READ = 200
"""Judged drafts that are looked at, the latest."""


@dataclass(frozen=True, slots=True)
class ChallengeQuestions:
    """The open question, if any, and what was answered before, the latest first. `version` is another with every
    answer, with other words of the question, and with every version of the challenge."""

    version: int
    open: CriterionQuestion | None
    answered: tuple[Clarification, ...]


def challenge_questions(session: Session, actor: Actor, external_id: str) -> ChallengeQuestions:
    """What facilitators are asked about a challenge. Raises NotFound, NotAllowed."""
    challenge = _seen(session, actor, external_id)
    return _asked(session, challenge)


def _seen(session: Session, actor: Actor, external_id: str) -> Challenge:
    if actor.reach is CredentialReach.PERSON and not actor.reviews:
        raise NotAllowed("Questions are for those who review.")
    return setting.get(session, actor, external_id)


def _asked(session: Session, challenge: Challenge) -> ChallengeQuestions:
    answered = clarifications.clarifications(session, challenge)
    open_ = _open(session, challenge, answered)
    asked = (open_.criterion, open_.text) if open_ else ()
    version = version_of(challenge.version, asked, answered[0].id if answered else "")
    return ChallengeQuestions(version, open_, tuple(answered))


def answer(at: Deciding, *, criterion: str, text: str) -> ChallengeQuestions:
    """Answer the open question on this criterion, or anew one that was answered before; drafts follow it from now on.

    An empty answer leaves the question: it is asked again only when decisions show the same anew. The same answer again
    changes nothing. Raises Invalid if nothing was asked of the criterion, NotAllowed, ChangedSince.
    """
    session, actor = at.session, at.actor
    challenge = _seen(session, actor, at.id)
    person = _reviewer(session, actor, challenge)
    session.refresh(challenge, with_for_update={"key_share": True})  # two answers at once: the second sees the first
    before = _asked(session, challenge)
    at.require(before.version, "The challenge, or what is asked about it, has changed. Read it again, then answer.")
    earlier = next((row for row in before.answered if row.criterion == criterion), None)
    if before.open is not None and before.open.criterion == criterion:
        asked = before.open.text
    elif earlier is None:
        raise Invalid("Nothing was asked about this criterion. Read which question is open.")
    elif earlier.answer == text:
        return before
    else:
        asked = earlier.question
    counts = clarifications.latest(session, challenge).get(criterion)
    session.add(
        Clarification(
            organization_id=challenge.organization_id,
            challenge_id=challenge.id,
            criterion=criterion,
            question=asked,
            answer=text,
            person_id=person,
            at=at.now,
        )
    )
    session.flush()
    if text.strip() and (counts is None or counts.answer != text):
        setting.reworded(session, challenge)
    audit.record(
        session,
        organization=challenge.organization_id,
        actor=f"person:{person}",
        act="question.answer",
        subject=challenge.id,
        now=at.now,
        criterion=criterion,
    )
    return _asked(session, challenge)


def _reviewer(session: Session, actor: Actor, challenge: Challenge) -> str:
    """The facilitator who answers, of a group that the challenge is set to."""
    groups = setting.groups_of(session, challenge)
    reviewed = actor.reviews & tree.below(session, groups) if groups else actor.reviews
    if actor.person is None or not reviewed:
        raise NotAllowed("Only a facilitator of a group that works on this challenge may answer.")
    return actor.person


def _open(session: Session, challenge: Challenge, answered: Sequence[Clarification]) -> CriterionQuestion | None:
    clarified: dict[str, datetime] = {}
    for row in answered:
        clarified.setdefault(row.criterion, row.at)
    return clarifying.question(
        {criterion.key: criterion.text for criterion in challenge.criteria},
        clarified,
        _dismissals(session, challenge),
        _contradictions(session, challenge),
        _readings(session, challenge),
    )


def _dismissals(session: Session, challenge: Challenge) -> Iterator[DismissedOnCriterion]:
    """Points that stay dismissed, each by a decision of its own that found fault with it."""
    rows = session.execute(
        select(PointRow.criterion, Decision.at, Decision.note, Decision.reason_code)
        .join(Decision, Decision.point_id == PointRow.id)
        .join(DraftRow, DraftRow.id == PointRow.draft_id)
        .where(
            DraftRow.challenge_id == challenge.id,
            PointRow.state == PointState.DISMISSED,
            PointRow.decided_at == Decision.at,  # dismissed twice is dismissed once
            Decision.act == "dismiss",
            Decision.bulk.is_(False),
            Decision.reason_code.not_in(OF_WORDING),
        )
    )
    return (DismissedOnCriterion(row.criterion, row.at, row.note or row.reason_code) for row in rows)


def _contradictions(session: Session, challenge: Challenge) -> Iterator[Contradiction]:
    for one in alerts.of_challenge(session, challenge):
        if not one.settled:
            texts = (one.first.said.text, one.second.said.text)
            yield Contradiction(one.first.said.criterion, one.at, texts)


def _readings(session: Session, challenge: Challenge) -> Iterator[CriterionReading]:
    """How the machine had read what a facilitator could judge, criterion by criterion."""
    rows = session.execute(
        select(DraftRow.assessment, DraftRow.judgements, DraftRow.changed_at)
        .where(DraftRow.challenge_id == challenge.id, DraftRow.state.in_(TOLD), DraftRow.assessment != {})
        .order_by(DraftRow.changed_at.desc())
        .limit(MOST_READ)
    )
    for row in rows:
        for key, said in assessed.criteria_of(row.assessment).items():
            if row.judgements.get(key, Standing.CANNOT_TELL) != Standing.CANNOT_TELL:
                yield CriterionReading(key, row.changed_at, said is not Standing.CANNOT_TELL)
