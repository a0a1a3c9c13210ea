"""Whether what a language model wrote of a text may be true, and is its own to say. Pure; knows words, not meanings.

What can be told from words alone stops a point: others' words or others' work, how to reach somebody, the answer given
away, nothing of this text. What words only raise a doubt about is told to the facilitator, and to the second look that
holds each point against the text (`pipelines.drafting.critique`). The drafter without a model writes from decided
points and the challenge's own words, so it is not held to this.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import cache, lru_cache
from typing import Final

from pipelines.prompts import words
from pipelines.texts.contacts import contacts_in
from pipelines.texts.language import content, quotations, sentences, shared, tokens, unquoted
from pipelines.texts.plain import short
from pipelines.texts.quoting import locate
from pipelines.values import DraftingTask, Evidence, Finding, Point, PointKind, Shelf, SourceKind

RUN: Final = 5
"""Words in a row that stand in somebody else's work, and nowhere that is the learner's or everybody's."""
RUN_STEMS: Final = 3
"""Of these, words that carry meaning: "at the end of the" is nobody's."""
GIVEN_AWAY: Final = 0.5
GIVEN_STEMS: Final = 3
"""Share of the reference's own words, and how many at least, from which a point gives the answer away."""
CLAIMED_STEMS: Final = 4
BORNE_OUT: Final = 0.34
OF_THIS: Final = 3
"""Of a sentence that says what stands in the text: words that carry meaning from which it is held to the text, and the
share of them that must be in the text or its sources; words of this text that a point in hollow phrases must have."""

_FIGURE: Final = re.compile(r"\d+(?:[.,:]\d+)*")


def judge(point: Point, brief: DraftingTask, evidence: Sequence[Evidence], others: Sequence[str]) -> Iterator[Finding]:
    """All that speaks against a point's truth; `others` is all work of other people that a machine could have read."""
    yield from foreign(point.text, brief, evidence, others)
    yield from _gives_away(point, brief)
    yield from _of_nothing(point, brief, evidence)
    if point.kind is PointKind.NEXT_STEP and len(steps(point.text, brief.language)) > 1:
        yield Finding("two-steps", "This asks for more than one thing; one step is done, two are put off.")
    yield from _claims(point, brief, evidence)


def foreign(text: str, brief: DraftingTask, evidence: Sequence[Evidence], others: Sequence[str]) -> Iterator[Finding]:
    """What is somebody else's: their words, their work, how to reach them."""
    if run := borrowed(text, others, "\n".join(_open_to_all(brief, evidence)), brief.language):
        yield Finding("others-words", f"“{run}” is from somebody else's work. Leave others' work out.", grave=True)
    yield from _others_work(text, brief)
    known = "\n".join([_public(brief), *(one.item.text for one in evidence if one.item.shelf is Shelf.CONTEXT)])
    for reached in contacts(text):
        told = f"“{reached}” tells how to reach or find somebody; feedback carries no such thing."
        yield Finding("contact", told, grave=reached not in known)


def borrowed(text: str, others: Sequence[str], own: str, language: str) -> str:
    """The first words in a row that are from one of the others' texts and not from `own`; "" if none are."""
    said, known = tokens(text), f" {' '.join(tokens(own))} "
    runs = []
    for at in range(len(said) - RUN + 1):
        run = " ".join(said[at : at + RUN])
        if f" {run} " not in known and len(content(run, language)) >= RUN_STEMS:
            runs.append(run)
    for other in others if runs else ():
        there = _joined(other)
        for run in runs:
            if run in there and f" {run} " in there:
                return run
    return ""


@lru_cache(maxsize=8192)
def _joined(text: str) -> str:
    return f" {' '.join(tokens(text))} "


def _open_to_all(brief: DraftingTask, evidence: Sequence[Evidence]) -> list[str]:
    """Whose words may be said again: the learner's own, the challenge's, documents', and facilitators'."""
    said = [brief.text, _public(brief), brief.instruction, *(one.text for one in brief.told)]
    for one in evidence:
        if one.item.past is not None:
            said.append(one.item.past.text)
        elif one.item.shelf is Shelf.CONTEXT:
            said.append(one.item.text)
    return said


def _public(brief: DraftingTask) -> str:
    challenge = brief.challenge
    criteria = "\n".join(f"{one.text}\n{one.question}" for one in challenge.criteria)
    return "\n".join((challenge.title, challenge.prompt, challenge.outcome, challenge.notes, criteria))


@cache
def _any_of(table: str, language: str) -> re.Pattern[str] | None:
    found = words("words/judging")[table].get(language, ())
    patterns = [found] if isinstance(found, str) else found
    return re.compile("|".join(f"(?:{one})" for one in patterns), re.IGNORECASE | re.MULTILINE) if patterns else None


_LANGUAGES: Final = ("en", "de")


def _others_work(text: str, brief: DraftingTask) -> Iterator[Finding]:
    bare = unquoted(text)
    for language in _LANGUAGES:
        pattern, sending = _any_of("others", language), _any_of("sending", language)
        if pattern is None:
            continue
        for match in pattern.finditer(bare):
            if sending and sending.search(bare[max(0, match.start() - 60) : match.start()]):
                continue
            if tokens(match[0]) and f" {' '.join(tokens(match[0]))} " in _joined(f"{brief.text} {_public(brief)}"):
                continue  # people that the work itself is about
            told = f"“{' '.join(match[0].split())}” tells of somebody else's work. Write about this text only."
            yield Finding("others-work", told, grave=True)
            return


def contacts(text: str) -> list[str]:
    """Mail addresses, telephone numbers, handles, links, where somebody lives, and numbers that stand for a person."""
    return [text[one.start : one.end] for one in contacts_in(text) if one.kind != "name"]


def steps(text: str, language: str) -> list[str]:
    """The verbs by which different things are asked for; what is done with what came just before is not another one."""
    table = words("words/judging")["asking"]
    if language not in table:
        return []
    first, later = _asks(language)
    bare = unquoted(text)
    found: list[str] = []
    for start, end in sentences(bare):
        sentence = bare[start:end]
        if sentence.rstrip().endswith(("?", "？")):
            continue
        opening = first.match(sentence)
        found += [opening[1].casefold()] if opening else _advised(sentence, language)
        found += [match[1].casefold() for match in later.finditer(sentence) if not _goes_on(sentence, match, language)]
    return found


_ADVISED: Final = re.compile(
    r"\b(?:[Dd]u|[Ii]hr|Sie)\s+(?:sollte|könnte|kann|müss)\w*|\b(?:[Ss]ollte|[Kk]önnte)s?t\s+(?:du|ihr)\b"
)


def _advised(sentence: str, language: str) -> list[str]:
    """German puts the verb of "du solltest …" last: what is advised is one thing, whichever it is."""
    return [match[0].casefold() for match in _ADVISED.finditer(sentence)][:1] if language == "de" else []


def _goes_on(sentence: str, asked: re.Match[str], language: str) -> bool:
    """Whether what is asked for second is about what was asked for first: "choose a day and mark the day"."""
    about = " ".join(sentence[asked.end() :].split()[:4])
    return bool(content(about, language) & content(sentence[: asked.start()], language))


@cache
def _asks(language: str) -> tuple[re.Pattern[str], re.Pattern[str]]:
    table = words("words/judging")["asking"]
    verbs, joins, same = table[language].split(), table[f"{language}_joins"], table[f"{language}_same"]
    endings = r"\b" if language == "en" else r"(?:e|t|en|n|est|st)?(?:\s+Sie)?\b"
    verb = rf"((?:{'|'.join(verbs)}){endings})"
    lead = rf"(?:(?:{joins}|please|bitte|first|zuerst|now|jetzt|perhaps|vielleicht),?\s+)*"
    can = r"(?:you (?:could|should|might|can|need to|may)|du (?:solltest|könntest|kannst)|Sie (?:sollten|könnten))\s+"
    opening = re.compile(rf"\s*(?:\d[.)]\s*)?{lead}(?:{can})?(?:also\s+)?{verb}", re.IGNORECASE)
    joined = re.compile(rf"(?:[,;:–—]\s*|\b)(?:{joins})\s+(?:{joins}\s+)?(?!{same}){verb}(?!\w)", re.IGNORECASE)
    return opening, joined


def _gives_away(point: Point, brief: DraftingTask) -> Iterator[Finding]:
    """The reference solution said to somebody who has not got so far."""
    reference, language = brief.challenge.reference, brief.language
    if not reference.strip() or point.kind is PointKind.STRENGTH:
        return
    known = content(f"{brief.text}\n{_public(brief)}", language)
    run = borrowed(point.text, (reference,), f"{brief.text}\n{_public(brief)}", language)
    told = content(point.text, language)
    doubtful = False
    for start, end in sentences(reference):
        answer = content(reference[start:end], language)
        answer = answer - shared(answer, known)
        said = shared(answer, told)
        if run or (len(said) >= GIVEN_STEMS and len(said) >= GIVEN_AWAY * len(answer)):
            yield Finding("gives-away", "This gives the expected answer away. Ask for it instead.", grave=True)
            return
        doubtful = doubtful or (len(said) >= GIVEN_AWAY * len(answer) and len(said) >= min(2, len(answer) or 2))
    if doubtful:
        yield Finding("gives-away", "This may give the expected answer away. Ask for it instead.")


def _of_nothing(point: Point, brief: DraftingTask, evidence: Sequence[Evidence]) -> Iterator[Finding]:
    """A point that could stand below any work."""
    language, bare = brief.language, unquoted(point.text)
    cited = {source.id for source in point.sources}
    documents = [one.item.text for one in evidence if one.item.id in cited and one.item.shelf is Shelf.CONTEXT]
    if any(locate(point.text[a:b].rstrip(".,;:!?…"), text) for a, b in quotations(point.text)
           for text in (brief.text, *documents)):  # fmt: skip
        return
    said = content(bare, language) - _generic(language)
    public = content(_public(brief), language)
    own = content(brief.text, language)
    vague = _any_of("vague", language)
    hollow = vague is not None and bool(vague.search(bare))
    of_this = shared(said, own - public)
    if len(of_this) >= OF_THIS or (not hollow and (of_this or _FIGURE.search(bare))):
        return
    if of_this:
        yield Finding("nothing-specific", "This says little of this text itself.")
        return
    anything = shared(said, own | public) or any(shared(said, content(text, language)) for text in documents)
    if not anything or hollow:
        yield Finding("nothing-specific", "This says nothing of this text: it could stand below any.", grave=True)
    elif not shared(said, own):
        yield Finding("nothing-specific", "This names nothing of this text itself.")


@cache
def _generic(language: str) -> frozenset[str]:
    return content(words("words/judging")["vague"]["generic"], language)


def _claims(point: Point, brief: DraftingTask, evidence: Sequence[Evidence]) -> Iterator[Finding]:
    """Sentences that say what stands in the text, or that it is not there, against its words."""
    says, lacks = _any_of("says", brief.language), _any_of("lacks", brief.language)
    if says is None or lacks is None:
        return
    cited = {source.id for source in point.sources}
    there = "\n".join([brief.text, _public(brief), *(one.item.text for one in evidence if one.item.id in cited)])
    for start, end in sentences(point.text):
        sentence = point.text[start:end]
        told = says.search(sentence)
        if sentence.rstrip().endswith("?"):
            continue
        if lacks.search(sentence):
            yield from _said_after_all(sentence, brief)
        elif told:
            yield from _not_there(sentence[: _clause(sentence, told.end())], there, brief)


def _clause(sentence: str, after: int) -> int:
    """Where the part that says what the text says ends; a reader's doubt or a question may follow."""
    stop = re.search(r"[;:–—]|,\s*(?:but|so|yet|aber|doch|sodass)\b", sentence[after:])
    return after + stop.start() if stop else len(sentence)


def _not_there(sentence: str, there: str, brief: DraftingTask) -> Iterator[Finding]:
    figures = set(_FIGURE.findall(unquoted(sentence))) - set(_FIGURE.findall(there))
    if figures:
        yield Finding("not-in-text", f"“{min(figures)}” is said to stand in the text, and is not found there.")
        return
    said = content(unquoted(sentence), brief.language) - _generic(brief.language)
    if len(said) >= CLAIMED_STEMS and len(shared(said, content(there, brief.language))) < BORNE_OUT * len(said):
        yield Finding("not-in-text", "Most of what this says of the text is not found there. Look whether it is so.")


def _said_after_all(sentence: str, brief: DraftingTask) -> Iterator[Finding]:
    """Said to be missing, though one sentence of the text has all its words."""
    missing = _any_of("lacks", brief.language)
    bare = missing.sub(" ", unquoted(sentence)) if missing else unquoted(sentence)
    said = content(bare, brief.language) - _generic(brief.language)
    if len(said) < 2:
        return
    for start, end in sentences(brief.text):
        if len(shared(said, content(brief.text[start:end], brief.language))) == len(said):
            told = f"This says that something is missing, but see “{short(brief.text[start:end])}”."
            yield Finding("said-after-all", told)
            return


def is_example(before: str, language: str) -> bool:
    """Whether a quotation that follows these words shows what could be written, instead of quoting somebody."""
    return any(pattern is not None and bool(pattern.search(before[-60:]))
               for pattern in (_any_of("example", language), _any_of("example", "en")))  # fmt: skip


def cites(before: str, titles: Sequence[str], language: str) -> bool:
    """Whether these words of a sentence lead up to a document's own words."""
    if any(title and title.casefold() in before.casefold() for title in titles):
        return True
    pattern = _any_of("cited", language) or _any_of("cited", "en")
    return pattern is not None and bool(pattern.search(before))


def titles_of(point: Point) -> list[str]:
    """Titles of the documents that a point rests on."""
    return [source.title for source in point.sources if source.kind is SourceKind.CONTEXT]
