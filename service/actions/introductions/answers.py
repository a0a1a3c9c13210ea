"""Both are asked, separately; only two yeses introduce. Then: did you meet, was it useful?"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from service.actions.approvals import approving
from service.actions.introductions.common import held, open_people, over, side, tell, texts, willing
from service.actions.introductions.ends import withdraw
from service.actions.visibility.quotes import QuotePlace, of_work, reader_of
from service.domain.errors import NotAllowed, NotFound, NotNow
from service.domain.events import Event
from service.domain.introductions import (
    TOGETHER,
    IntroductionAct,
    IntroductionActor,
    IntroductionReply,
    IntroductionState,
    OwnIntroductionState,
    seen_by,
    step,
    wording_digest,
)
from service.domain.requests.need import RequestState
from service.domain.roles import Actor
from service.store import audit, disclosures, outbox
from service.store.disclosures import DisclosedTo
from service.store.tables import (
    DisclosureKind,
    Introduction,
    IntroductionAnswer,
    IntroductionSaid,
    IntroductionUseful,
    Meeting,
    Request,
)


def ask_due(session: Session, introduction_id: str, *, now: datetime) -> bool:
    """The undo window has passed: ask both, if it still stands approved and both still allow it.

    The database refuses a question without an approval of its text. False: nobody was asked.
    """
    if session.get(Introduction, introduction_id) is None:
        return False
    row, open_to = held(session, introduction_id)
    if row.state is not IntroductionState.APPROVED:
        return False
    if not willing(row, open_to):
        withdraw(session, row, IntroductionActor.FIRST, now=now)
        return False
    approval = approving.due(session, approving.INTRODUCTION, row, now=now)
    if approval is None or wording_digest(texts(row)) != approval.text_hash:
        return False
    row.state, row.asked_at = step(row.state, IntroductionAct.ASK, IntroductionActor.CLOCK), now
    approving.let_out(session, approving.INTRODUCTION, row, approval, IntroductionActor.CLOCK.value, now=now)
    _note_quoted(session, row, approval.facilitator_id, now)
    tell(session, row, Event.INTRODUCTION_ASKED, now=now)
    return True


def _note_quoted(session: Session, row: Introduction, facilitator: str, now: datetime) -> None:
    """Either's words are read by the other from now on, where they are shown with a name."""
    places = [QuotePlace(one["work"], one["start"], one["end"]) for one in row.passages]
    for reader in (row.first_id, row.second_id):
        read = of_work(session, places, reader_of(session, reader), named=True)
        told = DisclosedTo(DisclosureKind.INTRODUCTION, row.id, reader, approved_by=facilitator)
        disclosures.record(session, [place.owner for place in read], told, now=now)


def answer(session: Session, actor: Actor, introduction_id: str, *, yes: bool, now: datetime) -> Introduction:
    """One of the two says yes or no. A no is silent: nothing that the other can see changes.

    Raises NotFound for anybody else and where nobody was asked, NotNow where it is over for this person.
    """
    row, who = _own(session, actor, introduction_id)
    kept = session.get(IntroductionAnswer, (row.id, actor.person or ""))
    _require_asked(row, kept, now)
    state = step(row.state, IntroductionAct.AGREE if yes else IntroductionAct.DECLINE, who)
    if kept is None:
        kept = IntroductionAnswer(
            introduction_id=row.id, person_id=actor.person or "", organization_id=row.organization_id
        )
        session.add(kept)
    kept.said, kept.said_at = IntroductionSaid.YES if yes else IntroductionSaid.NO, now
    session.flush()
    if state is IntroductionState.INTRODUCED:
        _introduce(session, row, now)
    row.state = state
    _note(session, row, f"person:{actor.person}", "answer", now)
    return row


def _own(session: Session, actor: Actor, introduction_id: str) -> tuple[Introduction, IntroductionActor]:
    """An introduction of the actor's own, held. Raises NotAllowed for a platform, NotFound."""
    if actor.person is None:
        raise NotAllowed("Only the two people themselves answer: use a token of theirs.")
    row, _ = held(session, introduction_id, actor.organization)
    who = side(row, actor.person)
    allowed = open_people(session, (row.first_id, row.second_id), machines=False)
    if row.asked_at is None or not all(allowed.values()):
        raise NotFound("There is no such introduction here, or it is not yours to see.")
    return row, who


def own_answer(kept: IntroductionAnswer | None) -> IntroductionReply:
    """What a person has said so far."""
    return IntroductionReply.NONE if kept is None else IntroductionReply(kept.said.value)


def _require_asked(row: Introduction, kept: IntroductionAnswer | None, now: datetime) -> None:
    seen = (
        OwnIntroductionState.CLOSED
        if _closed(row, now)
        else seen_by(row.state, own_answer(kept), asked_at=row.asked_at, now=now)
    )
    if seen is OwnIntroductionState.TOGETHER:
        raise NotNow("You two are introduced already.")
    if seen not in (OwnIntroductionState.QUESTION, OwnIntroductionState.WAITING):
        raise NotNow("This question is closed.")


def _closed(row: Introduction, now: datetime) -> bool:
    return row.state not in TOGETHER and over(row, now)


def _introduce(session: Session, row: Introduction, now: datetime) -> None:
    """The one place where two people are introduced; the database refuses it without a yes of each."""
    session.add(
        Meeting(
            introduction_id=row.id,
            organization_id=row.organization_id,
            first_id=row.first_id,
            second_id=row.second_id,
            at=now,
        )
    )
    session.flush()
    row.introduced_at = now
    tell(session, row, Event.INTRODUCTION_MADE, now=now)


def report(
    session: Session,
    actor: Actor,
    introduction_id: str,
    *,
    met: bool,
    useful: IntroductionUseful | None = None,
    note: str = "",
    now: datetime,
) -> Introduction:
    """Did you meet, and was it useful? Each says so for themselves. Raises NotFound, NotNow before they know."""
    row, who = _own(session, actor, introduction_id)
    kept = session.get(IntroductionAnswer, (row.id, actor.person or ""))
    if row.state not in TOGETHER or kept is None:
        raise NotNow("You two are not introduced.")
    row.state = step(row.state, IntroductionAct.MEET if met else IntroductionAct.MISS, who)
    if met and useful is not None:
        row.state = step(row.state, IntroductionAct.RATE, who)
    kept.met, kept.useful, kept.note, kept.told_at = met, useful if met else None, note, now
    if met and useful in (IntroductionUseful.YES, IntroductionUseful.A_LITTLE):
        _answered(session, row, actor, now)
    _note(session, row, f"person:{actor.person}", "report", now)
    return row


def _answered(session: Session, row: Introduction, actor: Actor, now: datetime) -> None:
    """Whoever asked for it says that it was useful: the request is answered by that."""
    request = session.scalar(
        select(Request)
        .where(Request.id == (row.request_id or ""), Request.person_id == actor.person)
        .with_for_update(key_share=True)
    )
    if request is not None and request.state is RequestState.OPEN:
        request.state, request.answered_at = RequestState.ANSWERED, now
        request.answered_by = row.second_id if row.first_id == actor.person else row.first_id
        outbox.tell(session, row.organization_id, Event.REQUEST_ANSWERED, now=now, request=request.id)


def _note(session: Session, row: Introduction, actor: str, act: str, now: datetime) -> None:
    """That somebody answered goes into the trail; what they said stays in their answer."""
    audit.record(
        session,
        organization=row.organization_id,
        actor=actor,
        act=f"introduction.{act}",
        subject=row.id,
        now=now,
    )
