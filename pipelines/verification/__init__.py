"""Whether drafted feedback may be stored and shown: quotations, sources, names, length, tone, language. Pure.

May not change a draft and may not judge whether feedback is right: it finds what nobody should have to read. A grave
finding means that the point may not be stored as it is. `lint` gives the same advice, never grave, on a person's words.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import cache

from pipelines.prompts import words
from pipelines.texts.language import (
    UNTOLD,
    content,
    language_name,
    language_of,
    orders,
    quotations,
    tokens,
    twins,
    unquoted,
    written_in,
)  # fmt: skip
from pipelines.texts.names import names_in
from pipelines.texts.plain import short
from pipelines.texts.quoting import locate
from pipelines.values import DraftingTask, Evidence, Finding, Point, PointKind, SourceKind
from pipelines.verification.truth import cites, foreign, is_example, judge, titles_of

MOST_POINTS = 3
LONGEST_POINT = 600
LONGEST_SUMMARY = 200
ECHO = 8
"""Words in a row from the submission, outside of quotation marks, that count as repeating it."""

_LINK = re.compile(
    r"\b(?:https?://|www\.)\S+|\b[\w-]+\.(?:com|net|org|io|xyz|ru|info|biz|top|co)\b(?:/\S*)?", re.IGNORECASE
)


def verify(
    points: Sequence[Point],
    brief: DraftingTask,
    evidence: Sequence[Evidence],
    *,
    summary: str = "",
    others: Sequence[str] | None = None,
) -> tuple[Finding, ...]:
    """All that is wrong with these points and this summary, by the evidence that the learner may see.

    `others`: all work of other people that a machine could have read. Given, the words are a language model's, and held
    to the truth as well; None: they are put together from what people decided and wrote.
    """
    found: list[Finding] = []
    for number, point in enumerate(points):
        found += (replace(one, point=number) for one in _of_point(point, brief, evidence))
        if others is not None:
            found += (replace(one, point=number) for one in judge(point, brief, evidence, others))
        if number >= MOST_POINTS:
            found.append(
                Finding("too-many", "There are more than three points; keep the three that matter most.", number, True)
            )
        if any(twins(point.text, other.text, brief.language) for other in points[:number]):
            found.append(Finding("repeats", "This point says nearly the same as one before it.", number, True))
    if summary:
        found += _of_text(summary, brief, LONGEST_SUMMARY)
        found += foreign(summary, brief, evidence, others) if others is not None else ()
    return tuple(found)


def lint(
    text: str, *, kind: PointKind | None = None, quote: str | None = None, names: Sequence[str] = (), language: str = ""
) -> tuple[Finding, ...]:
    """Advice on a point or summary that a person wrote or changed; nothing of it stands in the way of approving.

    `quote` is "" for a point without a place, None where no place is needed; `language` is the submission's.
    """
    found = [*_tone(text), *_named(text, names, "", language), *_length(text, LONGEST_POINT)]
    if quote == "":
        found.append(Finding("no-place", "This point has no place in the text. Mark the words it is about."))
    if language and (spoken := language_of(text)) and spoken != language:
        found.append(_other_language(spoken, language))
    found += _without_step(kind, text)
    return tuple(replace(one, grave=False) for one in found)


def _of_point(point: Point, brief: DraftingTask, evidence: Sequence[Evidence]) -> Iterator[Finding]:
    whole = point.kind is PointKind.STRENGTH and (point.quote, point.start, point.end) == ("", 0, len(brief.text))
    if not whole and (not point.quote.strip() or brief.text[point.start : point.end] != point.quote):
        yield Finding("quote-not-there", f"The quotation “{short(point.quote)}” is not in the submission.", grave=True)
    yield from _of_sources(point, brief, evidence)
    yield from _quoted(point, brief, evidence)
    yield from _of_text(point.text, brief, LONGEST_POINT)
    yield from _without_step(point.kind, point.text)


def _of_sources(point: Point, brief: DraftingTask, evidence: Sequence[Evidence]) -> Iterator[Finding]:
    if not point.sources:
        yield Finding(
            "no-source", "This point rests on nothing. Name the evidence or the criterion it rests on.", grave=True
        )
    given = {(piece.kind, piece.item.id): piece for piece in evidence}
    criteria = {criterion.id for criterion in brief.challenge.criteria}
    for source in point.sources:
        if source.kind is SourceKind.SUBMISSION:
            known, text = source.id == brief.submission, brief.text
        elif source.kind is SourceKind.CRITERION:
            known, text = (
                source.id in criteria,
                next((c.text for c in brief.challenge.criteria if c.id == source.id), ""),
            )
        else:
            piece = given.get((source.kind, source.id))
            known, text = piece is not None, piece.item.text if piece else ""
            if piece and piece.item.past and piece.item.past.dismissed:
                yield Finding("source-dismissed", "This point rests on one that a facilitator turned down.", grave=True)
        if not known:
            yield Finding(
                "source-unknown", f"The source {source.kind.value} “{short(source.id)}” was not given.", grave=True
            )
        elif source.quote and source.quote not in text:
            yield Finding("source-quote", f"The quotation “{short(source.quote)}” is not in its source.", grave=True)


def _quoted(point: Point, brief: DraftingTask, evidence: Sequence[Evidence]) -> Iterator[Finding]:
    """What stands in quotation marks, three words and more, is the submission's, the task's or a source's; or it shows
    what could be written. Words put into a document's mouth stop the point."""
    cited = {source.id for source in point.sources}
    challenge = brief.challenge
    there = [brief.text, challenge.prompt, challenge.title, challenge.outcome, *(c.text for c in challenge.criteria)]
    there += [criterion.question for criterion in challenge.criteria]
    there += [piece.item.text for piece in evidence if piece.item.id in cited]
    attributed = any(source.kind in (SourceKind.CONTEXT, SourceKind.PEER) for source in point.sources)
    for start, end in quotations(point.text):
        quote, before = point.text[start:end].rstrip(".,;:!?…"), _before(point.text, start - 1)
        if len(quote.split()) < 3 or any(locate(quote, text) for text in there):
            continue
        if is_example(before, brief.language):
            continue
        yield Finding(
            "quote-invented",
            f"“{short(quote)}” stands in quotation marks, but in none of the sources.",
            grave=attributed and cites(before, titles_of(point), brief.language),
        )


def _before(text: str, at: int) -> str:
    """What stands before a place, back to the beginning of its sentence."""
    return re.split(r"(?<=[.!?])\s+(?=\S)", text[:at].rstrip())[-1]


def _of_text(text: str, brief: DraftingTask, longest: int) -> Iterator[Finding]:
    yield from _tone(text)
    yield from _length(text, longest)
    yield from _named(text, brief.names, f"{brief.challenge.prompt} {brief.text}", brief.language)
    yield from _echo(text, brief)
    spoken, wanted = language_of(text), written_in(brief.text, brief.language)
    if spoken and spoken != wanted != UNTOLD:
        yield _other_language(spoken, wanted)


def _length(text: str, longest: int) -> Iterator[Finding]:
    if len(text) > longest:
        yield Finding(
            "too-long", f"This has {len(text)} characters; {longest} are the most a reader takes in.", grave=True
        )
    if not text.strip():
        yield Finding("empty", "There are no words here.", grave=True)


def _named(text: str, names: Sequence[str], also: str, language: str) -> Iterator[Finding]:
    for name in dict.fromkeys(names_in(text, names, also, language)):
        yield Finding(
            "names-person", f"“{name}” is a person's name. Write about the work, and name nobody.", grave=True
        )


def _other_language(spoken: str, wanted: str) -> Finding:
    said = f"This is {language_name(spoken)}, but the submission is {language_name(wanted)}."
    return Finding("language", said, grave=True)


@cache
def _pattern(table: str) -> re.Pattern[str]:
    return re.compile("|".join(f"(?:{pattern})" for pattern in words("words/tone")[table]), re.IGNORECASE)


def _tone(text: str) -> Iterator[Finding]:
    bare = unquoted(text)
    if grade := _pattern("grade").search(bare):
        yield Finding(
            "grade", f"“{short(grade[0])}” is a grade. Say what is there and what comes next instead.", grave=True
        )
    if person := _pattern("person").search(bare):
        yield Finding("about-person", f"“{short(person[0])}” is about the person. Write about the work.", grave=True)
    if empty := _pattern("empty").search(bare):
        rest = tokens(_pattern("empty").sub(" ", bare))
        told = (
            f"“{short(empty[0])}” is praise that says nothing of the work. Say what works, and what it makes possible."
        )
        yield Finding("empty-praise", told, grave=empty.start() <= 2 or len(rest) < 8)


def _without_step(kind: PointKind | None, text: str) -> Iterator[Finding]:
    if kind is PointKind.NEXT_STEP and not _pattern("steps").search(text):
        yield Finding("no-step", "This next step names nothing to do. Say one thing to do, or ask a question.")
    if kind is PointKind.QUESTION and not re.search(r"[?？;؟]", text):
        yield Finding("no-question", "This question asks nothing.")


@cache
def _reported() -> re.Pattern[str]:
    """What is said to be the author's own words, up to a colon, in any language we have words of."""
    begins = [one for of_language in words("words/judging")["reported"].values() for one in of_language]
    return re.compile(rf"\b(?:{'|'.join(begins)}) [^:]*", re.IGNORECASE)


def _echo(text: str, brief: DraftingTask) -> Iterator[Finding]:
    """Words of the submission outside of quotation marks, and not said to be the author's: many in a row, or any of an
    order to a machine."""
    said, theirs = tokens(_reported().sub("", unquoted(text))), tokens(brief.text)
    known = f" {' '.join(tokens(_public(brief)))} "
    runs = {tuple(theirs[i : i + ECHO]) for i in range(len(theirs) - ECHO + 1)}
    for i in range(len(said) - ECHO + 1):
        run = tuple(said[i : i + ECHO])
        if run in runs and f" {' '.join(run)} " not in known:
            yield Finding("echo", "This repeats the submission without marking it as a quotation.", grave=False)
            break
    ordered = " ".join(brief.text[a:b] for a, b in orders(brief.text))
    if ordered and (repeated := _obeyed(text, ordered, brief)):
        told = f"This repeats “{short(repeated)}” from an instruction that the submission gives to a machine."
        yield Finding("obeys-submission", told, grave=True)
    links = [link[0] for link in _LINK.finditer(unquoted(text))]
    if links:
        yield Finding("link", f"“{short(links[0])}” is a link; feedback carries none.", grave=True)


def _public(brief: DraftingTask) -> str:
    challenge = brief.challenge
    criteria = " ".join(f"{criterion.text} {criterion.question}" for criterion in challenge.criteria)
    return f"{challenge.title} {challenge.prompt} {challenge.outcome} {challenge.reference} {criteria}"


def _obeyed(text: str, ordered: str, brief: DraftingTask) -> str:
    """What of an order stands in the text outside of quotation marks: a quoted string, or three words in a row."""
    bare = f" {' '.join(tokens(unquoted(text)))} "
    for start, end in quotations(ordered):
        if (wanted := " ".join(tokens(ordered[start:end]))) and f" {wanted} " in bare:
            return ordered[start:end]
    theirs, known = tokens(ordered), f" {' '.join(tokens(_public(brief)))} "
    for i in range(len(theirs) - 2):
        run = " ".join(theirs[i : i + 3])
        meaning = content(run, brief.language)
        if len(meaning) >= 2 and f" {run} " in bare and f" {run} " not in known:
            return run
    return ""
