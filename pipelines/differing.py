"""Where work says something else than a document: amounts, days, roles, places, "not", before and after. No model.

Pure over values. It may not say which of the two is right: it finds passages to ask about. It abstains where a text
speaks of the past, of what might be, of a limit or in somebody else's words, and where people do not agree. What that
costs and brings is measured by benchmarks/documents.py.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Final

import numpy as np
from numpy.typing import NDArray

from pipelines.prompts import has_words
from pipelines.texts.clauses import MINUTES, Claim, claimed, clauses_of, guarded, has_any
from pipelines.texts.language import akin, content, language_code, sentences, tokens

Vector = NDArray[np.float32]

NEAR: Final = (
    0.2  # cosine of two passages below which their sentences are not compared: long ones are of several matters
)
SHARE: Final = 0.6  # of the document's stems that the work must have, for amounts and times
MOST: Final = 0.75  # the same for "not", and for before and after
SAID: Final = 3  # stems and values of what is denied: less is a heading or a term, which no work denies
PEOPLE: Final = 2  # in two groups; within one group ENOUGH
ENOUGH: Final = 3
SAME_WORDING: Final = 8  # words from which two equal sentences count as one copied
FIVE: Final = 5  # letters that two stems have in common at one end, if they are akin


@dataclass(frozen=True, slots=True)
class DifferingText:
    """A passage: of a document, or of work by a person of a group. `start`: where it stands in its owner's text."""

    owner: str
    text: str
    start: int = 0
    person: str = ""
    group: str = ""
    vector: Vector | None = None


@dataclass(frozen=True, slots=True)
class At:
    """A verbatim sentence of an owner's text, by its offsets there, end exclusive."""

    owner: str
    start: int
    end: int
    quote: str
    person: str = ""
    group: str = ""


@dataclass(frozen=True, slots=True)
class Differing:
    """The document says `says`, several people say `instead`. `kind` is amount, often, time, weekday, month, role,
    place, channel, not, or order; `work` holds the first sentence of each person; `agree` says how many people write
    what the document says."""

    kind: str
    says: str
    instead: str
    document: At
    work: tuple[At, ...]
    agree: int

    @property
    def groups(self) -> int:
        return len({one.group for one in self.work})


def differing(
    document: Sequence[DifferingText], work: Sequence[DifferingText], language: str = "en", *, people: int = PEOPLE
) -> tuple[Differing, ...]:
    """Sentences of the document that the work of several people contradicts in the same way, the most people first.

    Independent agreement: two people of two groups, or three people; and more of them than write what the document
    says. `people` is 1 only to measure what agreement is worth.
    """
    return against(document, heard(work, language), people=people)


def against(document: Sequence[DifferingText], there: Heard, *, people: int = PEOPLE) -> tuple[Differing, ...]:
    """The same for work that was made ready once for many documents of a language."""
    code = there.code
    found: dict[tuple[At, str, str, str], list[At]] = defaultdict(list)
    same: dict[tuple[At, str, str], set[str]] = defaultdict(set)
    for passage in document:
        whole = claimed(passage.text, code).values
        for at in _sentences(passage):
            for kind, says, instead, where in _compared(at.quote, passage, there, whole):
                if instead:
                    found[at, kind, says, instead].append(where)
                else:
                    same[at, kind, says].add(where.person)
    told = [
        Differing(kind, says, instead, at, ones, len(same[at, kind, says] - {one.person for one in ones}))
        for (at, kind, says, instead), all_ in found.items()
        if agreed(ones := _one_each(all_), people)
    ]
    return tuple(sorted((one for one in told if len(one.work) > one.agree), key=_order))


def agreed(ones: Sequence[At], least: int = PEOPLE) -> bool:
    """Whether several people say it independently of one another."""
    people = {one.person for one in ones}
    return len(people) >= ENOUGH or (len(people) >= least and len({one.group for one in ones}) >= least)


def _order(one: Differing) -> tuple[int, int, str, int, str]:
    return -len(one.work), -one.groups, one.document.owner, one.document.start, one.kind


def _one_each(ones: Iterable[At]) -> tuple[At, ...]:
    """The first sentence of each person; the same long sentence by several people counts once."""
    people: dict[str, At] = {}
    wordings: set[tuple[str, ...]] = set()
    for one in sorted(ones, key=lambda one: (one.person, one.owner, one.start)):
        said = tuple(tokens(one.quote))
        if one.person not in people and not (len(said) >= SAME_WORDING and said in wordings):
            people[one.person] = one
            wordings.add(said)
    return tuple(people.values())


def _near(passage: DifferingText, work: DifferingText) -> bool:
    if passage.vector is None or work.vector is None:
        return True
    return float(passage.vector @ work.vector) >= NEAR


def _sentences(text: DifferingText) -> list[At]:
    return [
        At(text.owner, text.start + a, text.start + b, text.text[a:b], text.person, text.group)
        for a, b in sentences(text.text)
        if len(text.text[a:b].split()) >= 3
    ]


@dataclass(frozen=True)
class Heard:
    """What work says, sentence by sentence, found by its stems: a document is compared with the few sentences that
    share enough of them, and only these are taken apart, once."""

    code: str
    sentences: tuple[tuple[DifferingText, At], ...]
    by_stem: Mapping[str, frozenset[int]]
    by_ends: Mapping[str, frozenset[str]]  # stems by their first and by their last FIVE letters
    _akin: dict[str, frozenset[int]] = field(default_factory=dict)
    _claims: dict[int, tuple[tuple[Claim, ...], Mapping[str, frozenset[str]]]] = field(default_factory=dict)

    def saying(self, stem: str) -> frozenset[int]:
        """Numbers of sentences with this stem or one akin to it, which begins or ends alike."""
        if stem not in self._akin:
            ends = _ends(stem)
            others = {one for end in ends for one in self.by_ends.get(end, ()) if akin(stem, one)} | {stem}
            self._akin[stem] = frozenset().union(*(self.by_stem.get(one, frozenset()) for one in others))
        return self._akin[stem]

    def claims(self, number: int) -> tuple[tuple[Claim, ...], Mapping[str, frozenset[str]]]:
        """The clauses of a sentence, and all values in it; none of one that is guarded."""
        if number not in self._claims:
            self._claims[number] = _taken_apart(self.sentences[number][1].quote, self.code)
        return self._claims[number]


def _taken_apart(said: str, code: str) -> tuple[tuple[Claim, ...], Mapping[str, frozenset[str]]]:
    if guarded(said, code):
        return (), {}
    parts = tuple(claimed(said[a:b], code) for a, b in clauses_of(said))
    if has_any(said, "also", code):  # "after lunch as well": before it, too
        parts = tuple(replace(one, order=frozenset()) for one in parts)
    return parts, claimed(said, code).values


def heard(work: Sequence[DifferingText], language: str = "en") -> Heard:
    """Work made ready to be compared with documents of a language; one without a table is read as English."""
    code = language_code(language)
    code = code if has_words(f"differing/{code}") else "en"
    said = tuple((one, at) for one in work for at in _sentences(one))
    by_stem: dict[str, set[int]] = defaultdict(set)
    by_ends: dict[str, set[str]] = defaultdict(set)
    for number, (_, at) in enumerate(said):
        for word in content(at.quote, code):
            by_stem[word].add(number)
    for word in by_stem:
        for end in _ends(word):
            by_ends[end].add(word)
    return Heard(
        code, said, {k: frozenset(v) for k, v in by_stem.items()}, {k: frozenset(v) for k, v in by_ends.items()}
    )


def _ends(word: str) -> tuple[str, ...]:
    return (f"{word[:FIVE]}-", f"-{word[-FIVE:]}") if len(word) >= FIVE else ()


def _compared(
    said: str, passage: DifferingText, there: Heard, whole: Mapping[str, frozenset[str]]
) -> list[tuple[str, str, str, At]]:
    """(kind, what the document says, what the work says instead or "" if the same, where)."""
    if said.rstrip().endswith("?"):
        return []
    parts = [said[a:b] for a, b in clauses_of(said)]
    claims = [claimed(piece, there.code) for piece in parts if not has_any(piece, "allowed", there.code)]
    found = []
    for number in sorted(set().union(*(_close(claim, there) for claim in claims))):
        work, at = there.sentences[number]
        others, everything = there.claims(number) if _near(passage, work) else ((), {})
        for claim in claims:
            for other in others:
                result = _difference(claim, other, whole, everything)
                if result:
                    found.append((*result, at))
    return found


def _close(claim: Claim, there: Heard) -> set[int]:
    """Sentences that share as many stems as any kind of difference asks for; in no other can one be found."""
    counts = Counter(number for one in claim.stems for number in there.saying(one))
    return {number for number, count in counts.items() if count / len(claim.stems) >= SHARE}


def _difference(
    claim: Claim, other: Claim, whole: Mapping[str, frozenset[str]], everything: Mapping[str, frozenset[str]]
) -> tuple[str, str, str] | None:
    share = _share(claim.stems, other.stems)
    if claim.labels != other.labels and claim.labels:
        return None
    typed = _typed(claim, other, share, whole, everything)
    if typed:
        return typed
    if share < MOST or len(claim.stems) < 2 or not _values_fit(claim, other):
        return None
    if claim.order and other.order and not claim.order & other.order:
        (word, event), *_ = sorted(claim.order)
        if any(akin(event, said) and word != then for then, said in other.order):
            return "order", word, "after" if word == "before" else "before"
    said = len(claim.stems) + len(claim.values)
    if claim.order == other.order and said >= SAID and sorted((claim.denied, other.denied)) == [0, 1]:
        return ("not", "not", "yes") if claim.denied else ("not", "yes", "not")
    return None


def _values_fit(claim: Claim, other: Claim) -> bool:
    return all(claim.values[kind] == other.values[kind] for kind in claim.values.keys() & other.values.keys())


def _typed(
    claim: Claim,
    other: Claim,
    share: float,
    whole: Mapping[str, frozenset[str]],
    everything: Mapping[str, frozenset[str]],
) -> tuple[str, str, str] | None:
    """Exactly one value of one kind on each side, all else that both say being equal."""
    both = claim.values.keys() & other.values.keys()
    unlike = [kind for kind in both if claim.values[kind] != other.values[kind]]
    if len(unlike) > 1 or not both or claim.denied != other.denied or claim.limits != other.limits:
        return None
    kind = unlike[0] if unlike else min(both)
    named, amount = kind in ("role", "place", "channel"), kind.startswith("amount")
    extra = 1 if amount and kind != f"amount {MINUTES}" else 0  # what is counted is a word in common as well
    about = len(claim.stems) + extra
    if about < 2 or share < (1.0 if named else SHARE):
        return None
    says, instead = claim.values[kind], other.values[kind]
    if len(says) != 1 or len(instead) != 1:
        return None
    if not unlike:
        return kind, next(iter(says)), ""
    if instead & whole.get(kind, frozenset()) or says & everything.get(kind, frozenset()):
        return None
    return kind, next(iter(says)), next(iter(instead))


def _share(wanted: frozenset[str], there: frozenset[str]) -> float:
    """The share of the wanted stems that are there, akin ones included."""
    return sum(any(one == two or akin(one, two) for two in there) for one in wanted) / len(wanted) if wanted else 0.0
