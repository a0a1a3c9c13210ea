"""What a meeting brief is made of, read in one snapshot: works, and how they may be shown, as it stands now.

A brief is for a meeting, so what is quoted in it is shown to everybody there. Quoted is only work whose author shows it
(with or without name, as they chose), that machines may read, and that the challenge lets this group's learners see;
other work that machines may read counts in numbers alone. What was taken back, and what no machine may read, is not in
it at all. Requests and questions are for those who review the group (see `requests`), so they are only counted.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Row, func, select
from sqlalchemy.orm import Session

from pipelines.approaches import ApproachWork
from pipelines.texts.masking import as_shown, masked
from pipelines.values import AI, Criterion, Standing
from service.actions.challenges.as_it_stands import criteria_of
from service.actions.overview import progress
from service.actions.overview.progress import LearnerStage
from service.actions.overview.solutions import counts
from service.actions.visibility import in_meetings
from service.actions.visibility.unnamed import Unnamed
from service.actions.work import lens as work_lens
from service.actions.work.lens import Lens
from service.actions.work.vectors import VectorsOfTexts, of_revisions
from service.domain import assessed
from service.domain.requests.need import RequestState
from service.domain.roles import Actor, Role
from service.domain.visibility import ShowWork
from service.store import visible
from service.store.tables import (
    AskKind,
    AskRow,
    Consent,
    DraftRow,
    Group,
    Organization,
    Person,
    Request,
    Revision,
    RoleGrant,
    Submission,
)
from service.store.tree import Tree

MOST = 300
"""Works that a brief is made of; of more, a random sample that stays the same."""


@dataclass(frozen=True, slots=True)
class Open:
    """What waits, in numbers: work without an answer, learners without work, questions on feedback, requests."""

    waiting: int
    missing: int
    questions: int
    requests: int


@dataclass(frozen=True, slots=True)
class BriefFacts:
    """Works by the ids of their drafts: `quoted` with words and places, `counted` with neither. `names`: of people who
    show their work with their name, by our id. `allows`: which machines may read each quoted work. `barred`: works that
    none may; `beyond` the sample."""

    lens: Lens
    groups: tuple[Group, ...]
    quoted: tuple[ApproachWork, ...]
    counted: tuple[ApproachWork, ...]
    vectors: VectorsOfTexts
    criteria: tuple[Criterion, ...]
    names: Mapping[str, str]
    allows: Mapping[str, AI]
    open: Open
    barred: int
    beyond: int
    language: str


def gather(session: Session, actor: Actor, challenge: str, *, group: str | None = None) -> BriefFacts:
    """Of a challenge (external id) in the groups that the actor reviews, or in one of them and those below it.

    In a constant number of statements. Raises NotFound, and NotAllowed for a learner.
    """
    return through(session, work_lens.lens(session, actor, challenge, group=group))


def through(session: Session, lens: Lens) -> BriefFacts:
    """The same of what may be seen through this lens."""
    organization = session.get_one(Organization, lens.challenge.organization_id)
    rows = list(session.execute(_works(lens)))
    there = in_meetings.learnt_in(session, organization.id, lens.groups if lens.set_to is None else lens.set_to)
    tree = Tree(session, organization.id)
    shown = {row.draft: in_meetings.how(row, lens.challenge, there, tree) for row in rows}
    quoted = [row for row in rows if shown[row.draft] is not ShowWork.NO]
    _, vectors = of_revisions(session, organization.id, {row.revision: row.text for row in quoted})
    all_, barred = counts(session, lens)
    unnamed = Unnamed(session, organization.id)
    return BriefFacts(
        lens=lens,
        groups=tuple(work_lens.choices(session, lens)),
        quoted=tuple(_work(row, shown[row.draft], unnamed) for row in quoted),
        counted=tuple(_work(row, ShowWork.NO, unnamed) for row in rows if shown[row.draft] is ShowWork.NO),
        vectors={row.draft: vectors[row.revision] for row in quoted if row.revision in vectors},
        criteria=criteria_of(lens.challenge),
        names={row.person_id: row.name for row in quoted if shown[row.draft] is ShowWork.WITH_NAME},
        allows={row.draft: row.may.and_(row.consented) for row in quoted},
        open=_open(session, lens),
        barred=barred,
        beyond=all_ - barred - len(rows),
        language=lens.challenge.language or organization.language,
    )


def _works(lens: Lens) -> Any:
    """The latest texts that machines may read, in the order of a number that is each draft's for good."""
    return (
        select(
            DraftRow.id.label("draft"),
            Revision.id.label("revision"),
            Revision.text,
            Revision.language,
            Submission.person_id,
            Submission.group_id,
            Person.name,
            Consent.show_work,
            Consent.ai.label("consented"),
            Revision.ai.label("may"),
            DraftRow.standing,
            DraftRow.judgements,
            DraftRow.assessment,
        )
        .select_from(Submission)
        .join(Revision, visible.latest_text())
        .join(DraftRow, DraftRow.revision_id == Revision.id)
        .join(Person, Person.id == Submission.person_id)
        .join(Consent, Consent.person_id == Submission.person_id)
        .where(*lens.here, ~visible.withdrawn(), ~visible.barred())
        .order_by(DraftRow.shuffle, DraftRow.id)
        .limit(MOST)
    )


def _work(row: Row[Any], how: ShowWork, unnamed: Unnamed) -> ApproachWork:
    """Its words only where they may be quoted, its author only where the name may be known: else nobody is named in
    them either, before a meeting or a model.

    A facilitator's judgement counts first; the machine's counts where it is entitled to one, and is "cannot tell" where
    it is not."""
    read = {one["criterion"]: one for one in (row.assessment or {}).get("criteria", ())}
    standings = assessed.criteria_of(row.assessment)
    standings |= {key: Standing(said) for key, said in (row.judgements or {}).items()}
    if how is ShowWork.NO:
        return ApproachWork(row.draft, "", standing=row.standing, criteria=standings)
    places = {key: (one["start"], one["end"]) for key, one in read.items() if one.get("start") is not None}
    if how is ShowWork.WITH_NAME:
        return ApproachWork(row.draft, row.text, row.person_id, row.standing, None, standings, places)
    hidden = unnamed.hidden(row.text, row.name, row.language)
    places = {key: as_shown(span, hidden) for key, span in places.items()}
    return ApproachWork(row.draft, masked(row.text, hidden), "", row.standing, None, standings, places)


def _open(session: Session, lens: Lens) -> Open:
    counts = progress.progress(session, lens, work_lens.pieces(session, lens)).counts
    questions = session.scalar(
        select(func.count())
        .select_from(AskRow)
        .join(DraftRow, DraftRow.id == AskRow.draft_id)
        .join(Submission, Submission.id == DraftRow.submission_id)
        .where(*lens.here, ~visible.withdrawn(), AskRow.kind == AskKind.QUESTION, AskRow.answered_at.is_(None))
    )
    requests = select(func.count()).where(
        Request.organization_id == lens.challenge.organization_id, Request.state == RequestState.OPEN
    )
    if lens.groups is not None:
        learns = select(RoleGrant.person_id).where(
            RoleGrant.role == Role.LEARNER, RoleGrant.group_id.in_(lens.set_to or lens.groups)
        )
        requests = requests.where(Request.person_id.in_(learns))
    return Open(
        counts[LearnerStage.WAITING], counts[LearnerStage.NOT_SUBMITTED], questions or 0, session.scalar(requests) or 0
    )
