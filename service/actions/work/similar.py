"""Similar work, asked for by people who review: what is asked, under which scope, and how an answer is named."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from pipelines.values import Scope
from service.actions.work import submit
from service.domain.errors import Invalid, NotAllowed
from service.domain.roles import Actor, CredentialReach, visible_groups
from service.domain.texts import digest
from service.domain.visibility import no_machine
from service.store import find, holding
from service.store.disclosures import DisclosedTo, Showing
from service.store.tables import Challenge, DisclosureKind, Person, Revision, Submission


@dataclass(frozen=True, slots=True)
class Similar:
    """A piece of somebody's work that is like what was asked for. `similarity` is a cosine in [-1, 1]."""

    submission: str  # external id
    revision: int
    person: str  # external id
    quote: str
    start: int
    end: int
    similarity: float
    own_id: str = ""  # of the revision


@dataclass(frozen=True, slots=True)
class SimilarQuery:
    """The text to look for, and what the asker may see."""

    text: str
    scope: Scope


@dataclass(frozen=True, slots=True)
class FoundPassage:
    """A passage that was found, by the own id of its revision. `similarity` is a cosine in [-1, 1]."""

    revision: str
    quote: str
    start: int
    end: int
    similarity: float


def query(
    session: Session, actor: Actor, *, challenge: str | None, submission: str | None, text: str | None, now: datetime
) -> SimilarQuery:
    """Like `text` on `challenge`, or like `submission` (external ids). Raises NotAllowed, NotFound, Invalid."""
    if actor.reach is CredentialReach.PERSON and not actor.reviews:
        raise NotAllowed("Only facilitators search through others' work.")
    if submission is not None:
        return _like_submission(session, actor, submission, now)
    if challenge is None or text is None:
        raise Invalid("Give a submission, or a challenge and a text.")
    return SimilarQuery(text, _scope(actor, find.one(session, Challenge, actor.organization, challenge).id, "", now))


def _like_submission(session: Session, actor: Actor, external_id: str, now: datetime) -> SimilarQuery:
    row = submit.get(session, actor, external_id)
    revision = submit.revision_of(session, row)
    may = holding.which_machines(session, revision) if revision is not None else None
    if revision is None or may is None:
        raise Invalid("This submission was taken back.")
    if no_machine(may):
        raise NotAllowed("The learner asked that no machine reads this text.")
    return SimilarQuery(revision.text, _scope(actor, row.challenge_id, row.person_id, now))


def _scope(actor: Actor, challenge: str, author: str, now: datetime) -> Scope:
    groups = visible_groups(actor)
    return Scope(actor.organization, challenge, actor.person or "", author, now, groups=tuple(sorted(groups or ())))


def shown(actor: Actor, asked: Sequence[str | None], found: Sequence[Similar]) -> list[Showing]:
    """Whose work was found for what somebody `asked`; nothing for a platform, which looks through its own copy."""
    if actor.person is None or not found:
        return []
    mark = digest(json.dumps([actor.person, *asked]))[:32]
    told = DisclosedTo(DisclosureKind.SEARCH, mark, actor.person)
    return [Showing(told, frozenset(one.own_id for one in found))]


def named(session: Session, found: Sequence[FoundPassage]) -> list[Similar]:
    """The answers in the platform's words."""
    revisions = {one.revision for one in found}
    rows = session.execute(
        select(Revision.id, Revision.number, Submission.external_id, Person.external_id)
        .join(Submission, Submission.id == Revision.submission_id)
        .join(Person, Person.id == Submission.person_id)
        .where(Revision.id.in_(revisions))
    ).all()
    names = {id_: (submission, number, person) for id_, number, submission, person in rows}
    return [
        Similar(
            submission=names[one.revision][0],
            revision=names[one.revision][1],
            person=names[one.revision][2],
            quote=one.quote,
            start=one.start,
            end=one.end,
            similarity=round(one.similarity, 4),
            own_id=one.revision,
        )
        for one in found
        if one.revision in names
    ]
