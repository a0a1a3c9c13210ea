"""What earlier decisions and the organization's documents say of a point: agreement, wording, a line to quote. Pure."""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Container, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cache

from pipelines.prompts import words
from pipelines.texts.contacts import contacts_in
from pipelines.texts.language import (
    alike,
    clauses,
    content,
    language_of,
    quotations,
    sentences,
    shared,
    stop_words,
    tokens,
    unquoted,
)
from pipelines.texts.names import names_in
from pipelines.texts.quoting import locate
from pipelines.texts.saying_back import without_mention
from pipelines.values import DraftingTask, Evidence, PastPoint, PointKind, Shelf
from pipelines.verification import lint

NEARLY_THE_SAME = 0.4
"""Share of content stems from which two facilitators' points count as the same remark in other words."""
SAME_MATTER = 3
"""Independent authors from which points on the same criterion count as agreement, however they are worded."""

ENOUGH = 2.0
"""Words of the criterion that a line of a document must share, its question's words counting 0.7."""
LONGEST_LINE = 18
"""Words of a document that are quoted at most."""

_MARKUP = re.compile(r"[|#*_`“”„\"\n]|\]\(")
_ENUMERATED = re.compile(r"^\d+[.)]\s+")
_UNFIT = frozenset({"grade", "about-person", "empty-praise", "link", "names-person", "too-long", "empty"})
_SPECIFIC = re.compile(r"\b\d[\w.:/-]*|(?<=[a-zäöüß,;] )[A-ZÄÖÜ][\w-]*")
_BEGINS = re.compile(
    r"(?:^|[.!?:]\s+)([A-ZÄÖÜ][a-zäöüß]+)(?=[’']s\b|\s+(?:\w+s|had|will|can|could|would|did|may|said|wrote)\b)"
)
_SMALL = re.compile(r"\b[a-zäöüß]+\b")


@dataclass(frozen=True, slots=True)
class PrecedentAgreement:
    """Precedents of different authors that say the same. `text` is one's wording if it fits here, or ""."""

    members: tuple[Evidence, ...]
    kind: PointKind
    text: str
    authors: int

    @property
    def labels(self) -> list[str]:
        return [piece.label for piece in self.members]

    @property
    def passages(self) -> list[str]:
        return [past.quote for piece in self.members if (past := piece.item.past) and past.quote]


def precedents(
    evidence: Iterable[Evidence], criterion: str | None = None, *, first: Container[str] = ()
) -> list[tuple[Evidence, PastPoint]]:
    """Approved points with their evidence, of one criterion or of all (None): about work in `first`, then the best.
    What a point says of the text that it was made on is left out: it is nothing of this one."""
    found = [
        (piece, replace(past, text=without_mention(past.text)))
        for piece in evidence
        if piece.item.shelf is Shelf.PRECEDENTS and (past := piece.item.past) is not None and not past.dismissed
        if criterion is None or past.criterion == criterion
    ]
    return sorted(found, key=lambda one: (one[0].item.document not in first, -one[0].fused))


def agreement(
    pool: Sequence[tuple[Evidence, PastPoint]], brief: DraftingTask, *, on_criterion: bool
) -> PrecedentAgreement | None:
    """The largest group of these precedents that says the same, by at least two authors; None if there is none.

    Points on one criterion by three authors agree on the matter, even where their wording differs.
    """
    groups = [_group(one, pool, brief.language) for one in pool]
    best = max(groups, key=lambda group: (_authors(group), sum(piece.fused for piece, _ in group)), default=[])
    if _authors(best) < 2 and on_criterion and _authors(pool) >= SAME_MATTER:
        best = list(pool)
    if _authors(best) < 2:
        return None
    fitting = [past for _, past in best if fits(past, [other for _, other in best if other is not past], brief)]
    return PrecedentAgreement(
        tuple(piece for piece, _ in best), best[0][1].kind, fitting[0].text if fitting else "", _authors(best)
    )


def _group(
    one: tuple[Evidence, PastPoint], pool: Sequence[tuple[Evidence, PastPoint]], language: str
) -> list[tuple[Evidence, PastPoint]]:
    return [one] + [
        other for other in pool if other is not one and alike(one[1].text, other[1].text, language) >= NEARLY_THE_SAME
    ]


def _authors(pool: Iterable[tuple[Evidence, PastPoint]]) -> int:
    return len({piece.item.author or piece.item.document or piece.item.id for piece, _ in pool})


def fits(past: PastPoint, others: Sequence[PastPoint], brief: DraftingTask) -> bool:
    """Whether a facilitator's words, said of another text, can be said of this one as they stand.

    What they quote must be quotable here; every word with a meaning must be in this text, in the task, or in what a
    second facilitator said as well, since what only one said may be somebody's own matter ("you were ill"); what may be
    a name must be in this text or in the task; and they must pass the checks for any feedback.
    """
    here = _public(brief)
    said = unquoted(past.text)
    if not speaks_generally(past, others, brief) or _may_name(said, here, others, brief.language):
        return False
    if next(iter(contacts_in(past.text)), None) is not None:
        return False
    if language_of(past.text) not in ("", brief.language):
        return False
    if any(not locate(past.text[a:b].rstrip(".,;:!?"), here) for a, b in quotations(past.text)):
        return False
    if names_in(past.text, brief.names, here, brief.language):
        return False
    if any(finding.code in _UNFIT for finding in lint(past.text, kind=past.kind)):
        return False
    known = set(tokens(f"{here} {' '.join(other.text for other in others)}"))
    return all(word in known for word in tokens(said) if any(map(str.isdigit, word)))


def _may_name(said: str, here: str, others: Sequence[PastPoint], language: str) -> bool:
    """Whether somebody may be named who is not in `here`: after a title, and, where only names are written with a
    capital, by a capital that is not the sentence's, or at its beginning, of one who does something, where nobody
    writes the word small."""
    known = set(tokens(here))
    if any(not set(tokens(found[1])) <= known for found in _titled().finditer(said)):
        return True
    if language == "de":
        return False
    small = {word for text in (here, *(other.text for other in others)) for word in _SMALL.findall(text)}
    begins = {word.casefold() for word in _BEGINS.findall(said)}
    ordinary = small | stop_words(language) | set(str(words("words/judging")["asking"].get(language, "")).split())
    return any(word.casefold() not in known for word in _SPECIFIC.findall(said)) or bool(begins - ordinary - known)


@cache
def _titled() -> re.Pattern[str]:
    titles = "|".join(words("words/names")["titles"].split())
    return re.compile(rf"\b(?i:{titles})\b\.?\s+([A-ZÄÖÜ][\w’'-]+)")


def speaks_generally(past: PastPoint, others: Sequence[PastPoint], brief: DraftingTask) -> bool:
    """Whether words of one facilitator are about the matter, not the text they were said of."""
    common = content(f"{_public(brief)} {' '.join(other.text for other in others)}", brief.language)
    own = content(past.text, brief.language)
    return own <= shared(own, common)


def _public(brief: DraftingTask) -> str:
    challenge = brief.challenge
    criteria = " ".join(f"{criterion.text} {criterion.question}" for criterion in challenge.criteria)
    return f"{brief.text}\n{challenge.prompt} {challenge.title} {challenge.outcome} {criteria}"


@dataclass(frozen=True, slots=True)
class DocumentQuote:
    """A few words of the organization's own documents, verbatim."""

    label: str
    title: str
    quote: str


def cited(evidence: Sequence[Evidence], criterion: str, *, told: Iterable[str] = ()) -> DocumentQuote | None:
    """The line of a document that facilitators' own points on this criterion quote most often, if it is given here."""
    counted = Counter(
        quote.strip(" .,;:!?…")
        for _, past in precedents(evidence, criterion)
        for quote in (past.text[slice(*span)] for span in quotations(past.text))
        if len(quote.split()) >= 3
    )
    for quote, _ in counted.most_common():
        for piece in evidence:
            found = _verbatim(quote, piece.item.text) if piece.item.shelf is Shelf.CONTEXT else ""
            if found and found not in told:
                return DocumentQuote(piece.label, piece.item.title, found)
    return None


def _verbatim(quote: str, text: str) -> str:
    """The quotation as it stands in the text, where a sentence may begin with it."""
    for form in (quote, quote[:1].upper() + quote[1:]):
        if span := locate(form, text):
            return text[slice(*span)]
    return ""


def line(
    evidence: Iterable[Evidence],
    wanted: frozenset[str],
    also: frozenset[str],
    language: str,
    *,
    told: Iterable[str] = (),
) -> DocumentQuote | None:
    """The sentence or clause of a context passage nearest to the stems `wanted`, and a little less to those `also`.

    It shares at least two of them, one of the former, or three. Rare words count more; `told` lines do not come again.
    """
    known = set(told)
    quotes = [
        (piece, quote, content(quote, language))
        for piece in evidence
        if piece.item.shelf is Shelf.CONTEXT
        for quote in _quotable(piece.item.text)
        if quote not in known
    ]
    often = Counter(stem for _, _, stems in quotes for stem in stems)
    best: tuple[float, DocumentQuote] | None = None
    for piece, quote, stems in quotes:
        common = shared(stems, wanted)
        extra = shared(stems, also) - common
        rare = {stem: math.log(1 + len(quotes) / often[stem]) for stem in common | extra}
        score = sum(rare[stem] * (1.0 if stem in common else 0.7) for stem in rare) / math.sqrt(6 + len(stems))
        score += 0.05 * min(3.0, max(0.0, piece.fused))
        if len(common) + 0.7 * len(extra) >= ENOUGH and (best is None or score > best[0]):
            best = score, DocumentQuote(piece.label, piece.item.title, quote)
    return best[1] if best else None


def _quotable(text: str) -> Iterator[str]:
    """Sentences of five to eighteen words, and clauses of longer ones, without markup or quotation marks."""
    for sentence in sentences(text):
        if text[slice(*sentence)].lstrip().startswith(("#", "|", ">")):
            continue
        whole = len(text[slice(*sentence)].split()) <= LONGEST_LINE
        for start, end in clauses(text, sentence)[: 1 if whole else None]:
            quote = _ENUMERATED.sub("", text[start:end].strip(" .,;:!*_-–—•"))
            if 5 <= len(quote.split()) <= LONGEST_LINE and not _MARKUP.search(quote) and not quote.endswith("?"):
                yield quote
