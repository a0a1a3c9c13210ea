"""What criteria of all fields ask for, in words (`prompts/sought`): an objection, a cost, a date, a reason.

May not judge whether what is asked for is there.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any, Final

from pipelines.prompts import has_words, words
from pipelines.texts.language import tokens

EDGES: Final = ("begins", "ends")
MOST_PLAIN: Final = 9
"""Words of a criterion that may ask for one thing plainly."""
_LISTS: Final = (*EDGES, "denied", "particles")


def things(text: str, language: str) -> list[str]:
    """What a criterion's words ask for, by name."""
    said = frozenset(tokens(text))
    return [name for name, about in _things(language).items() if said & set(about["asked"].split())]


def edges(text: str, language: str) -> list[str]:
    """Whether a criterion is about how a text `begins` or `ends`."""
    said = frozenset(tokens(text))
    return [edge for edge in EDGES if said & set(str(_table(language).get(edge, "")).split())]


def asked_plainly(text: str, language: str, reader: str) -> Sequence[str]:
    """Questions in the reader's language for what a criterion plainly asks for; none where that is not plain.

    Plain is a short line that asks for one thing and of which nothing more is said ("Names two alternatives"): of 80
    lines in which such a word has another sense or another object, nearly all go on after it ("limitations of the
    source", "costs of the strike for families"), deny it ("free of"), or are about what others wrote.
    """
    said = tokens(text)
    said = said[:-1] if said[-1:] and said[-1] in str(_table(language).get("particles", "")).split() else said
    plain = {word: name for name, about in _things(language).items() for word in str(about.get("plainly", "")).split()}
    found = [at for at, word in enumerate(said) if word in plain]
    denied = frozenset(str(_table(language).get("denied", "")).split())
    if len(found) != 1 or found[0] != len(said) - 1 or len(said) > MOST_PLAIN or denied & set(said):
        return ()
    return tuple(_things(reader).get(plain[said[-1]], {}).get("ask", ()))


def signs_in(said: str, language: str, name: str) -> int:
    """How many different signs of this thing a sentence has."""
    return sum(sign.search(said) is not None for sign in _signs(language, name))


def said_like(language: str, name: str) -> Sequence[str]:
    """Sentences in which people say this thing; none in a language that we have no words of."""
    return tuple(_things(language).get(name, {}).get("like", ()))


def all_said(language: str) -> list[str]:
    """Sentences in which people say any of these things, in the order of the table."""
    return [one for name in _things(language) for one in said_like(language, name)]


def _table(language: str) -> Mapping[str, Any]:
    return words(f"sought/{language}") if has_words(f"sought/{language}") else {}


@cache
def _things(language: str) -> Mapping[str, Mapping[str, Any]]:
    return {name: about for name, about in _table(language).items() if name not in _LISTS}


@cache
def _signs(language: str, name: str) -> tuple[re.Pattern[str], ...]:
    return tuple(re.compile(one, re.IGNORECASE) for one in _things(language).get(name, {}).get("signs", ()))
