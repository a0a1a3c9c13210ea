"""What a learner takes along: their own words and those said to them, nobody else's. Not in it: the bytes of files that
they sent, what they did as a facilitator, sessions, and entries of the trail."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from enum import Enum
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from service.actions.decisions.release import ShownPoint, ShownSource
from service.actions.learners import asks, commitments, feedback, own_data_between_people, reactions
from service.actions.learners.feedback import RevisionSeen
from service.actions.learners.guard import person_of
from service.domain.roles import Actor
from service.store import visible
from service.store.tables import (
    Challenge,
    ConsentVersion,
    FeedbackReading,
    Group,
    Mailbox,
    Mailing,
    Notification,
    Person,
    Reminder,
    RoleGrant,
    Submission,
)

FORMAT = 1
"""Grows when a part is named anew or taken out."""


def own_data(session: Session, actor: Actor, person: str, *, now: datetime) -> dict[str, Any]:
    """As plain values for JSON. Of work that was taken back only that it was. Raises NotFound (not the actor's own)."""
    who = person_of(session, actor, person)
    work = session.execute(
        select(Submission, Challenge.external_id, Challenge.title)
        .join(Challenge, Challenge.id == Submission.challenge_id)
        .where(Submission.person_id == who.id)
        .order_by(Submission.created_at, Submission.id)
    ).all()
    kept = [row for row, *_ in work if row.withdrawn_at is None]
    made = {
        "format": FORMAT,
        "made_at": now,
        "person": _profile(session, who),
        "consents": {
            "show_work": who.consent.show_work,
            "introduce": who.consent.introduce,
            "ai": who.consent.ai,
            "changed_at": who.consent.changed_at,
        },
        "consent_history": _consent_history(session, who),
        "submissions": [_work(session, actor, row, challenge, title) for row, challenge, title in work],
        "reactions": _reactions(session, kept),
        "asks": _asks(session, kept),
        "commitments": _commitments(session, who, now),
        "readings": _readings(session, who),
        "reminders": _reminders(session, who),
        "notifications": _notifications(session, who),
        "requests": own_data_between_people.asked_for(session, who),
        "introductions": own_data_between_people.introduced(session, who),
        "galleries": own_data_between_people.read_of_others(session, kept),
        "shown_to_others": own_data_between_people.read_by_others(session, actor, who),
        "disclosures": own_data_between_people.disclosed_to_others(session, actor, who),
    }
    plain: dict[str, Any] = _plain(made)
    return plain


def _consent_history(session: Session, who: Person) -> list[dict[str, Any]]:
    names = ("at", "show_work", "introduce", "ai", "basis", "basis_note")
    rows = session.scalars(select(ConsentVersion).where(ConsentVersion.person_id == who.id).order_by(ConsentVersion.id))
    return [{name: getattr(row, name) for name in names} for row in rows]


def _profile(session: Session, who: Person) -> dict[str, Any]:
    roles = session.execute(
        select(RoleGrant.role, Group.external_id, Group.name)
        .join(Group, Group.id == RoleGrant.group_id)
        .where(RoleGrant.person_id == who.id)
        .order_by(Group.external_id, RoleGrant.role)
    ).all()
    box = session.get(Mailbox, who.id)
    return {
        "id": who.external_id,
        "name": who.name,
        "language": who.language,
        "known_since": who.created_at,
        "email": box.address if box else "",
        "time_zone": box.time_zone if box else "",
        "roles": [{"role": role, "group": group, "group_name": name} for role, group, name in roles],
    }


def _work(session: Session, actor: Actor, row: Submission, challenge: str, title: str) -> dict[str, Any]:
    about = {"id": row.external_id, "challenge": challenge, "challenge_title": title, "handed_in_at": row.created_at}
    if row.withdrawn_at is not None:
        return {**about, "taken_back_at": row.withdrawn_at}
    seen = feedback.revisions(session, actor, row.external_id)
    return {**about, "taken_back_at": None, "revisions": [_revision(one) for one in reversed(seen)]}


def _revision(seen: RevisionSeen) -> dict[str, Any]:
    said = seen.feedback
    return {
        "number": seen.row.number,
        "text": seen.row.text,
        "language": seen.row.language,
        "ai": seen.row.ai,
        "submitted_at": seen.row.submitted_at,
        "feedback": said
        and {
            "summary": said.summary,
            "points": [_point(point) for point in said.points],
            "approved_by": said.approved_by,
            "approved_at": said.approved_at,
            "released_at": said.released_at,
            "drafted_by_machine": said.drafted_by_machine,
        },
    }


def _point(point: ShownPoint) -> dict[str, Any]:
    names = ("id", "kind", "criterion", "text", "quote", "start", "end")
    return {**{name: getattr(point, name) for name in names}, "sources": [_source(one) for one in point.sources]}


def _source(one: ShownSource) -> dict[str, Any]:
    return {"kind": one.kind, "title": one.title, "version": one.version, "quote": one.quote, "shared": one.shared}


def _reactions(session: Session, kept: Sequence[Submission]) -> list[dict[str, Any]]:
    names = ("about", "helpful", "why", "at")
    return [
        {"submission": one.submission, "revision": one.revision, **{name: getattr(one.row, name) for name in names}}
        for one in reactions.of_submissions(session, kept)
    ]


def _asks(session: Session, kept: Sequence[Submission]) -> list[dict[str, Any]]:
    names = ("kind", "submission", "revision", "point", "text", "asked_at", "answer", "answered_by", "answered_at")
    return [{name: getattr(one, name) for name in names} for one in asks.of_submissions(session, kept)]


def _commitments(session: Session, who: Person, now: datetime) -> list[dict[str, Any]]:
    names = ("id", "text", "due_on", "made_at", "outcome", "said", "said_at")
    return [
        {**{name: getattr(one.row, name) for name in names}, "submission": one.submission}
        for one in commitments.of_person(session, who.id, now=now)
    ]


def _readings(session: Session, who: Person) -> list[datetime]:
    return list(
        session.scalars(
            select(FeedbackReading.read_at).where(FeedbackReading.person_id == who.id).order_by(FeedbackReading.read_at)
        )
    )


def _reminders(session: Session, who: Person) -> list[dict[str, Any]]:
    """What facilitators wrote to them; nothing about work that was taken back."""
    rows = session.execute(
        select(Reminder, Challenge.external_id)
        .join(Challenge, Challenge.id == Reminder.challenge_id)
        .outerjoin(Submission, Submission.id == Reminder.submission_id)
        .where(Reminder.person_id == who.id, ~visible.withdrawn())
        .order_by(Reminder.sent_at, Reminder.id)
    )
    names = ("id", "kind", "text", "sent_at", "dismissed_at")
    return [{"challenge": challenge, **{name: getattr(row, name) for name in names}} for row, challenge in rows]


def _notifications(session: Session, who: Person) -> list[dict[str, Any]]:
    """Of what they were told, when they read it, and when it was mailed."""
    rows = session.execute(
        select(Notification.kind, Notification.at, Notification.read_at, Mailing.ended_at)
        .outerjoin(Mailing, Mailing.id == Notification.mailing_id)
        .where(Notification.person_id == who.id)
        .order_by(Notification.at, Notification.id)
    )
    return [{"kind": kind, "at": at, "read_at": read, "mailed_at": mailed} for kind, at, read, mailed in rows]


def _plain(value: Any) -> Any:
    """The same in what JSON knows."""
    match value:
        case dict():
            return {key: _plain(one) for key, one in value.items()}
        case list() | tuple():
            return [_plain(one) for one in value]
        case Enum():
            return value.value
        case datetime() | date():
            return value.isoformat()
        case _:
            return value
