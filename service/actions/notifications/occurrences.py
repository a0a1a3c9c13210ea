"""What an event is about: the row it names, whose it is, and in which groups. Only reads; None where it is gone."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any, Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from service.domain.events import Event
from service.domain.roles import Role
from service.store import visible
from service.store.tables import (
    CommitmentRow,
    DraftRow,
    Gallery,
    Introduction,
    OutgoingEvent,
    Person,
    Reminder,
    Request,
    RoleGrant,
    Submission,
)


@dataclass(frozen=True, slots=True)
class Occurrence:
    """All by our own ids. `within` is what it is gathered by: its challenge, or the organization. `people` are its
    author, or those whom the event names."""

    subject: str
    within: str
    author: str = ""
    groups: tuple[str, ...] = ()
    named: tuple[str, ...] = ()


def of(session: Session, event: OutgoingEvent) -> Occurrence | None:
    """What this event is about; None where that is gone, was taken back, or is another organization's."""
    kind = Event(event.name)
    return _READ[kind](session, event.organization_id, event.data) if kind in _READ else None


def _draft(session: Session, organization: str, data: Mapping[str, Any]) -> Occurrence | None:
    row = session.execute(
        select(DraftRow.id, DraftRow.challenge_id, DraftRow.group_id, Submission.person_id)
        .join(Submission, Submission.id == DraftRow.submission_id)
        .where(
            DraftRow.id == data.get("draft"),
            DraftRow.organization_id == organization,
            ~visible.withdrawn(),
        )
    ).one_or_none()
    if row is None:
        return None
    to = session.scalar(
        select(Person.id).where(Person.organization_id == organization, Person.external_id == data.get("to", ""))
    )
    return Occurrence(row.id, row.challenge_id, row.person_id, (row.group_id,), (to,) if to else ())


def _gallery(session: Session, organization: str, data: Mapping[str, Any]) -> Occurrence | None:
    row = session.get(Gallery, data.get("gallery"))
    if row is None or row.organization_id != organization:
        return None
    return Occurrence(row.id, row.challenge_id, row.person_id, (row.group_id,))


def _introduction(session: Session, organization: str, data: Mapping[str, Any]) -> Occurrence | None:
    row = session.get(Introduction, data.get("introduction"))
    if row is None or row.organization_id != organization:
        return None
    return Occurrence(row.id, organization, named=(row.first_id, row.second_id))


def _request(session: Session, organization: str, data: Mapping[str, Any]) -> Occurrence | None:
    row = session.get(Request, data.get("request"))
    if row is None or row.organization_id != organization:
        return None
    groups = session.scalars(
        select(RoleGrant.group_id).where(RoleGrant.person_id == row.person_id, RoleGrant.role == Role.LEARNER)
    )
    return Occurrence(row.id, organization, row.person_id, tuple(groups))


def _answered(session: Session, organization: str, data: Mapping[str, Any]) -> Occurrence | None:
    """A request is answered in a facilitator's words, or because its author says so: of that, nobody is told."""
    found, row = _request(session, organization, data), session.get(Request, data.get("request"))
    return replace(found, author="") if found is not None and row is not None and not row.answer else found


def _reminder(session: Session, organization: str, data: Mapping[str, Any]) -> Occurrence | None:
    return _own(session.get(Reminder, data.get("reminder")), organization)


def _commitment(session: Session, organization: str, data: Mapping[str, Any]) -> Occurrence | None:
    return _own(session.get(CommitmentRow, data.get("commitment")), organization)


def _own(row: Reminder | CommitmentRow | None, organization: str) -> Occurrence | None:
    there = row is not None and row.organization_id == organization
    return Occurrence(row.id, organization, row.person_id) if row is not None and there else None


def _whole(session: Session, organization: str, data: Mapping[str, Any]) -> Occurrence:
    return Occurrence(organization, organization)


_READ: Final[Mapping[Event, Callable[[Session, str, Mapping[str, Any]], Occurrence | None]]] = {
    **dict.fromkeys(
        (
            Event.DRAFT_READY,
            Event.DRAFT_TO_JUDGE,
            Event.DRAFT_STUCK,
            Event.DRAFT_HANDED_OVER,
            Event.FEEDBACK_RELEASED,
            Event.FEEDBACK_RETRACTED,
            Event.FEEDBACK_READ,
            Event.ASK_OPENED,
            Event.ASK_ANSWERED,
            Event.SUBMISSION_UNANSWERED,
        ),
        _draft,
    ),
    **dict.fromkeys((Event.GALLERY_READY, Event.GALLERY_SHOWN, Event.GALLERY_STUCK), _gallery),
    **dict.fromkeys(
        (
            Event.INTRODUCTION_ASKED,
            Event.INTRODUCTION_MADE,
            Event.INTRODUCTION_DID_YOU_MEET,
            Event.INTRODUCTION_ENDED,
        ),
        _introduction,
    ),
    Event.REQUEST_STATED: _request,
    Event.REQUEST_ANSWERED: _answered,
    Event.REMINDER_SENT: _reminder,
    Event.COMMITMENT_DUE: _commitment,
    **dict.fromkeys((Event.JOB_FAILED, Event.INTEGRATION_FAILED), _whole),
}
"""Every event of `kinds.TOLD` and `kinds.SETTLES` is here; a test compares."""
