"""Form mended, so that a good point is not lost to a slip: labels, criteria, quotations, and words around the point.

May not change what a point says. What a quotation is found as are the text's own characters, never the model's.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache

from pipelines.drafting.parsing import RawPoint
from pipelines.prompts import words
from pipelines.texts.language import content, quotations, shared, tokens
from pipelines.texts.quoting import locate
from pipelines.values import Criterion, DraftingTask, Evidence, SourceKind, Span

LEAST_LEFT = 4
"""Words that must be left of a point once praise that says nothing is taken off its beginning."""
NEARLY = 0.75
"""Share of a criterion's words that carry meaning from which it is named by them."""
LEAST_QUOTED = 2
"""Words of a part of a quotation that can stand for the whole of it."""

_ELLIPSIS = re.compile(r"\s*(?:\[\s*(?:…|\.{2,})\s*\]|\(\s*(?:…|\.{2,})\s*\)|…|\.{3,})\s*")
_MARKS = "\"'“”„«»‚‘’‹›` "
_MARKUP = re.compile(r"(?<![\w*])(\*\*)(?=\S)(.+?)(?<=\S)\1(?![\w*])")
_LEADING = re.compile(
    r"\A\s*(?:[-*•–]\s+|\d+[.)]\s+|(?:strength|next step|next_step|question|praise|suggestion|tip|point\s*\d*|"
    r"stärke|nächster schritt|frage|lob|hinweis|tipp)\s*[:–—-]\s+)",
    re.IGNORECASE,
)
_LABELS = re.compile(r"\s*[\[(](?:see\s+|source[s]?:?\s+|vgl\.\s+|siehe\s+|Quelle[n]?:?\s+)?"
                     r"(?:[Ek]\d{1,2})(?:\s*(?:,|;|and|und|&)\s*[Ek]\d{1,2})*[\])]")  # fmt: skip
_GREETING = re.compile(
    r"\A\s*(?:hi|hello|hey|dear|hallo|liebe[rs]?|guten (?:tag|morgen))\b(?:\s+[^\W\d_][\w'’-]*){0,3}\s*[,!]\s*",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class MendedLabels:
    """What a point rests on: evidence and criteria that were given, each once, and labels that mean nothing here."""

    evidence: tuple[Evidence, ...]
    criteria: tuple[str, ...]
    unknown: tuple[str, ...]


def text_of(raw: str) -> str:
    """A point's words without markup, labels, a greeting, and empty praise around them."""
    text = " ".join(_LABELS.sub("", raw).split())
    text = _MARKUP.sub(r"\2", text)
    text = _GREETING.sub("", _LEADING.sub("", text))
    return _capital(_without_praise(text))


@cache
def _praise() -> re.Pattern[str]:
    empty = "|".join(f"(?:{one})" for one in words("words/tone")["empty"])
    return re.compile(rf"(?:\A|(?<=[.!?]\s))(?:{empty})\s*[!.,;:–—-]+\s*", re.IGNORECASE)


def _without_praise(text: str) -> str:
    """Taken off where something is said besides; where praise is all there is, it stays, and is not let through."""
    bare = _praise().sub("", text)
    return bare if len(tokens(bare)) >= LEAST_LEFT else text


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:] if text[:1].islower() else text


def quotation(quote: str, text: str) -> Span | None:
    """Where the quotation stands as `locate` finds it, also without the marks around it; where "…" joins what is too
    far apart, its longest part that is there."""
    bare = quote.strip().strip(_MARKS)
    found = locate(quote, text) or locate(bare, text) or locate(bare.rstrip(".,;:!?"), text)
    if found is not None:
        return found
    parts = sorted((part.strip(_MARKS + ".,;:") for part in _ELLIPSIS.split(bare)), key=len, reverse=True)
    there = (locate(part, text) for part in parts if len(part.split()) >= LEAST_QUOTED)
    return next((span for span in there if span), None) if len(parts) > 1 else None


def criterion_of(said: str, criteria: Sequence[Criterion], language: str) -> str:
    """The id of the criterion that is named by its id, its number, or its words; "" if none is."""
    label = said.strip().strip("[](){}<>.;:,\"'“”„ ")
    by = {one.id.casefold(): one.id for one in criteria}
    if (known := by.get(label.casefold())) or not label:
        return known or ""
    head = re.match(r"([\w-]+)\s*[:.)–—-]", label)
    if head and (known := by.get(head[1].casefold())):
        return known
    numbered = re.fullmatch(r"(?:criterion|kriterium|criteria|no\.?|nr\.?|#)\s*(\d+)", label, re.IGNORECASE)
    if numbered:
        at = int(numbered[1]) - 1
        return by.get(f"k{at + 1}", criteria[at].id if 0 <= at < len(criteria) else "")
    return _by_words(label, criteria, language)


def _by_words(label: str, criteria: Sequence[Criterion], language: str) -> str:
    plain = " ".join(tokens(label))
    for one in criteria:
        text = " ".join(tokens(one.text))
        if plain == text or (len(plain) >= 12 and (plain in text or text in plain)):
            return one.id
    said = content(label, language)
    shares = {
        one.id: len(shared(wanted, said)) / len(wanted) for one in criteria if (wanted := content(one.text, language))
    }
    best = max(shares, key=shares.__getitem__, default="")
    alone = best and all(share < shares[best] for id_, share in shares.items() if id_ != best)
    return best if alone and shares[best] >= NEARLY and len(said) >= 2 else ""


def labels_of(raw: RawPoint, brief: DraftingTask, evidence: Sequence[Evidence]) -> MendedLabels:
    """What the point's labels mean: as they are, or a document by its title, or a criterion by its words."""
    by_label = {piece.label.casefold(): piece for piece in evidence}
    criteria = brief.challenge.criteria
    found: dict[str, Evidence] = {}
    named: dict[str, None] = {}
    unknown: list[str] = []
    for said in [*raw.sources, raw.criterion]:
        label = said.strip(" []()")
        if not label or label.casefold() in _THE_SUBMISSION:
            continue
        pieces = _pieces(label, raw.text, by_label, evidence)
        criterion = criterion_of(label, criteria, brief.language)
        found |= {piece.label: piece for piece in pieces}
        if criterion and not pieces:
            named.setdefault(criterion)
        if not pieces and not criterion:
            unknown.append(label)
    return MendedLabels(tuple(found.values()), tuple(named), tuple(dict.fromkeys(unknown)))


_THE_SUBMISSION = frozenset({"submission", "the submission", "s", "text", "none", "your text", "the text", "abgabe"})


def _pieces(label: str, text: str, by_label: Mapping[str, Evidence], evidence: Iterable[Evidence]) -> list[Evidence]:
    """The evidence that a label names; several labels may have been put into one."""
    if piece := by_label.get(label.casefold()):
        return [piece]
    if inside := [
        by_label[one.casefold()] for one in re.findall(r"\b[A-Za-z]\d+\b", label) if one.casefold() in by_label
    ]:
        return inside
    titled = [one for one in evidence if one.kind is SourceKind.CONTEXT and _titled(label, one)]
    quoted = [
        one for one in titled if any(locate(text[a:b].rstrip(".,;:!?…"), one.item.text) for a, b in quotations(text))
    ]
    return quoted[:1] or titled[:1]


def _titled(label: str, piece: Evidence) -> bool:
    title, said = (" ".join(tokens(one)) for one in (piece.item.title, label))
    return bool(title) and (
        title == said or f" {title} " in f" {said} " or (len(said) >= 8 and f" {said} " in f" {title} ")
    )
