"""Where work says something else than a document: amounts, days, roles, places, "not", before and after. No model.

Pure over values. It may not say which of the two is right: it finds passages to ask about. It abstains where a text
speaks of the past, of what might be, of a limit or in somebody else's words, and where people do not agree. What that
costs and brings is measured by benchmarks/documents.py.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import pairwise
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from pipelines.prompts import has_words, words
from pipelines.texts.wording import Span, akin, clauses, content, language_code, quotations, sentences, stem, tokens

Vector = NDArray[np.float32]

NEAR: Final = (
    0.2  # cosine of two passages below which their sentences are not compared: long ones are of several matters
)
SHARE: Final = 0.6  # of the document's stems that the work must have, for amounts and times
MOST: Final = 0.75  # the same for "not", and for before and after
SAID: Final = 3  # stems and values of what is denied: less is a heading or a term, which no work denies
PEOPLE: Final = 2  # in two groups; within one group ENOUGH
ENOUGH: Final = 3
SAME_WORDING: Final = 8  # words from which two equal sentences count as one copied
_MINUTES: Final = "minute"
_DIGITS: Final = re.compile(r"\d+(?:[.,]\d+)?")
_HOUR: Final = re.compile(r"\b(\d{1,2})(?:[:.](\d\d))?\s*(am|pm|uhr|o'clock)\b")


@dataclass(frozen=True, slots=True)
class Text:
    """A passage: of a document, or of work by a person of a group. `start`: where it stands in its owner's text."""

    owner: str
    text: str
    start: int = 0
    person: str = ""
    group: str = ""
    vector: Vector | None = None


@dataclass(frozen=True, slots=True)
class At:
    """A verbatim sentence of an owner's text, by its offsets there, end exclusive."""

    owner: str
    start: int
    end: int
    quote: str
    person: str = ""
    group: str = ""


@dataclass(frozen=True, slots=True)
class Differing:
    """The document says `says`, several people say `instead`. `kind` is amount, often, time, weekday, month, role,
    place, channel, not, or order; `work` holds the first sentence of each person; `agree` says how many people write
    what the document says."""

    kind: str
    says: str
    instead: str
    document: At
    work: tuple[At, ...]
    agree: int

    @property
    def groups(self) -> int:
        return len({one.group for one in self.work})


@dataclass(frozen=True, slots=True)
class _Claim:
    """What a clause says: stems of what it is about, and its typed values. `denied` counts negations."""

    stems: frozenset[str]
    values: Mapping[str, frozenset[str]]
    denied: int
    limits: frozenset[str]
    order: frozenset[tuple[str, str]]  # ("before" | "after", the next stem)
    labels: frozenset[str]


def differing(
    document: Sequence[Text], work: Sequence[Text], language: str = "en", *, people: int = PEOPLE
) -> tuple[Differing, ...]:
    """Sentences of the document that the work of several people contradicts in the same way, the most people first.

    Independent agreement: two people of two groups, or three people; and more of them than write what the document
    says. `people` is 1 only to measure what agreement is worth.
    """
    code = language_code(language)
    code = code if has_words(f"differing/{code}") else "en"
    found: dict[tuple[At, str, str, str], list[At]] = defaultdict(list)
    same: dict[tuple[At, str, str], set[str]] = defaultdict(set)
    for passage in document:
        whole = _claim(passage.text, code).values
        near = [one for one in work if _near(passage, one)]
        for at in _sentences(passage):
            for one in near:
                for kind, says, instead, where in _compared(at.quote, one, whole, code):
                    if instead:
                        found[at, kind, says, instead].append(where)
                    else:
                        same[at, kind, says].add(where.person)
    told = [
        Differing(kind, says, instead, at, ones, len(same[at, kind, says] - {one.person for one in ones}))
        for (at, kind, says, instead), all_ in found.items()
        if agreed(ones := _one_each(all_), people)
    ]
    return tuple(sorted((one for one in told if len(one.work) > one.agree), key=_order))


def agreed(ones: Sequence[At], least: int = PEOPLE) -> bool:
    """Whether several people say it independently of one another."""
    people = {one.person for one in ones}
    return len(people) >= ENOUGH or (len(people) >= least and len({one.group for one in ones}) >= least)


def _order(one: Differing) -> tuple[int, int, str, int, str]:
    return -len(one.work), -one.groups, one.document.owner, one.document.start, one.kind


def _one_each(ones: Iterable[At]) -> tuple[At, ...]:
    """The first sentence of each person; the same long sentence by several people counts once."""
    people: dict[str, At] = {}
    wordings: set[tuple[str, ...]] = set()
    for one in sorted(ones, key=lambda one: (one.person, one.owner, one.start)):
        said = tuple(tokens(one.quote))
        if one.person not in people and not (len(said) >= SAME_WORDING and said in wordings):
            people[one.person] = one
            wordings.add(said)
    return tuple(people.values())


def _near(passage: Text, work: Text) -> bool:
    if passage.vector is None or work.vector is None:
        return True
    return float(passage.vector @ work.vector) >= NEAR


def _sentences(text: Text) -> list[At]:
    return [
        At(text.owner, text.start + a, text.start + b, text.text[a:b], text.person, text.group)
        for a, b in sentences(text.text)
        if len(text.text[a:b].split()) >= 3
    ]


def _compared(said: str, work: Text, whole: Mapping[str, frozenset[str]], code: str) -> list[tuple[str, str, str, At]]:
    """(kind, what the document says, what the work says instead or "" if the same, where)."""
    if said.rstrip().endswith("?"):
        return []
    pieces = [said[a:b] for a, b in _pieces(said)]
    claims, found = [_claim(piece, code) for piece in pieces if not has_any(piece, "allowed", code)], []
    for at in _sentences(work):
        if guarded(at.quote, code):
            continue
        everything = _claim(at.quote, code).values
        for claim in claims:
            for piece in _pieces(at.quote):
                other = _claim(at.quote[slice(*piece)], code)
                result = _difference(claim, other, whole, everything)
                if result:
                    found.append((*result, at))
    return found


def _pieces(sentence: str) -> list[Span]:
    """The clauses of a sentence; the whole where there is one."""
    found = clauses(sentence, (0, len(sentence)))
    return found[1:] or found


def guarded(sentence: str, language: str) -> bool:
    """Whether the sentence speaks of the past, of what might be, asks, or quotes: then nothing is made of it."""
    return "?" in sentence or bool(quotations(sentence)) or has_any(sentence, "guards", language)


def has_any(text: str, table: str, language: str) -> bool:
    """Whether one of a table's words or phrases stands in the text."""
    return bool(_phrases(text, tuple(_table(language)[table])))


def _phrases(text: str, wanted: Iterable[str]) -> frozenset[str]:
    line = f" {' '.join(tokens(text))} "
    return frozenset(one for one in wanted if f" {one} " in line)


def _difference(
    claim: _Claim, other: _Claim, whole: Mapping[str, frozenset[str]], everything: Mapping[str, frozenset[str]]
) -> tuple[str, str, str] | None:
    share = _share(claim.stems, other.stems)
    if claim.labels != other.labels and claim.labels:
        return None
    typed = _typed(claim, other, share, whole, everything)
    if typed:
        return typed
    if share < MOST or len(claim.stems) < 2 or not _values_fit(claim, other):
        return None
    if claim.order and other.order and not claim.order & other.order:
        (word, event), *_ = sorted(claim.order)
        if any(akin(event, said) and word != then for then, said in other.order):
            return "order", word, "after" if word == "before" else "before"
    said = len(claim.stems) + len(claim.values)
    if claim.order == other.order and said >= SAID and sorted((claim.denied, other.denied)) == [0, 1]:
        return ("not", "not", "yes") if claim.denied else ("not", "yes", "not")
    return None


def _values_fit(claim: _Claim, other: _Claim) -> bool:
    return all(claim.values[kind] == other.values[kind] for kind in claim.values.keys() & other.values.keys())


def _typed(
    claim: _Claim,
    other: _Claim,
    share: float,
    whole: Mapping[str, frozenset[str]],
    everything: Mapping[str, frozenset[str]],
) -> tuple[str, str, str] | None:
    """Exactly one value of one kind on each side, all else that both say being equal."""
    both = claim.values.keys() & other.values.keys()
    unlike = [kind for kind in both if claim.values[kind] != other.values[kind]]
    if len(unlike) > 1 or not both or claim.denied != other.denied or claim.limits != other.limits:
        return None
    kind = unlike[0] if unlike else min(both)
    named, amount = kind in ("role", "place", "channel"), kind.startswith("amount")
    extra = 1 if amount and kind != f"amount {_MINUTES}" else 0  # what is counted is a word in common as well
    about = len(claim.stems) + extra
    if about < 2 or share < (1.0 if named else SHARE):
        return None
    says, instead = claim.values[kind], other.values[kind]
    if len(says) != 1 or len(instead) != 1:
        return None
    if not unlike:
        return kind, next(iter(says)), ""
    if instead & whole.get(kind, frozenset()) or says & everything.get(kind, frozenset()):
        return None
    return kind, next(iter(says)), next(iter(instead))


def _share(wanted: frozenset[str], there: frozenset[str]) -> float:
    """The share of the wanted stems that are there, akin ones included."""
    return sum(any(one == two or akin(one, two) for two in there) for one in wanted) / len(wanted) if wanted else 0.0


@cache
def _table(language: str) -> Mapping[str, Any]:
    return words(f"differing/{language}")


@cache
def _numbers(language: str) -> Mapping[str, float]:
    table = _table(language)
    more: dict[str, float] = {word: float(number) for word, number in table["tens"].items()}
    return {word: float(at) for at, word in enumerate(table["numbers"].split(), 1)} | more


@cache
def _units(language: str) -> Mapping[str, float]:
    """Minutes by the word."""
    found: dict[str, float] = {}
    for line in _table(language)["units"].values():
        *names, minutes = line.split()
        found |= dict.fromkeys(names, float(minutes))
    return found


@cache
def _claim(text: str, code: str) -> _Claim:
    table, found = _table(code), tokens(text)
    values: dict[str, set[str]] = defaultdict(set)
    taken = _clock(text.casefold(), values) | _halves(found, table, code, values) | _classes(found, table, values)
    taken |= _often(found, table, code, values) or _amounts(found, code, values, taken)
    negations = frozenset(table["negations"].split())
    limits = _phrases(text, (*table["limits"], *table["within"]))
    used = negations | set(table["light"].split()) | {word for one in limits for word in one.split()}
    kept = [word for word in found if word not in taken and word not in used]
    return _Claim(
        content(" ".join(kept), code) - {""},
        {kind: frozenset(one) for kind, one in values.items()},
        sum(word in negations for word in found),
        limits,
        frozenset(_orders(found, table, code)),
        frozenset(_labels(found, code)),
    )


def _clock(text: str, values: dict[str, set[str]]) -> set[str]:
    taken: set[str] = set()
    for match in _HOUR.finditer(text):
        hour = int(match[1]) % 12 + 12 if match[3] == "pm" else int(match[1])
        values["time"].add(f"{hour}:{match[2] or '00'}")
        taken |= set(tokens(match[0]))
    return taken


def _halves(found: Sequence[str], table: Mapping[str, Any], code: str, values: dict[str, set[str]]) -> set[str]:
    """Times told in words: "half past three", "halb vier"."""
    line = f" {' '.join(found)} "
    for phrase in table["past"]:
        match = re.search(rf" {phrase} (\w+) ", line)
        if match and _number(match[1], code) is not None:
            values["time"].add(f"{phrase} {_number(match[1], code):g}")
            return {*phrase.split(), match[1]}
    return set()


def _classes(found: Sequence[str], table: Mapping[str, Any], values: dict[str, set[str]]) -> set[str]:
    """Named members of a class; the longest name counts ("class teacher" is no "teacher")."""
    taken: set[str] = set()
    for kind, members in table["classes"].items():
        line = f" {' '.join(found)} "
        names = [(name, member) for member, all_ in members.items() for name in all_.split("|")]
        for name, member in sorted(names, key=lambda one: -len(one[0])):
            if f" {name} " in line:
                values[kind].add(_dated(name, line) if kind == "month" else member)
                line = line.replace(f" {name} ", " · ")
                taken |= set(name.split())
    for date in list(values.get("month", ())):
        taken |= set(date.split())
    return taken


def _dated(month: str, line: str) -> str:
    """The month, with a day that stands beside it."""
    match = re.search(rf" (\d{{1,2}}) {month} | {month} (\d{{1,2}}) ", line)
    return f"{match[1] or match[2]} {month}" if match else month


def _often(found: Sequence[str], table: Mapping[str, Any], code: str, values: dict[str, set[str]]) -> set[str]:
    periods = {word: period for period, line in table["periods"].items() for word in line.split()}
    for at, word in enumerate(found):
        if word in table["often"]:
            for ahead in found[at + 1 : at + 4]:
                if ahead in periods:
                    values["often"].add(f"{table['often'][word]} {periods[ahead]}")
                    return {word, ahead}
    return set()


def _amounts(found: Sequence[str], code: str, values: dict[str, set[str]], taken: set[str]) -> set[str]:
    """Numbers with what they count: spans of time in minutes, else the next word's stem."""
    used: set[str] = set()
    for at, word in enumerate(found[:-1]):
        number = _number(word, code)
        if number is None or word in taken:
            continue
        unit = next((one for one in found[at + 1 : at + 3] if one in _units(code)), "")
        if unit:
            values[f"amount {_MINUTES}"].add(f"{number * _units(code)[unit]:g}")
            used |= {word, unit}
        elif found[at + 1].isalpha() and content(found[at + 1], code):
            values[f"amount {stem(found[at + 1], code)}"].add(f"{number:g}")
            used |= {word, found[at + 1]}
    return used


def _number(word: str, code: str) -> float | None:
    if _DIGITS.fullmatch(word):
        return float(word.replace(",", "."))
    return _numbers(code).get(word)


def _labels(found: Sequence[str], code: str) -> list[str]:
    """Numbers that name something: "year 7" names one year, it counts none."""
    return [
        f"{stem(before, code)} {word}"
        for before, word in pairwise(found)
        if word.isdigit() and before in ("year", "grade", "class", "room", "klasse", "jahrgang", "raum")
    ]


def _orders(found: Sequence[str], table: Mapping[str, Any], code: str) -> list[tuple[str, str]]:
    told = []
    for at, word in enumerate(found):
        if word in (table["before"], table["after"]):
            event = next((one for ahead in found[at + 1 :] for one in content(ahead, code)), "")
            told.append(("before" if word == table["before"] else "after", event))
    return told
