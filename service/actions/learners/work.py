"""One revision of own work with all that belongs to it, for the learner's page. That it was read is noted, too."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from service.actions.learners import asks as learners_asks
from service.actions.learners import commitments as learners_commitments
from service.actions.learners import feedback, progress
from service.actions.learners import reactions as learners_reactions
from service.actions.learners.asks import AskSeen
from service.actions.learners.commitments import CommitmentSeen
from service.actions.learners.feedback import RevisionSeen
from service.actions.learners.guard import submission_of
from service.actions.learners.progress import Changes
from service.actions.learners.waiting import usual_days
from service.domain.errors import NotFound
from service.domain.roles import Actor
from service.store.tables import Challenge, Group, Organization, Reaction


@dataclass(frozen=True, slots=True)
class WorkSeen:
    """Own work. `withdrawn_at` and the challenge are all that is left of it once it was taken back.

    `group` (external id) is where the next revision goes; empty where its author learns elsewhere by now. `reactions`
    are on the feedback shown, by point (empty: the whole); asks and commitments on all revisions. `over`: no other is
    taken in.
    """

    id: str
    challenge: Challenge
    language: str
    withdrawn_at: datetime | None
    revisions: tuple[RevisionSeen, ...] = ()
    seen: RevisionSeen | None = None
    changes: Changes | None = None
    reactions: dict[str, Reaction] | None = None
    asks: tuple[AskSeen, ...] = ()
    commitments: tuple[CommitmentSeen, ...] = ()
    usual_days: int | None = None
    group: str = ""
    over: bool = False


def show(session: Session, actor: Actor, external_id: str, *, revision: int | None, now: datetime) -> WorkSeen:
    """A revision by number, or the one to read now: the latest, or before it one whose feedback was not opened yet.

    Notes that its feedback was opened. Raises NotFound.
    """
    row = submission_of(session, actor, external_id)
    challenge = session.get_one(Challenge, row.challenge_id)
    language = challenge.language or session.get_one(Organization, row.organization_id).language
    if row.withdrawn_at is not None:
        return WorkSeen(row.external_id, challenge, language, row.withdrawn_at)
    revisions = feedback.revisions(session, actor, external_id)
    seen = _chosen(revisions, revision)
    number = seen.row.number
    if seen.feedback is not None and seen.read_at is None:
        feedback.read(session, actor, external_id, revision=number, now=now)
    own = learners_commitments.of_person(session, row.person_id, now=now)
    return WorkSeen(
        row.external_id,
        challenge,
        language,
        None,
        tuple(revisions),
        seen,
        progress.changes(session, actor, external_id, after=number) if number > 1 else None,
        {one.row.about: one.row for one in learners_reactions.of_submissions(session, [row]) if one.revision == number},
        tuple(learners_asks.of_submissions(session, [row])),
        tuple(one for one in own if one.row.submission_id == row.id),
        usual_days(session, row.organization_id, now=now) if seen.feedback is None else None,
        session.get_one(Group, row.group_id).external_id if row.group_id in actor.learns_in else "",
        feedback.over(session, row),
    )


def _chosen(revisions: list[RevisionSeen], wanted: int | None) -> RevisionSeen:
    if wanted is not None:
        found = next((one for one in revisions if one.row.number == wanted), None)
        if found is None:
            raise NotFound(f"There is no revision {wanted} of this.")
        return found
    latest = revisions[0]
    unread = next((one for one in revisions if one.feedback is not None and one.read_at is None), None)
    return latest if latest.feedback is not None or unread is None else unread
