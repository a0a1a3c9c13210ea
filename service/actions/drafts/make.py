"""A draft's way through the machine: everything read in one transaction, thought about in none, stored in another.

`generation` is the guard: whoever comes late, after a redraft, a withdrawal or another worker, changes nothing.
"""

from __future__ import annotations

from dataclasses import asdict, replace
from datetime import datetime

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from pipelines import values
from pipelines.texts.saying_back import without_mention
from service.actions.challenges import calibrating, clarifications
from service.actions.challenges.as_it_stands import as_it_stands
from service.actions.drafts import outdated, sheets, sketches
from service.actions.drafts.earlier import earlier
from service.actions.drafts.points import source_row
from service.actions.work import consequences
from service.domain.drafts import DraftAct, DraftActor, DraftState, step
from service.domain.events import Event
from service.domain.memory.consistency import OF_WORDING
from service.domain.visibility import SharingReach, may_see_peers, no_machine
from service.store import holding, tree
from service.store.tables import (
    AssessmentFit,
    CalibrationPiece,
    Challenge,
    Consent,
    DraftRow,
    FindingRow,
    Organization,
    Person,
    PointRow,
    PointState,
    Release,
    Revision,
    Submission,
)
from service.store.visible import machines_may, vanished

MOST_NAMES = 20_000
MOST_DISMISSED = 500
GAVE_UP = "gave_up"
"""Why a draft is stuck whose job was given up."""


def begin(
    session: Session, draft_id: str, generation: int, *, now: datetime, embedder: str = ""
) -> values.DraftingTask | None:
    """Claim the draft and read all that it is made from. None: nothing to do (any more)."""
    draft = _wanted(session, draft_id, generation)
    if draft is None or not _still_may(session, draft, now=now):
        return None
    if draft.state is DraftState.WAITING:
        consequences.touch(draft, step(draft.state, DraftAct.BEGIN, DraftActor.MACHINE), now=now)
    challenge = session.get_one(Challenge, draft.challenge_id)
    draft.challenge_version = challenge.version
    asked = task(session, draft, challenge, now=now, embedder=embedder)
    return replace(asked, judge_first=_judge_first(session, draft, challenge))


def _judge_first(session: Session, draft: DraftRow, challenge: Challenge) -> bool:
    """Whether it is a piece to calibrate the challenge by, and nobody has asked for more."""
    piece = session.get(CalibrationPiece, draft.id)
    return piece is not None and piece.generation == draft.generation and calibrating.awaits(session, challenge)


def _wanted(session: Session, draft_id: str, generation: int) -> DraftRow | None:
    draft = session.get(DraftRow, draft_id, with_for_update={"key_share": True})
    if draft is None or draft.generation != generation or draft.state not in (DraftState.WAITING, DraftState.DRAFTING):
        return None
    return draft


def _still_may(session: Session, draft: DraftRow, *, now: datetime) -> bool:
    """Whether a machine may read the text at this moment, whatever was allowed when it came in (rules 3 and 9). What
    was taken back ends here; of what a person has to write, they are told."""
    revision = session.get_one(Revision, draft.revision_id)
    may = holding.which_machines(session, revision)
    if may is None:
        consequences.touch(draft, step(draft.state, DraftAct.WITHDRAW, DraftActor.AUTHOR), now=now)
        draft.generation += 1
        return False
    revision.ai = may
    if no_machine(may):
        consequences.stick(session, draft, "ai_none", consequences.NO_AI, now=now)
    return not no_machine(may)


def task(
    session: Session, draft: DraftRow, challenge: Challenge, *, now: datetime, embedder: str = ""
) -> values.DraftingTask:
    """All that a draft is made from, as it stands now."""
    revision = session.get_one(Revision, draft.revision_id)
    submission = session.get_one(Submission, draft.submission_id)
    organization = session.get_one(Organization, draft.organization_id)
    fit = session.get(AssessmentFit, (draft.organization_id, embedder))
    language = challenge.language or organization.language
    return values.DraftingTask(
        scope=scope_for(session, submission, challenge, now=now),
        challenge=as_it_stands(challenge, language, clarifications.said(session, challenge)),
        submission=revision.id,
        text=revision.text,
        ai=revision.ai,
        language=revision.language or language,
        told=_told(session, submission),
        dismissed=_dismissed(session, challenge, submission.id),
        instruction=draft.instruction,
        readings=sheets.said(draft),
        names=names(session, draft.organization_id),
        earlier=earlier(session, revision),
        fitted=fit.data if fit else None,
    )


def scope_for(session: Session, submission: Submission, challenge: Challenge, *, now: datetime) -> values.Scope:
    """What may be read for feedback to this submission's author, who has made an own attempt by it (rule 4)."""
    groups: frozenset[str] = frozenset()
    if challenge.sharing_reach is SharingReach.GROUP:
        groups = tree.below(session, [submission.group_id])
    return values.Scope(
        organization=submission.organization_id,
        challenge=challenge.id,
        reader=submission.person_id,
        author=submission.person_id,
        at=now,
        groups=tuple(sorted(groups)),
        peers=may_see_peers(challenge.sharing_peers, has_attempted=True),
    )


def _told(session: Session, submission: Submission) -> tuple[values.AlreadyTold, ...]:
    """Points this learner was given on this work before; they are not said twice."""
    rows = session.execute(
        select(PointRow.text, Revision.id, Revision.ai)
        .join(DraftRow, DraftRow.id == PointRow.draft_id)
        .join(Revision, Revision.id == DraftRow.revision_id)
        .join(Release, Release.draft_id == DraftRow.id)
        .where(
            DraftRow.submission_id == submission.id,
            PointRow.generation == DraftRow.generation,
            PointRow.state != PointState.DISMISSED,
        )
        .order_by(PointRow.id)
    )
    return tuple(values.AlreadyTold(text, of, ai) for text, of, ai in rows)


def _dismissed(session: Session, challenge: Challenge, submission: str) -> tuple[values.PastPoint, ...]:
    """What facilitators turned down on this challenge, the latest first, on texts that machines may read: it holds
    words of theirs.

    On the same submission another draft was asked for, so that the matter may be put in other words there.
    """
    rows = session.execute(
        select(PointRow, Submission.id, Revision.id, Revision.ai, Consent.ai)
        .join(DraftRow, DraftRow.id == PointRow.draft_id)
        .join(Revision, Revision.id == DraftRow.revision_id)
        .join(Submission, Submission.id == DraftRow.submission_id)
        .join(Consent, Consent.person_id == Submission.person_id)
        .where(DraftRow.challenge_id == challenge.id, PointRow.state == PointState.DISMISSED, machines_may())
        .order_by(PointRow.decided_at.desc())
        .limit(MOST_DISMISSED)
    )
    return tuple(
        values.PastPoint(
            kind=point.kind,
            text=without_mention(point.text),
            quote=point.quote,
            criterion=point.criterion,
            dismissed=True,
            reason=point.reason or point.reason_code,
            matter=point.reason_code not in OF_WORDING and on != submission,
            of=revision,
            ai=text.and_(author),
        )
        for point, on, revision, text, author in rows
    )


def names(session: Session, organization: str) -> tuple[str, ...]:
    there = select(Person.name).where(Person.organization_id == organization, Person.erased_at.is_(None))
    return tuple(session.scalars(there.order_by(Person.id).limit(MOST_NAMES)))


def finish(
    session: Session, draft_id: str, generation: int, draft: values.Draft, *, now: datetime, cost: int = 0
) -> bool:
    """Store what was drafted. False: it is no longer wanted, and nothing was changed.

    A point resting on something that was taken back meanwhile is left out, with a finding that says so. `cost` is what
    its model use cost, in micro-units of the prices' currency.
    """
    row = _wanted(session, draft_id, generation)
    if row is None:
        return False
    _keep_cost(row, draft.usage, cost)
    if not _still_may(session, row, now=now):
        return True
    _keep_account(row, draft)
    sketches.note(session, row, session.get_one(Revision, row.revision_id).text)
    kept, findings = _still_visible(session, draft)
    _clear(session, row)
    if draft.outcome is not values.DraftOutcome.DRAFTED or not kept:
        _without_points(session, row, draft, now=now)
        _keep_findings(session, row, findings, {})  # of the generation that is read now
        return True
    ids = {index: keep_point(session, row, position, draft.points[index]) for position, index in enumerate(kept)}
    _keep_findings(session, row, findings, ids)
    consequences.touch(row, step(row.state, DraftAct.FINISH, DraftActor.MACHINE), now=now)
    row.summary, row.ready_at = draft.summary, now
    row.reason_code, row.reason = ("fallback", draft.reason) if draft.reason else ("", "")
    row.stale = row.challenge_version < session.get_one(Challenge, row.challenge_id).version
    session.expire(row, ["points"])
    outdated.mark(session, row, now=now)  # a document may have changed while the machine was at it
    consequences.told_of(session, row, Event.DRAFT_READY, now=now)
    return True


def _without_points(session: Session, row: DraftRow, draft: values.Draft, *, now: datetime) -> None:
    """There is nothing to read: a person judges on the sheet, or, where there is nothing to judge either, writes."""
    code, reason = _why_stuck(draft)
    if draft.sheet and draft.outcome is not values.DraftOutcome.NOTHING_TO_SAY:
        consequences.lay_out(session, row, code, reason, now=now)
    else:
        consequences.stick(session, row, code, reason, now=now)


def _why_stuck(draft: values.Draft) -> tuple[str, str]:
    if draft.outcome is values.DraftOutcome.NOTHING_TO_SAY:
        return "nothing_to_say", draft.reason or "There is nothing to give feedback on yet."
    if draft.outcome is values.DraftOutcome.TO_JUDGE:
        return "to_judge", draft.reason or "Nobody can tell yet how this stands. Please judge it on the sheet."
    if draft.outcome is values.DraftOutcome.CANNOT:
        return "cannot_draft", draft.reason or "No draft could be made. Please write the feedback yourself."
    return "no_points", draft.reason or "No point stood up to checking. Please write the feedback yourself."


def _keep_cost(row: DraftRow, usage: values.Usage, cost: int) -> None:
    """Over all generations: what was drafted anew was paid for anew."""
    row.prompt_tokens += usage.prompt_tokens
    row.completion_tokens += usage.completion_tokens
    row.model_calls += usage.calls
    row.cost += cost


def _keep_account(row: DraftRow, draft: values.Draft) -> None:
    """Which model, words and evidence: kept whatever the outcome."""
    row.model, row.language = draft.model, draft.language
    row.assessment = asdict(draft.assessment) if draft.assessment else {}
    if draft.readings:  # places, not words: those go with the text
        read = [{"criterion": x.criterion, "standing": x.standing, "places": x.places} for x in draft.readings]
        row.assessment = {**row.assessment, "readings": read}
    row.passes = [_pass(one) for one in draft.passes]
    row.band = _band(draft)
    row.sheet = [asdict(line) for line in draft.sheet]
    row.evidence = [
        {
            "label": e.label,
            "id": e.item.id,
            "shelf": e.item.shelf.value,
            "dense": e.dense,
            "lexical": e.lexical,
            "fused": e.fused,
        }
        for e in draft.evidence
    ]
    prompt = draft.prompt or values.PromptUsed("", 0, "")  # what an earlier generation was sent is not this one's
    row.prompt_name, row.prompt_version = prompt.name, prompt.version or None
    row.prompt_sha, row.prompt_rendered = prompt.sha, prompt.rendered


def _pass(one: values.DraftPass) -> dict[str, object]:
    tokens = {"prompt_tokens": one.usage.prompt_tokens, "completion_tokens": one.usage.completion_tokens}
    cost = {"calls": one.usage.calls, **tokens, "seconds": round(one.usage.seconds, 3)}
    return {"name": one.name, "version": one.version, **cost, "trouble": one.trouble}


def _band(draft: values.Draft) -> values.Band | None:
    """A draft is as sure as its least sure point."""
    order = (values.Band.LOW, values.Band.MEDIUM, values.Band.HIGH)
    return min((point.band for point in draft.points), key=order.index, default=None)


def _still_visible(session: Session, draft: values.Draft) -> tuple[list[int], tuple[values.Finding, ...]]:
    gone = vanished(session, [(source.kind, source.id) for point in draft.points for source in point.sources])
    kept = [i for i, point in enumerate(draft.points) if not any(source.id in gone for source in point.sources)]
    lost = len(draft.points) - len(kept)
    if not lost:
        return kept, draft.findings
    finding = values.Finding("source_gone", f"Left out {lost}: what it rested on is no longer shared.")
    return kept, (*draft.findings, finding)


def _clear(session: Session, row: DraftRow) -> None:
    """A worker that died after storing leaves nothing behind: points of this generation are written once."""
    session.execute(delete(FindingRow).where(FindingRow.draft_id == row.id, FindingRow.generation == row.generation))
    session.execute(delete(PointRow).where(PointRow.draft_id == row.id, PointRow.generation == row.generation))


def keep_point(session: Session, row: DraftRow, position: int, point: values.Point, *, composed: bool = False) -> str:
    """Store a point of the present generation; `composed`: from what a person read. Gives its id."""
    stored = PointRow(
        organization_id=row.organization_id,
        draft_id=row.id,
        generation=row.generation,
        position=position,
        kind=point.kind,
        criterion=point.criterion,
        text=point.text,
        drafted=point.text,
        quote=point.quote,
        start=point.start,
        end=point.end,
        band=None if composed else point.band,  # how sure that is, is the person's
        composed=composed,
    )
    stored.sources = [source_row(row.organization_id, place, source) for place, source in enumerate(point.sources)]
    session.add(stored)
    session.flush()
    return stored.id


def _keep_findings(
    session: Session, row: DraftRow, findings: tuple[values.Finding, ...], points: dict[int, str]
) -> None:
    for finding in findings:
        if finding.point is None or finding.point in points:
            session.add(
                FindingRow(
                    organization_id=row.organization_id,
                    draft_id=row.id,
                    generation=row.generation,
                    point_id=None if finding.point is None else points[finding.point],
                    code=finding.code,
                    message=finding.message,
                )
            )


def fail(session: Session, draft_id: str, generation: int, code: str, reason: str, *, now: datetime) -> bool:
    """No draft could be made, for good: a facilitator is told why and writes. False: no longer wanted."""
    row = _wanted(session, draft_id, generation)
    if row is None:
        return False
    consequences.stick(session, row, code, reason, now=now)
    return True


def requeue(session: Session, draft_id: str, generation: int, *, now: datetime) -> bool:
    """The machine stopped before it was done: wait again. False: no longer wanted."""
    row = _wanted(session, draft_id, generation)
    if row is None or row.state is not DraftState.DRAFTING:
        return False
    consequences.touch(row, step(row.state, DraftAct.REQUEUE, DraftActor.MACHINE), now=now)
    return True


def wait_again(session: Session, draft_id: str, generation: int, *, now: datetime) -> int:
    """A job that was given up is taken up again: its draft waits for it. The generation that it is to make: of a draft
    that a person has gone on with meanwhile the old one, for which nothing is done."""
    row = session.get(DraftRow, draft_id, with_for_update={"key_share": True})
    gave_up = row is not None and row.state is DraftState.STUCK and row.reason_code == GAVE_UP
    if row is None or not gave_up or row.generation != generation + 1:
        return generation
    consequences.touch(row, step(row.state, DraftAct.REDRAFT, DraftActor.FACILITATOR), now=now)
    row.reason_code, row.reason, row.ready_at = "", "", None
    piece = session.get(CalibrationPiece, draft_id)
    if piece is not None and piece.generation == generation:
        piece.generation = row.generation  # nobody asked for more than its sheet
    return row.generation
