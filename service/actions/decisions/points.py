"""Decisions on single points: accept, edit, dismiss, add; and on the summary and the standing of the work."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from pipelines.values import PointKind, Source, SourceKind, Standing
from service.actions.approvals.deciding import Deciding
from service.actions.decisions.hold import decide, open_draft, revised, settle
from service.actions.drafts import outdated
from service.actions.drafts.points import current_points, source_row, standing_points
from service.actions.work import consequences
from service.domain.drafts import DraftAct, DraftActor, step
from service.domain.errors import Invalid, NotFound
from service.store.tables import Challenge, DraftRow, PointRow, PointState, Revision, SourceRow

MOST_POINTS = 3
"""Few, located, prioritized: the literature's and the product's rule; a person's own points count too."""


@dataclass(frozen=True, slots=True)
class PointWish:
    """A point of a person's own. `quote` must stand verbatim in the submission; empty is the submission as a whole."""

    kind: PointKind
    text: str
    quote: str = ""
    criterion: str = ""


def accept_point(at: Deciding, point_id: str, *, bulk: bool = False) -> DraftRow:
    """The point is good as it is drafted."""
    draft, point, person = _open_point(at, point_id)
    _taken_back(at.session, draft, point, at.now)
    decide(at.session, draft, person, "accept", now=at.now, point=point, before=point.text, after=point.text, bulk=bulk)
    settle(point, PointState.EDITED if point.text != point.drafted else PointState.ACCEPTED, person, at.now)
    return revised(draft, at.now)


def edit_point(at: Deciding, point_id: str, *, text: str, bulk: bool = False) -> DraftRow:
    """The point says this instead. Both wordings are kept."""
    if not text.strip():
        raise Invalid("A point needs words. To take it out, dismiss it.")
    draft, point, person = _open_point(at, point_id)
    _taken_back(at.session, draft, point, at.now)
    decide(at.session, draft, person, "edit", now=at.now, point=point, before=point.text, after=text, bulk=bulk)
    point.text = text
    outdated.reworded(at.session, draft, point)
    settle(point, PointState.EDITED if point.drafted else PointState.ADDED, person, at.now)
    return revised(draft, at.now)


def dismiss_point(at: Deciding, point_id: str, *, reason_code: str, note: str = "", bulk: bool = False) -> DraftRow:
    """The point goes, and neither it nor its near-twins come back on this challenge."""
    draft, point, person = _open_point(at, point_id)
    why = {"reason_code": reason_code, "note": note}
    decide(at.session, draft, person, "dismiss", now=at.now, point=point, before=point.text, **why, bulk=bulk)
    settle(point, PointState.DISMISSED, person, at.now)
    point.reason_code, point.reason = reason_code, note
    outdated.settled(at.session, draft)
    consequences.sync(at.session, draft.organization_id, [point.id], now=at.now)
    return revised(draft, at.now)


def _taken_back(session: Session, draft: DraftRow, point: PointRow, now: datetime) -> None:
    """If this takes a dismissal back, the point is no example any more of what is not to be said, in the index neither.

    Raises Invalid if it would be a fourth point.
    """
    if point.state is PointState.DISMISSED:
        _room_for_one(draft)
        point.reason_code = point.reason = ""
        consequences.sync(session, point.organization_id, [point.id], now=now)


def add_point(at: Deciding, *, wish: PointWish) -> DraftRow:
    """A person's own point. Raises Invalid for a quotation that is not there, a fourth point, an unknown criterion."""
    draft, person = open_draft(at)
    step(draft.state, DraftAct.REVISE, DraftActor.FACILITATOR)
    _room_for_one(draft)
    point = own_point(at.session, draft, wish, position=_next_position(draft))
    settle(point, PointState.ADDED, person, at.now)
    decide(at.session, draft, person, "add", now=at.now, point=point, after=point.text)
    return revised(draft, at.now)


def _room_for_one(draft: DraftRow) -> None:
    if len(standing_points(draft)) >= MOST_POINTS:
        raise Invalid(f"At most {MOST_POINTS} points reach a learner. Dismiss one first.")


def own_point(session: Session, draft: DraftRow, wish: PointWish, *, position: int) -> PointRow:
    """Store a person's own point, resting on the submission and, if named, the criterion."""
    if not wish.text.strip():
        raise Invalid("A point needs words.")
    challenge = session.get_one(Challenge, draft.challenge_id)
    criterion = next((c for c in challenge.criteria if c.key == wish.criterion), None)
    if wish.criterion and criterion is None:
        raise Invalid(f"This challenge has no criterion '{wish.criterion}'.")
    text = session.get_one(Revision, draft.revision_id).text
    start = text.find(wish.quote)
    if start < 0:
        raise Invalid("The quotation is not in the submission. Copy it from there, letter for letter.")
    quote = wish.quote or text
    point = PointRow(
        organization_id=draft.organization_id,
        draft_id=draft.id,
        generation=draft.generation,
        position=position,
        kind=wish.kind,
        criterion=wish.criterion,
        text=wish.text,
        drafted="",
        quote=wish.quote,
        start=start,
        end=start + len(quote),
    )
    point.sources = [_own_source(draft, point)]
    if criterion is not None:
        point.sources.append(_criterion_source(draft, criterion.key, criterion.text))
    draft.points.append(point)
    session.flush()
    return point


def _own_source(draft: DraftRow, point: PointRow) -> SourceRow:
    passage = f"{draft.revision_id}@{point.start}-{point.end}"
    return source_row(
        draft.organization_id, 0, Source(SourceKind.SUBMISSION, passage, point.quote, point.start, point.end)
    )


def _criterion_source(draft: DraftRow, key: str, text: str) -> SourceRow:
    return source_row(draft.organization_id, 1, Source(SourceKind.CRITERION, key, title=text))


def _next_position(draft: DraftRow) -> int:
    return 1 + max((point.position for point in current_points(draft)), default=-1)


def set_summary(at: Deciding, *, text: str) -> DraftRow:
    """The one-line summary says this instead."""
    draft, person = open_draft(at)
    step(draft.state, DraftAct.REVISE, DraftActor.FACILITATOR)
    decide(at.session, draft, person, "summary", now=at.now, before=draft.summary, after=text)
    draft.summary = text
    return revised(draft, at.now)


def judge(
    at: Deciding,
    *,
    standing: Standing | None = None,
    score: float | None = None,
    criteria: Mapping[str, Standing] | None = None,
) -> DraftRow:
    """How the submission stands, in the facilitator's eyes. The learner is not shown it; assessment learns from it."""
    draft, person = open_draft(at)
    step(draft.state, DraftAct.REVISE, DraftActor.FACILITATOR)
    keep_judgement(at.session, draft, standing=standing, score=score, criteria=criteria or {})
    decide(at.session, draft, person, "judge", now=at.now, after=standing.value if standing else "")
    return revised(draft, at.now)


def keep_judgement(
    session: Session,
    draft: DraftRow,
    *,
    standing: Standing | None,
    score: float | None,
    criteria: Mapping[str, Standing],
) -> None:
    """Store a facilitator's judgement. Raises Invalid for an unknown criterion or a score outside 0 to 1."""
    known = {criterion.key for criterion in session.get_one(Challenge, draft.challenge_id).criteria}
    unknown = sorted(set(criteria) - known)
    if unknown:
        raise Invalid(f"This challenge has no criterion '{unknown[0]}'.")
    if score is not None and not 0 <= score <= 1:
        raise Invalid("A score is a share of full marks, from 0 to 1.")
    draft.standing = standing or draft.standing
    draft.score = score if score is not None else draft.score
    draft.judgements = {**draft.judgements, **{key: value.value for key, value in criteria.items()}}


def _open_point(at: Deciding, point_id: str) -> tuple[DraftRow, PointRow, str]:
    draft, person = open_draft(at)
    step(draft.state, DraftAct.REVISE, DraftActor.FACILITATOR)
    point = next((point for point in current_points(draft) if point.id == point_id), None)
    if point is None:
        raise NotFound
    return draft, point, person
