"""One draft as the review desk shows it: everything that a facilitator needs to decide, on one screen.

Only reads. A fixed number of statements, whatever the draft holds.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from pipelines.values import AI, Band, PointKind, Standing
from service.actions.approvals import approving
from service.actions.desk import in_full
from service.actions.desk import sheet as desk_sheet
from service.actions.desk import sources as desk_sources
from service.actions.desk.advice import PointAdvice
from service.actions.desk.in_full import DraftInFull
from service.actions.desk.sheet import SheetSeen
from service.actions.desk.sources import OpenedSource
from service.actions.drafts import read
from service.actions.drafts.read import SOMEBODY, DraftClaim, claim_of
from service.actions.memory.alerts import PointMark
from service.actions.work import files
from service.domain import budgets
from service.domain.drafts import DraftState
from service.domain.roles import Actor
from service.domain.texts.marking import Stretch, stretches
from service.domain.texts.worddiff import DiffPiece, words
from service.store import names as store_names
from service.store.tables import (
    Challenge,
    Decision,
    DraftRow,
    Group,
    Person,
    PointRow,
    PointState,
    Revision,
    Submission,
    WorkFile,
)


@dataclass(frozen=True, slots=True)
class PointSeen:
    """A point, what it rests on, and what is said of it. `number` is its place on the page, from 1."""

    number: int
    id: str
    kind: PointKind
    criterion: str
    criterion_text: str
    text: str
    drafted: str
    quote: str
    band: Band | None
    state: PointState
    reason_code: str
    reason: str
    decided_by: str
    sources: tuple[OpenedSource, ...]
    findings: tuple[str, ...]
    marks: tuple[PointMark, ...]
    advice: tuple[PointAdvice, ...]
    edits: tuple[DiffPiece, ...]

    @property
    def stands(self) -> bool:
        return self.state is not PointState.DISMISSED

    @property
    def open(self) -> bool:
        return self.state is PointState.PROPOSED


@dataclass(frozen=True, slots=True)
class PastDraftDecision:
    """A decision on the draft, as its history shows it."""

    act: str
    who: str
    at: datetime
    reason_code: str
    note: str
    bulk: bool
    edits: tuple[DiffPiece, ...]


@dataclass(frozen=True, slots=True)
class DraftMaking:
    """How the draft came to be: model, prompt, tokens, cost, and what was found. `cost` is in the prices' currency.
    `passes` are the model's over this draft, `readings` how it read each criterion before it wrote."""

    model: str
    prompt_name: str
    prompt_version: int | None
    prompt_sha: str
    prompt: str
    prompt_tokens: int
    completion_tokens: int
    calls: int
    cost: str
    passes: tuple[Mapping[str, Any], ...]
    readings: tuple[Mapping[str, Any], ...]
    instruction: str
    evidence: tuple[Mapping[str, Any], ...]


@dataclass(frozen=True, slots=True)
class DeskDraft:
    """All of it. `text_hash` is of the text that an approval would release."""

    id: str
    version: int
    state: DraftState
    band: Band | None
    reason: str
    summary: str
    language: str
    stale: bool
    possible: frozenset[str]
    text_hash: str
    submission: str
    revision: int
    revisions: int
    person: str
    group: str
    challenge: str
    challenge_title: str
    handed_in_at: datetime
    ai: AI
    text_language: str
    text: tuple[Stretch, ...]
    words: int
    files: tuple[WorkFile, ...]
    points: tuple[PointSeen, ...]
    sheet: SheetSeen
    standing: Standing | None
    findings: tuple[str, ...]
    history: tuple[PastDraftDecision, ...]
    making: DraftMaking
    claim: DraftClaim | None
    release_at: datetime | None

    @property
    def standing_points(self) -> tuple[PointSeen, ...]:
        return tuple(point for point in self.points if point.stands)

    @property
    def dismissed_points(self) -> tuple[PointSeen, ...]:
        return tuple(point for point in self.points if not point.stands)

    @property
    def doubtful(self) -> bool:
        """Whether all that it claims, as drafted, rests on too little."""
        claims = [one for one in self.standing_points if one.open and one.kind is not PointKind.QUESTION]
        return bool(claims) and all(one.band is Band.LOW for one in claims)

    def may(self, act: str) -> bool:
        return act in self.possible


def show(session: Session, actor: Actor, draft_id: str, *, now: datetime) -> DeskDraft:
    """The draft. Raises NotFound, also for one that the actor may not see."""
    row = read.draft(session, actor, draft_id)
    full = in_full.draft(session, actor, row)
    challenge = session.get_one(Challenge, row.challenge_id)
    submission = session.get_one(Submission, row.submission_id)
    revision = session.get_one(Revision, row.revision_id)
    points = _points(session, actor, full, challenge)
    sheet = desk_sheet.of(session, actor, row)
    approval = approving.in_force(session, approving.DRAFT, row.id) if row.state is DraftState.APPROVED else None
    names = store_names.names_of(session, [submission.person_id, row.claimed_by], apart=True)
    return DeskDraft(
        id=row.id,
        version=row.version,
        state=row.state,
        band=row.band,
        reason=row.reason,
        summary="" if row.state is DraftState.WITHDRAWN else row.summary,
        language=row.language,
        stale=row.stale,
        possible=frozenset(full.seen.possible),
        text_hash=full.seen.text_hash,
        submission=submission.external_id,
        revision=revision.number,
        revisions=submission.latest,
        person=names[submission.person_id],
        group=session.get_one(Group, row.group_id).name,
        challenge=challenge.external_id,
        challenge_title=challenge.title,
        handed_in_at=revision.submitted_at,
        ai=revision.ai,
        text_language=revision.language or row.language,
        text=stretches(full.text, _places(points, full.points), {one.number: one.where for one in sheet.readings}),
        words=len(full.text.split()),
        files=() if row.state is DraftState.WITHDRAWN else tuple(files.of_revision(session, revision.id)),
        points=points,
        sheet=sheet,
        standing=row.standing,
        findings=tuple(one.message for one in _findings(row) if one.point_id is None),
        history=_history(session, row),
        making=_making(row, full.prompt),
        claim=claim_of(actor, row.claimed_by, row.claimed_until, names.get(row.claimed_by or ""), now=now),
        release_at=approval.release_at if approval else None,
    )


def _findings(row: DraftRow) -> list[Any]:
    return [one for one in row.findings if one.generation == row.generation]


def _points(session: Session, actor: Actor, full: DraftInFull, challenge: Challenge) -> tuple[PointSeen, ...]:
    row = full.seen.row
    sources = desk_sources.opened(session, actor, row, full.points, full.gone)
    names = store_names.names_of(session, (point.decided_by for point in full.points))
    criteria = {one.key: one.text for one in challenge.criteria}
    findings = _findings(row)
    return tuple(
        PointSeen(
            number=number,
            id=point.id,
            kind=point.kind,
            criterion=point.criterion,
            criterion_text=criteria.get(point.criterion, ""),
            text=point.text,
            drafted=point.drafted,
            quote=point.quote,
            band=point.band,
            state=point.state,
            reason_code=point.reason_code,
            reason=point.reason,
            decided_by=names.get(point.decided_by or "", SOMEBODY) if point.decided_at else "",
            sources=sources[point.id],
            findings=tuple(one.message for one in findings if one.point_id == point.id),
            marks=tuple(mark for mark in full.marks if mark.point == point.id),
            advice=tuple(full.advice.get(point.id, ())),
            edits=_edits(point.drafted, point.text),
        )
        for number, point in enumerate(full.points, start=1)
    )


def _edits(before: str, after: str) -> tuple[DiffPiece, ...]:
    """What a person changed of what stood there; nothing where there was nothing, or it is the same."""
    return tuple(words(before, after)) if before and before != after else ()


def _places(seen: Sequence[PointSeen], rows: Sequence[PointRow]) -> dict[int, list[tuple[int, int]]]:
    """Where each standing point is in the text: at its own place, and wherever else its sources quote the work."""
    return {
        one.number: [*([(row.start, row.end)] if row.quote else []), *desk_sources.places(one.sources)]
        for one, row in zip(seen, rows, strict=True)
        if one.stands and (row.quote or len(desk_sources.places(one.sources)) > 1)
    }


def _history(session: Session, row: DraftRow) -> tuple[PastDraftDecision, ...]:
    """The latest first."""
    rows = session.execute(
        select(Decision, Person.name)
        .outerjoin(Person, Person.id == Decision.person_id)
        .where(Decision.draft_id == row.id)
        .order_by(Decision.at.desc(), Decision.id.desc())
        .limit(100)
    ).all()
    return tuple(
        PastDraftDecision(
            act=decision.act,
            who=name or SOMEBODY,
            at=decision.at,
            reason_code=decision.reason_code,
            note=decision.note,
            bulk=decision.bulk,
            edits=_edits(decision.before, decision.after),
        )
        for decision, name in rows
    )


def _making(row: DraftRow, prompt: str) -> DraftMaking:
    return DraftMaking(
        model=row.model,
        prompt_name=row.prompt_name,
        prompt_version=row.prompt_version,
        prompt_sha=row.prompt_sha,
        prompt=prompt,
        prompt_tokens=row.prompt_tokens,
        completion_tokens=row.completion_tokens,
        calls=row.model_calls,
        cost=budgets.shown(row.cost),
        passes=tuple(row.passes),
        readings=tuple(row.assessment.get("readings", ())),
        instruction=row.instruction,
        evidence=tuple(row.evidence),
    )
