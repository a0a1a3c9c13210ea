"""How the trail of an organization hangs together: each entry carries a hash over itself and the hash before it. Pure.

Whoever changes, takes out or reorders an entry breaks the chain there. Whoever cuts its end off, or writes all of it
anew, is found by an anchor: the number and hash of an entry, kept somewhere else.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final

from service.domain.errors import Invalid

FORM: Final = "peerloom-audit-1"
"""Begins what is hashed, so that another form of entry can never be taken for this one."""
PSEUDONYM: Final = "somebody:"
"""How a person is called in the trail; who it is, another table knows, for as long as the person is kept."""
PERSON: Final = "person:"
MOST_FAULTS: Final = 100
"""Faults told of one trail: who has seen a hundred has seen enough."""

_ANCHOR = re.compile(r"([0-9]{1,12}):([0-9a-f]{64})")


@dataclass(frozen=True, slots=True)
class ChainedEntry:
    """An entry as it is hashed. `facts` hold no number with a fraction: databases do not agree on how it is written."""

    organization: str
    number: int
    at: datetime
    actor: str
    act: str
    subject: str
    facts: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Anchor:
    """The number and hash of an entry. Before the first stands number 0 with a hash made of the organization's id."""

    number: int
    hash: str

    def __str__(self) -> str:
        return f"{self.number}:{self.hash}"


def read_anchor(text: str) -> Anchor:
    """The anchor as it was printed, `number:hash`. Raises Invalid."""
    found = _ANCHOR.fullmatch(text.strip())
    if found is None:
        raise Invalid("An anchor is a number, a colon and 64 hexadecimal digits, as `peerloom audit anchor` prints it.")
    return Anchor(int(found[1]), found[2])


def beginning(organization: str) -> Anchor:
    """What the first entry of an organization (our own id) follows."""
    return Anchor(0, hashlib.sha256(f"{FORM}\n{organization}".encode()).hexdigest())


def canonical(entry: ChainedEntry, previous: str) -> bytes:
    """The one way to write an entry down: JSON (RFC 8259) with sorted keys, no spaces, ASCII only, times in UTC with
    microseconds."""
    held = {
        "act": entry.act,
        "actor": entry.actor,
        "at": entry.at.astimezone(UTC).isoformat(timespec="microseconds"),
        "facts": entry.facts,
        "number": entry.number,
        "organization": entry.organization,
        "previous": previous,
        "subject": entry.subject,
    }
    return f"{FORM}\n{json.dumps(held, sort_keys=True, separators=(',', ':'), allow_nan=False)}".encode()


def chained(entry: ChainedEntry, previous: str) -> str:
    """The entry's hash: SHA-256 over its canonical form, which holds the hash before it. 64 hexadecimal digits."""
    return hashlib.sha256(canonical(entry, previous)).hexdigest()


def plain(value: Any) -> Any:
    """A fact as it is kept: what is no text, truth, whole number, list or object of those becomes text."""
    if value is None or isinstance(value, bool | int | str):
        return value
    if isinstance(value, Mapping):
        return {str(key): plain(one) for key, one in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [plain(one) for one in value]
    return value.astimezone(UTC).isoformat() if isinstance(value, datetime) else str(value)


def salted(digest: str, salt: str) -> str:
    """A digest that says nothing of its text to whoever has not the salt (HMAC-SHA-256, RFC 2104). The salt is
    something random that is erased with the text."""
    return hmac.new(salt.encode(), digest.encode(), hashlib.sha256).hexdigest()


@dataclass(frozen=True, slots=True)
class KeptEntry:
    """An entry with the two hashes that stand beside it in the database."""

    entry: ChainedEntry
    previous: str
    hash: str


def faults(kept: Iterable[KeptEntry], start: Anchor, head: Anchor, anchors: Iterable[Anchor] = ()) -> list[str]:
    """What is wrong with a trail, in the order of numbers; nothing if nothing is. At most `MOST_FAULTS`.

    `kept` come by number and are read once; `head` is the end as it was last written down beside the trail, and
    `anchors` are ends that were written down elsewhere.
    """
    wanted: dict[int, set[str]] = {}
    for anchor in anchors:
        wanted.setdefault(anchor.number, set()).add(anchor.hash)
    found: list[str] = []
    at = start
    for one in kept:
        found += _faults_of(one, at)
        at = Anchor(one.entry.number, one.hash)
        if not wanted.pop(at.number, set()) <= {at.hash}:
            found.append(
                f"Entry {at.number} is not the one that the anchor names: the trail was written anew before it."
            )
        if len(found) >= MOST_FAULTS:
            return [*found[:MOST_FAULTS], "There may be more: the rest was not looked at."]
    found += _faults_at_the_end(at, head, [number for number in sorted(wanted) if number])
    if not wanted.get(0, set()) <= {start.hash}:
        found.append("The anchor 0 is of another organization.")
    return found


def _faults_of(one: KeptEntry, before: Anchor) -> list[str]:
    number = one.entry.number
    if number != before.number + 1:
        gap = f"{before.number + 1}" if number == before.number + 2 else f"{before.number + 1} to {number - 1}"
        return [f"Missing: {gap}. After entry {before.number} comes {number}."]
    found = []
    if one.previous != before.hash:
        found.append(f"Entry {number} does not follow the entry before it: one of the two was changed or moved.")
    if one.hash != chained(one.entry, one.previous):
        found.append(f"Entry {number} was changed: its hash is of something else.")
    return found


def _faults_at_the_end(last: Anchor, head: Anchor, wanted: Iterable[int]) -> list[str]:
    found = []
    if last.number < head.number:
        found.append(
            f"The end is cut off: the trail ends with entry {last.number}, and entry {head.number} was written."
        )
    elif last != head:
        found.append(f"The end was changed: entry {last.number} is not the last that was written down.")
    found += [f"The end is cut off: there is no entry {number}, which the anchor names." for number in wanted]
    return found
