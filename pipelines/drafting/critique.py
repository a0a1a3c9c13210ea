"""The second look: a model holds each drafted point against the text, its quotation and its sources, one by one.

May not draft and may not decide what is kept: it gives a verdict a point, with better words where there are some, and
what it cost. Whatever the model does, a point that it said nothing usable of is one that nobody looked at.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Annotated

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

from pipelines import prompts
from pipelines.drafting.mending import quotation
from pipelines.drafting.parsing import Text, Unreadable, fitting
from pipelines.drafting.prompting import NOTHING, Budget, criteria_told, cut_middle, settled_told
from pipelines.ports import LanguageModel, ModelRequest, ModelTrouble
from pipelines.values import DraftingTask, Evidence, Point, SourceKind, Usage

NAME = "critique"

_ASKED = {
    "true": "It does not say what is so.",
    "specific": "It says nothing of this very text.",
    "one_step": "It asks for more than one thing.",
    "new": "It was settled before, or gives the answer away.",
}


def _items(value: object) -> object:
    return value if isinstance(value, list) else []


class RawVerdict(BaseModel):
    """What the model said of one point, unchecked. What it left out is not said to be well."""

    model_config = ConfigDict(extra="ignore", str_strip_whitespace=True, populate_by_name=True)

    id: str
    found: Text = ""
    true: bool
    specific: bool = True
    one_step: bool = True
    new: bool = True
    wrong: Text = ""
    better: Text = ""


class RawCritique(BaseModel):
    """An answer by the schema, unchecked."""

    model_config = ConfigDict(extra="ignore")

    points: Annotated[list[RawVerdict], BeforeValidator(_items)] = Field(min_length=1)


@dataclass(frozen=True, slots=True)
class PointVerdict:
    """Of one point: `passed` None where nobody could tell; why not, and better words for it, where it did not."""

    passed: bool | None
    wrong: str = ""
    better: str = ""


@dataclass(frozen=True, slots=True)
class SecondLook:
    """Verdicts by the point's place in the draft, with what they cost, by which version, and what trouble there was."""

    verdicts: Mapping[int, PointVerdict] = field(default_factory=dict)
    usage: Usage = field(default_factory=Usage)
    version: int = 0
    trouble: str = ""


@dataclass(frozen=True, slots=True)
class LookScene:
    """What stays the same while one draft is looked at. `hide` and `restore` keep names from a model elsewhere."""

    brief: DraftingTask
    evidence: Sequence[Evidence]
    marker: str
    budget: Budget
    hide: Callable[[str], str]
    restore: Callable[[str], str]


def look(
    points: Mapping[int, Point], doubts: Mapping[int, Sequence[str]], scene: LookScene, model: LanguageModel
) -> SecondLook:
    """One verdict a point, asked for once. Raises no ModelTrouble."""
    prompt = prompts.load(NAME)
    request = _request(points, doubts, scene, prompt)
    try:
        reply = model.reply(request)
    except ModelTrouble as trouble:
        return SecondLook({}, trouble.usage, prompt.version, trouble.reason)
    try:
        raw = fitting(reply.text, RawCritique, ("points",))
    except Unreadable as wrong:
        return SecondLook({}, reply.usage, prompt.version, f"The answer could not be read ({wrong}).")
    given = {one.id.strip().casefold(): one for one in raw.points}
    verdicts = {at: _verdict(given[f"p{at + 1}"], scene) for at in points if f"p{at + 1}" in given}
    missed = "" if verdicts else "The answer was about none of the points."
    return SecondLook(verdicts, reply.usage, prompt.version, missed)


def _verdict(raw: RawVerdict, scene: LookScene) -> PointVerdict:
    """A pass that rests on words which are not in the text is none."""
    failed = [why for name, why in _ASKED.items() if not getattr(raw, name)]
    if not failed:
        found = scene.restore(raw.found)
        return PointVerdict(True if not found or quotation(found, scene.brief.text) else None)
    return PointVerdict(False, scene.restore(raw.wrong) or failed[0], scene.restore(raw.better))


def _request(
    points: Mapping[int, Point], doubts: Mapping[int, Sequence[str]], scene: LookScene, prompt: prompts.Prompt
) -> ModelRequest:
    brief, hide = scene.brief, scene.hide
    room = scene.budget.characters or prompt.characters
    language = prompts.words("words/languages").get(brief.language, {}).get("name", brief.language)

    def rendered(submission: str) -> prompts.Rendered:
        said = {
            "challenge": f"{brief.challenge.title}\n{brief.challenge.prompt}",
            "criteria": criteria_told(brief),
            "reference": brief.challenge.reference,
            "settled": "\n".join(settled_told(brief)),
            "points": "\n\n".join(_told(at, point, doubts.get(at, ()), scene) for at, point in points.items()),
            "sources": _sources(points.values(), scene.evidence),
            "submission": submission,
        }
        shown = {name: hide(text.strip("\n")) or NOTHING for name, text in said.items()}
        return prompts.render(prompt, marker=scene.marker, language=f"{language}", **shown)

    words = rendered(brief.text)
    if (over := len(words.text) - room) > 0:
        words = rendered(cut_middle(brief.text, over))
    tokens = scene.budget.reply_tokens or prompt.reply_tokens
    return ModelRequest(words.system, words.user, dict(prompt.schema), prompt.schema_name, tokens)


def _told(at: int, point: Point, doubts: Sequence[str], scene: LookScene) -> str:
    labels = {piece.item.id: piece.label for piece in scene.evidence}
    sources = [labels.get(one.id, one.id) for one in point.sources if one.kind is not SourceKind.SUBMISSION]
    lines = [f"[p{at + 1}] {point.kind.value}, criterion {point.criterion or '(none)'}"]
    lines += [f"at: “{' '.join(point.quote.split())}”", f"says: {' '.join(point.text.split())}"]
    lines += [f"sources: {', '.join(sources)}"] if sources else []
    lines += [f"a doubt: {one}" for one in doubts]
    return "\n".join(lines)


def _sources(points: Iterable[Point], evidence: Sequence[Evidence]) -> str:
    """Documents and approved points that are named; others' work is not shown again."""
    cited = {one.id for point in points for one in point.sources}
    lines = []
    for piece in evidence:
        if piece.item.id in cited and piece.kind is SourceKind.CONTEXT:
            lines.append(f"[{piece.label}] {piece.item.title}, version {piece.item.version}\n{piece.item.text}")
        elif piece.item.id in cited and piece.item.past is not None:
            lines.append(f"[{piece.label}] an approved point: {piece.item.past.text}")
    return "\n\n".join(lines)
