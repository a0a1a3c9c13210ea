"""Which decisions of a challenge contradict each other, found in the background and kept for whoever looks.

Each decided point is compared once with every other one of its criterion, in the run that finds it new or changed; what
was compared is stamped, so that a decision costs one pass over the others and never all pairs anew. Points that are not
decided any more lose their stamp and are compared again if they come back. Keeps ids, never words.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import delete, or_, select
from sqlalchemy.orm import Session

from service.actions.memory.decided import RememberedPoint, decided
from service.domain.memory.consistency import ContradictionKind, SaidPoint, clashes
from service.domain.texts import digest
from service.store import find, jobs, visible
from service.store.tables import (
    Challenge,
    Consent,
    DraftRow,
    OpposedDecisions,
    PointCompared,
    PointRow,
    Revision,
    Submission,
)

AT_ONCE: Final = 50
"""Points compared between two transactions, each with at most MOST_DECIDED others: about a second at the most."""

ContradictingPairs = Sequence[tuple[SaidPoint, SaidPoint, ContradictionKind]]


@dataclass(frozen=True, slots=True)
class Material:
    """Decided points that are new or have changed, some at a time, and those they are compared with; `gone` were
    compared once and count no more; `more` of the new ones wait for the next step."""

    new: tuple[RememberedPoint, ...] = ()
    known: tuple[RememberedPoint, ...] = ()
    gone: frozenset[str] = frozenset()
    more: bool = False


def want(session: Session, organization: str | None = None, *, now: datetime) -> int:
    """Queue a job for each challenge with decided points that were never compared; how many have some."""
    rows = session.execute(
        select(DraftRow.organization_id, DraftRow.challenge_id)
        .join(PointRow, PointRow.draft_id == DraftRow.id)
        .join(Revision, Revision.id == DraftRow.revision_id)
        .join(Submission, Submission.id == DraftRow.submission_id)
        .join(Consent, Consent.person_id == Submission.person_id)
        .outerjoin(PointCompared, PointCompared.point_id == PointRow.id)
        .where(
            find.within(DraftRow.organization_id, organization),
            visible.machines_may(),
            visible.decided(),
            PointCompared.point_id.is_(None),
        )
        .distinct()
    ).all()
    for organization, challenge in rows:
        jobs.enqueue(
            session,
            organization=organization,
            kind="oppose",
            subject=challenge,
            now=now,
            dedupe=f"oppose:{challenge}",
            priority=-10,
        )
    return len(rows)


def gather(session: Session, challenge: str) -> Material:
    """What of a challenge (our id) is to be compared next."""
    row = session.get(Challenge, challenge)
    if row is None:
        return Material()
    stamps = _stamps(session, challenge)
    there = decided(session, row)
    new = [one for one in there if stamps.get(one.said.point) != _stamp(one.said)]
    fresh = {one.said.point for one in new}
    return Material(
        new=tuple(new[:AT_ONCE]),
        known=tuple(one for one in there if one.said.point not in fresh),
        gone=frozenset(stamps.keys() - {one.said.point for one in there}),
        more=len(new) > AT_ONCE,
    )


def _stamps(session: Session, challenge: str) -> dict[str, str]:
    rows = session.execute(
        select(PointCompared.point_id, PointCompared.stamp)
        .join(PointRow, PointRow.id == PointCompared.point_id)
        .join(DraftRow, DraftRow.id == PointRow.draft_id)
        .where(DraftRow.challenge_id == challenge)
    )
    return {point: stamp for point, stamp in rows}  # noqa: C416  typed


def _stamp(said: SaidPoint) -> str:
    return digest(repr(said))


def compared(material: Material) -> ContradictingPairs:
    """The contradictions among the new ones and of them with the others."""
    return list(clashes([one.said for one in material.new], [one.said for one in material.known]))


def keep(session: Session, challenge: str, material: Material, pairs: ContradictingPairs) -> None:
    """Store what was found of points that are still there; what was found of the new ones before is dropped."""
    row = session.scalar(select(Challenge).where(Challenge.id == challenge).with_for_update(key_share=True))
    if row is None:  # held: two jobs side by side may have compared the same
        return
    there = _there(session, material)
    new = {one.said.point: one for one in material.new if one.said.point in there}
    session.execute(delete(PointCompared).where(PointCompared.point_id.in_({*new, *material.gone})))
    session.execute(
        delete(OpposedDecisions).where(or_(OpposedDecisions.first_id.in_(new), OpposedDecisions.second_id.in_(new)))
    )
    session.add_all(
        PointCompared(point_id=id_, organization_id=row.organization_id, stamp=_stamp(one.said))
        for id_, one in new.items()
    )
    at = {one.said.point: one.at for one in (*material.new, *material.known)}
    for pair in {tuple(sorted((a.point, b.point))) for a, b, _ in pairs}:
        if there.issuperset(pair):
            session.add(_opposed(row, *pair, at=max(at[point] for point in pair)))
    session.flush()


def _there(session: Session, material: Material) -> set[str]:
    """Of all that was compared, what was not erased meanwhile."""
    ids = [one.said.point for one in (*material.new, *material.known)]
    return set(session.scalars(select(PointRow.id).where(PointRow.id.in_(ids))))


def _opposed(challenge: Challenge, first: str, second: str, *, at: datetime) -> OpposedDecisions:
    return OpposedDecisions(
        first_id=first,
        second_id=second,
        organization_id=challenge.organization_id,
        challenge_id=challenge.id,
        at=at,
    )
