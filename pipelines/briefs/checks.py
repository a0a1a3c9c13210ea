"""Whether a model's wording of a line may stand in its place. Pure; may not change a word, and may not judge style.

A wording may leave out, join and turn around what its line and its passages say. What it may not: name somebody or
something that is not there, quote what is not there, say a number that is not there, carry what another line's passages
say, judge a person, carry a link or markup, be longer than a line, or be in another language.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache

from pipelines.briefs.items import LONGEST, BriefItem, BriefItemKind
from pipelines.prompts import has_words, words
from pipelines.texts.language import language_of, orders, quotations, sentences, tokens
from pipelines.texts.names import names_in
from pipelines.texts.quoting import locate
from pipelines.verification import lint
from pipelines.verification.truth import contacts

BORROWED = 4
"""Words in a row that stand in another line's passages, and not in this line's, from which a wording borrows."""

_MARKUP = re.compile(r"https?:|www\.|[\w.+-]+@[\w-]+\.\w|[<>{}`*_#|\\^~\[\]]|\b[\w-]+\.(?:com|net|org|io|info|eu|de)\b")
_SINGLE = re.compile(r"(?<!\w)['‘‚‹›]([^'‘’‚‹›\n]{2,400}?)['’‘‹›](?!\w)")
_NUMBER = re.compile(r"\d+(?:[.,:]\d+)*")
_PROPER = re.compile(r"[^\W\d_]+(?:['’-][^\W\d_]+)*")
_OPENS = re.compile(r"[.!?…:;—–\"“„«‘(]\s*$")
_TONE = frozenset({"grade", "about-person", "empty-praise"})
_NOUNS = frozenset({"de", "lb"})
"""Languages in which every noun has a capital, so that a capital tells nothing of names."""


@dataclass(frozen=True, slots=True)
class WordingScene:
    """What a wording is held against: all lines of the brief, the names of people of the organization, the language,
    and the challenge's own words: what it calls things, every line may."""

    items: tuple[BriefItem, ...]
    names: tuple[str, ...]
    language: str
    challenge: str = ""


def wrong(text: str, item: BriefItem, scene: WordingScene) -> tuple[str, ...]:
    """All that stands against this wording of the line, in words for whoever worded it; empty if nothing does."""
    return tuple(dict.fromkeys(_wrong(text, item, scene)))


def _wrong(text: str, item: BriefItem, scene: WordingScene) -> Iterator[str]:
    if not text.strip():
        yield "There are no words here."
        return
    if len(text) > LONGEST[item.kind]:
        yield f"This has {len(text)} characters; {LONGEST[item.kind]} are the most here."
    if found := _MARKUP.search(text):
        yield f"“{found[0]}” is a link or markup; write plain words."
    for reached in contacts(text):
        if reached not in item.said:
            yield f"“{reached}” tells how to reach or find somebody; leave it out."
    if item.kind is BriefItemKind.QUESTION and not re.search(r"[?？;؟]", text):
        yield "This question asks nothing."
    if orders(text):
        yield "This gives orders to a machine."
    yield from (one.message for one in lint(text) if one.code in _TONE)
    if (spoken := language_of(text)) and spoken != scene.language:
        yield "This is in another language than the brief."
    yield from _unsaid(text, item, scene)


def _unsaid(text: str, item: BriefItem, scene: WordingScene) -> Iterator[str]:
    """What the line and its passages do not say. Things may also be called what the challenge calls them."""
    there = f"{item.said}\n{scene.challenge}"
    people = names_in(text, scene.names, there, scene.language)
    for said, names in ((item.said, people), (there, _strange(text, scene.language))):
        known = {word.casefold() for word in _PROPER.findall(said)}
        for name in names:
            if any(part.casefold() not in known for part in _PROPER.findall(name)):
                yield f"“{name}” is not named in this line or its passages."
    for quote in _quoted(text):
        if not locate(quote, item.said):
            yield f"“{quote[:80]}” stands in quotation marks, but not in this line's passages."
    for number in sorted(_numbers(text, scene.language) - _numbers(item.said, scene.language)):
        yield f"The number {number} is not in this line or its passages."
    if borrowed := _borrowed(text, there, [one for one in scene.items if one.key != item.key]):
        yield f"“{borrowed}” is from the passages of another line."


def _strange(text: str, language: str) -> Iterator[str]:
    """Words with a capital within a sentence: names, as far as the language keeps capitals for these."""
    if language in _NOUNS:
        return
    for start, end in sentences(text):
        for word in _PROPER.finditer(text, start, end):
            first = word.start() == start or _OPENS.search(text, start, word.start())
            if word[0][0].isupper() and word[0] != "I" and not word[0].startswith(("I'", "I’")) and not first:
                yield word[0]


def _quoted(text: str) -> Iterator[str]:
    spans = [*quotations(text), *(match.span(1) for match in _SINGLE.finditer(text))]
    return (bare for start, end in spans if (bare := text[start:end].strip().rstrip(".,;:!?…")))


@cache
def _number_words(language: str) -> dict[str, str]:
    table = words(f"brief/{language}") if has_words(f"brief/{language}") else {}
    return {word: str(value) for word, value in table.get("numbers", {}).items()}


def _numbers(text: str, language: str) -> set[str]:
    """In figures; those in words too, where the language's are known. Per cent counts as a number of its own."""
    said = _number_words(language)
    found = {said[word] for token in tokens(text) for word in token.split("-") if word in said}
    return found | set(_NUMBER.findall(text)) | ({"%"} if "%" in text else set())


def _borrowed(text: str, there: str, others: Sequence[BriefItem]) -> str:
    own = f" {' '.join(tokens(there))} "
    theirs = " | ".join(" ".join(tokens(place.quote)) for one in others for place in one.places)
    said = tokens(text)
    for at in range(len(said) - BORROWED + 1):
        run = " ".join(said[at : at + BORROWED])
        if f" {run} " in f" {theirs} " and f" {run} " not in own:
            return run
    return ""
