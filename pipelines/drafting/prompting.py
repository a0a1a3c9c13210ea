"""What a model is asked: the prompt filled in under a budget. May not call a model.

Parts are dropped one piece at a time until the prompt fits, in this order: peers' work, the weakest first; context
passages, the weakest first; precedents, the weakest first; whole examples, the last first; the text of an earlier
version; facilitators' notes; the intended outcome. Rules, criteria,
what is settled and the submission stay; only if the submission alone is too long is its middle left out, marked.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace

from pipelines import prompts
from pipelines.ports import DraftingMaterial, ModelRequest
from pipelines.texts.language import language_name
from pipelines.texts.plain import one_line
from pipelines.values import Assessment, DraftingTask, Evidence, PastPoint, Shelf, Usage

NAME = "feedback"
NOTHING = "(none)"
CHARACTERS_PER_TOKEN = 3
"""English has about four, German about three and a half; what is set aside should rather be too much."""
SENT_BACK = 8000
"""Characters of a wrong answer that are sent back with what was wrong."""
LOOKS = 2
"""Second looks at most: at all points, then at those that were put right."""
_ORDER = (Shelf.WORK, Shelf.CONTEXT, Shelf.PRECEDENTS)


@dataclass(frozen=True, slots=True)
class Budget:
    """What is asked, and how much may be. `characters` holds for each whole rendered prompt.

    `version` is the prompt's, which may be one that is not released yet; None is the one in use. `thinking_tokens` are
    what the model may think besides, in each pass. `critique`: the model looks at its draft a second time.
    """

    characters: int | None = None  # None: what the prompt's own head says
    reply_tokens: int | None = None
    repairs: int = 1
    version: int | None = None
    thinking_tokens: int = 0
    critique: bool = False


@dataclass(frozen=True, slots=True)
class WholeDraft:
    """A draft that facilitators approved on this challenge, as an example of what they think matters."""

    summary: str
    points: tuple[PastPoint, ...]


@dataclass(frozen=True, slots=True)
class ShownBeside:
    """What comes to a draft besides its evidence: whole approved drafts to show a model, and all work of other people
    that it could have read, none of which may come out again."""

    examples: tuple[WholeDraft, ...] = ()
    others: tuple[str, ...] = ()


NOTHING_BESIDE = ShownBeside()


@dataclass(frozen=True, slots=True)
class DraftingRequest:
    """A request with what of the evidence it shows, and the prompt behind it. `others`: ids of all other revisions of
    which it holds words."""

    request: ModelRequest
    evidence: tuple[Evidence, ...]
    prompt: prompts.Prompt
    rendered: str
    others: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class _Parts:
    evidence: tuple[Evidence, ...]
    examples: tuple[WholeDraft, ...]
    earlier: str
    notes: str
    outcome: str
    submission: str


def build(
    brief: DraftingTask,
    evidence: tuple[Evidence, ...],
    assessment: Assessment,
    *,
    marker: str,
    budget: Budget,
    hide: Callable[[str], str],
    local: bool,
    beside: ShownBeside = NOTHING_BESIDE,
) -> DraftingRequest:
    """The request for one draft. `hide` is applied to all that people wrote; only a local model gets values."""
    prompt = _prompt(budget)
    room = budget.characters or prompt.characters

    def rendered(parts: _Parts) -> prompts.Rendered:
        variables = _variables(brief, assessment, parts, prompt.inputs)
        shown = {name: hide(text) for name, text in variables.items() if name in prompt.inputs}
        return prompts.render(prompt, marker=marker, **shown)

    challenge = brief.challenge
    before = brief.earlier.text if brief.earlier else ""
    parts = _Parts(_usable(evidence), beside.examples, before, challenge.notes, challenge.outcome, brief.text)
    while len(rendered(parts).text) > room and (fewer := _drop(parts)) is not None:
        parts = fewer
    if (over := len(rendered(parts).text) - room) > 0:
        parts = replace(parts, submission=cut_middle(parts.submission, over))
    words = rendered(parts)
    request = ModelRequest(
        system=words.system,
        user=words.user,
        schema=dict(prompt.schema),
        schema_name=prompt.schema_name,
        max_tokens=budget.reply_tokens or prompt.reply_tokens,
        material=DraftingMaterial(brief, evidence, assessment) if local else None,
    )
    return DraftingRequest(request, parts.evidence, prompt, words.text, _others(brief, parts))


def _others(brief: DraftingTask, parts: _Parts) -> frozenset[str]:
    of = {one.item.document for one in parts.evidence if one.item.shelf is not Shelf.CONTEXT}
    of |= {past.of for past in (*brief.dismissed, *(past for one in parts.examples for past in one.points))}
    of |= {said.of for said in brief.told} | ({brief.earlier.of} if brief.earlier else set())
    return frozenset(of - {"", brief.submission})


def most(budget: Budget) -> Usage:
    """About the most that one draft takes, every repair and second look included. A language with more tokens a word
    may take more."""
    prompt = _prompt(budget)
    sent, answered = budget.characters or prompt.characters, budget.reply_tokens or prompt.reply_tokens
    turns = 1 + budget.repairs
    characters = sent + budget.repairs * (sent + SENT_BACK)
    completion = turns * (answered + budget.thinking_tokens)
    if budget.critique:
        second = prompts.load("critique")
        characters += LOOKS * (budget.characters or second.characters)
        completion += LOOKS * ((budget.reply_tokens or second.reply_tokens) + budget.thinking_tokens)
        turns += LOOKS
    return Usage(-(-characters // CHARACTERS_PER_TOKEN), completion, turns)


def _prompt(budget: Budget) -> prompts.Prompt:
    return prompts.load(NAME, budget.version, unreleased=budget.version is not None)


def said(brief: DraftingTask, evidence: Iterable[Evidence], beside: ShownBeside = NOTHING_BESIDE) -> list[str]:
    """All that people wrote and a prompt may carry."""
    challenge = brief.challenge
    texts = [
        brief.text,
        challenge.title,
        challenge.prompt,
        challenge.outcome,
        challenge.notes,
        brief.instruction,
        *(one.text for one in brief.told),
    ]
    texts += [f"{criterion.text} {criterion.question}" for criterion in challenge.criteria]
    texts += [f"{past.text} {past.quote} {past.reason}" for past in brief.dismissed]
    texts += [challenge.reference, *(one.summary for one in beside.examples)]
    texts += [f"{past.text} {past.quote}" for one in beside.examples for past in one.points]
    texts += [brief.earlier.text, *(f"{one.text} {one.quote}" for one in brief.earlier.points)] if brief.earlier else []
    for item in (piece.item for piece in evidence):
        texts += [item.title, item.heading, item.text]
        texts += [f"{item.past.text} {item.past.quote} {item.past.reason}"] if item.past else []
    return texts


def _usable(evidence: Iterable[Evidence]) -> tuple[Evidence, ...]:
    """Without points that were turned down: those are settled, and never a source."""
    return tuple(piece for piece in evidence if not (piece.item.past and piece.item.past.dismissed))


def _drop(parts: _Parts) -> _Parts | None:
    for shelf in _ORDER:
        on_shelf = [piece for piece in parts.evidence if piece.item.shelf is shelf]
        if on_shelf:
            weakest = min(on_shelf, key=lambda piece: piece.fused)
            return replace(parts, evidence=tuple(piece for piece in parts.evidence if piece is not weakest))
    if parts.examples:
        return replace(parts, examples=parts.examples[:-1])
    if parts.earlier:
        return replace(parts, earlier="")
    if parts.notes:
        return replace(parts, notes="")
    return replace(parts, outcome="") if parts.outcome else None


def cut_middle(text: str, over: int) -> str:
    """The text without `over` characters and more of its middle; beginnings and ends say most."""
    keep = max(1000, len(text) - over - 80)
    head, tail = keep * 2 // 3, keep - keep * 2 // 3
    return f"{text[:head]}\n[… {len(text) - keep} characters of the submission are left out here …]\n{text[-tail:]}"


def criteria_told(brief: DraftingTask, *, points: bool = True) -> str:
    """A criterion a line, with its points and the facilitator's question."""
    return "\n".join(
        f"{one.id}{f' ({one.points:g} points)' if points and one.points else ''}: {one.text}"
        + (f" (a facilitator asks: {one.question})" if one.question else "")
        for one in brief.challenge.criteria
    )


def _variables(brief: DraftingTask, assessment: Assessment, parts: _Parts, inputs: Sequence[str]) -> dict[str, str]:
    challenge = brief.challenge
    on = {shelf: [piece for piece in parts.evidence if piece.item.shelf is shelf] for shelf in Shelf}
    language = language_name(brief.language)
    variables = {
        "language": f"{language}, the language of the submission",
        "title": challenge.title,
        "challenge": challenge.prompt,
        "criteria": criteria_told(brief, points="reference" in inputs),
        "outcome": parts.outcome,
        "reference": challenge.reference,
        "examples": "\n\n".join(map(_example, parts.examples)),
        "earlier": _earlier(brief, parts.earlier),
        "notes": parts.notes,
        "context": "\n\n".join(_context(piece) for piece in on[Shelf.CONTEXT]),
        "precedents": "\n".join(_precedent(piece) for piece in on[Shelf.PRECEDENTS]),
        "peers": "\n\n".join(map(_peer, on[Shelf.WORK])),
        "settled": "\n".join(settled_told(brief)),
        "reading": "\n".join(_reading(assessment)),
        "instruction": brief.instruction,
        "submission": parts.submission,
    }
    return {name: text.strip("\n") or NOTHING for name, text in variables.items()}


def _peer(piece: Evidence) -> str:
    return f"[{piece.label}]{f' ({piece.note})' if piece.note else ''} {piece.item.text}"


def _example(one: WholeDraft) -> str:
    lines = [f"- {point.kind.value} {point.criterion} · at “{one_line(point.quote)}”: {one_line(point.text)}"
             for point in one.points]  # fmt: skip
    return "\n".join([f"summary: {one.summary or NOTHING}", *lines])


def _earlier(brief: DraftingTask, text: str) -> str:
    if brief.earlier is None:
        return ""
    lines = [f"- {one.kind.value} {one.criterion} · at “{one_line(one.quote)}”: {one_line(one.text)} "
             f"[since then: {one.reason or 'not known'}]" for one in brief.earlier.points]  # fmt: skip
    return "\n".join([text or "(its text is left out for want of room)", "", "RELEASED POINTS", *lines])


def _context(piece: Evidence) -> str:
    item = piece.item
    place = " › ".join(part for part in (item.title, item.heading) if part)
    return f"[{piece.label}] {place}, version {item.version}\n{item.text}"


def _precedent(piece: Evidence) -> str:
    past = piece.item.past
    if past is None:
        return f"[{piece.label}] {piece.item.text}"
    criterion = f", {past.criterion}" if past.criterion else ""
    return f"[{piece.label}] approved {past.kind.value}{criterion} · at “{past.quote}”: {past.text}"


def settled_told(brief: DraftingTask) -> list[str]:
    lines = [f"- said to this learner before: {one.text}" for one in brief.told]
    for past in brief.dismissed:
        lines.append(f"- turned down by a facilitator: {past.text}" + (f" ({past.reason})" if past.reason else ""))
    return lines


def _reading(assessment: Assessment) -> list[str]:
    return [
        f"{one.criterion}: {one.standing.name.replace('_', ' ').lower()} ({one.confidence:.1f}, {one.agreeing} agree)"
        for one in assessment.criteria
    ]
