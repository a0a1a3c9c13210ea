"""Ten thousand drafts that wait, laid straight into a database: to have a machine draft them would take hours.

The rows are of the sizes that drafting leaves: some 250 words of work, three points with their sources, an assessment,
twenty pieces of evidence, and the prompt where a model was asked. One in ten is nearly the same work as another.
"""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from pipelines.values import Band, PointKind, Shelf, SourceKind
from service.domain.drafts import DraftState
from service.domain.ids import new_id
from service.domain.texts import digest
from service.domain.texts.likeness import sketch
from service.store.tables import (
    Base,
    Challenge,
    Consent,
    DraftRow,
    FindingRow,
    Group,
    Organization,
    Person,
    PointRow,
    Revision,
    Sketch,
    SourceRow,
    Submission,
)

VOCABULARY = (
    *("we", "our", "team", "pairs", "visits", "lesson", "question", "notes", "before", "after", "meeting", "week"),
    *("term", "observe", "look", "write", "share", "plan", "students", "colleague", "room", "time", "minutes", "agree"),
    *("report", "ask", "try", "keep", "change", "when", "where", "because", "first", "then", "two", "each"),
)
AT_ONCE = 1000
ONE_IN = 10
KINDS = (PointKind.STRENGTH, PointKind.NEXT_STEP, PointKind.QUESTION)


@dataclass
class WaitingDrafts:
    """What all rows share. `last` is the work laid before, and the draft that is the first of its kind."""

    organization: str
    groups: Sequence[str]
    challenges: Sequence[str]
    now: datetime
    dice: random.Random
    last: tuple[str, str, str, str] = ("", "", "", "")  # text, challenge, draft, shuffle


Rows = dict[type[Base], list[dict[str, Any]]]


def lay(session: Session, organization: str, count: int) -> None:
    """So many drafts in the organization (external id), spread over its groups and challenges."""
    of = session.scalars(select(Organization.id).where(Organization.external_id == organization)).one()
    groups, challenges = (
        session.scalars(select(model.id).where(model.organization_id == of)).all() for model in (Group, Challenge)
    )
    made = WaitingDrafts(of, groups, challenges, datetime.now(UTC), random.Random(1))
    for start in range(0, count, AT_ONCE):
        rows: Rows = {}
        for at in range(start, min(count, start + AT_ONCE)):
            for model, row in _one(made, at):
                rows.setdefault(model, []).append({"organization_id": of, **row})
        for model, some in rows.items():
            session.execute(insert(model), some)


def _one(made: WaitingDrafts, at: int) -> Iterator[tuple[type[Base], dict[str, Any]]]:
    """Everything of one learner, in the order in which rows need one another."""
    dice, at_time = made.dice, made.now - timedelta(minutes=made.dice.randint(0, 30 * 24 * 60))
    person, submission, revision, draft = new_id(), new_id(), new_id(), new_id()
    text, challenge, first, shuffle = _work(made, at, draft)
    group = dice.choice(made.groups)
    yield Person, {"id": person, "external_id": f"laid-{at}", "name": f"Learner {at}", "created_at": at_time}
    yield Consent, {"person_id": person, "changed_at": at_time}
    handed_in = {"challenge_id": challenge, "person_id": person, "group_id": group, "created_at": at_time}
    yield Submission, {"id": submission, "external_id": f"laid-{at}", **handed_in}
    yield (
        Revision,
        {
            "id": revision,
            "submission_id": submission,
            "number": 1,
            "text": text,
            "text_hash": digest(text),
            "submitted_at": at_time,
        },
    )
    of = {"revision_id": revision, "submission_id": submission, "challenge_id": challenge, "group_id": group}
    yield DraftRow, {"id": draft, **of, **_draft(dice, at), "shuffle": shuffle, **_times(at_time)}
    for position, kind in enumerate(KINDS):
        yield from _point(draft, revision, text, position, kind)
    if at % 5 == 0:
        yield FindingRow, {"id": new_id(), "draft_id": draft, "generation": 1, "code": "long", "message": "Too long."}
    yield Sketch, {"draft_id": draft, "challenge_id": challenge, "first_id": first, "data": sketch(text)}


def _work(made: WaitingDrafts, at: int, draft: str) -> tuple[str, str, str, str]:
    """A text, its challenge, the draft that is the first on such work, and its place in the order."""
    dice = made.dice
    if at % ONE_IN == 0 and made.last[0]:
        text, challenge, first, shuffle = made.last
        return f"{text} Number {at}.", challenge, first, shuffle
    text = " ".join(dice.choices(VOCABULARY, k=dice.randint(150, 350)))
    made.last = (text, dice.choice(made.challenges), draft, f"{dice.getrandbits(64):016x}")
    return made.last


def _times(at: datetime) -> dict[str, datetime]:
    return {"created_at": at, "changed_at": at, "ready_at": at}


def _draft(dice: random.Random, at: int) -> dict[str, Any]:
    stands = {"standing": "partly", "confidence": 0.7, "chance": 0.6, "agreeing": 2, "start": 0, "end": 9}
    criteria = [{"criterion": f"k{number}", "evidence": 0.4, **stands} for number in range(1, 5)]
    found = {"shelf": Shelf.PRECEDENTS.value, "dense": 0.5, "lexical": 0.5, "fused": 0.5}
    stuck = at % 20 == 0
    return {
        "state": DraftState.STUCK if stuck else DraftState.READY,
        "reason": "No point stood up to checking. Please write the feedback yourself." if stuck else "",
        "band": dice.choice(list(Band)),
        "summary": "Who and when are clear; what will be looked for is still open.",
        "assessment": {"overall": {"criterion": "", **stands}, "abstained": False, "criteria": criteria},
        "evidence": [{"label": f"E{number}", "id": f"k{number}", **found} for number in range(20)],
        "model": "rules",
        "prompt_rendered": "Read this. " * 550 if at % 2 else "",
    }


def _point(
    draft: str, revision: str, text: str, position: int, kind: PointKind
) -> Iterator[tuple[type[Base], dict[str, Any]]]:
    point, start = new_id(), 40 * position
    quote = text[start : start + 30]
    said = "You say when you will visit; a reader cannot tell yet what you will look for. Which one question is it?"
    place = {"quote": quote, "start": start, "end": start + 30}
    yield (
        PointRow,
        {
            "id": point,
            "draft_id": draft,
            "generation": 1,
            "position": position,
            "kind": kind,
            "criterion": f"k{position + 1}",
            "text": said,
            "drafted": said,
            **place,
        },
    )
    here = {"kind": SourceKind.SUBMISSION, "ref_id": f"{revision}@{start}-{start + 30}", "owner_id": revision, **place}
    yield SourceRow, {"point_id": point, "position": 0, **here}
    rests = {"kind": SourceKind.CRITERION, "ref_id": f"k{position + 1}", "title": "A criterion"}
    yield SourceRow, {"point_id": point, "position": 1, "quote": "", "start": None, "end": None, **rests}
