"""Short ways to have points said on work and decided on, in the organization of `school`."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from pipelines import values
from pipelines.values import PointKind, SourceKind
from service.actions.approvals.deciding import Deciding
from service.actions.decisions import points
from service.actions.drafts import make
from service.actions.memory import opposed
from service.domain.roles import Actor
from service.store.tables import Challenge, DraftRow, PointRow
from tests.service.actions.school import NOW, hand_in

NEXT, STRENGTH, QUESTION = PointKind.NEXT_STEP, PointKind.STRENGTH, PointKind.QUESTION
QUIET = "No notes are taken during the visit."
HUSHED = "Nobody takes notes during the visit, because a pen makes everyone behave."
CARD = "A tally with two columns on a card takes no attention. What would its columns be?"
CARD_TOO = "A tally on a card with two columns takes no attention. What would its columns be?"
NATURAL = "Watching without a pen keeps the room natural."

Line = tuple[PointKind, str, str, str]
"""Kind, criterion, place, words."""


def ready(
    session: Session,
    platform: Actor,
    person: str,
    text: str,
    *lines: Line,
    id_: str = "",
    assessment: values.Assessment | None = None,
    now: datetime = NOW,
) -> DraftRow:
    """A draft of this person's work that waits for a facilitator, with these points."""
    row = hand_in(session, platform, person, text, id_=id_, now=now).draft
    assert row is not None
    assert make.begin(session, row.id, row.generation, now=now) is not None
    said = tuple(_point(text, *line) for line in lines)
    made = values.Draft(
        values.DraftOutcome.DRAFTED,
        "What to look for is open.",
        said,
        assessment,
        (),
        (),
        "rules",
        values.Usage(),
        "en",
    )
    assert make.finish(session, row.id, row.generation, made, now=now)
    session.refresh(row)
    return row


def _point(text: str, kind: PointKind, criterion: str, quote: str, words: str) -> values.Point:
    start = text.index(quote)
    own = values.Source(SourceKind.SUBMISSION, "revision@0-1", quote, start, start + len(quote))
    return values.Point(kind, words, quote, start, start + len(quote), (own,), criterion)


def first(row: DraftRow) -> PointRow:
    return min(row.points, key=lambda point: point.position)


def accept(session: Session, actor: Actor, row: DraftRow, *, now: datetime = NOW) -> DraftRow:
    return points.accept_point(Deciding(session, actor, row.id, row.version, now), point_id=first(row).id)


def compare(session: Session) -> None:
    """What the job does after decisions, for every challenge."""
    session.flush()
    for challenge in session.scalars(select(Challenge.id)).all():
        more = True
        while more:
            material = opposed.gather(session, challenge)
            opposed.keep(session, challenge, material, opposed.compared(material))
            more = material.more


def dismiss(
    session: Session, actor: Actor, row: DraftRow, note: str = "", *, code: str = "wrong", now: datetime = NOW
) -> DraftRow:
    """Dismiss the first point."""
    at = Deciding(session, actor, row.id, row.version, now)
    return points.dismiss_point(at, first(row).id, reason_code=code, note=note)
