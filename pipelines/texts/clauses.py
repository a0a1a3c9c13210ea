"""What a clause says, in words alone: stems of what it is about, typed values (amounts, days, roles, places, times),
whether it is denied, and what comes before what. Pure; it knows no documents and no work, and compares nothing."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from itertools import pairwise
from typing import Any, Final

from pipelines.prompts import words
from pipelines.texts.language import clauses, content, quotations, stem, tokens
from pipelines.values import Span

MINUTES: Final = "minute"
_DIGITS: Final = re.compile(r"\d+(?:[.,]\d+)?")
_THOUSANDS: Final = re.compile(r"[1-9]\d{0,2}(?:([.,])\d{3})(?:\1\d{3})*")
_HOUR: Final = re.compile(r"\b(\d{1,2})(?:[:.](\d\d))?\s*(am|pm|uhr|o'clock)\b")


@dataclass(frozen=True, slots=True)
class Claim:
    """What a clause says: stems of what it is about, and its typed values. `denied` counts negations; `bound` is 1 at
    an upper limit, -1 at a lower one, else 0."""

    stems: frozenset[str]
    values: Mapping[str, frozenset[str]]
    denied: int
    limits: frozenset[str]
    bound: int
    order: frozenset[tuple[str, str]]  # ("before" | "after", the next stem)
    labels: frozenset[str]


def clauses_of(sentence: str) -> list[Span]:
    """The clauses of a sentence; the whole where there is one."""
    found = clauses(sentence, (0, len(sentence)))
    return found[1:] or found


def guarded(sentence: str, language: str) -> bool:
    """Whether the sentence speaks of the past, of what might be, asks, or quotes: then nothing is made of it."""
    return "?" in sentence or bool(quotations(sentence)) or has_any(sentence, "guards", language)


def has_any(text: str, table: str, language: str) -> bool:
    """Whether one of a table's words or phrases stands in the text."""
    return bool(phrases_of(text, table, language))


def phrases_of(text: str, table: str, language: str) -> frozenset[str]:
    """The words and phrases of a table that stand in the text."""
    return _phrases(text, _table(language)[table])


def _phrases(text: str, wanted: Iterable[str]) -> frozenset[str]:
    line = f" {' '.join(tokens(text))} "
    return frozenset(one for one in wanted if f" {one} " in line)


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


@lru_cache(maxsize=8192)
def claimed(text: str, code: str) -> Claim:
    """The clause taken apart by the language's tables."""
    table, found = _table(code), tokens(text)
    values: dict[str, set[str]] = defaultdict(set)
    taken = _clock(text.casefold(), values) | _halves(found, table, code, values) | _classes(found, table, values)
    taken |= _often(found, table, code, values) or _amounts(found, code, values, taken)
    negations = frozenset(table["negations"].split())
    upper, lower = phrases_of(text, "upper", code), phrases_of(text, "lower", code)
    limits = upper | lower | phrases_of(text, "limits", code)
    used = negations | set(table["light"].split()) | {word for one in limits for word in one.split()}
    kept = [word for word in found if word not in taken and word not in used]
    return Claim(
        content(" ".join(kept), code) - {""},
        {kind: frozenset(one) for kind, one in values.items()},
        sum(word in negations for word in found),
        limits,
        bool(upper) - bool(lower),
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
            values[f"amount {MINUTES}"].add(f"{number * _units(code)[unit]:g}")
            used |= {word, unit}
        elif found[at + 1].isalpha() and content(found[at + 1], code):
            values[f"amount {stem(found[at + 1], code)}"].add(f"{number:g}")
            used |= {word, found[at + 1]}
    return used


def _number(word: str, code: str) -> float | None:
    """None also where the language's sign for decimals parts three digits: people write thousands so, too."""
    if grouped := _THOUSANDS.fullmatch(word):
        return float(word.replace(grouped[1], "")) if grouped[1] == _table(code)["thousands"] else None
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
