"""What a passage says, or speaks of, so that a sentence about it is about this text. Pure; quotes nothing.

English can take a short main clause into reported speech; its first person becomes "you". Else things are named.
Without a parser, a noun is what its neighbours say it is: in English the words between an article or a possessive (or a
preposition and a plural) and the next small word; in German what begins with a capital after an article. Where that is
not plain, nothing is named: a phrase less is better than a verb taken for a noun.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from pipelines.texts.language import Span, content, sentences, stop_words

MOST: Final = 2
"""Things named of one passage."""
LONGEST: Final = 2
"""Words of a thing, its article left out."""
SHORTEST_WORD: Final = 3

_WORD = re.compile(r"[^\W_]+(?:[-’'][^\W_]+)*|[^\s\w]")
_ARTICLES = {"the": "the", "a": "the", "an": "the", "my": "your", "our": "your", "their": "their", "its": "its"}
_PREPOSITIONS = "with for about of in on by from between without against into to"
_AFTER_NOUNS = """of is are was were has have had will would can could should may might must and or that which who but
    because if when where while so"""
_BEFORE_NOUNS = """der die das den dem des ein eine einen einem einer eines mein meine meinen meinem meiner unser unsere
    unseren unserem unserer ihr ihre ihren ihrem ihrer sein seine seinen seinem seiner kein keine keinen im am zum zur
    beim vom ins ans mit für über ohne bei von aus nach zwei drei vier alle allen"""
_BEFORE_MANY = frozenset(_PREPOSITIONS.split())
_ENDS = frozenset(_AFTER_NOUNS.split())
_DE_BEFORE = frozenset(_BEFORE_NOUNS.split())
_STAND_INS = frozenset(["one", "ones"])  # "the cheap one": no noun stands before them
_LEADS_OF_GERMAN = (
    "Der Die Das Ein Eine Er Es Dieser Diese Dieses Viele Manche Alle Jeder Jede Jedes Kein Keine Zwei Drei"
)
_GERMAN_VERBS = """ist sind war waren hat haben hatte hatten wird werden kann können könnte könnten soll sollen sollte
    sollten muss müssen darf dürfen will wollen gibt geht gehen kommt kommen liegt liegen steht stehen bleibt bleiben"""
_DE_LEADS = frozenset(_LEADS_OF_GERMAN.split())
_DE_FINITE = frozenset(_GERMAN_VERBS.split())
_DE_OWN = re.compile(r"\b(?:ich|wir|mich|mir|uns|mein\w*|unser\w*|unsr\w*|dass|du|dich|dir|dein\w*)\b", re.IGNORECASE)
_DE_ADJECTIVE = re.compile(r"[a-zäöüß]{3,}(?:e|en|er|es|em)")


FEWEST_WORDS: Final = 4
MOST_WORDS: Final = 20
"""Words of a clause that is reported; a longer one is lost on whoever reads it."""
NOUN_WORDS: Final = 7
"""Words within which a noun's verb has to come."""
_VERBS = """is are was were has have had will would can could should may might must do does did"""
_NOT_BEFORE_VERBS = """and or that which who whom what where when why how if because although though while since unless
    after before until as than but so yet not to only"""
_FINITE = frozenset(_VERBS.split())
_UNSURE = frozenset(_NOT_BEFORE_VERBS.split())
_WITH_PRONOUN = re.compile(
    r"(?:(?:then|now|also|at|in|on|after|before|during|for|from|with|without|first|next|later|here|today|tomorrow|this|"
    r"finally|sometimes|often)\b[^,;]{0,24}?,?\s+)?(?:i|we|he|she|it|they|there)(?:[’']\w+)?\s+\w",
    re.IGNORECASE,
)
_LABEL = re.compile(r"^[A-Z][\w -]{1,24}:\s+")
_JOINED = re.compile(
    r"^(?:but|and|so|however|therefore|thus|moreover|furthermore|additionally|in other words|for example|for instance|"
    r"in addition|in conclusion|conclusively|overall|more generally|of course|firstly|secondly|thirdly|lastly)\b,?\s+",
    re.IGNORECASE,
)
_UNREPORTED = re.compile(r"[“”\"„()\[\]:?]|\b(?:you|your|yours|yourself)\b|\n", re.IGNORECASE)
_OTHER = {
    "i am": "you are", "i was": "you were", "i'm": "you're", "i’m": "you’re", "i": "you", "me": "you", "my": "your",
    "mine": "yours", "myself": "yourself", "we": "you", "us": "you", "our": "your", "ours": "yours",
    "ourselves": "yourselves", "i'll": "you'll", "i’ll": "you’ll", "i've": "you've", "i’ve": "you’ve", "i'd": "you'd",
    "i’d": "you’d", "we'll": "you'll", "we’ll": "you’ll", "we've": "you've", "we’ve": "you’ve",
}  # fmt: skip
_PERSON = re.compile(r"\b(?:" + "|".join(sorted(_OTHER, key=len, reverse=True)) + r")\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class _Token:
    text: str
    start: int

    @property
    def word(self) -> bool:
        return self.text[0].isalnum()


def reported(text: str, span: Span, language: str) -> str:
    """The passage as it stands after "You write that", or "" where that is not plainly right.

    It has to be a main clause from its beginning, with a subject and, where that is no pronoun, a verb that is known.
    In German nobody may speak of themselves, since "ich gehe" would have to become "du gehst".
    """
    said = _LABEL.sub("", " ".join(text[slice(*span)].split()).rstrip(" .!;,:"))
    said = _JOINED.sub("", said)
    whole = any(start == span[0] for start, _ in sentences(text)) and FEWEST_WORDS <= len(said.split()) <= MOST_WORDS
    if not whole or _UNREPORTED.search(said) or text[span[1] : span[1] + 1] in ("?", ")"):
        return ""
    if language == "de":
        return _de_reported(said)
    if language != "en" or not (
        _WITH_PRONOUN.match(said) or _with_noun([word.casefold().strip(",") for word in said.split()])
    ):
        return ""
    return _PERSON.sub(lambda match: _OTHER[match.group().casefold()], said[:1].lower() + said[1:])


def _de_reported(said: str) -> str:
    words = said.split()
    plain = words[0] in _DE_LEADS and not _DE_OWN.search(said) and _DE_FINITE & set(words[1:NOUN_WORDS])
    return said[:1].lower() + said[1:] if plain else ""


def _with_noun(words: Sequence[str]) -> bool:
    """Whether a clause begins with a noun that does something: no word of joining or time before its verb."""
    verb = next((at for at, word in enumerate(words[:NOUN_WORDS]) if word in _FINITE), 0)
    return verb > 0 and not words[0].endswith("ing") and not _UNSURE & set(words[:verb])


def mentions(text: str, span: Span, language: str, common: frozenset[str]) -> list[str]:
    """Up to two things that the passage speaks of and the challenge does not: none has a stem among `common`.

    Where the passage names nothing, the sentence around it may. Nothing in a language but English and German.
    """
    find = {"en": _english, "de": _german}.get(language)
    if find is None:
        return []
    for part in (span, _around(text, span)):
        found = list(dict.fromkeys(find(_tokens(text, part))))
        own = [one for one in found if (stems := content(one, language)) and not stems & common]
        if own:
            return own[:MOST]
    return []


def _around(text: str, span: Span) -> Span:
    return next((one for one in sentences(text) if one[0] <= span[0] < one[1]), span)


def _tokens(text: str, span: Span) -> list[_Token]:
    return [_Token(match.group(), match.start()) for match in _WORD.finditer(text, *span)]


def _english(tokens: Sequence[_Token]) -> Iterator[str]:
    for at, token in enumerate(tokens):
        lead = token.text.casefold()
        run, end = _run(tokens, at + 1) if lead in _ARTICLES or lead in _BEFORE_MANY else ([], "")
        if not run or len(run) > LONGEST:
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
        if len(token.text) < SHORTEST_WORD or not (token.text[0].isupper() and token.text[1:].islower()):
            continue
        before = [one.text for one in tokens[max(0, at - 2) : at]]
        if before and _DE_ADJECTIVE.fullmatch(before[-1]) and before[-1] not in _DE_BEFORE:
            before.pop()
        if before and before[-1].casefold() in _DE_BEFORE:
            yield token.text
