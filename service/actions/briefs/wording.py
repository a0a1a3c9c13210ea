"""A meeting brief in a model's words: asked for by who reads it, kept for all who see the same groups, told when it is
of no use. Knows no model; what a model said comes in checked."""

from __future__ import annotations

import json
from datetime import datetime

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from pipelines.briefs import BriefItem, Reworded
from service.actions.briefs import facts
from service.actions.briefs.facts import BriefFacts
from service.actions.briefs.meeting import Stored, fingerprint
from service.actions.drafts.make import names
from service.actions.work import lens as work_lens
from service.actions.work.lens import Lens
from service.domain.errors import NotNow
from service.domain.roles import Actor
from service.domain.texts import digest
from service.store import find, jobs, visible
from service.store.tables import (
    BriefWording,
    Challenge,
    Consent,
    DraftRow,
    Group,
    Revision,
    Submission,
    WordingState,
)

NO_MODEL = "No language model is set up here. The brief keeps the words that it was found in."


def ask(
    session: Session, actor: Actor, challenge: str, *, group: str | None = None, model: bool, now: datetime
) -> BriefWording:
    """Have the brief of a challenge (external id) worded by a model, by a job. `model`: whether there is one.

    Asked again while it waits, it waits on. Raises as `facts.gather`, and NotNow where there is no model.
    """
    lens = work_lens.lens(session, actor, challenge, group=group)
    if not model:
        raise NotNow(NO_MODEL)
    row = session.scalar(_of(lens).with_for_update(key_share=True))
    if row is None:
        row = BriefWording(
            organization_id=lens.challenge.organization_id,
            challenge_id=lens.challenge.id,
            scope=scope(lens),
            lens=_kept(lens),
            generation=0,
            state=WordingState.NONE,
        )
        session.add(row)
    if row.state is not WordingState.ASKED:
        row.state, row.reason, row.asked_at, row.generation = WordingState.ASKED, "", now, row.generation + 1
        session.flush()
        jobs.enqueue_once(session, "brief", row, now=now)
    return row


def scope(lens: Lens) -> str:
    """The same for all who look through the same groups: only they see what was made of what these show."""
    return digest(json.dumps({**_kept(lens), "wide": None}, sort_keys=True))


def _kept(lens: Lens) -> dict[str, list[str] | str | None]:
    def listed(groups: frozenset[str] | None) -> list[str] | None:
        return None if groups is None else sorted(groups)

    chosen = lens.chosen.id if lens.chosen else None
    return {"groups": listed(lens.groups), "set_to": listed(lens.set_to), "wide": listed(lens.wide), "chosen": chosen}


def _of(lens: Lens) -> Select[BriefWording]:
    return select(BriefWording).where(
        BriefWording.organization_id == lens.challenge.organization_id,
        BriefWording.challenge_id == lens.challenge.id,
        BriefWording.scope == scope(lens),
    )


def stored(session: Session, lens: Lens) -> Stored | None:
    """What a model worded of the brief through this lens; None where nobody asked."""
    row = session.scalar(_of(lens))
    if row is None:
        return None
    lines = {key: str(line["text"]) for key, line in row.lines.items()}
    return Stored(
        row.state, row.reason, row.fingerprint, lines, tuple(row.line_order), row.local, row.model, row.worded_at
    )


def begin(session: Session, wording: str, generation: int) -> tuple[BriefFacts, tuple[str, ...]] | None:
    """What the brief is made of as it stands now, and the names of the organization's people. None: not wanted any
    more."""
    row = session.get(BriefWording, wording)
    if row is None or not _wanted(row, generation):
        return None
    kept = row.lens
    lens = Lens(
        session.get_one(Challenge, row.challenge_id),
        _group_ids(kept["groups"]),
        _group_ids(kept["set_to"]),
        _group_ids(kept["wide"]),
        session.get(Group, kept["chosen"]) if kept["chosen"] else None,
    )
    return facts.through(session, lens), names(session, row.organization_id)


def _group_ids(kept: list[str] | None) -> frozenset[str] | None:
    return None if kept is None else frozenset(kept)


def _wanted(row: BriefWording, generation: int) -> bool:
    return row.generation == generation and row.state is WordingState.ASKED


def finish(
    session: Session,
    wording: str,
    generation: int,
    made: Reworded,
    lines: tuple[BriefItem, ...],
    *,
    local: bool,
    asked_for: int,
    cost: int,
    now: datetime,
) -> bool:
    """Keep what was worded of these lines, in the place of what was before; where nothing was, what was before stays,
    and the reason is told. False: not wanted any more, and nothing was changed but what it cost."""
    row = session.get(BriefWording, wording, with_for_update={"key_share": True})
    if row is None:
        return False
    row.prompt_tokens += made.usage.prompt_tokens
    row.completion_tokens += made.usage.completion_tokens
    row.model_calls += made.usage.calls
    row.cost += cost
    if not _wanted(row, generation):
        return False
    row.state, row.reason = (WordingState.DONE, "") if made.lines else (WordingState.NONE, made.reason)
    if made.lines:
        works = {item.key: sorted(item.rests) for item in lines}
        row.lines = {key: {"text": text, "works": works[key]} for key, text in made.lines.items()}
        row.line_order, row.fingerprint = list(made.order), fingerprint(lines)
        row.model, row.local, row.asked_for, row.worded_at = made.model[:128], local, asked_for, now
    if made.prompt is not None:
        row.prompt_name, row.prompt_version, row.prompt_sha = made.prompt.name, made.prompt.version, made.prompt.sha
    return True


def fail(session: Session, wording: str, generation: int, reason: str) -> bool:
    """Nothing could be worded, for good. False: not wanted any more."""
    row = session.get(BriefWording, wording, with_for_update={"key_share": True})
    if row is None or not _wanted(row, generation):
        return False
    row.state, row.reason = WordingState.NONE, reason
    return True


def wait_again(session: Session, wording: str, generation: int) -> None:
    """A job that was given up is taken up again: its wording is asked for, unless it was asked for anew meanwhile."""
    row = session.get(BriefWording, wording, with_for_update={"key_share": True})
    if row is not None and row.generation == generation and row.state is WordingState.NONE:
        row.state, row.reason = WordingState.ASKED, ""


def scrub(session: Session, organization: str | None = None) -> int:
    """Forget wordings that rest on work which was taken back, erased, or is no longer for that model to read; how many.
    They are shown no more from the moment that it was; here their words go, too."""
    gone = 0
    there = find.within(BriefWording.organization_id, organization)
    for row in session.scalars(select(BriefWording).where(there, BriefWording.worded_at.is_not(None))):
        works = {work for line in row.lines.values() for work in line["works"]}
        may = _readable(session, row.organization_id, works, local=row.local)
        left = {key: line for key, line in row.lines.items() if set(line["works"]) <= may}
        if len(left) < len(row.lines):
            gone += len(row.lines) - len(left)
            row.lines = left
    return gone


def _readable(session: Session, organization: str, works: set[str], *, local: bool) -> set[str]:
    rows = session.execute(
        select(DraftRow.id, Consent.ai, Revision.ai)
        .join(Revision, Revision.id == DraftRow.revision_id)
        .join(Submission, Submission.id == DraftRow.submission_id)
        .join(Consent, Consent.person_id == Submission.person_id)
        .where(
            DraftRow.organization_id == organization,
            DraftRow.id.in_(sorted(works)),
            ~visible.withdrawn(),
        )
    )
    return {draft for draft, consented, may in rows if consented.and_(may).lets(local=local)}
