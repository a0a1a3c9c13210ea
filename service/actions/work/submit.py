"""A learner's solution comes in, is revised, or is taken back. Everything that must follow is queued with it."""

from __future__ import annotations

import math
import secrets
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from pipelines.drafting import is_blank
from pipelines.values import AI
from service.actions.challenges import archiving, calibrating, setting
from service.actions.galleries import wanted as galleries_wanted
from service.actions.work import consequences, files, naming
from service.domain.drafts import DraftAct, DraftActor, DraftState, possible, step
from service.domain.errors import Conflict, Invalid, NotAllowed, NotNow, TooMany
from service.domain.events import Event
from service.domain.moments import happened
from service.domain.roles import Actor, CredentialReach, Role, may_see_group
from service.domain.texts import digest, rich
from service.domain.visibility import no_machine
from service.store import audit, find, holding, jobs, outbox
from service.store.tables import Approval, Challenge, DraftRow, Group, Person, Revision, Submission, WorkFile


@dataclass(frozen=True, slots=True)
class SubmissionWish:
    """What is handed in, by external ids. `group` may be left out where the person learns in one group only; `revision`
    may be left out where the order of calls is the order of revisions; `ai` only ever narrows the person's consent.
    `media_type` is text/plain or text/html, of which the text is kept; None: not said."""

    challenge: str
    person: str
    text: str
    language: str = ""
    ai: AI = AI.ANY
    group: str | None = None
    revision: int | None = None
    submitted_at: datetime | None = None
    media_type: str | None = rich.PLAIN
    files: tuple[str, ...] = ()
    """Our ids of files that the person sent before; what was read from them stands in `text` as far as it is to."""


@dataclass(frozen=True, slots=True)
class Submitted:
    """What became of it. `changed` is False where the same text was there already."""

    submission: Submission
    revision: Revision
    draft: DraftRow
    created: bool
    changed: bool


def submit(
    session: Session,
    actor: Actor,
    external_id: str,
    wish: SubmissionWish,
    *,
    now: datetime,
    start: bool = True,
    most: int = 0,
) -> Submitted:
    """Take in a solution or its next revision, and queue its draft (without `start`, a bundle does so at its end).

    What a person names is in a space of their own (`naming`); a platform's ids are the platform's.
    The same text again changes nothing. Raises NotFound, NotAllowed, Invalid (no group), Conflict (another person's or
    challenge's id, or another text under a revision's number), NotNow (taken back before, or archived), TooMany (a
    learner handed in `most` times today; 0 is no limit).
    """
    wish = replace(wish, text=rich.read(wish.text, wish.media_type))
    person = find.one(session, Person, actor.organization, wish.person)
    challenge = find.one(session, Challenge, actor.organization, wish.challenge)
    group = _group_of(session, actor, person, wish.group)
    _check_may(session, actor, person, challenge, group)
    sent = files.meant(session, person, wish.files)
    holding.consent(session, person.id)  # nobody takes it back before this is stored, and is then not heard
    row = naming.meant(session, actor, external_id, hold=True)
    if row is None or (actor.person is not None and row.person_id != actor.person):
        archiving.require_open(challenge, group)
        _within_the_day(session, actor, most, now=now)
        row = _first(session, actor, naming.new(actor, external_id), person, challenge, group, wish, now)
        return _hand_in(session, row, person, challenge, wish, sent, number=1, now=now, start=start, created=True)
    if row.person_id != person.id or row.challenge_id != challenge.id:
        raise Conflict(f"Submission '{external_id}' belongs to another person or challenge.")
    if row.withdrawn_at is not None:
        raise NotNow(f"Submission '{external_id}' was taken back. Hand in under a new id.")
    there = _already(session, row, wish, sent)
    if there is not None:
        return Submitted(row, there, _draft_of(session, there), created=False, changed=False)
    archiving.require_open(challenge, group)
    _within_the_day(session, actor, most, now=now)
    _move(session, row, person, group, wish)
    number = row.latest + 1
    return _hand_in(session, row, person, challenge, wish, sent, number=number, now=now, start=start, created=False)


def _group_of(session: Session, actor: Actor, person: Person, wanted: str | None) -> Group:
    learns = {grant.group_id for grant in person.roles if grant.role is Role.LEARNER}
    if wanted is not None:
        group = find.one(session, Group, actor.organization, wanted)
        if group.id not in learns:
            raise Invalid(f"'{person.external_id}' is not a learner in group '{wanted}'.")
        return group
    if len(learns) != 1:
        raise Invalid(f"'{person.external_id}' learns in {len(learns)} groups: say in which with 'group'.")
    return session.get_one(Group, learns.pop())


def _move(session: Session, row: Submission, person: Person, group: Group, wish: SubmissionWish) -> None:
    """The next revision goes to the group named, or to where its author learns now; drafts on those before stay where
    they were."""
    still = any(grant.role is Role.LEARNER and grant.group_id == row.group_id for grant in person.roles)
    if wish.group is not None or not still:
        row.group_id = group.id
        session.flush()


def _check_may(session: Session, actor: Actor, person: Person, challenge: Challenge, group: Group) -> None:
    own = actor.reach is CredentialReach.PERSON and actor.person == person.id
    if not own and not (actor.reach is CredentialReach.PLATFORM and may_see_group(actor, group.id)):
        raise NotAllowed("Only the learner, or a platform for the learner, may hand in.")
    if not setting.is_set_to(session, challenge, group.id):
        raise Invalid(f"Challenge '{challenge.external_id}' is not set to group '{group.external_id}'.")


def _within_the_day(session: Session, actor: Actor, most: int, *, now: datetime) -> None:
    """Raises TooMany for a learner who has handed in `most` times today; 0 is no limit, and a platform has none."""
    if not most or actor.person is None:
        return
    day = now.replace(hour=0, minute=0, second=0, microsecond=0)
    own = select(func.count()).select_from(DraftRow).join(Submission, Submission.id == DraftRow.submission_id)
    if (session.scalar(own.where(Submission.person_id == actor.person, DraftRow.created_at >= day)) or 0) >= most:
        again = math.ceil((day + timedelta(days=1) - now).total_seconds())
        raise TooMany(f"You handed in {most} times today, which is all for one day (UTC).", retry_after=again)


def _first(
    session: Session,
    actor: Actor,
    external_id: str,
    person: Person,
    challenge: Challenge,
    group: Group,
    wish: SubmissionWish,
    now: datetime,
) -> Submission:
    if wish.revision not in (None, 1):
        raise Conflict(f"Revision {wish.revision} came before revision 1. Send the first one first.")
    row = Submission(
        organization_id=actor.organization,
        external_id=external_id,
        challenge_id=challenge.id,
        person_id=person.id,
        group_id=group.id,
        latest=0,
        created_at=happened(wish.submitted_at, "submitted_at", now=now),
    )
    session.add(row)
    session.flush()
    return row


def _already(session: Session, row: Submission, wish: SubmissionWish, sent: Sequence[WorkFile]) -> Revision | None:
    """The revision that this text with these files is, if it is there. Raises Conflict for others under its number, or
    a gap."""
    number = wish.revision if wish.revision is not None else row.latest
    if number > row.latest + 1:
        raise Conflict(f"The latest revision is {row.latest}: revision {row.latest + 1} comes before {number}.")
    there = revision_of(session, row, number)
    if there is None or (there.text_hash == digest(wish.text) and files.are_there(session, there, sent)):
        return there
    if wish.revision is not None:
        raise Conflict(f"Revision {number} has another text, or other files. A revision never changes: send a new one.")
    return None


def revision_of(session: Session, submission: Submission, number: int | None = None) -> Revision | None:
    """A revision by its number; the latest without one."""
    return session.scalar(
        select(Revision).where(
            Revision.submission_id == submission.id, Revision.number == (number or submission.latest)
        )
    )


def _draft_of(session: Session, revision: Revision) -> DraftRow:
    return session.scalars(select(DraftRow).where(DraftRow.revision_id == revision.id)).one()


def _hand_in(
    session: Session,
    row: Submission,
    person: Person,
    challenge: Challenge,
    wish: SubmissionWish,
    sent: Sequence[WorkFile],
    *,
    number: int,
    now: datetime,
    start: bool,
    created: bool,
) -> Submitted:
    before = revision_of(session, row) if row.latest else None
    revision = Revision(
        organization_id=row.organization_id,
        submission_id=row.id,
        number=number,
        text=wish.text,
        text_hash=digest(wish.text),
        language=wish.language,
        ai=person.consent.ai.and_(wish.ai),
        submitted_at=happened(wish.submitted_at, "submitted_at", now=now),
    )
    session.add(revision)
    row.latest = number
    session.flush()
    files.hand_in(session, sent, revision)
    if before is not None:
        _supersede(session, before, now=now)
    draft = _open_draft(session, row, revision, challenge, now=now)
    if not no_machine(revision.ai):
        consequences.sync(session, row.organization_id, [revision.id], now=now)
        if calibrating.awaits(session, challenge) and not is_blank(revision.text):
            _put_off(session, draft, challenge, now=now)
        elif start:
            jobs.enqueue_once(session, "draft", draft, now=now)
    galleries_wanted.handed_in(session, row, revision, now=now)
    return Submitted(row, revision, draft, created=created, changed=True)


def _supersede(session: Session, before: Revision, *, now: datetime) -> None:
    draft = _draft_of(session, before)
    if DraftAct.SUPERSEDE.value in possible(draft.state, DraftActor.AUTHOR):
        consequences.touch(draft, step(draft.state, DraftAct.SUPERSEDE, DraftActor.AUTHOR), now=now)
    consequences.sync(session, before.organization_id, [before.id], now=now)


def _open_draft(
    session: Session, row: Submission, revision: Revision, challenge: Challenge, *, now: datetime
) -> DraftRow:
    draft = DraftRow(
        organization_id=row.organization_id,
        revision_id=revision.id,
        submission_id=row.id,
        challenge_id=row.challenge_id,
        group_id=row.group_id,
        state=DraftState.WAITING,
        generation=1,
        version=1,
        challenge_version=challenge.version,
        shuffle=secrets.token_hex(8),
        created_at=now,
        handed_in_at=revision.submitted_at,
        changed_at=now,
    )
    session.add(draft)
    session.flush()
    if no_machine(revision.ai):
        consequences.stick(session, draft, "ai_none", consequences.NO_AI, now=now)
    return draft


def _put_off(session: Session, draft: DraftRow, challenge: Challenge, *, now: datetime) -> None:
    """It is drafted when the challenge is calibrated. If that is so by the time this is stored, the job sees it."""
    consequences.touch(draft, step(draft.state, DraftAct.PUT_OFF, DraftActor.MACHINE), now=now)
    calibrating.look_later(session, challenge, now=now)


def queue_waiting(session: Session, organization: str, *, now: datetime) -> int:
    """Queue every draft that waits; the number of them. Those already queued are passed over."""
    waiting = session.scalars(
        select(DraftRow).where(DraftRow.organization_id == organization, DraftRow.state == DraftState.WAITING)
    ).all()
    for draft in waiting:
        jobs.enqueue_once(session, "draft", draft, now=now)
    return len(waiting)


def get(session: Session, actor: Actor, external_id: str) -> Submission:
    """A submission that the actor may read: the author's own, one in a group reviewed, or a platform's."""
    row = naming.meant(session, actor, external_id)
    if row is None or (actor.person != row.person_id and not may_see_group(actor, row.group_id)):
        raise find.not_found(Submission, external_id)
    return row


def withdraw(session: Session, actor: Actor, external_id: str, *, now: datetime) -> Submission:
    """Take a submission back: its drafts stop, nothing of it is shown or quoted, the index forgets it."""
    row = get(session, actor, external_id)
    if actor.reach is not CredentialReach.PLATFORM and actor.person != row.person_id:
        raise NotAllowed("Only the author can take a submission back.")
    session.refresh(
        row, with_for_update={"key_share": True}
    )  # a revision comes before this, and is found below, or not at all
    if row.withdrawn_at is not None:
        return row
    row.withdrawn_at = now
    drafts = consequences.drafts_held(session, DraftRow.submission_id == row.id)
    for draft in drafts:
        consequences.touch(draft, step(draft.state, DraftAct.WITHDRAW, DraftActor.AUTHOR), now=now)
        draft.generation += 1
    for approval in session.scalars(select(Approval).where(Approval.draft_id.in_([draft.id for draft in drafts]))):
        approval.undone_at = approval.undone_at or now
    consequences.sync_submission(session, row, now=now)
    consequences.learn_later(session, row.organization_id, now=now)
    galleries_wanted.withdrawn(session, row, now=now)
    calibrating.moved(session, row.challenge_id, now=now)
    outbox.tell(session, row.organization_id, Event.SUBMISSION_WITHDRAWN, now=now, submission=row.external_id)
    audit.record(
        session,
        organization=row.organization_id,
        actor=actor.name,
        act="submission.withdraw",
        subject=row.id,
        now=now,
    )
    return row
