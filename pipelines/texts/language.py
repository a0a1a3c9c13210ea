"""What can be said of words without understanding them: where sentences and clauses are, which language it is, whether
two texts say nearly the same. Pure; may not know drafts, models or stores.

Offsets are character offsets into the text that was passed in, end exclusive.
"""

from __future__ import annotations

import re
import threading
import unicodedata
from collections.abc import Callable, Iterable, Sequence
from functools import cache, lru_cache

import snowballstemmer

from pipelines.prompts import words
from pipelines.texts.detecting import SURE, SURE_OF_SCRIPT, foreign_script, likely
from pipelines.texts.layout import LATEX, signs, unparted, within_whole, wraps
from pipelines.values import Span

TWINS = 0.6
"""Share of content-word stems, of all that either text has, from which two points count as the same thing said twice.

Measured on pairs of approved feedback within a challenge. In the example organization, where every facilitator words
anew, none of 1069 pairs reaches it: on one criterion they go up to 0.45, on others to 0.2. In two public sets of
short answers, where the same is said over and over, 7 of 100 pairs of distinct feedbacks reach it; of 24 of these that
were read, all but one said the same thing, and of 24 between 0.45 and 0.6 still about two thirds.
"""

SAME_PASSAGE = 0.6
"""Share of the shorter passage's content stems that the other one has, too, from which both count as nearly identical.

Measured on the example organization, on all 1069 pairs of passages that two submissions to one challenge were given
points at: three pairs reach it, all of them the same remark in other words ("we talk about it in the staff meeting"),
and among pairs on one criterion with opposite points only the one contradiction that is there (0.67; the next has 0.4).
Of 16 rewordings made for the purpose it finds 15, but of 16 neighbors made to mislead it takes 7 along ("the visitor
counts who speaks first", "the visitor speaks with the class"): so nothing is done on its word alone.
Cosines of the small sentence model (0.73) took none of those neighbors along, but found 13 of the 16.
"""
SHARED_STEMS = 2
"""Stems that two passages must share at least: a passage of one word is in many others."""
SAME_MATTER = 0.3
"""Share of content stems from which two points are about the same matter, where their place or criterion is the same.

Wordings that the drafter without a model has for one gap, with the criterion's question, lie between 0.33 and 0.93 (197
pairs; half of them reach TWINS), those for gaps on two criteria of one challenge below 0.27 in 95 of 100 pairs. Without
the question wordings of one gap reach down to 0.1: then only the place and the criterion tell.
"""

HEARD = 4000
"""Characters that tell a text's language."""

PLAUSIBLE = 0.05
"""Part of the likeliest language's probability that a declared one must have to be believed."""

_WORD = re.compile(r"[^\W_]+(?:(?:['’_./-]|(?<=\d),(?=\d))[^\W_]+)*")
_CJK = re.compile(r"[\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7af\uf900-\ufaff]")
_SENTENCE_END = re.compile(
    rf"(?:{LATEX})(?:\s*(?:{LATEX}))*\s*|"
    r"(?<=[.!?…。！？])[\"”“’»)\]]*\s+|(?<=[。！？])|\n\s*\n|\n(?=\s*(?:[-*•–]|\d+[.)])\s)|(?<=[:;])\n|\n"
)
_ABBREVIATION = re.compile(
    r"(?:\b(?:e\.g|i\.e|z\.B|d\.h|u\.a|bzw|vgl|ca|etc|approx|resp|no|nr|dr|mr|mrs|ms|prof|st|vs|fig|cf|al|eq|pp)|\b[A-Za-z])\.$",
    re.I,
)
_VARIABLE = re.compile(r"[!<>=+*/^≤≥≠≈]\s*[A-Za-z]\.$")
_NUMBER_STOP = re.compile(r"\b\d+\.$")
_CLAUSE_END = re.compile(
    r"\s*[,;:–—()]\s+|\s+(?:-|–|—)\s+|"
    r"\s+(?=(?:and|but|because|so that|while|whereas|which|then|when|"
    r"und|aber|sondern|weil|damit|dann|sowie|wenn|während)\s)"
)
_OPENING = re.compile(
    r"^(?:and|but|so|then|or|also|because|that|which|"
    r"und|aber|dann|oder|auch|sowie|dass|weil|damit|sondern|[-*•–]|\d+[.)])\s+",
    re.I,
)
_STOPS = frozenset('.!?…:;"”“’»)]')
_QUOTED = re.compile(r"[“„«»\"]([^“”„«»\"\n]{2,400}?)[”“»«\"]")


def tokens(text: str) -> list[str]:
    """Words in lower case, in order; one that a line's end parts is one."""
    return _WORD.findall(unicodedata.normalize("NFC", unparted(text)).casefold())


def count_words(text: str) -> int:
    """Words; in scripts that do not part words, every character counts as one."""
    signs = len(_CJK.findall(text))
    return signs + len(_WORD.findall(_CJK.sub(" ", text)))


@cache
def _stemmer(language: str) -> Callable[[str], str] | None:
    name = words("words/languages").get(language, {}).get("stemmer")
    return snowballstemmer.stemmer(name).stemWord if name else None


@cache
def stop_words(language: str) -> frozenset[str]:
    """The commonest small words; of an unknown language, none."""
    return frozenset(words("words/languages").get(language, {}).get("stop", "").split())


_STEMMING = threading.Lock()  # a Snowball stemmer keeps the word it works on in itself


@lru_cache(maxsize=65_536)
def stem(word: str, language: str) -> str:
    """The Snowball stem; of a language without one, the word."""
    stemmer = _stemmer(language)
    if stemmer is None:
        return word
    with _STEMMING:
        return str(stemmer(word))


@lru_cache(maxsize=2048)
def content(text: str, language: str) -> frozenset[str]:
    """Stems of the words that carry meaning."""
    stop = stop_words(language)
    return frozenset(stem(word, language) for word in tokens(text) if word not in stop and not _tiny(word))


def _tiny(word: str) -> bool:
    return len(word) < 2 and not word.isdigit() and not _CJK.match(word)


def akin(a: str, b: str) -> bool:
    """Whether two stems name the same: equal, sharing a long beginning, or one ending the other (compounds)."""
    if a == b:
        return True
    short, long = sorted((a, b), key=len)
    if len(short) < 5:
        return False
    return long.startswith(short) or long.endswith(short) or (len(short) >= 7 and short[:6] == long[:6])


def shared(wanted: Iterable[str], there: Iterable[str]) -> set[str]:
    """Those of `wanted` stems that occur in `there`, akin ones included."""
    have = set(there)
    return {stem for stem in wanted if stem in have or any(akin(stem, other) for other in have)}


def alike(a: str, b: str, language: str) -> float:
    """Share of content stems, of all that either has, in [0, 1]; 1.0 for texts equal but for case and marks."""
    if tokens(a) == tokens(b):
        return 1.0
    left, right = content(a, language), content(b, language)
    return len(left & right) / len(left | right) if left | right else 0.0


def twins(a: str, b: str, language: str) -> bool:
    """Whether two points say nearly the same."""
    return alike(a, b, language) >= TWINS


def passages_alike(a: str, b: str, language: str) -> float:
    """Share of the shorter one's content stems that the other one has, in [0, 1]; 0.0 where too few are shared."""
    left, right = content(a, language), content(b, language)
    common = len(left & right)
    return common / min(len(left), len(right)) if common >= SHARED_STEMS else 0.0


def same_passage(a: str, b: str, language: str) -> bool:
    """Whether two passages say nearly the same. One without words is like none."""
    return passages_alike(a, b, language) >= SAME_PASSAGE


def language_of(text: str) -> str:
    """The language's code (ISO 639), or "" where nobody can tell: never a guess.

    Where the detector is not sure, what the small words say counts if it is the detector's likeliest, too: four of
    them, half as many again as of the next language.
    """
    text = unquoted(text[: 2 * HEARD])[:HEARD]
    code, sure = next(iter(likely(text).items()), ("", 0.0))
    if sure >= SURE or (sure >= SURE_OF_SCRIPT and foreign_script(text)):
        return code
    return code if code and code == _by_small_words(text) else ""


UNTOLD = "und"
"""The code (ISO 639) of a language that nobody can tell; there are no words of ours in it."""


def written_in(text: str, declared: str) -> str:
    """What a text is written in: as it shows itself, else as declared, if it could be that; else UNTOLD.

    Platforms declare one language for all that they hand in. A text that is too short to tell is believed to be in it;
    one that is plainly in none such is not.
    """
    if found := language_of(text):
        return found
    declared = language_code(declared)
    heard = likely(unquoted(text[: 2 * HEARD])[:HEARD])
    if not heard or (not foreign_script(text) and heard.get(declared, 0.0) >= PLAUSIBLE * max(heard.values())):
        return declared
    return UNTOLD


def language_name(code: str) -> str:
    """What a language is called in English; its code where we do not know."""
    if code == UNTOLD:
        return "a language that could not be told"
    known = words("words/languages").get(code, {}).get("name", "")
    return str(known or words("words/language_names").get(code, code))


def _by_small_words(text: str) -> str:
    found = tokens(text)
    counts = sorted((sum(map(stop_words(code).__contains__, found)), code) for code in words("words/languages"))[::-1]
    (best, code), (second, _) = counts[0], counts[1]
    return code if best >= 4 and best >= 1.5 * second and best >= 0.15 * len(found) else ""


def language_code(name: str) -> str:
    """'de-AT', 'DE', 'ge' (an old habit for German) → 'de'."""
    code = name.strip().lower().replace("_", "-").partition("-")[0]
    return {"ge": "de", "ger": "de", "deu": "de", "eng": "en"}.get(code, code)


def sentences(text: str) -> list[Span]:
    """Where sentences and lines are, without surrounding space. Abbreviations and numbering do not end one, nor does a
    line's end that only wraps; rows of tables, code and formulas stay whole."""
    spans, start = [], 0
    wrapped = wraps(text)
    for end in _SENTENCE_END.finditer(text):
        breaks, laid = end[0].count("\n"), "\\" in end[0]
        if breaks == 1 and not laid and text.index("\n", end.start()) in wrapped:
            breaks = 0
            if text[end.start() - 1 : end.start()] not in _STOPS:
                continue
        if not breaks and not laid and (_goes_on(text, start, end.start()) or within_whole(text, end.start())):
            continue
        spans.append(_trim(text, start, end.start()))
        start = end.end()
    spans.append(_trim(text, start, len(text)))
    return [span for span in spans if span[0] < span[1]]


def quotable(text: str) -> list[Span]:
    """Sentences, lines and items at which a reader may be sent to look: what lays the text out, and what has neither
    letter nor figure, is none of them. All sentences of a text where nothing else is there."""
    found = sentences(text)
    laid = signs(text)
    said = [one for one in found if any(map(str.isalnum, text[slice(*one)])) and not _within(one, laid)]
    return said or found


def _within(span: Span, among: Sequence[Span]) -> bool:
    return any(a <= span[0] and span[1] <= b for a, b in among)


def sentence_at(text: str, at: int) -> Span | None:
    """The sentence or line that holds this character; None where it lies in none."""
    return next((one for one in sentences(text) if one[0] <= at < one[1]), None)


def _goes_on(text: str, start: int, end: int) -> bool:
    """Whether the full stop belongs to an abbreviation, a number that counts ("1. …"), or a German date ("6. Oktober").

    "In period 2." ends a sentence, in a language that writes no full stop after ordinal numbers.
    """
    if _ABBREVIATION.search(text, max(start, end - 8), end):
        return not _VARIABLE.search(text, max(start, end - 8), end)  # "A != B." ends a sentence, "by A. Novak" none
    if not _NUMBER_STOP.search(text, max(start, end - 8), end):
        return False
    return len(text[start:end].split()) == 1 or language_of(text[:2000]) == "de"


def clauses(text: str, sentence: Span) -> list[Span]:
    """The sentence in pieces a reader can take in at a glance; the whole sentence is the first."""
    start, end = sentence
    edges, spans = [start], [sentence]
    pieces: list[Span] = []
    for cut in _CLAUSE_END.finditer(text, start, end):
        if within_whole(text, cut.start()):
            continue
        pieces.append((edges[-1], cut.start()))
        edges.append(cut.end())
    pieces.append((edges[-1], end))
    spans += [_without_opening(text, *_trim(text, *piece)) for piece in pieces if len(pieces) > 1]
    return [span for span in spans if span[0] < span[1]]


def _without_opening(text: str, start: int, end: int) -> Span:
    opening = _OPENING.match(text[start:end])
    return _trim(text, start + (opening.end() if opening else 0), end)


def _trim(text: str, start: int, end: int) -> Span:
    while start < end and text[start].isspace():
        start += 1
    while end > start and text[end - 1].isspace():
        end -= 1
    return start, end


def quotations(text: str) -> list[Span]:
    """Where marked quotations are, without their marks."""
    return [match.span(1) for match in _QUOTED.finditer(text)]


def unquoted(text: str) -> str:
    """The text with what stands between quotation marks taken out."""
    return _QUOTED.sub(" ", text)


@cache
def _orders() -> re.Pattern[str]:
    return re.compile("|".join(f"(?:{pattern})" for pattern in words("words/orders")["patterns"]), re.IGNORECASE)


def orders(text: str) -> list[Span]:
    """Sentences that give orders to a machine instead of solving a task, code in fences included."""
    found = [
        match.span()
        for match in re.finditer(r"```.*?(?:```|\Z)", text, re.DOTALL)
        if _is_order_before(text, match.start())
    ]
    found += [span for span in sentences(text) if _orders().search(text[span[0] : span[1]][:2000])]
    return sorted(set(found))


def _is_order_before(text: str, at: int) -> bool:
    before = sentences(text[:at])
    return bool(before and _orders().search(text[slice(*before[-1])][:2000]))
