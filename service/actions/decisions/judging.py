"""A person reads how work stands on its criteria, and feedback is composed from that at once.

What the person wrote, edited or decided on stays as it is; what was composed before is composed anew. The learner is
shown nothing of it before it is approved like any draft.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from pipelines import values
from pipelines.disputed import DIFFER
from pipelines.drafting import judged
from pipelines.ports import LanguageModel
from pipelines.values import Band, Draft, PointKind, Standing
from pipelines.verification import verify
from service.actions.approvals.deciding import Deciding
from service.actions.decisions.hold import decide, open_draft
from service.actions.decisions.points import MOST_POINTS
from service.actions.drafts import make, sheets
from service.actions.drafts.points import current_points, standing_points
from service.actions.work import consequences
from service.domain.drafts import DraftAct, DraftActor, step
from service.domain.errors import Invalid
from service.store.tables import (
    Challenge,
    CriterionReadingRow,
    Decision,
    DraftRow,
    FindingRow,
    PointRow,
    PointState,
    Revision,
)


@dataclass(frozen=True, slots=True)
class CriterionReadingWish:
    """How the work stands on a criterion. `quote` are words of the work where that shows, `start` about where they
    begin if they stand there more than once. `start` to `end` without a quote is that passage; `nowhere`: it shows
    nowhere. With none of these the sheet's place holds."""

    criterion: str
    standing: Standing
    quote: str = ""
    start: int | None = None
    end: int | None = None
    nowhere: bool = False


def read(at: Deciding, wishes: Sequence[CriterionReadingWish], drafter: LanguageModel | None) -> DraftRow:
    """The work stands as these say, and as nobody says on all other criteria.

    Raises Invalid for an unknown criterion, one that is named twice, or words that are not in the work.
    """
    draft, person = open_draft(at)
    state = step(draft.state, DraftAct.JUDGE, DraftActor.FACILITATOR)
    _keep(at, draft, person, wishes)
    _recompose(at, draft, drafter)
    said = ", ".join(f"{one.criterion}: {one.standing.value}" for one in draft.readings)
    decide(at.session, draft, person, "judge", now=at.now, after=said)
    draft.ready_at = draft.ready_at or at.now
    consequences.learn_later(at.session, draft.organization_id, now=at.now)
    consequences.touch(draft, state, now=at.now)
    return draft


def read_one(
    at: Deciding, criterion: str, wish: CriterionReadingWish | None, drafter: LanguageModel | None
) -> DraftRow:
    """The same for one criterion, the others staying as they are read; None takes back what was said of it."""
    draft, _ = open_draft(at)
    others = [_as_kept(one) for one in draft.readings if one.criterion != criterion]
    return read(at, [*others, *([wish] if wish else [])], drafter)


def _as_kept(row: CriterionReadingRow) -> CriterionReadingWish:
    return CriterionReadingWish(row.criterion, row.standing, start=row.start, end=row.end, nowhere=row.start is None)


def _keep(at: Deciding, draft: DraftRow, person: str, wishes: Sequence[CriterionReadingWish]) -> None:
    """Store the readings; what is read as before keeps who read it so, and when."""
    known = {one.key for one in at.session.get_one(Challenge, draft.challenge_id).criteria}
    wanted = {wish.criterion: wish for wish in wishes}
    if len(wanted) != len(wishes):
        raise Invalid("A criterion is read once. Name each one time.")
    if unknown := sorted(wanted.keys() - known):
        raise Invalid(f"This challenge has no criterion '{unknown[0]}'.")
    text = at.session.get_one(Revision, draft.revision_id).text
    lines = sheets.lines(draft)
    there = {row.criterion: row for row in draft.readings}
    for key in there.keys() - wanted.keys():
        draft.readings.remove(there[key])
    for key, wish in wanted.items():
        row = there.get(key) or CriterionReadingRow(organization_id=draft.organization_id, criterion=key)
        place = _place(wish, text, there.get(key), lines.get(key))
        if (row.standing, row.start, row.end) != (wish.standing, *place):
            row.standing, (row.start, row.end) = wish.standing, place
            row.person_id, row.read_at = person, at.now
        if key not in there:
            draft.readings.append(row)
    left = {key: said for key, said in draft.judgements.items() if key not in there}
    draft.judgements = {**left, **{key: wish.standing.value for key, wish in wanted.items()}}
    at.session.flush()


Where = tuple[int, int] | tuple[None, None]
NOWHERE: Where = (None, None)


def _place(
    wish: CriterionReadingWish, text: str, kept: CriterionReadingRow | None, line: values.SheetLine | None
) -> Where:
    """Where the person says that it shows: the words given, else where it was read before, else the sheet's place."""
    if wish.standing is Standing.CANNOT_TELL:
        raise Invalid("A reading is met, partly or not yet. Leave out what you cannot tell.")
    if wish.nowhere:
        return NOWHERE
    if wish.quote:
        return _nearest(wish.quote, text, wish.start or 0)
    if wish.start is not None and wish.end is not None:
        if not wish.start < wish.end <= len(text):
            raise Invalid("The place is not in the work: it begins before it ends, and ends with the work at most.")
        return wish.start, wish.end
    if kept is not None and kept.start is not None and kept.end is not None:
        return kept.start, kept.end
    return (line.places[0].start, line.places[0].end) if line and line.places else NOWHERE


def _nearest(quote: str, text: str, near: int) -> Where:
    """Where these words stand, of several places the one nearest to `near`."""
    quote = quote.strip()
    places, at = [], text.find(quote) if quote else -1
    while at >= 0:
        places.append(at)
        at = text.find(quote, at + 1)
    if not places:
        raise Invalid("The marked words are not in the work. Mark them there, or copy them letter for letter.")
    start = min(places, key=lambda one: abs(one - near))
    return start, start + len(quote)


def _recompose(at: Deciding, draft: DraftRow, drafter: LanguageModel | None) -> None:
    """Bring points and summary to what was read; without a drafter a person writes them."""
    if drafter is None:
        return
    session = at.session
    challenge = session.get_one(Challenge, draft.challenge_id)
    task = make.task(session, draft, challenge, now=at.now)
    evidence = sheets.evidence(session, draft, task.scope)
    readings = sheets.said(draft)
    _drop(session, draft, {one.criterion: one.standing for one in readings})
    done = {point.criterion for point in current_points(draft) if point.criterion}
    whole = judged.compose(task, evidence, readings, drafter, verify)
    open_ = [one for one in readings if one.criterion not in done]
    made = whole if len(open_) == len(readings) else judged.compose(task, evidence, open_, drafter, verify)
    _make_room(session, draft, len(made.points), {one.criterion for one in readings})
    _add(session, draft, made, MOST_POINTS - len(standing_points(draft)))
    if not _own_summary(session, draft):
        draft.summary = whole.summary if standing_points(draft) else ""
    draft.model, draft.language = draft.model or whole.model, draft.language or whole.language
    draft.band = _band(standing_points(draft))
    draft.reason_code, draft.reason = ("", "") if standing_points(draft) else ("nothing_composed", NOTHING_COMPOSED)
    session.flush()


NOTHING_COMPOSED = "Nothing was composed from what you judged so far. Judge on, or add a point of your own."


def _drop(session: Session, draft: DraftRow, read: Mapping[str, Standing]) -> None:
    """What was composed goes, and what a machine drafted that a person reads otherwise; what a person decided stays,
    and what is said of documents."""
    kept = (PointState.PROPOSED,)
    for point in current_points(draft):
        if point.state in kept and (point.composed or contradicts(point.kind, read.get(point.criterion))):
            draft.points.remove(point)
    own = (FindingRow.draft_id == draft.id, FindingRow.generation == draft.generation, FindingRow.point_id.is_(None))
    session.execute(delete(FindingRow).where(*own, FindingRow.code != DIFFER))
    session.flush()
    session.expire(draft, ["findings"])


def contradicts(kind: PointKind, standing: Standing | None) -> bool:
    """Whether a point of this kind says otherwise than that the work stands so."""
    if standing is None or standing is Standing.CANNOT_TELL:
        return False
    return (kind is PointKind.STRENGTH) is not (standing is Standing.MET)


def _make_room(session: Session, draft: DraftRow, wanted: int, read: Iterable[str]) -> None:
    """What a machine drafted on criteria that nobody read gives way to what a person said, the last first."""
    others = [point for point in standing_points(draft) if point.state is PointState.PROPOSED]
    others = [point for point in others if point.criterion not in set(read)]
    while others and MOST_POINTS - len(standing_points(draft)) < wanted:
        draft.points.remove(others.pop())
    session.flush()


def _add(session: Session, draft: DraftRow, made: Draft, room: int) -> None:
    position = 1 + max((point.position for point in current_points(draft)), default=-1)
    for number, point in enumerate(made.points[: max(0, room)]):
        make.keep_point(session, draft, position + number, point, composed=True)
    session.flush()
    session.expire(draft, ["points"])


def _own_summary(session: Session, draft: DraftRow) -> bool:
    """Whether a person wrote the summary since it was drafted last."""
    acts = select(Decision.act).where(Decision.draft_id == draft.id, Decision.act.in_(("summary", "redraft")))
    return session.scalar(acts.order_by(Decision.at.desc(), Decision.id.desc()).limit(1)) == "summary"


def _band(points: Iterable[PointRow]) -> Band | None:
    order = (Band.LOW, Band.MEDIUM, Band.HIGH)
    return min((point.band for point in points if point.band is not None), key=order.index, default=None)
