"""Where in a submission a point belongs: the phrase nearest to what it is about. Pure; may not write feedback."""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from functools import cached_property
from typing import Any

from pipelines.texts.language import akin, clauses, content, orders, quotable, stop_words, tokens
from pipelines.texts.layout import formulaic, within_whole
from pipelines.texts.shapes import is_program
from pipelines.values import Span

LONGEST_QUOTE = 13
"""Words; the learner has to see at a glance what is meant."""
SHORTEST_QUOTE = 4
STANDS_OUT = 1.0
"""Standard deviations above the mean of all sentences."""
LONGEST_SENTENCE = 20
"""Words up to which a sentence is quoted whole."""
LONGEST_FORMULAIC = 30
"""The same where it holds a formula or code, whose signs stand apart like words."""
MOST_SENTENCES = 250
LIKE_A_PRECEDENT = 0.45
"""Share of stems (Dice) from which a phrase counts as saying what the passage of a precedent said."""
NEAR = 0.45
"""Weight of a word that stands for a wanted one (prompts/extractive: near) against that of the word itself."""

_WORDS = re.compile(r"\S+")
_NUMBERING = re.compile(r"(?:\d{1,3}|[a-z])[.)]\s+")
_EDGE = " \t\n\r.,;:!?…–—-•*\"“”„«»'’()[]"
_JOINING = frozenset({"", "and", "but", "so", "then", "und", "aber", "dann", "sondern"})
_NUMBER = "#"
_PEOPLE = frozenset({"who", "whom", "wer", "wen", "wem"})
_TIMES = frozenset({"when", "why", "wann", "warum"})


class Vocabulary:
    """Words wanted at a place, with weights: a text's own, and at less weight those that stand for them."""

    def __init__(self, language: str, table: Mapping[str, Any]) -> None:
        self.language = language
        self._thin = content(table.get("thin", ""), language)
        self._near = [self._group(group) for group in table.get("near", [])]

    def _group(self, group: str) -> frozenset[str]:
        """Stems of a group; question words, which carry no meaning elsewhere, stay as they are."""
        asked = {word for word in group.split() if word == _NUMBER or word in _PEOPLE | _TIMES}
        return frozenset(content(group, self.language) | asked)

    def stems(self, text: str) -> frozenset[str]:
        """Content stems of a text, thin words left out; any number is also the sign for numbers."""
        numbers = {_NUMBER} if any(char.isdigit() for char in text) else set()
        return frozenset(content(text, self.language) - self._thin | numbers)

    def wanted(self, *weighted: tuple[str, float]) -> dict[str, float]:
        """Stems of each text at its weight; of texts at full weight, those near them, too."""
        found: dict[str, float] = {}
        for text, weight in weighted:
            own = (self.stems(text) - {_NUMBER}) | (content(text, self.language) & self._grouped)
            near = [group for group in self._near if group & (own | self._asked(text))] if weight >= 1.0 else []
            for stem in own:
                found[stem] = max(found.get(stem, 0.0), weight)
            for stem in frozenset().union(*near):
                found[stem] = max(found.get(stem, 0.0), weight * NEAR)
        return found

    @cached_property
    def _grouped(self) -> frozenset[str]:
        return frozenset().union(*self._near)

    def _asked(self, text: str) -> frozenset[str]:
        """Question words by which a text asks for a time or a reason anywhere, for people where it begins with them."""
        said = tokens(text)
        return frozenset(said[:1]) & _PEOPLE | frozenset(said) & _TIMES


class PhrasePlaces:
    """The phrases of one submission, and which of them are taken. Orders to a machine are no places."""

    def __init__(self, text: str, vocabulary: Vocabulary, cuts: str = "") -> None:
        self.text, self.words = text, vocabulary
        self.language = vocabulary.language
        self.ordered = orders(text)
        self.used: list[Span] = []
        self._cuts = frozenset(cuts.split())
        self._akin: dict[str, frozenset[str]] = {}

    @cached_property
    def phrases(self) -> list[tuple[Span, frozenset[str]]]:
        """Runs of neighbouring clauses short enough to quote, and parts of clauses that are too long, in order."""
        spans: dict[Span, None] = {}
        for sentence in quotable(self.text)[:MOST_SENTENCES]:
            if not any(a < sentence[1] and sentence[0] < b for a, b in self.ordered):
                spans |= dict.fromkeys(self._tidy(span) for span in self._runs(sentence))
        spans = {span: None for span in spans if _balanced(self.text[slice(*span)])}
        long_enough = [span for span in spans if self._count(span) >= SHORTEST_QUOTE]
        return [(span, self.words.stems(self.text[slice(*span)])) for span in long_enough or spans if span[0] < span[1]]

    def _runs(self, sentence: Span) -> list[Span]:
        formula = formulaic(self.text[slice(*sentence)])
        whole = self._count(sentence) <= (LONGEST_FORMULAIC if formula else LONGEST_SENTENCE)
        if is_program(self.text) or (whole and formula):
            return [sentence] if whole else self._parts(sentence)
        pieces = clauses(self.text, sentence)
        if whole and len(pieces) == 1:
            return [sentence]
        pieces = pieces[1:] or pieces
        runs = []
        for i, (start, end) in enumerate(pieces):
            if self._count((start, end)) > LONGEST_QUOTE:
                runs += self._parts((start, end))
            for _, later in pieces[i:]:
                if self._count((start, later)) > LONGEST_QUOTE:
                    break
                runs.append((start, later))
        return runs

    def _parts(self, clause: Span) -> list[Span]:
        """Parts of a long clause that begin at its beginning or before a small linking word, and end likewise."""
        found = [match.span() for match in _WORDS.finditer(self.text, *clause)]
        edges = [0, *(i for i, span in enumerate(found) if i and self._may_begin(span)), len(found)]
        if len(edges) == 2:
            edges = [0, min(len(found), LONGEST_QUOTE)]
        return [
            (found[i][0], found[j - 1][1]) for i in edges for j in edges if SHORTEST_QUOTE <= j - i <= LONGEST_QUOTE
        ] or [(found[0][0], found[min(len(found), LONGEST_QUOTE) - 1][1])]

    def _may_begin(self, word: Span) -> bool:
        return self._word(word) in self._cuts and not within_whole(self.text, word[0])

    @cached_property
    def _rarity(self) -> dict[str, float]:
        counts = Counter(stem for _, stems in self.phrases for stem in stems)
        return {stem: math.log(1.5 + len(self.phrases) / (2 * count)) for stem, count in counts.items()}

    def covered(self, wanted: frozenset[str]) -> float:
        """Share of the wanted stems that occur anywhere here, in [0, 1]."""
        return sum(bool(self._here(stem)) for stem in wanted) / len(wanted) if wanted else 0.0

    def like(self, passages: Sequence[str]) -> Span | None:
        """The phrase that says most nearly what one of these passages says, if any is near enough."""
        wanted = [stems for passage in passages if (stems := self.words.stems(passage))]
        best = max(self._free(), key=lambda one: self._dice(one[1], wanted), default=None)
        return self._take(best[0]) if best and self._dice(best[1], wanted) >= LIKE_A_PRECEDENT else None

    def has_like(self, passage: str) -> bool:
        """Whether a phrase here, taken or not, says nearly what the passage says."""
        wanted = [self.words.stems(passage)]
        return any(self._dice(stems, wanted) >= LIKE_A_PRECEDENT for _, stems in self.phrases)

    def shows(self, wanted: Mapping[str, float]) -> bool:
        """Whether one phrase here, taken or not, has enough of what is wanted that it may be there."""
        here = self._weights_here(wanted)
        for _, stems in self.phrases:
            found = [here[stem] for stem in stems if stem in here]
            own = sum(weight > NEAR for weight in found)
            if own >= 2 or (own == 1 and len(found) >= 3):
                return True
        return False

    def within(self, sentence: Span, wanted: Mapping[str, float]) -> Span | None:
        """What to quote of this sentence: all of it if it is short, else the run of its clauses nearest to the wanted.

        None where it is taken already, or gives orders to a machine.
        """
        whole = self._tidy(sentence)
        if whole[0] >= whole[1] or any(a < whole[1] and whole[0] < b for a, b in (*self.used, *self.ordered)):
            return None
        if self._count(whole) <= LONGEST_SENTENCE and _balanced(self.text[slice(*whole)]):
            return self._take(whole)
        here = self._weights_here(wanted)
        best = max(
            ((span, self.words.stems(self.text[slice(*span)])) for span in self._neighbours(sentence)),
            key=lambda one: self._weight(one, here, 3 * LONGEST_SENTENCE),
            default=None,
        )
        return self._take(best[0]) if best else None

    def stands_out(self, sentence: Span, wanted: Mapping[str, float]) -> bool:
        """Whether the sentence has more of what is wanted than most sentences here, rare words counting more."""
        here = self._weights_here(wanted)

        def weight(span: Span) -> float:
            found = self.words.stems(self.text[slice(*span)])
            rare = sum(here.get(stem, 0.0) * self._rarity.get(stem, 1.0) for stem in found)
            return rare / math.sqrt(10 + len(found))

        each = [weight(span) for span in quotable(self.text)[:MOST_SENTENCES]]
        mean = sum(each) / len(each)
        spread = math.sqrt(sum((one - mean) ** 2 for one in each) / len(each))
        return weight(sentence) > mean + STANDS_OUT * spread or (len(each) == 1 and each[0] > 0)

    def _neighbours(self, sentence: Span) -> list[Span]:
        """Runs of whole clauses that are short enough; of a sentence without such, its beginning."""
        pieces = clauses(self.text, sentence)[1:]
        starts = [i for i, (start, _) in enumerate(pieces) if i == 0 or _parted(self.text[pieces[i - 1][1] : start])]
        runs = [self._tidy((pieces[i][0], later)) for i in starts for _, later in pieces[i:]]
        runs = [one for one in runs if SHORTEST_QUOTE <= self._count(one) <= LONGEST_SENTENCE]
        runs = [one for one in runs if _balanced(self.text[slice(*one)])]
        return runs or [self._tidy(part) for part in self._parts(sentence) if part[0] == sentence[0]][-1:]

    def nearest(self, wanted: Mapping[str, float], *, sure: bool = False) -> Span | None:
        """The phrase that shares most with what is wanted, rare words counting more; None if all share too little.

        One near word is enough to ask about something at its place. To be `sure` that it is there, so that it can be
        praised, it takes two words of full weight, or four of which one is more than near.
        """
        here = self._weights_here(wanted)
        best = max(self._free(), key=lambda one: self._weight(one, here, 9 if sure else 5), default=None)
        found = [here[stem] for stem in best[1] if stem in here] if best else []
        if sure:
            enough = sum(weight >= 1.0 for weight in found) >= 2 or (len(found) >= 4 and max(found) > NEAR)
        else:
            enough = sum(found) >= NEAR
        return self._take(best[0]) if best and enough else None

    def _weights_here(self, wanted: Mapping[str, float]) -> dict[str, float]:
        """What is wanted, by the stems of this text that are akin to it."""
        here: dict[str, float] = {}
        for stem, weight in wanted.items():
            for other in self._here(stem):
                here[other] = max(here.get(other, 0.0), weight)
        return here

    def last(self, fit: Callable[[Span], bool] = lambda _: True) -> Span | None:
        """Where something new would be added: the last phrase that is free, and fit to be shown; else just free."""
        free = [span for span, _ in self._free()]
        chosen = next((span for span in reversed(free) if fit(span)), free[-1] if free else None)
        return self._take(chosen) if chosen else None

    def _take(self, span: Span) -> Span:
        self.used.append(span)
        return span

    def _free(self) -> list[tuple[Span, frozenset[str]]]:
        return [one for one in self.phrases if not any(a < one[0][1] and one[0][0] < b for a, b in self.used)]

    def _dice(self, stems: frozenset[str], wanted: Sequence[frozenset[str]]) -> float:
        def dice(passage: frozenset[str]) -> float:
            common = sum(bool(self._here(stem) & stems) for stem in passage)
            return 2 * common / (len(passage) + len(stems)) if common >= 2 or passage == stems else 0.0

        return max(map(dice, wanted), default=0.0)

    def _weight(self, one: tuple[Span, frozenset[str]], here: Mapping[str, float], patience: int) -> float:
        """What of the wanted is here, by length; the higher the patience, the longer a phrase may be."""
        found = sum(self._rarity.get(stem, 1.0) * here[stem] for stem in one[1] if stem in here)
        small = stop_words(self.language)
        ends = self.text[slice(*one[0])].split()
        loose = 0.85 if self._bare(ends[-1]) in small or self._bare(ends[0]) in self._cuts else 1.0
        return loose * found / math.sqrt(patience + self._count(one[0]))

    def _here(self, stem: str) -> frozenset[str]:
        if stem not in self._akin:
            self._akin[stem] = frozenset(other for other in self._rarity if akin(stem, other))
        return self._akin[stem]

    def _word(self, span: Span) -> str:
        return self._bare(self.text[slice(*span)])

    def _bare(self, word: str) -> str:
        return word.strip(_EDGE).casefold()

    def _count(self, span: Span) -> int:
        return len(_WORDS.findall(self.text, *span))

    def _tidy(self, span: Span) -> Span:
        """Without marks at its edges; an opening parenthesis or quotation mark within stays closed."""
        start, end = span
        while end > start and self.text[end - 1] in _EDGE:
            end -= 1
        while start < end and self.text[start] in _EDGE:
            start += 1
        number = _NUMBERING.match(self.text, start, end)
        if number and not self.text[:start].rpartition("\n")[2].strip():
            start = number.end()
        start, end = _with_marks(self.text, start, end)
        if end < len(self.text) and self.text[end] in '?)”"“' and _open(self.text[start:end], self.text[end]):
            end += 1
        return start, end


def _with_marks(text: str, start: int, end: int) -> Span:
    """With the mark of bold or of code that something at the edge is begun or ended with: half a pair is no reading."""
    for mark in ("**", "__", "`"):
        if text.count(mark, start, end) % 2:
            if text.endswith(mark, 0, start):
                start -= len(mark)
            elif text.startswith(mark, end):
                end += len(mark)
    return start, end


def _parted(between: str) -> bool:
    """Whether clauses are parted by a mark, with no more than an "and" after it: "which" leans on what it follows."""
    said = between.strip(" \n\t,;:–—-").casefold()
    return any(mark in between for mark in ",;:–—") and said in _JOINING


def _balanced(text: str) -> bool:
    """Whether no quotation or parenthesis is begun and not ended, or the other way round."""
    return text.count('"') % 2 == 0 and text.count("(") == text.count(")") and (
        text.count("“") + text.count("„") + text.count("”")
    ) % 2 == 0  # fmt: skip


def _open(text: str, closing: str) -> bool:
    """Whether the mark that follows belongs to something begun inside."""
    if closing == "?":
        return True
    opening = {")": "(", "”": "“", "“": "„"}.get(closing, closing)
    return text.count(opening) > (text.count(closing) if opening != closing else text.count(opening) // 2 * 2)
