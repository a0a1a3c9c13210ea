"""What a German sentence says, as it stands after "Im Text heißt es,": its words keep their order there. Pure.

Reported is only what is about others: "ich gehe" would have to become "du gehst" or "Sie gehen". What is not plainly
right is quoted instead (`reporting.verbatim`).
"""

from __future__ import annotations

import re
from typing import Final

from pipelines.prompts import words
from pipelines.texts.language import tokens
from pipelines.texts.reporting import FEWEST_WORDS, MOST_WORDS, bare, is_whole
from pipelines.values import Span

_TABLE: Final = words("words/reporting_german")
_OPENERS, _VERBS, _PERSONS = (frozenset(_TABLE[name].split()) for name in ("openers", "verbs", "persons"))
_NOUNS, _ENDS = frozenset(_TABLE["nouns"].split()), tuple(_TABLE["ends"].split())
_NEVER = re.compile(
    r"[“”\"„‚‘()\[\]{}<>:/=@\n]|\b(?:Sie|Ihr|Ihre[nmrs]?|Ihnen)\b|\d{5,}|\b0\d{2,}|(?<!\d)\+\d|\b[zd]\. ?[BhH]\."
)


def reports(text: str, span: Span) -> list[str]:
    """The whole sentence, where it is a statement about others; else nothing."""
    said = bare(text[slice(*span)]) if is_whole(text, span, ".") else ""
    found = tokens(said)
    if not FEWEST_WORDS <= len(said.split()) <= MOST_WORDS or _NEVER.search(said) or _PERSONS & set(found):
        return []
    first = said.split()[0]
    if first[:1].isdigit() or _is_noun(said) or _named(first, text):
        return [said] if _VERBS & set(found) else []
    small = first[:1].lower() + first[1:]
    return [small + said[len(first) :]] if small.strip(",") in _OPENERS and _VERBS & set(_written_small(said)) else []


def _is_noun(said: str) -> bool:
    """Whether the sentence begins with a word that has its capital everywhere, and goes on with its verb."""
    first, second = said.casefold().split()[:2]
    return second in _VERBS and (first in _NOUNS or first.endswith(_ENDS))


def _written_small(said: str) -> list[str]:
    return [word.strip(",;") for word in said.split() if word[:1].islower()]


def _named(first: str, text: str) -> bool:
    """Whether the word has its capital anywhere: it stands with it within another sentence, too."""
    return first.casefold() not in _OPENERS and re.search(rf"(?<=[a-zäöüß,] ){re.escape(first)}\b", text) is not None
