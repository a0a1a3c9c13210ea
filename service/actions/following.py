"""Following through on a challenge: whether later revisions took up released points, and how commitments went.

Reads rows in one snapshot (`gather`), and compares words afterwards (`followed`), with no transaction open. Texts that
no machine may read are left out of the comparison, and counted.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session, aliased

from pipelines.values import AI, Band, PointKind
from pipelines.wording import language_of
from service.actions import overview_lens
from service.actions.overview_lens import Lens
from service.domain.review import State
from service.domain.roles import Actor
from service.domain.uptake import Said, Verdict, uptake
from service.domain.worddiff import words
from service.store.tables import (
    Approval,
    CommitmentRow,
    Consent,
    DraftRow,
    Group,
    Release,
    Revision,
    Submission,
)
from service.store.tables.learners import Outcome

MOST = 200
"""Pairs of revisions that are compared, the latest; more make the figure no surer, and the reader wait."""


@dataclass(frozen=True, slots=True)
class Later:
    """A revision with released points, and the one that came after it."""

    before: str
    after: str
    language: str
    points: tuple[Said, ...]


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
class Facts:
    """`answered`: submissions with released feedback; `revised`: of these, those handed in again afterwards."""

    lens: Lens
    groups: tuple[Group, ...]
    later: tuple[Later, ...]
    promises: tuple[Promises, ...]
    answered: int
    revised: int
    barred: int


@dataclass(frozen=True, slots=True)
class Followed:
    """What became of the released points that ask for something, by (verdict, how sure). `points` is their number."""

    facts: Facts
    points: int
    became: Mapping[tuple[Verdict, Band], int]

    def count(self, verdict: Verdict) -> int:
        return sum(number for (found, _), number in self.became.items() if found is verdict)

    @property
    def taken_up(self) -> float | None:
        """Share taken up of those of which it can be told."""
        told = self.points - self.count(Verdict.CANNOT_TELL)
        return self.count(Verdict.TAKEN_UP) / told if told else None


def gather(session: Session, actor: Actor, challenge: str, *, group: str | None = None, now: datetime) -> Facts:
    """Of a challenge (external id) in the groups that the actor reviews. Raises NotFound; NotAllowed for a learner."""
    lens = overview_lens.lens(session, actor, challenge, group=group)
    rows = _pairs(session, lens)
    answered = session.scalar(
        select(func.count(Submission.id.distinct()))
        .join(DraftRow, DraftRow.submission_id == Submission.id)
        .where(*lens.here, Submission.withdrawn_at.is_(None), DraftRow.state == State.RELEASED)
    )
    readable = [row for row in rows if not row.barred]
    return Facts(
        lens=lens,
        groups=tuple(overview_lens.choices(session, lens)),
        later=tuple(_later(row) for row in readable[:MOST]),
        promises=_promises(session, lens, now.date()),
        answered=answered or 0,
        revised=len({row.submission for row in rows}),
        barred=len(rows) - len(readable),
    )


def _pairs(session: Session, lens: Lens) -> Sequence[Any]:
    """Each revision whose feedback stands, with what was released last on it and the next one; the latest first."""
    new = aliased(Revision)
    rows = session.execute(
        select(
            Submission.id.label("submission"),
            DraftRow.id.label("draft"),
            Revision.text.label("before"),
            new.text.label("after"),
            new.language,
            Approval.body,
            or_(Revision.ai == AI.NONE, new.ai == AI.NONE, Consent.ai == AI.NONE).label("barred"),
        )
        .select_from(Release)
        .join(Approval, Approval.id == Release.approval_id)
        .join(DraftRow, DraftRow.id == Release.draft_id)
        .join(Revision, Revision.id == DraftRow.revision_id)
        .join(Submission, Submission.id == Revision.submission_id)
        .join(new, (new.submission_id == Submission.id) & (new.number == Revision.number + 1))
        .join(Consent, Consent.person_id == Submission.person_id)
        .where(
            *lens.here,
            Submission.withdrawn_at.is_(None),
            Release.retracted_at.is_(None),
            DraftRow.state == State.RELEASED,
        )
        .order_by(new.submitted_at.desc(), new.id, Release.released_at.desc(), Release.id.desc())
    )
    latest: dict[str, Any] = {}
    for row in rows:
        latest.setdefault(row.draft, row)
    return list(latest.values())


def _later(row: Any) -> Later:
    language = (row.language or language_of(row.after)).partition("-")[0].lower()
    points = (Said(PointKind(one["kind"]), one["text"], one["quote"]) for one in row.body["points"])
    return Later(row.before, row.after, language, tuple(one for one in points if one.kind is not PointKind.STRENGTH))


def _promises(session: Session, lens: Lens, today: date) -> tuple[Promises, ...]:
    rows = session.execute(
        select(Group.name, CommitmentRow.outcome, CommitmentRow.due_on, func.count())
        .join(Submission, Submission.id == CommitmentRow.submission_id)
        .join(Group, Group.id == Submission.group_id)
        .where(*lens.here, Submission.withdrawn_at.is_(None))
        .group_by(Group.name, CommitmentRow.outcome, CommitmentRow.due_on)
    )
    counts: dict[str, Counter[str]] = {}
    for name, outcome, due, number in rows:
        counts.setdefault(name, Counter())[_how(outcome, due, today)] += number
    return tuple(
        Promises(name, *(found[key] for key in ("kept", "partly", "other", "overdue", "coming")))
        for name, found in sorted(counts.items())
    )


def _how(outcome: Outcome | None, due: date, today: date) -> str:
    if outcome is None:
        return "overdue" if due < today else "coming"
    return outcome.value if outcome in (Outcome.KEPT, Outcome.PARTLY) else "other"


def followed(facts: Facts) -> Followed:
    """Compares words, not meanings; see `domain.uptake` for how sure that is."""
    became: Counter[tuple[Verdict, Band]] = Counter()
    for one in facts.later:
        pieces = tuple(words(one.before, one.after)) if one.points else ()
        for said in one.points:
            found = uptake(said, pieces, language=one.language)
            became[found.verdict, found.sure] += 1
    return Followed(facts, sum(became.values()), dict(became))
