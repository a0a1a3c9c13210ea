"""What a passage speaks of, named by its own nouns, so that a sentence about it can say which. Pure; quotes nothing.

Without a parser, a noun is what its neighbours say it is: in English the words between an article or a possessive (or a
preposition and a plural) and the next small word; in German what begins with a capital after an article. Where that is
not plain, nothing is named: a phrase less is better than a verb taken for a noun.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from pipelines.texts.language import Span, content, sentence_at, stop_words

MOST: Final = 2
"""Things named of one passage."""
LONGEST: Final = 2
"""Words of a thing, its article left out."""
SHORTEST_WORD: Final = 3

_WORD = re.compile(r"[^\W_]+(?:[-’'][^\W_]+)*|[^\s\w]")
_ARTICLES = {"the": "the", "a": "the", "an": "the", "my": "your", "our": "your", "their": "their", "its": "its"}
_PREPOSITIONS = "with for about of in on by from between without against"
_AFTER_NOUNS = """of is are was were has have had will would can could should may might must and or that which who but
    because if when where while so"""
_BEFORE_NOUNS = """der die das den dem des ein eine einen einem einer eines mein meine meinen meinem meiner unser unsere
    unseren unserem unserer ihr ihre ihren ihrem ihrer sein seine seinen seinem seiner kein keine keinen im am zum zur
    beim vom ins ans mit für über ohne bei von aus nach zwei drei vier alle allen"""
_BEFORE_MANY = frozenset(_PREPOSITIONS.split())
_ENDS = frozenset(_AFTER_NOUNS.split())
_DE_BEFORE = frozenset(_BEFORE_NOUNS.split())
_STAND_INS = frozenset(["one", "ones"])  # "the cheap one": no noun stands before them
_NO_THINGS = """first second third last next once twice again alone together yesterday today tomorrow early late
    later soon cold hot warm sick ill old new young better best worse worst good bad right wrong same other
    others own lot bit few end beginning start middle rest way ways case time times day days week year thing
    things kind sort part side"""
_NOT_THINGS_OF_GERMAN = """Frau Herr Herrn Meinung Folgenden Folgende Grunde Grund Fall Regel Beispiel Ende
    Anfang Mitte Zeit Tag Tage Woche Jahr Mal Moment Punkt Teil Art Weise Sache Sachen Ding Dinge Seite Rest
    Bedeutung Hinsicht Sinn"""
_STOP = frozenset(_NO_THINGS.split())
_DE_STOP = frozenset(_NOT_THINGS_OF_GERMAN.split())
_BE = frozenset(["is", "are", "was", "were", "am", "be", "been"])
_DE_ADJECTIVE = re.compile(r"[a-zäöüß]{3,}(?:e|en|er|es|em)")


@dataclass(frozen=True, slots=True)
class _Token:
    text: str
    start: int

    @property
    def word(self) -> bool:
        return self.text[0].isalnum()


def mentions(text: str, span: Span, language: str, common: frozenset[str]) -> list[str]:
    """Up to two things that the passage speaks of and the challenge does not: none has a stem among `common`.

    Where the passage names nothing, the sentence around it may. Nothing in a language but English and German.
    """
    find = {"en": _english, "de": _german}.get(language)
    if find is None:
        return []
    for part in (span, sentence_at(text, span[0]) or span):
        found = list(dict.fromkeys(find(_tokens(text, part))))
        own = [one for one in found if (stems := content(one, language)) and not stems & common]
        if own:
            return own[:MOST]
    return []


def _tokens(text: str, span: Span) -> list[_Token]:
    return [_Token(match.group(), match.start()) for match in _WORD.finditer(text, *span)]


def _english(tokens: Sequence[_Token]) -> Iterator[str]:
    for at, token in enumerate(tokens):
        lead = token.text.casefold()
        run, end = _run(tokens, at + 1) if lead in _ARTICLES or lead in _BEFORE_MANY else ([], "")
        if not run or len(run) > LONGEST or _STOP & set(run) or (at and tokens[at - 1].text.casefold() in _BE):
            continue
        if lead in _ARTICLES and (len(run) == 1 or _ended(end)):
            yield " ".join((_ARTICLES[lead], *run))
        elif lead in _BEFORE_MANY and _many(run[-1]) and _ended(end):
            yield " ".join(run)


def _many(word: str) -> bool:
    return word.endswith("s") and not word.endswith("ss")


def _run(tokens: Sequence[_Token], at: int) -> tuple[list[str], str]:
    """Words from here that mean something and are no names, and what ends them."""
    small, run = stop_words("en"), list[str]()
    for token in tokens[at:]:
        if not token.word or token.text.casefold() in small:
            return ([], "") if token.text.casefold() in _STAND_INS else (run, token.text.casefold())
        if len(token.text) < SHORTEST_WORD or not token.text.islower():
            return [], ""
        run.append(token.text)
    return run, ""


def _ended(by: str) -> bool:
    """Whether a noun ends here for sure: at a mark, the passage's end, or a word that no verb needs behind it."""
    return not by or not by[0].isalnum() or by in _ENDS


def _german(tokens: Sequence[_Token]) -> Iterator[str]:
    for at, token in enumerate(tokens):
        noun = token.text[0].isupper() and token.text[1:].islower() and token.text not in _DE_STOP
        if len(token.text) < SHORTEST_WORD or not noun:
            continue
        before = [one.text for one in tokens[max(0, at - 2) : at]]
        if before and _DE_ADJECTIVE.fullmatch(before[-1]) and before[-1] not in _DE_BEFORE:
            before.pop()
        if before and before[-1].casefold() in _DE_BEFORE:
            yield token.text
