"""Whether a later revision took up a point of earlier feedback, as far as words can show it. Pure.

Two things are looked at: what became of the place that the point is about, and whether words of the point that the
earlier revision did not have stand among what was newly written. Words are compared, meanings are not: a point taken up
in quite other words is told as "changed" or "gone", and where there is nothing to hold on to, "cannot tell" is the
answer. What is new in a text is `worddiff`'s to say.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from pipelines.texts.language import akin, content, sentences, tokens, written_in
from pipelines.values import Band, PointKind
from service.domain.texts.worddiff import ChangeKind, DiffPiece

METHOD: Final = 2
"""Grows when a verdict may come out otherwise; what was stored by an earlier one is then compared anew."""
A_SENTENCE: Final = 5
"""Words that were newly written, from which what was asked may be answered at another place."""
ECHOES: Final = 2
"""Words of the point, new in this revision, from which it may have been taken up; one alone is often chance.

Of the 18 next steps and questions in the example organization that a second revision followed, read one by one, 14
were taken up and 4 were not: with two words 11 of the 14 are told, with three 10, and none of the 4 either way; always
saying "taken up" would be right for 14 of 18. Against revisions of others on the same challenge, who often mend the
same thing, 24 of 43 points find two words and 14 find three, so two alone are told as unsure.
"""
LIKELY_ECHOES: Final = 3
SURE_ECHOES: Final = 4
STILL_THERE: Final = 0.5
"""Share of the passage's content words in the nearest sentences from which it is still there, in other words."""
LITTLE_LEFT: Final = 0.1
"""Share of the earlier text below which the later one is another text, and the place of a point says nothing."""


class UptakeVerdict(StrEnum):
    """What became of a point."""

    TAKEN_UP = "taken_up"  # likely
    CHANGED = "changed"  # its place is worded anew; whether because of the point nobody can say from the words
    UNCHANGED = "unchanged"
    GONE = "gone"  # its place is no longer there
    CANNOT_TELL = "cannot_tell"


@dataclass(frozen=True, slots=True)
class AskingPoint:
    """A released point: what it asks for, and the place it is about (empty: the work as a whole)."""

    kind: PointKind
    text: str
    quote: str


@dataclass(frozen=True, slots=True)
class ComparedPoint:
    """What became of a point and how sure that is; the nearest place in the later text as [start, end), if there is
    one, and the words of the point that were taken up. `beside`: the place is as it was, and a sentence was newly
    written before or after the one that holds it."""

    verdict: UptakeVerdict
    sure: Band
    place: tuple[int, int] | None
    echoes: tuple[str, ...]
    beside: bool = False


def spoken(declared: str, text: str) -> str:
    """The language to compare a later revision in, without region: as its words show, else as declared."""
    return written_in(text, declared)


def uptake(said: AskingPoint, pieces: Sequence[DiffPiece], *, language: str) -> ComparedPoint:
    """What became of one point between two revisions, whose word diff the pieces are."""
    before = "".join(piece.text for piece in pieces if piece.kind is not ChangeKind.ADDED)
    after = "".join(piece.text for piece in pieces if piece.kind is not ChangeKind.REMOVED)
    echoes = () if said.kind is PointKind.STRENGTH else _echoes(said, before, pieces, language)
    place, left = _nearest(said.quote, after, language)
    exact = place is not None and left == 1
    verdict, sure = _judge(said, before, pieces, left, len(echoes), exact=exact)
    beside = exact and place is not None and _new_beside(place, after, pieces)
    return ComparedPoint(verdict, sure, place, echoes, beside)


def _judge(
    said: AskingPoint, before: str, pieces: Sequence[DiffPiece], left: float | None, echoes: int, *, exact: bool
) -> tuple[UptakeVerdict, Band]:
    same = sum(len(piece.text) for piece in pieces if piece.kind is ChangeKind.SAME)
    if same == len(before) and not any(piece.kind is ChangeKind.ADDED for piece in pieces):
        return UptakeVerdict.UNCHANGED, Band.HIGH
    if echoes >= ECHOES:
        return UptakeVerdict.TAKEN_UP, _by_echoes(echoes, exact=exact)
    if left is None or same < LITTLE_LEFT * len(before):
        return UptakeVerdict.CANNOT_TELL, Band.LOW
    if exact:  # what was added elsewhere may be the answer, in words that the point does not have
        added = sum(len(piece.text.split()) for piece in pieces if piece.kind is ChangeKind.ADDED)
        return UptakeVerdict.UNCHANGED, Band.LOW if added >= A_SENTENCE else Band.MEDIUM if echoes else Band.HIGH
    if left >= STILL_THERE:
        return UptakeVerdict.CHANGED, Band.MEDIUM
    return UptakeVerdict.GONE, Band.MEDIUM if left == 0 else Band.LOW


def _new_beside(place: tuple[int, int], after: str, pieces: Sequence[DiffPiece]) -> bool:
    """Whether a sentence's worth of words was added in the sentence that holds the place, or in a neighbour of it."""
    spans = sentences(after)
    here = [at for at, (start, end) in enumerate(spans) if start < place[1] and place[0] < end]
    near = spans[max(0, here[0] - 1) : here[-1] + 2] if here else []
    at = 0
    for piece in pieces:
        end = at if piece.kind is ChangeKind.REMOVED else at + len(piece.text)
        added = piece.kind is ChangeKind.ADDED and len(piece.text.split()) >= A_SENTENCE
        if added and near and at < near[-1][1] and near[0][0] < end:
            return True
        at = end
    return False


def _by_echoes(echoes: int, *, exact: bool) -> Band:
    """Where the place itself was left as it was, the words may belong to something else."""
    if echoes >= SURE_ECHOES and not exact:
        return Band.HIGH
    return Band.MEDIUM if echoes >= LIKELY_ECHOES else Band.LOW


def _echoes(said: AskingPoint, before: str, pieces: Sequence[DiffPiece], language: str) -> tuple[str, ...]:
    """Content words of the point that the earlier revision has not and that were newly written, in order."""
    new = content(" ".join(piece.text for piece in pieces if piece.kind is ChangeKind.ADDED), language)
    known = content(before, language)
    wanted = {stem: word for word in reversed(tokens(said.text)) for stem in content(word, language)}
    found = [word for stem, word in wanted.items() if _in(stem, new) and not _in(stem, known)]
    return tuple(reversed(found))


def _in(stem: str, there: frozenset[str]) -> bool:
    return stem in there or any(akin(stem, other) for other in there)


def _nearest(quote: str, after: str, language: str) -> tuple[tuple[int, int] | None, float | None]:
    """The place of the later text that is nearest to the passage, and the share of the passage that is there.

    1 and exactly its place where it stands word for word; None where it has no words to compare.
    """
    at = after.find(quote) if quote else -1
    if at >= 0:
        return (at, at + len(quote)), 1.0
    wanted = content(quote, language)
    if not wanted:
        return None, None
    best, place = 0.0, None
    for span in sentences(after):
        there = content(after[span[0] : span[1]], language)
        share = sum(_in(stem, there) for stem in wanted) / len(wanted)
        if share > best:
            best, place = share, span
    return place, min(best, 0.99)
