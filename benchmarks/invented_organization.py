"""An organization of any size, laid straight into a database: people in groups of 25, ten pieces of work each, who met.

Texts are sentences about the challenge they answer. Vectors are drawn at random and laid beside them, since what they
mean does not change how long comparing takes, and to embed 100,000 texts takes most of an hour; so nothing is embedded
here but what a benchmark asks. Drafts are rows of some three kilobytes, judged on four criteria, without points.
"""

from __future__ import annotations

import random
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import numpy as np
from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from benchmarks.setting import told
from pipelines.ports import Vectors
from pipelines.values import Band, Shelf, ShelfItem
from service.domain.drafts import DraftState
from service.domain.ids import new_id
from service.domain.introductions import IntroductionState as Met
from service.domain.roles import Role
from service.domain.texts import digest
from service.store.tables import (
    Base,
    Challenge,
    Consent,
    CriterionRow,
    DraftRow,
    Group,
    Introduction,
    IntroductionAnswer,
    IntroductionApproval,
    IntroductionQuestion,
    IntroductionSaid,
    IntroductionUseful,
    Organization,
    PassageRow,
    Person,
    Revision,
    RoleGrant,
    Submission,
    VectorRow,
)

EACH = 10
"""Works of a person."""
IN_GROUP, AT_CHALLENGE, SET = 25, 20, 15
"""People of a group; people of an organization for each challenge it has; challenges set to a group."""
PHRASES = (
    *("we pair {a} with {b} before the {c}", "the {a} is written down after each {b}", "two of us count {a} and {b}"),
    *("nobody has asked yet who brings the {a}", "a {c} decides when the {a} begins", "the {b} shows where {a} fails"),
    *("children read their {a} to the {b}", "we keep a list of {a}, {b} and {c}", "next week the {c} takes the {a}"),
    *("what the {a} costs is open", "the {a} worked better once the {b} knew of it", "we compare {a} of two terms"),
)
_ENDS = ("er", "ing", "table", "room", "plan", "book", "list", "visit", "day", "team")
_STEMS = (
    *("garden", "reading", "lesson", "repair", "council", "library", "kitchen", "music", "river", "market", "number"),
    *("letter", "map", "seed", "clock", "bridge", "paper", "voice", "wall", "wind", "wood", "glass", "salt", "rain"),
    *("hand", "field", "song", "mill", "boat", "stone"),
)
WORDS = tuple(f"{stem}{end}" for stem in _STEMS for end in _ENDS)
STANDINGS = ("met", "not_yet", "partly")


class Drawn:
    """pipelines.ports.Embedder without meaning: unit vectors of the usual size, drawn by the text's checksum."""

    name, dimensions = "drawn", 384

    def embed(self, texts: Sequence[str]) -> Vectors:
        """As every embedder does."""
        found = np.zeros((len(texts), self.dimensions), np.float32)
        for row, text in enumerate(texts):
            found[row] = np.random.default_rng(zlib.crc32(text.encode())).standard_normal(self.dimensions)
        return np.asarray(found / np.maximum(np.linalg.norm(found, axis=1, keepdims=True), 1e-9), np.float32)


Rows = Iterator[tuple[type[Base], dict[str, Any]]]


@dataclass
class InventedOrganization:
    """What all rows share, and what was laid: ids of groups, of challenges with their words, of people."""

    organization: str
    now: datetime
    dice: random.Random
    groups: list[str] = field(default_factory=list)
    challenges: list[tuple[str, str, tuple[str, ...]]] = field(default_factory=list)
    people: list[str] = field(default_factory=list)

    def set_to(self, group: int) -> list[tuple[str, str, tuple[str, ...]]]:
        """The challenges of a group, of which each of its people answers some."""
        return random.Random(group).sample(self.challenges, min(SET, len(self.challenges)))


def lay(session: Session, organization: str, people: int, challenges: int = 0) -> InventedOrganization:
    """So many people in the organization (external id), in groups below its group `all`, with their work on so many
    challenges, or on as many as there would be."""
    of = session.scalars(select(Organization.id).where(Organization.external_id == organization)).one()
    top = session.scalars(select(Group.id).where(Group.organization_id == of, Group.external_id == "all")).one()
    made = InventedOrganization(of, datetime.now(UTC), random.Random(people))
    _put(session, of, _frame(made, top, people, challenges or max(EACH, people // AT_CHALLENGE)))
    for start in range(0, people, 100):
        told(f"laying {people} people", start // 100, people // 100)
        _put(session, of, (row for at in range(start, min(people, start + 100)) for row in _person(made, at)))
    _put(session, of, (row for _ in range(people // 2) for row in _introduced(made)))
    return made


def _put(session: Session, of: str, rows: Rows) -> None:
    """In the order in which the tables first come."""
    kinds: dict[type[Base], list[dict[str, Any]]] = {}
    for model, row in rows:
        kinds.setdefault(model, []).append({"organization_id": of, **row})
    for model, some in kinds.items():
        session.execute(insert(model), some)


def _frame(made: InventedOrganization, top: str, people: int, challenges: int) -> Rows:
    for at in range(max(1, people // IN_GROUP)):
        made.groups.append(new_id())
        yield Group, {"id": made.groups[-1], "external_id": f"g-{at}", "name": f"Group {at}", "parent_id": top}
    for at in range(challenges):
        id_, title = new_id(), f"Challenge {at}"
        made.challenges.append((id_, title, tuple(made.dice.sample(WORDS, 25))))
        yield Challenge, {"id": id_, "external_id": f"c-{at}", "title": title, "created_at": made.now}
    for id_, _, words in made.challenges:
        for number in range(4):
            said = {"key": f"k{number}", "position": number, "text": f"names the {words[number]}"}
            yield CriterionRow, {"challenge_id": id_, **said}


def _person(made: InventedOrganization, at: int) -> Rows:
    id_, group = new_id(), made.groups[at // IN_GROUP % len(made.groups)]
    made.people.append(id_)
    yield Person, {"id": id_, "external_id": f"p-{at}", "name": f"Learner {at}", "created_at": made.now}
    yield Consent, {"person_id": id_, "introduce": made.dice.random() < 0.85, "changed_at": made.now}
    yield RoleGrant, {"person_id": id_, "group_id": group, "role": Role.LEARNER}
    for number, challenge in enumerate(made.dice.sample(made.set_to(at // IN_GROUP), EACH)):
        yield from _work(made, f"p-{at}-{number}", id_, group, challenge)


def more(session: Session, made: InventedOrganization) -> None:
    """One more work, of somebody."""
    at = made.dice.randrange(len(made.people))
    group = made.groups[at // IN_GROUP % len(made.groups)]
    challenge = made.dice.choice(made.set_to(at // IN_GROUP))
    _put(session, made.organization, _work(made, f"p-{at}-{new_id()}", made.people[at], group, challenge))


def _work(
    made: InventedOrganization, name: str, person: str, group: str, challenge: tuple[str, str, tuple[str, ...]]
) -> Rows:
    at = made.now - timedelta(minutes=made.dice.randint(0, 90 * 24 * 60))
    text, (submission, revision, draft) = _text(made, challenge[2]), (new_id(), new_id(), new_id())
    whole, part = {"submission_id": submission}, {"challenge_id": challenge[0], "group_id": group}
    yield Submission, {"id": submission, "external_id": name, "person_id": person, **part, "created_at": at}
    handed = {"number": 1, "text": text, "text_hash": digest(text), "submitted_at": at}
    yield Revision, {"id": revision, **whole, **handed}
    times = {"created_at": at, "changed_at": at}
    yield DraftRow, {"id": draft, "revision_id": revision, **whole, **part, **_read(made), **times}
    place = {"shelf": Shelf.WORK, "part_id": challenge[0], "owner_id": revision, "start": 0, "end": len(text)}
    yield PassageRow, {"id": f"{revision}@0-{len(text)}", **place, "heading": ""}
    for words in (f"{challenge[1]}\n{text}", ShelfItem("", Shelf.WORK, text, revision).indexed):
        vector = Drawn().embed([words])[0].astype("<f4").tobytes()
        yield VectorRow, {"model": Drawn.name, "text_hash": digest(words), "data": vector}


def _text(made: InventedOrganization, words: Sequence[str]) -> str:
    """Some 90 words, most about the challenge."""
    found = []
    for _ in range(made.dice.randint(8, 14)):
        a, b = made.dice.choices(words, k=2)
        found.append(made.dice.choice(PHRASES).format(a=a, b=b, c=made.dice.choice(WORDS)).capitalize() + ".")
    return " ".join(found)


def _read(made: InventedOrganization) -> dict[str, Any]:
    stands = {"standing": "partly", "confidence": 0.6, "chance": 0.6, "agreeing": 2, "start": 0, "end": 30}
    found = {"shelf": Shelf.PRECEDENTS.value, "dense": 0.5, "lexical": 0.5, "fused": 0.5}
    return {
        "state": DraftState.READY,
        "band": made.dice.choice(list(Band)),
        "summary": "Who and when are clear; what will be looked for is still open.",
        "judgements": {f"k{number}": made.dice.choice(STANDINGS) for number in range(4)},
        "assessment": {"criteria": [{"criterion": f"k{number}", **stands} for number in range(4)]},
        "evidence": [{"label": f"E{number}", "id": f"k{number}", **found} for number in range(20)],
    }


def _introduced(made: InventedOrganization) -> Rows:
    """Two people who met."""
    at, id_ = made.now - timedelta(days=made.dice.randint(60, 300)), new_id()
    first, second = made.dice.sample(made.people, 2)
    both = {"first_id": first, "second_id": second, "pair": f"{id_}:{first}"[:65]}
    times = {"created_at": at, "asked_at": at, "introduced_at": at}
    yield Introduction, {"id": id_, **both, "kind": "bridge", "score": 0.5, "state": Met.MET, **times}
    of, seen = {"introduction_id": id_}, {"text_hash": digest(id_)}
    yield IntroductionApproval, {"id": id_, **of, **seen, "facilitator_id": first, "approved_at": at, "release_at": at}
    yield IntroductionQuestion, {**of, **seen, "approval_id": id_, "released_at": at}
    for person in (first, second):
        said = {
            "said": IntroductionSaid.YES,
            "said_at": at,
            "met": True,
            "useful": IntroductionUseful.YES,
            "told_at": at,
        }
        yield IntroductionAnswer, {**of, "person_id": person, **said}
