"""Questions and orders, given back: "You raise the question of who pays", "Your text says to count the plates". Pure.

As in `reporting`, whatever is not plainly right is left alone; only English is turned.
"""

from __future__ import annotations

import re
from typing import Final

from pipelines.prompts import words
from pipelines.texts.reporting import FEWEST_WORDS, MOST_WORDS, as_you, bare, is_whole, may_be_turned
from pipelines.values import Span

_WITH: Final = "can|could|will|would|should|must|may|might|is|are|was|were|have|has|had"
_WHOM: Final = "I|we|they|it|he|she|this|these|there"
_WH: Final = (
    r"how (?:many|much|long|often|far)(?: \w+)?|which \w+|what (?!if\b|about\b)\w+|how|why|when|where|what|who|whom"
)
_NOT_DOING: Final = "I|we|you|they|he|she|it|this|that|these|those|the|a|an|my|our|his|her|their|people|there"
_TURNED = re.compile(rf"(?P<wh>{_WH}) (?P<with>{_WITH}|do) (?P<who>{_WHOM}) (?P<rest>.+)", re.IGNORECASE)
_WHO = re.compile(
    rf"(?:who (?:{_WITH})|(?:what|which \w+|how many \w+) (?:can|could|will|would|should|must)) "
    rf"(?!(?:{_NOT_DOING})\b).+",
    re.I,
)
_WHETHER = re.compile(rf"(?P<with>{_WITH}) (?P<who>{_WHOM}) (?P<rest>.+)", re.IGNORECASE)
_IF = re.compile(r"what if (?P<rest>.+)", re.IGNORECASE)
_ORDERS: Final = frozenset(str(words("words/reporting")["orders"]).split())
_NO_ORDER = re.compile(
    r"\b(?:do not|don[’']t|let us|let[’']s)\b|^\w+ (?:is|are|was|were|of|for)\b|^say (?!who|what|why|how|when|where)",
    re.IGNORECASE,
)


def question(text: str, span: Span, language: str) -> str:
    """The question as it stands after "the question of", or ""."""
    said = _line(text, span, "?") if language == "en" else ""
    turned = _whose(said.rstrip("? "))
    return as_you(turned, text) if turned and may_be_turned(turned) else ""


def order(text: str, span: Span, language: str) -> str:
    """What the sentence says to do, as it stands after "Your text says to", or ""."""
    said = re.sub(r"^please,? ", "", _line(text, span, ".!"), flags=re.IGNORECASE) if language == "en" else ""
    first = said.partition(" ")[0].casefold()
    if first not in _ORDERS or _NO_ORDER.search(said) or not may_be_turned(said):
        return ""
    return as_you(first + said[len(first) :], text)


def _line(text: str, span: Span, ends: str) -> str:
    said = bare(text[slice(*span)]) if is_whole(text, span, ends) else ""
    return said if FEWEST_WORDS <= len(said.split()) <= MOST_WORDS else ""


def _whose(said: str) -> str:
    """The question with its verb behind who does it, where both are plain."""
    if one := _TURNED.fullmatch(said):
        verb = "" if one["with"].lower() == "do" else f"{one['with']} "
        plain = one["with"].lower() != "do" or one["who"].lower() in ("i", "we", "they", "these")
        return f"{one['wh'].lower()} {_who(one)} {verb}{one['rest']}" if plain else ""
    if one := _WHETHER.fullmatch(said):
        return f"whether {_who(one)} {one['with'].lower()} {one['rest']}"
    if one := _IF.fullmatch(said):
        return f"what happens if {one['rest']}"
    return said[:1].lower() + said[1:] if _WHO.fullmatch(said) else ""


def _who(one: re.Match[str]) -> str:
    return "I" if one["who"] == "I" else one["who"].lower()
