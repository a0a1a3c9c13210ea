"""What to compare in a gallery: the same criterion, done differently by each, in each one's own words at their place.

Pure over works with their places. Quotes whole sentences or clauses, never a work that is known to lack what is
compared, and never twice the same. Where no criterion is spoken of by two works, what each says that the others do not
stands beside each other. All words but quotations and the criterion are in the reader's language; a quotation in
another one says so, and where we have no words of that language, quotations stand alone.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

from pipelines.approaches import ApproachPlace, ApproachWork
from pipelines.prompts import has_words, words
from pipelines.speaking import Speaking
from pipelines.texts.language import content, language_code, language_of, passages_alike, quotable, tokens
from pipelines.texts.masking import is_masked
from pipelines.texts.plain import one_line
from pipelines.texts.shapes import flow, is_program
from pipelines.texts.wholes import LONGEST, points_back, whole
from pipelines.values import Criterion, Standing

LETTERS: Final = "ABCDE"
SAME: Final = 0.75
"""Share of the shorter quotation's words from which two say the same, and comparing them shows nothing."""
OPEN: Final = 0.1
"""What it is worth, against how clearly the places speak, that the learner's own text does not do this yet."""
MASKED: Final = 0.2
"""What a quotation is worth less in which something is put out of sight."""
_LACKS: Final = frozenset({Standing.NOT_YET, Standing.PARTLY})


@dataclass(frozen=True, slots=True)
class Comparison:
    """A comparison to verify. Every place's quote stands in `text` as it stands in its work."""

    text: str
    places: tuple[ApproachPlace, ...]


@dataclass(frozen=True, slots=True)
class _Sides:
    """What is quoted: of each work shown, None where it has no place; and of the own text."""

    shown: tuple[ApproachPlace | None, ...]
    own: ApproachPlace | None
    criterion: Criterion | None = None
    worth: float = 0.0

    @property
    def places(self) -> tuple[ApproachPlace, ...]:
        return tuple(place for place in (*self.shown, self.own) if place)


def placed(work: ApproachWork, speaking: Speaking) -> ApproachWork:
    """The work with places found for criteria on which no person gave one."""
    found = {key: one for key, one in speaking.places(work.text).items() if key not in work.places}
    return replace(
        work,
        places={**{key: one.span for key, one in found.items()}, **work.places},
        sure={**{key: one.sure for key, one in found.items()}, **work.sure},
    )


def compare(
    own: ApproachWork, chosen: Sequence[ApproachWork], criteria: Sequence[Criterion] = (), language: str = "en"
) -> Comparison | None:
    """What to compare in the works as they are shown, A, B and C in this order; None where nothing can be quoted."""
    if not chosen:
        return None
    found = [sides for criterion in criteria if (sides := _on(criterion, own, chosen))]
    best = max(found, key=lambda sides: (len([one for one in sides.shown if one]), sides.worth), default=None)
    best = best or _only_here(own, chosen)
    return Comparison(_said(best, {work.id: work for work in (own, *chosen)}, language), best.places) if best else None


def _on(criterion: Criterion, own: ApproachWork, chosen: Sequence[ApproachWork]) -> _Sides | None:
    """What each does about one criterion; None unless two differ: two of those shown, or the only one and the own."""
    mine = _place(own, criterion.id)
    shown: list[ApproachPlace | None] = []
    for work in chosen:
        place = None if work.criteria.get(criterion.id) in _LACKS else _place(work, criterion.id)
        said = [one.quote for one in (mine, *shown) if one]
        repeats = place and any(_alike(place.quote, quote) for quote in said)
        shown.append(None if repeats else place)
    there = [place for place in shown if place]
    if len(there) + (mine is not None and len(chosen) == 1) < 2:
        return None
    clear = min(work.sure.get(criterion.id, 0.0) for work, place in zip(chosen, shown, strict=True) if place)
    hidden = MASKED * any(is_masked(place.quote) for place in there)
    worth = clear - hidden + OPEN * (own.criteria.get(criterion.id) is not Standing.MET)
    return _Sides(tuple(shown), mine, criterion, worth)


def _place(work: ApproachWork, criterion: str) -> ApproachPlace | None:
    start, end = work.places.get(criterion, (0, 0))
    if not 0 <= start < end <= len(work.text):
        return None
    return _at(work, *whole(work.text, (start, end)))


def _at(work: ApproachWork, start: int, end: int) -> ApproachPlace:
    return ApproachPlace(work.id, start, end, work.text[start:end])


def _alike(one: str, other: str) -> bool:
    return tokens(one) == tokens(other) or passages_alike(one, other, language_of(one)) >= SAME


def _only_here(own: ApproachWork, chosen: Sequence[ApproachWork]) -> _Sides | None:
    """Of each the sentence or line that says most of what none of the others says anywhere."""
    shown = [_peculiar(work, [own, *(one for one in chosen if one is not work)]) for work in chosen]
    mine = _peculiar(own, chosen) if len(chosen) == 1 else None
    enough = sum(place is not None for place in (*shown, mine)) >= 2
    return _Sides(tuple(shown), mine) if enough else None


def _peculiar(work: ApproachWork, others: Sequence[ApproachWork]) -> ApproachPlace | None:
    program, language = is_program(work.text), language_of(work.text)
    there = {word for one in others for word in _words(one.text, program, language)}
    spans = [whole(work.text, span) for span in quotable(work.text)[:200]]
    best, most = None, 0.0
    for start, end in spans:
        said = work.text[start:end]
        found = _words(said, program, language)
        new = len(found - there) + (2 * len(flow(said)) if program else 0)
        weight = new / (4 + len(found)) * (0.5 if is_masked(said) or points_back(said) or end - start > LONGEST else 1)
        if tokens(said) and weight > most:
            best, most = (start, end), weight
    return _at(work, *best) if best else None


def _words(text: str, program: bool, language: str) -> frozenset[str]:
    return frozenset(tokens(text)) if program else content(text, language)


def _said(sides: _Sides, works: Mapping[str, ApproachWork], language: str) -> str:
    """A line for what is compared, one for each work, and what to ask of them."""
    code = language_code(language)
    table: Mapping[str, Any] = words(f"gallery/{code}")["comparison"] if has_words(f"gallery/{code}") else _BARE
    lines = [_heading(sides, table, code)]
    lines += [_line(letter, one, table, works, code) for letter, one in zip(LETTERS, sides.shown, strict=False)]
    lines += [_line(table["own"], sides.own, table, works, code)] if sides.own else []
    lines += [table["ask" if sides.own else "ask_own" if sides.criterion else "ask_only"]]
    return "\n".join(line for line in lines if line)


_BARE: Final[Mapping[str, Any]] = {
    **dict.fromkeys(("criterion", "only_here", "same", "nowhere", "ask", "ask_own", "ask_only", "another"), ""),
    "quoted": "“{words}”",
    "side": "{letter}: {quote}",
    "foreign": "{letter}: {quote}",
    "own": "·",
    "languages": {},
}
"""Signs alone, for a reader in whose language we have no words."""


def _heading(sides: _Sides, table: Mapping[str, Any], code: str) -> str:
    """The criterion as it stands, unless it is in another language than the reader's."""
    if sides.criterion is None:
        return str(table["only_here"])
    spoken = language_of(f"{sides.criterion.text} {sides.criterion.question}")
    if spoken and spoken != code:
        return str(table["same"])
    return str(table["criterion"]).replace("{words}", one_line(sides.criterion.text))


def _line(
    letter: str, place: ApproachPlace | None, table: Mapping[str, Any], works: Mapping[str, ApproachWork], code: str
) -> str:
    if place is None:
        return str(table["nowhere"]).replace("{letter}", letter)
    spoken = language_of(place.quote) or language_of(works[place.work].text)
    foreign = bool(spoken) and spoken != code
    called = table["languages"].get(spoken, table["another"])
    quote = str(table["quoted"]).replace("{words}", place.quote)
    form = str(table["foreign" if foreign else "side"]).replace("{letter}", letter).replace("{language}", called)
    return form.replace("{quote}", quote)
