"""What only a language model is shown, since it reads where the comparison counts: documents for each criterion,
others' work as it was judged, whole approved drafts. And what it may have read of others, which may not come out again.

May not decide what is visible: all of it comes from the Library under the draft's scope.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Final

from pipelines.answering import near_enough
from pipelines.drafting import ShownBeside, WholeDraft
from pipelines.ports import Embedder, Library
from pipelines.retrieval import Caps, QueryPart, Shelves, find
from pipelines.texts.language import language_of, sentences
from pipelines.values import DraftingTask, Evidence, PastPoint, Reviewed, Shelf, ShelfItem

DOCUMENTS: Final = 10
"""Passages of the organization's documents at most: two a criterion for five of them."""
EACH: Final = 2
FIGURED: Final = 3
"""Sentences with a number that documents are asked about: "within five days" beside a handbook that says two."""
EXAMPLES: Final = 3
LEAST_POINTS: Final = 2
"""Points of a draft from which it shows how several are said together."""


def for_a_model(
    brief: DraftingTask,
    evidence: Sequence[Evidence],
    reviewed: Sequence[Reviewed],
    embedder: Embedder,
    shelves: Shelves,
) -> tuple[Evidence, ...]:
    """The evidence with documents for all criteria, each passage once, and only such work of others as was judged,
    labeled by its judgement; labeled anew, E1, E2 …"""
    precedents = [one for one in evidence if one.item.shelf is Shelf.PRECEDENTS]
    documents = [one for one in evidence if one.item.shelf is Shelf.CONTEXT]
    known = {one.id: one for one in reviewed}
    peers = [
        replace(one, note=_judged(known[one.item.document]))
        for one in evidence
        if one.item.shelf is Shelf.WORK and one.item.document in known
    ]
    asked = [text for text in (*(one.text for one in brief.challenge.criteria), *_figured(brief.text)) if text.strip()]
    for text, vector in zip(asked, embedder.embed(asked), strict=True):
        parts = [QueryPart(text, vector)]
        caps = Caps(per_document=EACH, per_author=0)
        found = find(Shelf.CONTEXT, parts, brief.scope, shelves, embedder, limit=EACH, caps=caps)
        documents += near_enough(found, embedder)
    once = list({one.item.id: one for one in reversed(documents)}.values())[::-1][:DOCUMENTS]
    return tuple(replace(one, label=f"E{number}") for number, one in enumerate([*precedents, *once, *peers], 1))


def _figured(text: str) -> list[str]:
    found = [text[slice(*span)] for span in sentences(text)]
    return [one for one in found if any(char.isdigit() for char in one)][:FIGURED]


def _judged(one: Reviewed) -> str:
    said = [f"judged {one.standing.value.replace('_', ' ')}"] if one.standing else []
    said += [f"{key} {standing.value.replace('_', ' ')}" for key, standing in one.criteria.items()]
    return ", ".join(said) or "judged"


def beside(
    brief: DraftingTask,
    evidence: Sequence[Evidence],
    reviewed: Sequence[Reviewed],
    decided: Sequence[ShelfItem],
    library: Library,
    guarded: Sequence[str] = (),
) -> ShownBeside:
    """Whole approved drafts, the nearest first; and all work of others, in reach and guarded, that may not come out."""
    work = library.read(Shelf.WORK, brief.scope)
    others = [*(one.text for one in work), *(one.text for one in reviewed), *(one.text for one in decided), *guarded]
    return ShownBeside(examples(brief, evidence, reviewed, decided), tuple(dict.fromkeys(others)))


def examples(
    brief: DraftingTask, evidence: Sequence[Evidence], reviewed: Iterable[Reviewed], decided: Sequence[ShelfItem]
) -> tuple[WholeDraft, ...]:
    """Drafts of this challenge in this language, of which all that facilitators kept is at hand."""
    kept: dict[str, list[PastPoint]] = defaultdict(list)
    for one in decided:
        if one.past is not None and not one.past.dismissed:
            kept[one.document].append(one.past)
    near = Counter(one.item.document for one in evidence if one.item.shelf is Shelf.PRECEDENTS)
    summaries = {one.id: one.feedback.split("\n") for one in reviewed if one.feedback}
    spoken = language_of(brief.text) or brief.language

    def fits(points: Sequence[PastPoint]) -> bool:
        said = language_of(" ".join(one.text for one in points))
        return len(points) >= LEAST_POINTS and said in ("", spoken)

    order = sorted(kept, key=lambda id_: (-near[id_], -len({one.kind for one in kept[id_]}), id_))
    chosen = [id_ for id_ in order if fits(kept[id_])][:EXAMPLES]
    return tuple(WholeDraft(_summary(summaries.get(id_, []), kept[id_]), tuple(kept[id_])) for id_ in chosen)


def _summary(lines: Sequence[str], points: Sequence[PastPoint]) -> str:
    """The line before the points; none where feedback begins with a point."""
    return lines[0] if len(lines) > len(points) else ""
