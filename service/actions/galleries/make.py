"""A gallery's way through the machine: everything read in one transaction, thought about in none, stored in another.

Only works that may be shown to the learner as of now are handed to the machine, and they are looked at once more before
anything is stored. `generation` is the guard: whoever comes late changes nothing.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from pipelines.approaches import ApproachWork
from pipelines.texts.masking import HiddenPlace
from pipelines.values import Criterion
from service.actions.approvals import approving
from service.actions.challenges.as_it_stands import criteria_of
from service.actions.galleries import wanted
from service.actions.galleries.pool import as_works, candidates, language_of
from service.actions.galleries.review import by_policy
from service.actions.visibility.in_galleries import shared_now
from service.domain.events import Event
from service.domain.galleries import FEWEST, GalleryAct, GalleryActor, GalleryState, step
from service.domain.visibility import PeersShown, no_machine
from service.store import holding, judged_places
from service.store.tables import Challenge, DraftRow, Gallery, GalleryItem, Revision, Submission

LOOKED_AT: Final = 50
"""Galleries that are looked at again at a time; the next hand-in looks at what is left."""
TOO_FEW: Final = (
    "There are not yet two works that may be shown here and differ. "
    "It is looked at again by itself when more have handed in; or choose by hand."
)
GAVE_UP: Final = "gave_up"
"""Why a gallery is stuck whose job was given up."""
NEVER: Final = "This challenge's sharing policy lets nobody see others' work."


@dataclass(frozen=True, slots=True)
class GalleryMaking:
    """What a gallery is chosen from: plain values."""

    gallery: str
    own: ApproachWork
    candidates: tuple[ApproachWork, ...]
    language: str
    hidden: Mapping[str, tuple[HiddenPlace, ...]] = field(default_factory=dict)  # in candidates' own texts
    criteria: tuple[Criterion, ...] = ()
    quoted: Mapping[str, tuple[str, ...]] = field(default_factory=dict)  # by people, on each criterion


@dataclass(frozen=True, slots=True)
class Chosen:
    """One work that was chosen. `revision` is its id; `reasons` are (name, text) for the facilitator."""

    revision: str
    reasons: tuple[tuple[str, str], ...]
    marks: tuple[tuple[int, int], ...] = ()


@dataclass(frozen=True, slots=True)
class GalleryMade:
    """What was chosen, in the order of showing, and a comparison that quotes what stands at the marks."""

    chosen: tuple[Chosen, ...]
    comparison: str = ""
    own_marks: tuple[tuple[int, int], ...] = ()


def begin(session: Session, gallery_id: str, generation: int, *, now: datetime) -> GalleryMaking | None:
    """Read all that it is made from. None: nothing to do (any more), or that nothing can be done was told."""
    row = _wanted(session, gallery_id, generation)
    if row is None or not _still_may(session, row, now=now):
        return None
    revision = session.get_one(Revision, row.revision_id)
    challenge = session.get_one(Challenge, row.challenge_id)
    if challenge.sharing_peers is PeersShown.NEVER:
        wanted.stick(session, row, "peers_never", NEVER, now=now)
        return None
    found = candidates(session, row, challenge, now=now)
    read = as_works(session, row.organization_id, [revision.id, *found], own=revision.id)
    return GalleryMaking(
        row.id,
        read.works[revision.id],
        tuple(read.works[id_] for id_ in found),
        language_of(session, row, revision),
        read.hidden,
        criteria_of(challenge),
        judged_places.quoted(session, challenge.id),
    )


def _wanted(session: Session, gallery_id: str, generation: int) -> Gallery | None:
    row = session.get(Gallery, gallery_id, with_for_update={"key_share": True})
    if row is None or row.generation != generation or row.state is not GalleryState.SUGGESTED:
        return None
    return row


def _still_may(session: Session, row: Gallery, *, now: datetime) -> bool:
    """Whether a machine may read the learner's own text at this moment, whatever held when it was asked for."""
    may = holding.which_machines(session, session.get_one(Revision, row.revision_id))
    if may is None:
        wanted.end(row, now=now)
    elif no_machine(may):
        wanted.stick(session, row, "ai_none", wanted.NO_AI, now=now)
    return may is not None and not no_machine(may)


def finish(
    session: Session,
    gallery_id: str,
    generation: int,
    made: GalleryMade,
    *,
    undo: timedelta = approving.UNDO,
    now: datetime,
) -> bool:
    """Store what was chosen. False: no longer wanted, and nothing was changed.

    What may no longer be shown by now is left out, and the comparison with it if it quotes it.
    """
    row = _wanted(session, gallery_id, generation)
    if row is None:
        return False
    if not _still_may(session, row, now=now):
        return True
    put(session, row, made)
    here = shared_now(session, [row], now=now, texts=False)[row.id]
    gone = {work.item.revision_id for work in here.works if not work.shared}
    if gone:
        kept = tuple(one for one in made.chosen if one.revision not in gone)
        quoted = any(one.marks for one in made.chosen if one.revision in gone)
        put(session, row, GalleryMade(kept) if quoted else GalleryMade(kept, made.comparison, made.own_marks))
    if len(row.items) < FEWEST:
        put(session, row, GalleryMade(()))
        wanted.stick(session, row, wanted.TOO_FEW_CODE, TOO_FEW, now=now)
        return True
    wanted.touch(row, step(row.state, GalleryAct.FINISH, GalleryActor.MACHINE), now=now)
    row.reason_code, row.reason, row.ready_at = "", "", now
    wanted.tell(session, row, Event.GALLERY_READY, now=now)
    by_policy(session, row, undo=undo, now=now)
    return True


def put(session: Session, row: Gallery, made: GalleryMade) -> None:
    """These works and this comparison in the place of what was there."""
    row.items.clear()
    session.flush()
    authors = dict(
        session.execute(
            select(Revision.id, Submission.person_id)
            .join(Submission, Submission.id == Revision.submission_id)
            .where(Revision.id.in_([one.revision for one in made.chosen]))
        ).all()
    )
    for position, one in enumerate(made.chosen):
        row.items.append(
            GalleryItem(
                organization_id=row.organization_id,
                revision_id=one.revision,
                author_id=authors[one.revision],
                position=position,
                reasons=[{"why": why, "text": text} for why, text in one.reasons],
                marks=[list(mark) for mark in one.marks],
            )
        )
    row.comparison = row.drafted = made.comparison
    row.marks = [list(mark) for mark in made.own_marks]
    session.flush()


def look_again(session: Session, organization: str, challenge_id: str, *, now: datetime) -> int:
    """Have those galleries on a challenge (our id) made anew that lacked others' work, if there is enough of it now;
    how many. The others stay as they are, and nobody is told of them again."""
    challenge = session.get(Challenge, challenge_id)
    rows = session.scalars(wanted.lacking(organization, challenge_id).limit(LOOKED_AT)).all()
    made = 0
    for row in rows:
        submission = session.get_one(Submission, row.submission_id)
        if challenge is None or submission.withdrawn_at is not None:
            continue
        found = candidates(session, row, challenge, now=now)
        if len(found) >= FEWEST and _came_since(session, found, row.ready_at):
            revision = session.get_one(Revision, row.revision_id)
            wanted.want(session, submission, revision, GalleryActor.LEARNER, now=now)
            made += 1
    return made


def _came_since(session: Session, revisions: Sequence[str], at: datetime | None) -> bool:
    """Whether one of these came in after that: what was there then has been looked at."""
    came = select(DraftRow.id).where(DraftRow.revision_id.in_(revisions))
    return session.scalar((came if at is None else came.where(DraftRow.created_at >= at)).limit(1)) is not None


def fail(session: Session, gallery_id: str, generation: int, reason: str, *, now: datetime) -> bool:
    """Nothing could be chosen, for good: a facilitator is told why. False: no longer wanted."""
    row = _wanted(session, gallery_id, generation)
    if row is None:
        return False
    wanted.stick(session, row, GAVE_UP, reason, now=now)
    return True


def wait_again(session: Session, gallery_id: str, generation: int, *, now: datetime) -> None:
    """A job that was given up is taken up again: its gallery waits for it, unless a person has gone on meanwhile."""
    row = session.get(Gallery, gallery_id, with_for_update={"key_share": True})
    if row is None or row.generation != generation or (row.state, row.reason_code) != (GalleryState.STUCK, GAVE_UP):
        return
    wanted.touch(row, step(row.state, GalleryAct.REMAKE, GalleryActor.FACILITATOR), now=now)
    row.reason_code, row.reason, row.ready_at = "", "", None
