"""Files that are handed in with work, kept as they were sent. What counts is the work's text: whoever hands in puts
into it what was read from the files, and may mend that first.

Whoever may read the work may open its files; peers never do, since a gallery shows passages of text.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session, undefer

from service.domain.errors import Invalid, NotAllowed, NotFound, TooMany
from service.domain.files import MOST_FILES, MOST_UNUSED, FileRead
from service.domain.roles import Actor, CredentialReach, Role, may_see_group
from service.domain.texts import LONGEST_WORK, digest_of_bytes
from service.store import find
from service.store.tables import Person, Revision, Submission, WorkFile

KEPT_UNUSED = timedelta(days=1)
"""Long enough to come back to a form the next morning."""


def keep(
    session: Session, actor: Actor, external_id: str | None, name: str, sent: bytes, read: FileRead, *, now: datetime
) -> WorkFile:
    """Keep a file of this person, or of whoever asks, until it is handed in. The same file again is the one that is
    there.

    Raises NotFound (person), NotAllowed, Invalid (no person, or more text than one piece of work may hold), TooMany.
    """
    person = _owner(session, actor, external_id)
    _check_may(actor, person)
    if len(read.text) > LONGEST_WORK:
        raise Invalid(
            f"There are {len(read.text):,} characters in this file; one piece of work holds {LONGEST_WORK:,}."
        )
    unused = select(WorkFile).where(WorkFile.person_id == person.id, WorkFile.revision_id.is_(None))
    sha256 = digest_of_bytes(sent)
    there = session.scalar(unused.where(WorkFile.sha256 == sha256, WorkFile.name == name).limit(1))
    if there is not None:
        return there
    if (session.scalar(select(func.count()).select_from(unused.subquery())) or 0) >= MOST_UNUSED:
        hours = int(KEPT_UNUSED.total_seconds() // 3600)
        raise TooMany(f"{MOST_UNUSED} files wait to be handed in. Hand some in, or wait {hours} hours.")
    row = WorkFile(
        organization_id=person.organization_id,
        person_id=person.id,
        revision_id=None,
        name=name,
        kind=read.kind,
        media_type=read.media_type,
        sha256=sha256,
        size=len(read.data),
        data=read.data,
        text=read.text,
        pages=read.pages,
        remarks=list(read.remarks),
        sent_at=now,
    )
    session.add(row)
    session.flush()
    return row


def _owner(session: Session, actor: Actor, external_id: str | None) -> Person:
    if external_id is not None:
        return find.one(session, Person, actor.organization, external_id)
    if actor.person is None:
        raise Invalid("Say with 'person' whose work this file is to go with.")
    return session.get_one(Person, actor.person)


def _check_may(actor: Actor, person: Person) -> None:
    own = actor.reach is CredentialReach.PERSON and actor.person == person.id
    learns = [grant.group_id for grant in person.roles if grant.role is Role.LEARNER]
    theirs = actor.reach is CredentialReach.PLATFORM and any(may_see_group(actor, group) for group in learns)
    if not (own or theirs):
        raise NotAllowed("Only the learner, or a platform for the learner, may send files.")


def meant(session: Session, person: Person, ids: Sequence[str]) -> list[WorkFile]:
    """Files that this person sent, in this order. Raises NotFound, Invalid (too many)."""
    if not ids:
        return []
    if len(ids) > MOST_FILES:
        raise Invalid(f"At most {MOST_FILES} files go with one piece of work.")
    found = _sent_by(session, person.id, ids)
    missing = [id_ for id_ in ids if id_ not in found]
    if missing:
        raise NotFound(f"There is no file '{missing[0]}' of this person, or it has waited too long. Send it again.")
    return list(found.values())


def waiting(session: Session, actor: Actor, ids: Sequence[str]) -> list[WorkFile]:
    """Which of these the person who is signed in has sent, in this order; the others are passed over."""
    return list(_sent_by(session, actor.person, ids).values())


def _sent_by(session: Session, person: str | None, ids: Sequence[str]) -> dict[str, WorkFile]:
    """By id, in the order of `ids`."""
    rows = session.scalars(select(WorkFile).where(WorkFile.person_id == person, WorkFile.id.in_(ids)))
    return {row.id: row for row in sorted(rows, key=lambda row: ids.index(row.id))}


def are_there(session: Session, revision: Revision, files: Sequence[WorkFile]) -> bool:
    """Whether a revision has these files, by what is in them."""
    held = {(file.name, file.sha256) for file in of_revision(session, revision.id)}
    return {(file.name, file.sha256) for file in files} == held


def hand_in(session: Session, files: Sequence[WorkFile], revision: Revision) -> None:
    """They belong to the revision from now on. One that a former revision has as well is kept once more with this."""
    for position, file in enumerate(files):
        row = file if file.revision_id is None else _again(session, file)
        row.revision_id, row.position = revision.id, position


def _again(session: Session, file: WorkFile) -> WorkFile:
    columns = {column.key for column in WorkFile.__mapper__.column_attrs} - {"id"}
    row = WorkFile(**{key: getattr(file, key) for key in columns})
    session.add(row)
    return row


def of_revision(session: Session, revision: str) -> list[WorkFile]:
    """A revision's files, in the order in which they were handed in."""
    return of_revisions(session, [revision]).get(revision, [])


def of_revisions(session: Session, revisions: Collection[str]) -> dict[str, list[WorkFile]]:
    """The same of several; without those that have none."""
    rows = session.scalars(
        select(WorkFile).where(WorkFile.revision_id.in_(revisions)).order_by(WorkFile.position, WorkFile.id)
    )
    found: dict[str, list[WorkFile]] = {}
    for row in rows:
        found.setdefault(row.revision_id or "", []).append(row)
    return found


def content(session: Session, submission: Submission, file: str) -> WorkFile:
    """A file of work that may be read, with its bytes. Raises NotFound, also where the work was taken back."""
    found = session.scalar(
        select(WorkFile)
        .join(Revision, Revision.id == WorkFile.revision_id)
        .where(WorkFile.id == file, Revision.submission_id == submission.id)
        .options(undefer(WorkFile.data))
    )
    if found is None or submission.withdrawn_at is not None:
        raise NotFound
    return found


def sweep(session: Session, organization: str, /, *, now: datetime) -> int:
    """Forget files that were not handed in within a day; how many."""
    gone = session.scalars(
        delete(WorkFile)
        .where(
            WorkFile.organization_id == organization,
            WorkFile.revision_id.is_(None),
            WorkFile.sent_at < now - KEPT_UNUSED,
        )
        .returning(WorkFile.id)
        .execution_options(synchronize_session=False)
    )
    return len(gone.all())
