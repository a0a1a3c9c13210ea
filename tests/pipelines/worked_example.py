"""The example of the level we want, as values: a challenge, a submission, and evidence as retrieval would give it."""

from __future__ import annotations

import json
from datetime import UTC, datetime

from pipelines.ports import ModelReply, ModelRequest, ModelTrouble
from pipelines.values import (
    Assessment,
    ChallengeAsItStands,
    Criterion,
    CriterionForm,
    DraftingTask,
    Evidence,
    Judgement,
    PastPoint,
    PointKind,
    Scope,
    Shelf,
    ShelfItem,
    Standing,
    Usage,
)

NOW = datetime(2026, 9, 14, 9, tzinfo=UTC)
MARKER = "m-4f1c9a"
TEXT = (
    "We pair teachers across grades and visit each other twice before half-term. Afterwards we talk about it in the "
    "staff meeting. Amara has offered to begin, and everybody may say no."
)
CHALLENGE = ChallengeAsItStands(
    id="observation",
    title="Start peer observation",
    prompt="Plan how your team starts peer observation this term.",
    outcome="A first visit that takes place.",
    notes="Dates slip where cover is not booked.",
    criteria=(
        Criterion(
            "k1",
            "names who observes whom and when",
            "Who visits whom first, and on which day?",
            forms=(CriterionForm("en", "the plan names who observes whom and when", "who observes whom"),),
        ),
        Criterion(
            "k2",
            "says what will be looked for",
            "Which one question would your first pair agree on before the visit?",
            forms=(CriterionForm("en", "the plan says what will be looked for", "what will be looked for"),),
        ),
        Criterion(
            "k3",
            "says how what is learned is shared",
            "Who writes down what you hear, and where will somebody who missed the meeting find it?",
        ),
    ),
)
NAMES = ("Amara Okafor", "Will Young", "Søren Ågård", "Anna-Lena Groß")


def brief(text: str = TEXT, **changes: object) -> DraftingTask:
    values: dict[str, object] = {
        "scope": Scope("org", "observation", "p-1", "p-1", NOW),
        "challenge": CHALLENGE,
        "submission": "rev-1",
        "text": text,
        "names": NAMES,
    }
    return DraftingTask(**{**values, **changes})  # type: ignore[arg-type]


def context(label: str, text: str, fused: float = 2.0) -> Evidence:
    item = ShelfItem(
        "handbook@100-140", Shelf.CONTEXT, text, "handbook", 100, 100 + len(text), "Observation handbook", version=3
    )
    return Evidence(label, item, 0.6, 2.0, fused)


def precedent(
    label: str, text: str, quote: str, *, author: str, kind: PointKind = PointKind.QUESTION, **past: object
) -> Evidence:
    decided = PastPoint(kind, text, quote, **past)  # type: ignore[arg-type]
    item = ShelfItem(f"point-{label}", Shelf.PRECEDENTS, quote, f"rev-{author}", author=author, past=decided)
    return Evidence(label, item, 0.7, 1.0, 1.5)


def peer(label: str, text: str, fused: float = 0.5) -> Evidence:
    return Evidence(label, ShelfItem(f"peer-{label}", Shelf.WORK, text, f"rev-{label}", author=label), 0.5, 1.0, fused)


HANDBOOK = "There is one question agreed before each visit. The person visited chooses it."
ASKED = "Who writes down what you hear, and where will somebody who missed the meeting find it?"
EVIDENCE = (
    context("E1", HANDBOOK),
    precedent("E2", ASKED, "we talk about it in the staff meeting", author="a", criterion="k3"),
    precedent("E3", ASKED, "talk about it at the staff meeting", author="b", criterion="k3"),
    precedent("E4", ASKED, "Afterwards we talk in the meeting", author="c", criterion="k3"),
    peer("E5", "Year 3 visits Year 5 on Monday and writes one page."),
)


def judged(**standings: Standing) -> Assessment:
    """An assessment with these standings, each fairly sure and agreed on by three."""
    criteria = tuple(Judgement(name, standing, 0.8, 3) for name, standing in standings.items())
    return Assessment(Judgement("", Standing.CANNOT_TELL, 0.0), criteria, abstained=True)


ASSESSMENT = judged(k1=Standing.MET, k2=Standing.NOT_YET, k3=Standing.NOT_YET)
UNJUDGED = Assessment(Judgement("", Standing.CANNOT_TELL, 0.0), abstained=True)

GOOD: dict[str, object] = {
    "summary": "Who and when are clear; what to look for is still open.",
    "points": [
        {
            "kind": "next_step",
            "criterion": "k2",
            "quote": "visit each other twice before half-term",
            "text": "You say when you will visit; a reader cannot tell yet what you will look for. Our handbook asks "
            "for “one question agreed before each visit”. Which one question would your first pair agree on?",
            "sources": ["k2", "E1"],
        },
        {
            "kind": "question",
            "criterion": "k3",
            "quote": "talk about it in the staff meeting",
            "text": ASKED,
            "sources": ["k3", "E2", "E3", "E4"],
        },
        {
            "kind": "strength",
            "criterion": "k1",
            "quote": "across grades",
            "text": "Pairs across grades with dates make this doable; keep it when you add the question.",
            "sources": ["k1"],
        },
    ],
    "abstain": False,
    "reason": "",
}


def answer(*points: dict[str, object], **changes: object) -> dict[str, object]:
    """The good answer with other points or another summary."""
    return {**GOOD, **({"points": list(points)} if points else {}), **changes}


def good_point(number: int = 0, **changes: object) -> dict[str, object]:
    points = GOOD["points"]
    assert isinstance(points, list)
    return {**points[number], **changes}


class Scripted:
    """A LanguageModel that says what it is told to, turn by turn, and keeps what it was asked."""

    def __init__(self, *turns: object, local: bool = False) -> None:
        self.turns, self.local, self.asked = list(turns), local, list[ModelRequest]()

    @property
    def name(self) -> str:
        return "scripted"

    def reply(self, request: ModelRequest) -> ModelReply:
        self.asked.append(request)
        turn = self.turns[min(len(self.asked), len(self.turns)) - 1]
        if isinstance(turn, ModelTrouble):
            raise turn
        text = turn if isinstance(turn, str) else json.dumps(turn, ensure_ascii=False)
        return ModelReply(text, Usage(100, 10, 1), "scripted-2026")
