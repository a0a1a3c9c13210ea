"""One decision for several drafts on nearly the same work, after a sample of them was opened. Counted apart.

Every draft is approved or declined by itself, with its own text and version: one that has changed since it was listed
is left as it is, and said so.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from math import ceil

from sqlalchemy.orm import Session

from service.actions.approvals import approving
from service.actions.approvals.deciding import Deciding
from service.actions.decisions import review
from service.actions.drafts import read
from service.actions.queue import alike
from service.domain.drafts import DraftState
from service.domain.errors import Invalid, NotNow, PeerloomError
from service.domain.roles import Actor, require_reviewer
from service.store import audit
from service.store.tables import DraftRow

LEAST, MOST = 2, 5
"""How many must be opened before the rest is decided on: a fifth of them, but at least two and no more than five."""


def sample(size: int) -> int:
    """How many of so many drafts must be opened."""
    return min(size, MOST, max(LEAST, ceil(size / 5)))


class TogetherVerdict(StrEnum):
    """What can be decided for several at once."""

    APPROVE = "approve"
    DECLINE = "decline"


@dataclass(frozen=True, slots=True)
class ListedDraft:
    """One of the drafts that were listed, as it was listed: its version, and the hash of the text it would release."""

    draft: str
    version: int
    text_hash: str


@dataclass(frozen=True, slots=True)
class Decided:
    """What became of one. `problem` says why nothing was changed; `version` is the draft's now, if it was."""

    draft: str
    version: int | None
    problem: PeerloomError | None = None


@dataclass(frozen=True, slots=True)
class TogetherTerms:
    """A word on why, for those that are declined, and how long an approval can be undone."""

    reason_code: str = ""
    note: str = ""
    undo: timedelta = approving.UNDO


def decide_together(
    session: Session,
    actor: Actor,
    draft_id: str,
    verdict: TogetherVerdict,
    targets: Sequence[ListedDraft],
    *,
    said: TogetherTerms | None = None,
    now: datetime,
) -> list[Decided]:
    """Approve or decline these drafts, whose work is nearly the same as this one's.

    Raises NotFound, NotAllowed, Invalid if nothing is listed or too much, NotNow if too few of them were opened.
    """
    draft = read.draft(session, actor, draft_id)
    person = require_reviewer(actor, draft.group_id)
    wanted = {one.draft: one for one in targets}
    if not wanted:
        raise Invalid("Nothing was chosen. Tick the drafts that the decision fits.")
    if len(wanted) > alike.MOST:
        raise Invalid(f"At most {alike.MOST} drafts are decided on at once.")
    _check_opened(alike.opened(session, actor, list(wanted)), len(wanted))
    group = alike.members(session, actor, draft.id)
    act = _act(session, actor, verdict, said or TogetherTerms(), now)
    done = {id_: _try(act, group, wanted[id_]) for id_ in sorted(wanted)}  # in order: no two wait for each other
    audit.record(
        session,
        organization=draft.organization_id,
        actor=f"person:{person}",
        act=f"draft.{verdict.value}_together",
        subject=draft.id,
        now=now,
        changed=sum(one.version is not None for one in done.values()),
        refused=sum(one.version is None for one in done.values()),
    )
    return [done[id_] for id_ in wanted]


def _check_opened(opened: Collection[str], size: int) -> None:
    if len(opened) < sample(size):
        raise NotNow(
            f"Open at least {sample(size)} of these {size} first, to see that what is said fits each. "
            f"So far you have opened {len(opened)}."
        )


OnEachDraft = Callable[[ListedDraft], DraftRow]


def _act(session: Session, actor: Actor, verdict: TogetherVerdict, said: TogetherTerms, now: datetime) -> OnEachDraft:
    def act(one: ListedDraft) -> DraftRow:
        at = Deciding(session, actor, one.draft, one.version, now)
        if verdict is TogetherVerdict.APPROVE:
            return review.approve(at, seen=one.text_hash, undo=said.undo, bulk=True)
        return review.decline(at, reason_code=said.reason_code, note=said.note, bulk=True)

    return act


def _try(act: OnEachDraft, group: Collection[str], one: ListedDraft) -> Decided:
    """Do it, or say why not. Decisions check everything before they change anything."""
    try:
        if one.draft not in group:
            raise Invalid("This draft does not wait, or its work is not nearly the same. List them again.")
        return Decided(one.draft, act(one).version)
    except PeerloomError as problem:
        return Decided(one.draft, None, problem)


def take_back_together(
    session: Session, actor: Actor, targets: Sequence[tuple[str, int]], *, now: datetime
) -> list[Decided]:
    """Undo what was decided together, each by its id and version: approvals while that is possible, and declines."""

    def back(one: ListedDraft) -> DraftRow:
        row = read.draft(session, actor, one.draft)
        again = review.undo if row.state is DraftState.APPROVED else review.reopen
        return again(Deciding(session, actor, one.draft, one.version, now))

    wanted = dict(targets)
    done = {id_: _try(back, wanted, ListedDraft(id_, wanted[id_], "")) for id_ in sorted(wanted)}
    return [done[id_] for id_ in wanted]
