"""What changed from one revision to the next, and which points of the earlier feedback were taken up."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy.orm import Session

from pipelines.values import PointKind
from service.actions.decisions.release import readable
from service.actions.work import submit
from service.domain.errors import NotFound
from service.domain.following.uptake import AskingPoint, ComparedPoint, spoken, uptake
from service.domain.roles import Actor
from service.domain.texts.worddiff import DiffPiece, words


@dataclass(frozen=True, slots=True)
class PointUptake:
    """A point released on the earlier revision, and what became of it in the later one."""

    id: str
    kind: PointKind
    text: str
    quote: str
    became: ComparedPoint


@dataclass(frozen=True, slots=True)
class Changes:
    """Two revisions by number, the pieces from one to the other, and what became of the earlier one's points."""

    before: int
    after: int
    pieces: tuple[DiffPiece, ...]
    points: tuple[PointUptake, ...]


def changes(
    session: Session, actor: Actor, external_id: str, *, after: int | None = None, before: int | None = None
) -> Changes:
    """From revision `before` (the one just before `after`) to `after` (the latest), for who may read the submission.

    Raises NotFound: also where there is no earlier revision, and where the submission was taken back.
    """
    submission = submit.get(session, actor, external_id)
    last = after if after is not None else submission.latest
    first = before if before is not None else last - 1
    new = submit.revision_of(session, submission, last) if last >= 1 else None
    old = submit.revision_of(session, submission, first) if first >= 1 else None
    if submission.withdrawn_at is not None or old is None or new is None or first >= last:
        raise NotFound("There are no two such revisions to compare.")
    pieces = tuple(words(old.text, new.text))
    language = spoken(new.language, new.text)
    said = next((one for one in readable(session, submission) if one.revision.id == old.id), None)
    points = said.approval.body["points"] if said else []
    return Changes(first, last, pieces, tuple(_became(point, pieces, language) for point in points))


def _became(point: dict[str, str], pieces: tuple[DiffPiece, ...], language: str) -> PointUptake:
    kind = PointKind(point["kind"])
    found = uptake(AskingPoint(kind, point["text"], point["quote"]), pieces, language=language)
    return PointUptake(point["id"], kind, point["text"], point["quote"], found)
