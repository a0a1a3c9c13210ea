"""The shape of a text, apart from its names: is it a program, how does its control flow, are two texts the same once
names are changed. Pure, and read from characters alone: no parser of any language, so unfinished programs count.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import lru_cache
from typing import Final

from pipelines.texts.language import content, language_of

PROGRAM_LINES: Final = 0.6
"""Share of lines that look like code from which a text is a program."""
RENAMED: Final = 0.4
"""Share of its words that may be names for two pieces of prose to be called the same but for names."""
COPIED: Final = 0.9
"""Share of content words, of all that either has, from which prose is a copy with a word or two changed."""
RUN: Final = 4
RUNS: Final = 6
TAKEN: Final = 0.5
"""Words in a row by which a text is known again, how many such runs a text must have, and the share of the shorter
text's from which it is taken from the other. Of 631 pairs of works on one challenge of the example organization the
one that was copied has .69, the next .03."""

_CODE_LINE: Final = re.compile(
    r"^\s*(?:[}\])]|@\w|#include|(?:async |pub |public |private |static |export )*"
    r"(?:def|class|for|foreach|while|if|elif|else|switch|case|match|try|catch|except|finally|return|yield|import|from|"
    r"function|func|fn|let|var|const|int|double|float|bool|boolean|void|string|print|break|continue|pass|SELECT)\b"
    r"(?:[^.?!]*[=()\[\]{};:<>]|\s*$|\s+[\w.+*/-]+\s*$))"
    r"|^\s*[\w.\[\]\"']+(?:\s*,\s*[\w.\[\]]+)*\s*(?:[-+*/|&%]?=|\+\+|<-)|^\s*[\w.]+\(.*\)\s*;?\s*$|[;{}]\s*$"
)
_NOISE: Final = re.compile(
    r'"""[\s\S]*?(?:"""|\Z)|\'\'\'[\s\S]*?(?:\'\'\'|\Z)|/\*[\s\S]*?(?:\*/|\Z)'  # strings over lines, and comments
    r"|(\"(?:\\.|[^\"\\\n])*\"|'(?:\\.|[^'\\\n])*')|#[^\n]*|//[^\n]*(?=\n|\Z)"
)
_TOKEN: Final = re.compile(r"[^\W\d]\w*|\d[\w.]*|\"\"|[^\w\s]{1,2}?")
_KEYWORD_LIST: Final = (
    "def class for foreach while do if elif else switch case default match try catch except finally return yield "
    "import from function func fn lambda break continue pass raise throw goto in not and or is with as async await "
    "True False None true false null"
)
_FLOW_LIST: Final = (
    "def class function func fn for foreach while do if elif switch case match try catch except finally return yield "
    "raise throw with"
)
_KEYWORDS: Final = frozenset(_KEYWORD_LIST.split())
_FLOW: Final = frozenset(_FLOW_LIST.split())
_AT_START: Final = re.compile(r"^[}\s]*(?:(?:async|pub|public|private|static|export|else)\s+)*([A-Za-z]+)")
_INLINE: Final = re.compile(r"(?<=[\s)\]])for\s[^:;]*?\sin\s")  # a loop within an expression
_PLAIN_MARKS: Final = frozenset("(),;:")
_WORD: Final = re.compile(r"[^\W_]+(?:['’-][^\W_]+)*")


@lru_cache(maxsize=8192)
def is_program(text: str) -> bool:
    """Whether most of the lines that say something look like code."""
    lines = [line for line in _NOISE.sub(_kept, text).splitlines() if line.strip()]
    return bool(lines) and sum(bool(_CODE_LINE.search(line)) for line in lines) >= PROGRAM_LINES * len(lines)


@lru_cache(maxsize=8192)
def flow(text: str) -> tuple[str, ...]:
    """A program's control flow in reading order, each step with its depth ("1for", "2if"); names play no part."""
    return tuple(f"{depth}{step}" for depth, step in _steps(_NOISE.sub(_kept, text)))


def _steps(text: str) -> Iterator[tuple[int, str]]:
    """Steps with their depth, by indentation; where there are braces, by these."""
    braces, open_, indents = text.count("{") >= 2 and ";" in text, 0, [0]
    for line in text.expandtabs(4).splitlines():
        if not line.strip():
            continue
        width = len(line) - len(line.lstrip())
        while len(indents) > 1 and width < indents[-1]:
            indents.pop()
        if width > indents[-1]:
            indents.append(width)
        depth = open_ - line.lstrip().startswith("}") if braces else len(indents) - 1
        yield from _of_line(line, depth)
        open_ += line.count("{") - line.count("}")


def _of_line(line: str, depth: int) -> Iterator[tuple[int, str]]:
    """The step that the line begins with, and the one behind its colon or bracket ("if x: return y")."""
    start = _AT_START.match(line)
    known = start and start[1] in _FLOW
    if start and known:
        yield depth, start[1]
    if _INLINE.search(line, start.end() if start else 0):
        yield depth, "each"
    if not (start and known):
        return
    for part in re.split(r"[:;{})]\s*", line[start.end() :])[1:]:
        if (word := re.match(r"[a-z]+\b", part)) and word[0] in _FLOW and word[0] != "for":
            yield depth + 1, word[0]


@lru_cache(maxsize=8192)
def renamed(text: str) -> tuple[str, ...]:
    """A program's tokens with every name numbered by first use, without comments, brackets and commas."""
    numbers: dict[str, str] = {}
    found = (token for token in _TOKEN.findall(_NOISE.sub(_kept, text)) if token not in _PLAIN_MARKS)
    return tuple(
        numbers.setdefault(token, f"n{len(numbers)}")
        if (token[0].isalpha() or token[0] == "_") and token not in _KEYWORDS
        else token
        for token in found
    )


def _kept(noise: re.Match[str]) -> str:
    """Short strings stay as a mark, everything else goes."""
    return '""' if noise[1] else "\n" * noise[0].count("\n")


def twins(one: str, other: str) -> bool:
    """Whether two texts are the same once names are changed. Symmetric; a text is its own twin."""
    if is_program(one) and is_program(other):
        return renamed(one) == renamed(other)
    left, right = _words(one), _words(other)
    return _same_but_for_names(left, right) or _copied(one, other)


@lru_cache(maxsize=8192)
def _words(text: str) -> tuple[str, ...]:
    return tuple(_WORD.findall(text))


def copied(one: str, other: str) -> bool:
    """Whether one text is the other, or mostly taken from it: twins, or prose of which most runs of RUN words stand in
    the other. Nothing is learned from reading it beside the other. Symmetric."""
    if twins(one, other):
        return True
    if is_program(one) or is_program(other):
        return False
    left, right = _runs(one), _runs(other)
    return min(len(left), len(right)) >= RUNS and len(left & right) >= TAKEN * min(len(left), len(right))


@lru_cache(maxsize=8192)
def _runs(text: str) -> frozenset[tuple[str, ...]]:
    found = [word.casefold() for word in _words(text)]
    return frozenset(zip(*(found[at:] for at in range(RUN)), strict=False))


def _same_but_for_names(left: Sequence[str], right: Sequence[str]) -> bool:
    """Word for word the same, but for words with a capital or figures, each changed for one other throughout."""
    if len(left) != len(right):
        return False
    there: dict[str, str] = {}
    back: dict[str, str] = {}
    for a, b in zip(left, right, strict=True):
        x, y = a.casefold(), b.casefold()
        if x != y and not (_name(a) and _name(b)):
            return False
        if there.setdefault(x, y) != y or back.setdefault(y, x) != x:
            return False
    changed = sum(there[a.casefold()] != a.casefold() for a in left)
    return changed <= RENAMED * len(left)


def _name(word: str) -> bool:
    return word[0].isupper() or word[0].isdigit()


def _copied(one: str, other: str) -> bool:
    language = language_of(one)
    left, right = content(one, language), content(other, language)
    return bool(left | right) and len(left & right) >= COPIED * len(left | right)
