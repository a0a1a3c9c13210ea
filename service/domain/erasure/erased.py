"""What is erased, and how words of it are found again in what others were told. Pure.

Two people may have handed in the same words, and an organization's documents are quoted by everybody: what somebody
else still says is not taken out anywhere (`Traces.without`).
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any, Final


class ErasureKind(StrEnum):
    """What can be erased."""

    PERSON = "person"
    SUBMISSION = "submission"
    GROUP = "group"
    CHALLENGE = "challenge"
    ORGANIZATION = "organization"


class ErasureState(StrEnum):
    """How far an erasure is: nobody sees it any more; its rows are gone; its bytes are gone."""

    HIDDEN = "hidden"
    GONE = "gone"
    DONE = "done"


FORMER: Final = "a former facilitator"
"""What somebody is called whose name was erased, and whose approvals still stand."""
BLANK: Final = "[erased]"
"""What stands where erased words stood."""
RUN: Final = 5
"""Words in a row by which a text is known to repeat another, as for documents that changed."""
SHORT: Final = 3
"""A text of fewer than RUN words is looked for as a whole, if it has so many; "yes, gladly" belongs to nobody."""

_WORD: Final = re.compile(r"\w+")


@dataclass(frozen=True, slots=True)
class Traces:
    """By what erased things are known: hashes of runs of words, names, the platform's ids, and our own ids."""

    runs: frozenset[int] = frozenset()
    sizes: tuple[int, ...] = ()
    names: tuple[str, ...] = ()
    external: frozenset[str] = frozenset()
    own: frozenset[str] = frozenset()

    @classmethod
    def of(
        cls,
        texts: Iterable[str] = (),
        *,
        names: Iterable[str] = (),
        external: Iterable[str] = (),
        own: Iterable[str] = (),
    ) -> Traces:
        """Names of fewer than three letters are not looked for, since they stand in too many words."""
        sized = [(text, _size(text)) for text in texts]
        found = frozenset(run for text, sizes in sized for run in _runs(text, sizes))
        long = tuple(sorted({size for _, sizes in sized for size in sizes}))
        told = tuple(sorted({name.strip() for name in names if len(name.strip()) > 2}, key=len, reverse=True))
        return cls(found, long, told, frozenset(external) - {""}, frozenset(own))

    def without(self, texts: Iterable[str]) -> Traces:
        """These, but for runs of words that stand in one of these texts, too."""
        left = set(self.runs)
        for text in texts:
            left.difference_update(_runs(text, self.sizes))
        return replace(self, runs=frozenset(left))

    def scrub(self, text: str) -> str:
        """The text with BLANK in the place of each trace; the same text where there is none."""
        if text in self.external:
            return BLANK
        return self._out(self._unnamed(text))

    def _unnamed(self, text: str) -> str:
        for name in self.names:
            if name.casefold() in text.casefold():
                text = re.sub(rf"(?<!\w){re.escape(name)}(?!\w)", BLANK, text, flags=re.IGNORECASE)
        for id_ in self.external:
            for quoted in (f"'{id_}'", f"“{id_}”", f'"{id_}"'):
                text = text.replace(quoted, BLANK)
        return text

    def _out(self, text: str) -> str:
        for start, end in reversed(list(self._places(text))):
            text = f"{text[:start]}{BLANK}{text[end:]}"
        return text

    def _places(self, text: str) -> Iterator[tuple[int, int]]:
        """Places of runs, those that touch as one, in order."""
        if not self.runs:
            return
        at: tuple[int, int] | None = None
        for start, end in sorted(place for run, place in _placed(text, self.sizes) if run in self.runs):
            if at is not None and start <= at[1]:
                at = (at[0], max(at[1], end))
                continue
            if at is not None:
                yield at
            at = (start, end)
        if at is not None:
            yield at

    def scrub_all(self, value: Any) -> Any:
        """The same for all strings in a value of JSON, keys excepted: they are ours."""
        match value:
            case str():
                return self.scrub(value)
            case list():
                return [self.scrub_all(one) for one in value]
            case dict():
                return {key: self.scrub_all(one) for key, one in value.items()}
            case _:
                return value

    def unplaced(self, value: Any) -> Any:
        """A value of JSON without those parts that point into something erased by our own ids."""
        match value:
            case list():
                return [self.unplaced(one) for one in value if not self._points(one)]
            case dict():
                return {key: self.unplaced(one) for key, one in value.items() if not self._points(one)}
            case _:
                return value

    def _points(self, value: Any) -> bool:
        match value:
            case str():
                return value.partition("@")[0] in self.own
            case dict():
                within = [one for part in value.values() if isinstance(part, list) for one in part]
                held: Collection[Any] = [*value.values(), *within]
            case list():
                held = value
            case _:
                return False
        return any(one.partition("@")[0] in self.own for one in held if isinstance(one, str))

    def in_any(self, texts: Iterable[str]) -> bool:
        """Whether one of these texts has a trace of it, our own ids included."""
        return any(
            self.scrub(text) != text or any(id_ in text for id_ in self.own if len(id_) >= _OWN_ID) for text in texts
        )


_OWN_ID: Final = 32
"""Characters of our own ids, which are random: no other text holds one by chance."""


def strings(value: Any) -> Iterator[str]:
    """All strings in a value of JSON, keys excepted."""
    match value:
        case str():
            yield value
        case Mapping():
            for one in value.values():
                yield from strings(one)
        case list() | tuple():
            for one in value:
                yield from strings(one)


def _runs(text: str, sizes: Iterable[int]) -> Iterator[int]:
    return (run for run, _ in _placed(text, sizes))


def _placed(text: str, sizes: Iterable[int]) -> Iterator[tuple[int, tuple[int, int]]]:
    """Each run of so many words as a hash, with its place."""
    words = [(found.group().casefold(), found.span()) for found in _WORD.finditer(text)]
    for size in sizes:
        for at in range(len(words) - size + 1):
            part = words[at : at + size]
            yield hash(tuple(word for word, _ in part)), (part[0][1][0], part[-1][1][1])


def _size(text: str) -> tuple[int, ...]:
    """How long the runs are by which a text is looked for; none for one that is too short to be anybody's."""
    count = sum(1 for _ in _WORD.finditer(text))
    return (min(count, RUN),) if count >= SHORT else ()
