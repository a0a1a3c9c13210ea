"""A plain sentence taken into reported speech: "I will ask my neighbour" after "You write that". Pure; quotes nothing.

A wrong one puts words into somebody's mouth, so whatever is not plainly right is not reported: only a whole sentence in
nobody else's words, without a name, a number that could reach somebody, or an "I" that may be something else. In
English the first person becomes "you"; in German nobody may speak of themselves, since "ich gehe" would have to become
"du gehst".
"""

from __future__ import annotations

import re
from typing import Final

from pipelines.texts.language import Span, quotations, sentence_at

FEWEST_WORDS: Final = 4
MOST_WORDS: Final = 20
"""Words of a sentence that is reported; a longer one is lost on whoever reads it."""
SUBJECT: Final = 7
"""Words within which a noun's verb has to come."""

_EDGE = " .!;,:"
_MARK = re.compile(r"^(?:[-*•]+|#+|\d+[.)])\s+")
_LABEL = re.compile(r"^(?:note|answer|idea|plan|goal|aim|reason|example|objection|problem|solution|step \d+):\s+", re.I)
_JOINED = re.compile(
    r"^(?:but|and|so|however|therefore|thus|moreover|furthermore|additionally|in other words|for example|for instance|"
    r"in addition|in conclusion|conclusively|overall|more generally|of course|firstly|secondly|thirdly|lastly)\b,?\s+",
    re.IGNORECASE,
)
_NEVER = re.compile(
    r"[“”\"„‚‘()\[\]{}<>:?/=@\n]|\b(?:you|your|yours|yourself|us|mine|ours|ourselves|i[.]e|e[.]g)\b|\d{3,}|"
    r"\b(?:am|was|were|is|are|did|do|have|had|will|can|should) (?:i|we)\b|\bwe (?:was|is|has)\b|"
    r"\bi (?:is|are|has|were)\b",
    re.IGNORECASE,
)
_DAYS = "(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)days?"
_MONTHS = "January|February|March|April|May|June|July|August|September|October|November|December"
_CAPITAL = re.compile(rf"(?<=[^.!?]\s)(?!(?:I|{_DAYS}|{_MONTHS})\b)[A-ZÀ-ÖØ-Þ]|\w[A-Z]")
_OPENERS = """i we he she it they there the a an my our his her their its this these those that many most some all no
    every each both two three four five then now also at in on after before during for from with without
    first next later here today tomorrow finally sometimes often"""
_PREFIX = (
    r"(?:(?:then|now|also|at|in|on|after|before|during|for|from|with|without|first|next|later|here|today|tomorrow|"
    r"finally|sometimes|often)\b[^,;]{0,24}?,?\s+)?"
)
_PRONOUN = re.compile(_PREFIX + r"(?:i|we|he|she|it|they|there)(?:[’']\w+)?\s+\w", re.IGNORECASE)
_I = re.compile(r"(?:^|[,;] |\b(?:and|but|so|that|then|when|if|because|where|what|as|than|before|after|while|or|though|"
                r"although|since|until|unless|which|how|why|who) )I\b(?! errors?\b)")  # fmt: skip
_VERBS = "is are was were has have had will would can could should may might must do does did"
_NOT_BEFORE_VERBS = """and or that which who whom what where when why how if because although though while since unless
    after before until as than but so yet not to only"""
_FINITE = frozenset(_VERBS.split())
_UNSURE = frozenset(_NOT_BEFORE_VERBS.split())
_FIRST = frozenset(_OPENERS.split())
_OTHER = {
    "i wasn't": "you weren't", "i wasn’t": "you weren’t", "i am": "you are", "i was": "you were", "i'm": "you're",
    "i’m": "you’re", "i'll": "you'll", "i’ll": "you’ll", "i've": "you've", "i’ve": "you’ve", "i'd": "you'd",
    "i’d": "you’d", "i": "you", "me": "you", "my": "your", "myself": "yourself", "we're": "you're", "we’re": "you’re",
    "we'll": "you'll", "we’ll": "you’ll", "we've": "you've", "we’ve": "you’ve", "we": "you", "our": "your",
}  # fmt: skip
_PERSON = re.compile(r"\b(?:" + "|".join(sorted(_OTHER, key=len, reverse=True)) + r")\b", re.IGNORECASE)

_LEADS_OF_GERMAN = (
    """Der Die Das Ein Eine Er Es Dieser Diese Dieses Viele Manche Alle Jeder Jede Jedes Kein Keine Zwei Drei"""
)
_GERMAN_VERBS = """ist sind war waren hat haben hatte hatten wird werden kann können könnte könnten soll sollen sollte
    sollten muss müssen darf dürfen will wollen gibt geht gehen kommt kommen liegt liegen steht stehen bleibt bleiben"""
_DE_LEADS = frozenset(_LEADS_OF_GERMAN.split())
_DE_FINITE = frozenset(_GERMAN_VERBS.split())
_DE_OWN = re.compile(
    r"\b(?:ich|wir|mich|mir|uns|mein\w*|unser\w*|unsr\w*|dass|du|dich|dir|dein\w*|Sie|sag(?:t|te|ten|en)|laut|meint)\b"
)


def reported(text: str, span: Span, language: str) -> str:
    """The sentence as it stands after "You write that", or "" where that is not plainly right."""
    if not _whole(text, span) or any(start < span[1] and span[0] < end for start, end in quotations(text)):
        return ""
    said = _MARK.sub("", " ".join(text[slice(*span)].split()).strip(_EDGE))
    said = _JOINED.sub("", _LABEL.sub("", said))
    if _NEVER.search(said) or not FEWEST_WORDS <= len(said.split()) <= MOST_WORDS:
        return ""
    return _english(said) if language == "en" else _german(said) if language == "de" else ""


def _whole(text: str, span: Span) -> bool:
    """Whether the span is a sentence, its marks aside: what is cut off may say whose words they are."""
    around = sentence_at(text, span[0])
    if around is None or text[around[1] : around[1] + 1] in ("?", ")"):
        return False
    return not text[around[0] : span[0]].strip(_EDGE) and not text[span[1] : around[1]].strip(_EDGE)


def _english(said: str) -> str:
    words = [word.casefold().strip(",") for word in said.split()]
    if words[0].partition("'")[0].partition("’")[0] not in _FIRST or _CAPITAL.search(said):
        return ""
    if not (pronoun := _PRONOUN.match(said)) and not _with_noun(words):
        return ""
    rest = said[pronoun.end() - 1 :] if pronoun else said
    if len(re.findall(r"\bI\b", rest)) != len(_I.findall(rest)):
        return ""
    return _PERSON.sub(lambda match: _OTHER[match.group().casefold()], said[:1].lower() + said[1:])


def _with_noun(words: list[str]) -> bool:
    """Whether a clause begins with a noun that does something: no word of joining or time before its verb."""
    verb = next((at for at, word in enumerate(words[:SUBJECT]) if word in _FINITE), 0)
    return verb > 0 and not _UNSURE & set(words[:verb])


def _german(said: str) -> str:
    words = said.split()
    plain = words[0] in _DE_LEADS and not _DE_OWN.search(said) and _DE_FINITE & set(words[1:SUBJECT])
    return said[:1].lower() + said[1:] if plain else ""
