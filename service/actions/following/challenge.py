"""Following through on a challenge: whether later revisions took up released points, and how commitments went.

Reads rows in one snapshot (`gather`), and compares words afterwards (`followed`), with no transaction open. Texts that
no machine may read are left out of the comparison, and counted.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from service.actions.following import pairs
from service.actions.following.pairs import NOTHING, Figure, Later, UptakeCounts
from service.actions.work import lens as work_lens
from service.actions.work.lens import Lens
from service.domain.drafts import DraftState
from service.domain.roles import Actor
from service.store import visible
from service.store.tables import CommitmentRow, DraftRow, Group, Submission
from service.store.tables.learners import CommitmentOutcome

MOST = 200
"""Pairs of revisions that are compared while somebody waits, the latest; the others are stored within the hour."""


@dataclass(frozen=True, slots=True)
class Promises:
    """Commitments of one group's learners on this challenge."""

    group: str
    kept: int
    partly: int
    other: int  # not kept, or changed
    overdue: int  # the day has passed, and nothing was said
    coming: int

    @property
    def all(self) -> int:
        return self.kept + self.partly + self.other + self.overdue + self.coming


@dataclass(frozen=True, slots=True)
class FollowingFacts:
    """`answered`: submissions with released feedback; `revised`: of these, those handed in again afterwards. `stored`
    was compared before; `later` is not yet, and is compared now."""

    lens: Lens
    groups: tuple[Group, ...]
    stored: Figure
    later: tuple[Later, ...]
    promises: tuple[Promises, ...]
    answered: int
    revised: int

    @property
    def barred(self) -> int:
        return self.stored.barred

    @property
    def left_out(self) -> int:
        """Pairs that are not compared yet, and not now either."""
        return self.stored.pending - len(self.later)


@dataclass(frozen=True, slots=True)
class Followed:
    """What became of the released points that ask for something, by (verdict, how sure), and the same by the month
    (2026-11) in which the later revision was handed in."""

    facts: FollowingFacts
    months: Mapping[str, UptakeCounts]

    @property
    def became(self) -> UptakeCounts:
        return pairs.summed(self.months)

    @property
    def points(self) -> int:
        return pairs.points_of(self.became)

    @property
    def taken_up(self) -> float | None:
        """Share taken up of those of which it can be told."""
        return pairs.share(self.became)


def gather(
    session: Session, actor: Actor, challenge: str, *, group: str | None = None, now: datetime
) -> FollowingFacts:
    """Of a challenge (external id) in the groups that the actor reviews. Raises NotFound; NotAllowed for a learner."""
    lens = work_lens.lens(session, actor, challenge, group=group)
    answered = session.scalar(
        select(func.count(Submission.id.distinct()))
        .join(DraftRow, DraftRow.submission_id == Submission.id)
        .where(*lens.here, ~visible.withdrawn(), DraftRow.state == DraftState.RELEASED)
    )
    revised = session.scalar(pairs.pairs(func.count(Submission.id.distinct())).where(*lens.here))
    stored = pairs.figures(session, lens.here).get(lens.challenge.id, NOTHING)
    return FollowingFacts(
        lens=lens,
        groups=tuple(work_lens.choices(session, lens)),
        stored=stored,
        later=tuple(pairs.texts(session, lens.here, MOST)) if stored.pending else (),
        promises=_promises(session, lens, now.date()),
        answered=answered or 0,
        revised=revised or 0,
    )


def _promises(session: Session, lens: Lens, today: date) -> tuple[Promises, ...]:
    rows = session.execute(
        select(Group.name, CommitmentRow.outcome, CommitmentRow.due_on, func.count())
        .join(Submission, Submission.id == CommitmentRow.submission_id)
        .join(Group, Group.id == Submission.group_id)
        .where(*lens.here, ~visible.withdrawn())
        .group_by(Group.name, CommitmentRow.outcome, CommitmentRow.due_on)
    )
    counts: dict[str, Counter[str]] = {}
    for name, outcome, due, number in rows:
        counts.setdefault(name, Counter())[_how(outcome, due, today)] += number
    return tuple(
        Promises(name, *(found[key] for key in ("kept", "partly", "other", "overdue", "coming")))
        for name, found in sorted(counts.items())
    )


def _how(outcome: CommitmentOutcome | None, due: date, today: date) -> str:
    if outcome is None:
        return "overdue" if due < today else "coming"
    return outcome.value if outcome in (CommitmentOutcome.KEPT, CommitmentOutcome.PARTLY) else "other"


def followed(facts: FollowingFacts) -> Followed:
    """What was stored, and what is compared now."""
    months = {month: Counter(counts) for month, counts in facts.stored.months.items()}
    for one in facts.later:
        if counts := pairs.compared(one):
            months.setdefault(one.month, Counter()).update(counts)
    return Followed(facts, dict(sorted(months.items())))
