"""Cases to try a prompt's words on: small invented drafting tasks that ship with the prompt. May not read a store.

A case is a JSON file in prompts/<name>/cases, everything in it made up. Its render under a version shows what a change
of words does to what a model reads; with a model, its draft shows what the change does to what comes back.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib import resources
from importlib.resources.abc import Traversable

from pydantic import BaseModel, ConfigDict, ValidationError

from pipelines.drafting.flow import Verify, draft
from pipelines.drafting.prompting import Budget, build, said
from pipelines.ports import LanguageModel
from pipelines.prompts import PromptError
from pipelines.texts.language import written_in
from pipelines.texts.names import Pseudonyms
from pipelines.values import (
    AlreadyTold,
    Assessment,
    ChallengeAsItStands,
    Criterion,
    Draft,
    DraftingTask,
    Evidence,
    Judgement,
    PastPoint,
    PointKind,
    Scope,
    Shelf,
    ShelfItem,
    Standing,
)

MARKER = "case-5d8e1f"
"""The same every time, so that renders can be compared; a real draft's cannot be known beforehand."""

_NEVER = datetime(2026, 1, 1, tzinfo=UTC)  # nothing of a case depends on the time


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class _Criterion(_Part):
    id: str
    text: str
    question: str = ""


class _Past(_Part):
    kind: PointKind
    text: str
    quote: str
    criterion: str = ""
    reason: str = ""


class _Found(_Part):
    shelf: Shelf
    text: str
    title: str = ""
    heading: str = ""
    version: int = 1
    point: _Past | None = None


class _Reading(_Part):
    criterion: str
    standing: Standing
    confidence: float
    agreeing: int = 0


class _File(_Part):
    about: str
    language: str = "en"
    title: str
    challenge: str
    outcome: str = ""
    notes: str = ""
    criteria: tuple[_Criterion, ...] = ()
    submission: str
    instruction: str = ""
    names: tuple[str, ...] = ()
    told: tuple[str, ...] = ()
    dismissed: tuple[_Past, ...] = ()
    evidence: tuple[_Found, ...] = ()
    reading: tuple[_Reading, ...] = ()


@dataclass(frozen=True, slots=True)
class Case:
    """One task, as the drafter takes it."""

    name: str
    about: str
    brief: DraftingTask
    evidence: tuple[Evidence, ...]
    assessment: Assessment


def cases(prompt: str, *, root: Traversable | None = None) -> list[Case]:
    """All cases of a prompt, by name. Raises PromptError, saying which file is wrong and where."""
    folder = (root or resources.files("prompts")).joinpath(prompt, "cases")
    files = sorted(folder.iterdir(), key=lambda file: file.name) if folder.is_dir() else []
    return [_case(file) for file in files if file.name.endswith(".json")]


def render(case: Case, version: int | None = None) -> str:
    """What a model elsewhere would read, names out, with this version of the prompt."""
    people = Pseudonyms(case.brief.names, said(case.brief, case.evidence), case.brief.language)
    asked = build(
        case.brief,
        case.evidence,
        case.assessment,
        marker=MARKER,
        budget=Budget(version=version),
        hide=people.hide,
        local=False,
    )
    return asked.rendered


def try_out(case: Case, version: int | None, model: LanguageModel, fallback: LanguageModel, verify: Verify) -> Draft:
    """The draft that the model makes of the case with this version of the prompt."""
    return draft(
        case.brief,
        case.evidence,
        case.assessment,
        model,
        fallback,
        marker=MARKER,
        verify=verify,
        budget=Budget(version=version),
    )


def _case(file: Traversable) -> Case:
    try:
        raw = _File.model_validate_json(file.read_text(encoding="utf-8"))
    except ValidationError as wrong:
        first = wrong.errors()[0]
        raise PromptError(f"{file.name}: {'.'.join(map(str, first['loc']))}: {first['msg']}.") from wrong
    name = file.name.removesuffix(".json")
    challenge = ChallengeAsItStands(
        id=name,
        title=raw.title,
        prompt=raw.challenge,
        outcome=raw.outcome,
        language=raw.language,
        criteria=tuple(Criterion(one.id, one.text, one.question) for one in raw.criteria),
        notes=raw.notes,
    )
    brief = DraftingTask(
        scope=Scope("cases", name, "reader", "reader", _NEVER),
        challenge=challenge,
        submission=name,
        text=raw.submission,
        language=written_in(raw.submission, raw.language),
        told=tuple(map(AlreadyTold, raw.told)),
        dismissed=tuple(_past(one, dismissed=True) for one in raw.dismissed),
        instruction=raw.instruction,
        names=raw.names,
    )
    return Case(name, raw.about, brief, _evidence(raw.evidence), _assessment(raw.reading))


def _evidence(found: Sequence[_Found]) -> tuple[Evidence, ...]:
    """In the file's order, the first being the best."""
    return tuple(
        Evidence(f"E{number}", _item(number, one), dense=0.6, lexical=1.0, fused=float(len(found) - number))
        for number, one in enumerate(found, 1)
    )


def _item(number: int, one: _Found) -> ShelfItem:
    return ShelfItem(
        id=f"{one.shelf.value}-{number}",
        shelf=one.shelf,
        text=one.text,
        document=f"{one.shelf.value}-{number}",
        end=len(one.text),
        title=one.title,
        heading=one.heading,
        version=one.version,
        author=f"author-{number}",
        past=_past(one.point) if one.point else None,
    )


def _past(one: _Past, *, dismissed: bool = False) -> PastPoint:
    return PastPoint(one.kind, one.text, one.quote, one.criterion, dismissed, one.reason)


def _assessment(reading: Sequence[_Reading]) -> Assessment:
    criteria = tuple(Judgement(one.criterion, one.standing, one.confidence, one.agreeing) for one in reading)
    return Assessment(Judgement("", Standing.CANNOT_TELL, 0.0), criteria, abstained=True)
