"""What facilitators and coordinators are told of, as it stands now. Each looks at all of its kind that one person was
told of, within the groups in which they have the role at this moment, and never at their own work."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from sqlalchemy import ColumnElement, func, or_, select, true, tuple_

from service.actions.access import organizations
from service.actions.decisions.claim import UNDECIDED
from service.actions.following.unanswered import WAITS
from service.actions.introductions.common import on_desk
from service.actions.learners import asks
from service.actions.memory import alerts
from service.actions.notifications.audience import Audiences
from service.actions.notifications.lines import LinesBySubject, NotificationLine, Reader, path
from service.domain.access.keys import KeyState, state_of_key
from service.domain.drafts import FOR_A_PERSON, DraftState
from service.domain.galleries import GalleryState
from service.domain.introductions import IntroductionState
from service.domain.notifications.kinds import NotificationKind
from service.domain.requests.need import RequestState
from service.store import archived, names, visible
from service.store.tables import (
    Challenge,
    Credential,
    DraftRow,
    Gallery,
    IntegrationTrouble,
    Introduction,
    Job,
    JobState,
    Mailbox,
    Person,
    Request,
    Revision,
    RoleGrant,
    Submission,
)


def work_waits(reader: Reader, kind: NotificationKind, subjects: Sequence[str]) -> LinesBySubject:
    """On a challenge: how much, and since when. To coordinators only what nobody else may decide on."""
    where: ColumnElement[bool] = DraftRow.group_id.in_(reader.actor.facilitates)
    if kind is NotificationKind.NOBODY_THERE:
        where = _nobodys(reader)
    return _work(reader, kind, subjects, FOR_A_PERSON, where)


def _nobodys(reader: Reader) -> ColumnElement[bool]:
    """Work in groups where nobody facilitates, or only its author."""
    audiences = Audiences(reader.session, reader.actor.organization)
    there = {group: audiences.facilitators([group]) for group in reader.actor.coordinates}
    alone = {group: next(iter(who)) for group, who in there.items() if len(who) == 1}
    return or_(
        DraftRow.group_id.in_([group for group, who in there.items() if not who]),
        tuple_(DraftRow.group_id, Submission.person_id).in_(list(alone.items())),
    )


def waits_too_long(reader: Reader, kind: NotificationKind, subjects: Sequence[str]) -> LinesBySubject:
    """Longer than the organization promised; nothing where it promises nothing any more."""
    days = organizations.wish(reader.session, reader.actor.organization).answer_within_days
    if days is None:
        return {}
    late = Revision.submitted_at <= reader.now - timedelta(days=days)
    return _work(reader, kind, subjects, WAITS, DraftRow.group_id.in_(reader.actor.coordinates), late)


def _work(
    reader: Reader,
    kind: NotificationKind,
    subjects: Sequence[str],
    states: Sequence[DraftState],
    *where: ColumnElement[bool],
) -> LinesBySubject:
    rows = reader.session.execute(
        select(Challenge.id, Challenge.external_id, Challenge.title, func.count(), func.min(Revision.submitted_at))
        .join(DraftRow, DraftRow.challenge_id == Challenge.id)
        .join(Revision, Revision.id == DraftRow.revision_id)
        .join(Submission, visible.latest_text())
        .where(
            Challenge.id.in_(subjects),
            DraftRow.state.in_(states),
            archived.current(),
            ~visible.withdrawn(),
            Submission.person_id != reader.person,
            *where,
        )
        .group_by(Challenge.id, Challenge.external_id, Challenge.title)
    )
    return {
        id_: NotificationLine(kind, path("desk", challenge=challenge), title, count, since)
        for id_, challenge, title, count, since in rows
    }


def gallery_waits(reader: Reader, kind: NotificationKind, subjects: Sequence[str]) -> LinesBySubject:
    rows = reader.session.execute(
        select(Challenge.id, Challenge.external_id, Challenge.title, func.count(), func.min(Gallery.ready_at))
        .join(Gallery, Gallery.challenge_id == Challenge.id)
        .where(
            Challenge.id.in_(subjects),
            Gallery.state.in_((GalleryState.READY, GalleryState.STUCK)),
            archived.not_over(Gallery.challenge_id, Gallery.group_id),
            Gallery.group_id.in_(reader.actor.facilitates),
            Gallery.person_id != reader.person,
        )
        .group_by(Challenge.id, Challenge.external_id, Challenge.title)
    )
    return {
        id_: NotificationLine(kind, path("desk", "galleries", challenge=challenge), title, count, since)
        for id_, challenge, title, count, since in rows
    }


def introduction_waits(reader: Reader, kind: NotificationKind, subjects: Sequence[str]) -> LinesBySubject:
    count, since = reader.session.execute(
        select(func.count(), func.min(Introduction.created_at)).where(
            Introduction.state == IntroductionState.SUGGESTED, *on_desk(reader.actor)
        )
    ).one()
    where = path("desk", "introductions")
    return {one: NotificationLine(kind, where, "", count, since) for one in subjects if count}


def request_waits(reader: Reader, kind: NotificationKind, subjects: Sequence[str]) -> LinesBySubject:
    reviewed = select(RoleGrant.person_id).where(RoleGrant.group_id.in_(reader.actor.facilitates))
    rows = reader.session.execute(
        select(Request.id, Request.stated_at, Request.text, names.told_apart())
        .join(Person, Person.id == Request.person_id)
        .where(
            Request.id.in_(subjects),
            Request.state == RequestState.OPEN,
            Request.person_id.in_(reviewed),
            Request.person_id != reader.person,
        )
    )
    where = path("desk", "requests")
    return {id_: NotificationLine(kind, where, "", 1, at, who=who, words=text) for id_, at, text, who in rows}


def decisions_differ(reader: Reader, kind: NotificationKind, subjects: Sequence[str]) -> LinesBySubject:
    """Open alerts of a challenge that the reader may settle."""
    if not reader.actor.reviews:
        return {}
    found: LinesBySubject = {}
    for row in reader.session.scalars(select(Challenge).where(Challenge.id.in_(subjects))):
        there = alerts.alerts(reader.session, reader.actor, row.external_id)
        if there:
            where = path("desk", "challenges", row.external_id, "alerts")
            found[row.id] = NotificationLine(kind, where, row.title, len(there), min(one.at for one in there))
    return found


def question_asked(reader: Reader, kind: NotificationKind, subjects: Sequence[str]) -> LinesBySubject:
    """Questions on released feedback that wait for an answer, the oldest of each draft."""
    if not reader.actor.reviews:
        return {}
    found: LinesBySubject = {}
    for one in asks.asks_open(reader.session, reader.actor):
        if one.draft in subjects and one.draft not in found:
            where = path("desk", "drafts", one.draft)
            found[one.draft] = NotificationLine(
                kind, where, one.challenge_title, 1, one.asked_at, who=one.person_name, words=one.text
            )
    return found


def handed_over(reader: Reader, kind: NotificationKind, subjects: Sequence[str]) -> LinesBySubject:
    """While it is still theirs to decide on."""
    rows = reader.session.execute(
        select(DraftRow.id, Challenge.title)
        .join(Challenge, Challenge.id == DraftRow.challenge_id)
        .where(
            DraftRow.id.in_(subjects),
            DraftRow.claimed_by == reader.person,
            DraftRow.state.in_(UNDECIDED),
            DraftRow.group_id.in_(reader.actor.reviews),
        )
    )
    return {id_: NotificationLine(kind, path("desk", "drafts", id_), title) for id_, title in rows}


def jobs_given_up(reader: Reader, kind: NotificationKind, subjects: Sequence[str]) -> LinesBySubject:
    if not reader.actor.everywhere:
        return {}
    dead = (Job.organization_id == reader.actor.organization, Job.state == JobState.DEAD)
    count, since = reader.session.execute(select(func.count(), func.min(Job.finished_at)).where(*dead)).one()
    where = path("desk", "settings", "jobs")
    return {one: NotificationLine(kind, where, "", count, since) for one in subjects if count}


def integration_fails(reader: Reader, kind: NotificationKind, subjects: Sequence[str]) -> LinesBySubject:
    """How many of what is connected do not take what they are sent, and where the first of them can be mended."""
    if not reader.actor.everywhere:
        return {}
    mine = IntegrationTrouble.organization_id == reader.actor.organization
    found = reader.session.scalars(select(IntegrationTrouble).where(mine).order_by(IntegrationTrouble.since)).all()
    return {one: NotificationLine(kind, found[0].path, "", len(found), found[0].since) for one in subjects if found}


def key_ends(reader: Reader, kind: NotificationKind, subjects: Sequence[str]) -> LinesBySubject:
    """A key that is still used until then. `title` is what people call it."""
    if not reader.actor.everywhere:
        return {}
    rows = reader.session.scalars(
        select(Credential).where(Credential.id.in_(subjects), Credential.organization_id == reader.actor.organization)
    )
    return {
        key.id: NotificationLine(kind, path("desk", "settings", "keys"), key.name, 1, key.expires_at)
        for key in rows
        if state_of_key(key.expires_at, key.revoked_at, now=reader.now) is KeyState.IN_USE
    }


def address_bounced(reader: Reader, kind: NotificationKind, subjects: Sequence[str]) -> LinesBySubject:
    """Of somebody in a group that the reader coordinates. Who it is stands on the page that it leads to."""
    held = select(RoleGrant.person_id).where(RoleGrant.group_id.in_(reader.actor.coordinates))
    rows = reader.session.execute(
        select(Person.id, Person.external_id, Mailbox.bounced_at, names.told_apart())
        .join(Mailbox, Mailbox.person_id == Person.id)
        .where(
            Person.id.in_(subjects),
            Mailbox.bounced_at.is_not(None),
            Person.organization_id == reader.actor.organization,
            true() if reader.actor.everywhere else Person.id.in_(held),
        )
    )
    return {
        id_: NotificationLine(kind, path("desk", "people", person), "", 1, at, names=True, who=who)
        for id_, person, at, who in rows
    }
