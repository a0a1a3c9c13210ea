"""The lines of a meeting brief that a model may word better, each with what it rests on. Pure.

Standings and what is unanswered are not among them: they are counts and the facilitator's own criteria, and nothing is
gained by saying a count in other words.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Final, TypeVar

from pipelines.approaches import ApproachPlace
from pipelines.briefs.making import MeetingBrief
from pipelines.texts.language import orders
from pipelines.values import AI


class BriefItemKind(StrEnum):
    """What a line is."""

    QUESTION = "question"
    APPROACH = "approach"
    TENSION = "tension"
    PERSON = "person"


LONGEST: Final[Mapping[BriefItemKind, int]] = {
    BriefItemKind.QUESTION: 280,
    BriefItemKind.APPROACH: 80,
    BriefItemKind.TENSION: 240,
    BriefItemKind.PERSON: 160,
}
"""Characters of a wording: what one takes in while a meeting goes on. The brief's own lines are shorter."""
OPPOSED: Final = {
    "opposite": "One says what the other denies.",
    "verdict": "Nearly the same words, judged differently.",
}
"""What is told to a model of a tension, which has no words of its own in the brief."""


@dataclass(frozen=True, slots=True)
class BriefItem:
    """A line as the brief words it. `about` is its criterion; `rests` are the works whose words are in it, those that
    the words of an approach were found in included. `id` is its place in the brief: q1, a2, t1, p3."""

    id: str
    kind: BriefItemKind
    text: str
    about: str
    places: tuple[ApproachPlace, ...]
    rests: frozenset[str]

    @property
    def key(self) -> str:
        """Changes with every word that the line or its sources have; the same in any place of any brief."""
        parts = (self.kind, self.text, self.about, *(f"{one.id} {one.quote}" for one in self.places))
        return hashlib.sha256("\x00".join(parts).encode("utf-8", "surrogatepass")).hexdigest()[:32]

    @property
    def said(self) -> str:
        """Everything that a wording may take from."""
        return "\n".join([self.text, self.about, *(one.quote for one in self.places)])


def items(made: MeetingBrief) -> tuple[BriefItem, ...]:
    """In the order of the brief's page. A question that comes from somebody's request is not among them: what a request
    says is for those who review the group."""
    about = {tally.criterion.id: tally.criterion.text for tally in made.tallies}
    found = [
        *_numbered(
            "q", BriefItemKind.QUESTION, ((q.text, about.get(q.criterion, ""), q.places) for q in made.questions)
        ),
        *_numbered("a", BriefItemKind.APPROACH, ((one.label, "", _one(one.representative)) for one in made.approaches)),
        *_numbered(
            "t",
            BriefItemKind.TENSION,
            ((OPPOSED[t.kind], about.get(t.criterion, ""), (t.one, t.other)) for t in made.tensions),
        ),
        *_numbered("p", BriefItemKind.PERSON, ((one.why, "", (one.place,)) for one in made.call_on)),
    ]
    asked = {f"q{number}" for number, one in enumerate(made.questions, 1) if one.needs}
    return tuple(_resting(made, one) for one in found if one.id not in asked and (one.places or one.about))


def _one(place: ApproachPlace | None) -> tuple[ApproachPlace, ...]:
    return (place,) if place else ()


def _numbered(
    letter: str, kind: BriefItemKind, lines: Iterable[tuple[str, str, tuple[ApproachPlace, ...]]]
) -> Iterator[BriefItem]:
    for number, (text, about, places) in enumerate(lines, 1):
        yield BriefItem(f"{letter}{number}", kind, text, about, places, frozenset(place.work for place in places))


def _resting(made: MeetingBrief, item: BriefItem) -> BriefItem:
    """With the works that the words of its approaches were found in."""
    named = [one.members for one in made.approaches if one.label and one.label in item.text]
    return replace(item, rests=item.rests.union(*named))


def may_go(found: Sequence[BriefItem], allows: Mapping[str, AI], *, local: bool) -> tuple[BriefItem, ...]:
    """Those that this model may read: every work in them allows it (one that is not in `allows` does not), and no
    passage in them gives orders to a machine."""
    return tuple(
        item
        for item in found
        if all(allows.get(work, AI.NONE).lets(local=local) for work in item.rests)
        and not any(orders(place.quote) for place in item.places)
    )


_Line = TypeVar("_Line")


def in_order(made: MeetingBrief, order: Sequence[str]) -> MeetingBrief:
    """The brief with its questions, tensions and people in this order of keys; what is not in it comes after, as it
    was. Approaches stay as they are: their order says which is the commonest."""
    keys = {item.id: item.key for item in items(made)}
    rank = {key: at for at, key in enumerate(order)}

    def sorted_(letter: str, lines: tuple[_Line, ...]) -> tuple[_Line, ...]:
        ranked = [(rank.get(keys.get(f"{letter}{at}", ""), len(rank)), at) for at in range(1, len(lines) + 1)]
        return tuple(lines[at - 1] for _, at in sorted(ranked))

    return replace(
        made,
        questions=sorted_("q", made.questions),
        tensions=sorted_("t", made.tensions),
        call_on=sorted_("p", made.call_on),
    )
