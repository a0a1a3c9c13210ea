"""A person's own introductions, as that person sees them: never whether, or what, the other has answered."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from service.actions.introductions.answers import own_answer
from service.actions.introductions.common import open_people, over
from service.actions.visibility.quotes import Quote, QuotePlace, of_work, reader
from service.domain.errors import NotAllowed, NotFound
from service.domain.introductions import (
    ANSWER_WITHIN,
    ASK_HOW_IT_WENT_AFTER,
    TOGETHER,
    OwnIntroductionState,
    seen_by,
    wording_digest,
)
from service.domain.roles import Actor
from service.store import names as store_names
from service.store.tables import (
    Consent,
    Introduction,
    IntroductionAnswer,
    IntroductionApproval,
    IntroductionQuestion,
    IntroductionUseful,
)


@dataclass(frozen=True, slots=True)
class OwnIntroduction:
    """One introduction as one of the two sees it. All texts are those that a facilitator approved."""

    id: str
    seen: OwnIntroductionState
    other: str  # name
    message: str
    reason: str
    own_brings: str
    other_brings: str
    step: str
    quotes: tuple[Quote, ...]
    approved_by: str
    asked_at: datetime
    answer_by: datetime
    introduced_at: datetime | None
    ask_how: bool  # it is time to ask how it went
    met: bool | None
    useful: IntroductionUseful | None


@dataclass(frozen=True, slots=True)
class Own:
    """All of them, and whether the person allows to be introduced."""

    open_to: bool
    items: tuple[OwnIntroduction, ...]

    def seen_as(self, *seen: OwnIntroductionState) -> tuple[OwnIntroduction, ...]:
        return tuple(one for one in self.items if one.seen in seen)


def mine(session: Session, actor: Actor, *, now: datetime) -> Own:
    """What the person is asked, waits for, and who they were introduced to. Raises NotAllowed for a platform."""
    if actor.person is None:
        raise NotAllowed("Only the two people themselves see this: use a token of theirs.")
    consent = session.get(Consent, actor.person)
    if consent is None or not consent.introduce:
        return Own(False, ())
    rows = _standing(session, actor.person)
    told = _Told(
        actor.person,
        now,
        names=store_names.names_of(session, {id_ for row, by in rows for id_ in (*_both(row), by.facilitator_id)}),
        named=open_people(session, {row.through_id for row, _ in rows if row.through_id}, machines=False),
        said=_said(session, actor.person),
        quotes=of_work(session, [one for row, _ in rows for one in _places(row)], reader(session, actor), named=True),
    )
    found = (told.one(row, approval) for row, approval in rows)
    return Own(True, tuple(one for one in found if one is not None))


def one(session: Session, actor: Actor, introduction_id: str, *, now: datetime) -> OwnIntroduction:
    """One of them. Raises NotFound, also where it is over."""
    for item in mine(session, actor, now=now).items:
        if item.id == introduction_id:
            return item
    raise NotFound("There is no such introduction here, or it is over.")


ApprovedIntroductions = list[tuple[Introduction, IntroductionApproval]]


def _standing(session: Session, person: str) -> ApprovedIntroductions:
    """All that the person was asked about, with the approval of its text, where the other may be named now."""
    rows = session.execute(
        select(Introduction, IntroductionApproval)
        .join(IntroductionQuestion, IntroductionQuestion.introduction_id == Introduction.id)
        .join(IntroductionApproval, IntroductionApproval.id == IntroductionQuestion.approval_id)
        .where(or_(Introduction.first_id == person, Introduction.second_id == person))
        .order_by(Introduction.asked_at.desc(), Introduction.id)
    ).all()
    allowed = open_people(session, {id_ for row, _ in rows for id_ in _both(row)}, machines=False)
    return [
        (row, approval)
        for row, approval in rows
        if all(allowed.get(id_, False) for id_ in _both(row))
        and wording_digest(approval.body) == approval.text_hash  # anything else is treated as not there
    ]


def _both(row: Introduction) -> tuple[str, str]:
    return row.first_id, row.second_id


def _said(session: Session, person: str) -> dict[str, IntroductionAnswer]:
    rows = session.scalars(select(IntroductionAnswer).where(IntroductionAnswer.person_id == person))
    return {row.introduction_id: row for row in rows}


def _places(row: Introduction) -> list[QuotePlace]:
    return [QuotePlace(one["work"], one["start"], one["end"]) for one in row.passages]


@dataclass(frozen=True, slots=True)
class _Told:
    """What one person is told of their introductions."""

    person: str
    now: datetime
    names: Mapping[str, str]
    named: Mapping[str, bool]  # third people, whether they may be named
    said: Mapping[str, IntroductionAnswer]
    quotes: Mapping[QuotePlace, Quote]

    def one(self, row: Introduction, approval: IntroductionApproval) -> OwnIntroduction | None:
        """None: there is nothing to see (any more)."""
        kept, asked_at = self.said.get(row.id), row.asked_at
        seen = seen_by(row.state, own_answer(kept), asked_at=asked_at, now=self.now)
        if (
            asked_at is None
            or seen in (OwnIntroductionState.NOTHING, OwnIntroductionState.CLOSED)
            or (seen is not OwnIntroductionState.TOGETHER and self._over(row))
        ):
            return None
        own, other = ("first", "second") if row.first_id == self.person else ("second", "first")
        spoken = row.through_id is None or self.named.get(row.through_id, False)
        text = approval.body if spoken else dict.fromkeys(approval.body, "")
        told = kept if row.state in TOGETHER and kept is not None else None
        return OwnIntroduction(
            id=row.id,
            seen=seen,
            other=self.names[getattr(row, f"{other}_id")],
            message=text[f"message_to_{own}"],
            reason=text["reason"],
            own_brings=text[f"{own}_brings"],
            other_brings=text[f"{other}_brings"],
            step=text["step"],
            quotes=tuple(self.quotes[place] for place in _places(row) if place in self.quotes),
            approved_by=self.names.get(approval.facilitator_id, ""),
            asked_at=asked_at,
            answer_by=asked_at + ANSWER_WITHIN,
            introduced_at=row.introduced_at if seen is OwnIntroductionState.TOGETHER else None,
            ask_how=self._time_to_ask(row, told),
            met=told.met if told else None,
            useful=told.useful if told else None,
        )

    def _over(self, row: Introduction) -> bool:
        return over(row, self.now)

    def _time_to_ask(self, row: Introduction, told: IntroductionAnswer | None) -> bool:
        """Once it is time, until this person has said that they met; the other may have said so before."""
        late = row.introduced_at is not None and self.now >= row.introduced_at + ASK_HOW_IT_WENT_AFTER
        return late and told is not None and told.met is None
