"""Who may do what a learner does: the person, or a platform for the person. For others there is nothing here."""

from __future__ import annotations

from sqlalchemy.orm import Session

from service.actions.access import on_behalf
from service.actions.decisions.release import Readable, readable
from service.actions.work import naming
from service.domain.errors import NotFound
from service.domain.roles import Actor, CredentialReach, may_see_group
from service.store import find
from service.store.tables import Person, Submission


def submission_of(session: Session, actor: Actor, external_id: str) -> Submission:
    """The actor's own submission, or one that the platform pushes for. Raises NotFound."""
    row = naming.meant(session, actor, external_id)
    if row is None:
        raise find.not_found(Submission, external_id)
    if actor.reach is CredentialReach.PLATFORM and may_see_group(actor, row.group_id):
        return row
    if actor.reach is CredentialReach.PERSON and actor.person == row.person_id:
        return row
    raise find.not_found(Submission, external_id)


def standing(session: Session, actor: Actor, external_id: str) -> Submission:
    """The same, not taken back. Raises NotFound."""
    row = submission_of(session, actor, external_id)
    if row.withdrawn_at is not None:
        raise NotFound("This was taken back; nothing of it is kept to be read or answered.")
    return row


def person_of(session: Session, actor: Actor, external_id: str) -> Person:
    """The actor's own person, or one that the platform may act for. Raises NotFound, NotAllowed as `require_own`."""
    if actor.reach is CredentialReach.PLATFORM:
        return on_behalf.person(session, actor, external_id)
    row = find.one(session, Person, actor.organization, external_id)
    if actor.person != row.id:
        raise find.not_found(Person, external_id)
    return row


def require_own(session: Session, actor: Actor, person: str) -> None:
    """Raises NotFound unless this person, by our id, is the actor, or the platform may act for them; NotAllowed where
    its key is limited to some groups, and the person has a part in others, too."""
    if actor.reach is CredentialReach.PLATFORM:
        on_behalf.require(session, actor, person)
    elif actor.person != person:
        raise NotFound


def feedback_there(
    session: Session, submission: Submission, *, point: str = "", revision: int | None = None
) -> Readable:
    """The readable feedback that holds this point; without one, that on the revision, or the latest there is.

    Raises NotFound.
    """
    for one in readable(session, submission):
        if point and point not in one.point_ids:
            continue
        if revision is None or one.revision.number == revision:
            return one
    raise NotFound("There is no such feedback here to read. It may have been taken back.")
